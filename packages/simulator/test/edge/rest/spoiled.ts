/** Puts junk in place of the value reached after a number of steps through the JSON, in order. */
export const spoiled = (json: unknown, steps: number, junk: unknown): unknown => {
  let left = steps
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return junk
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, walk(child)]))
  }
  return walk(json)
}

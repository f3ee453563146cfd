/** Texts of unknown origin, made fit for errors and logs. */

const maximumLength = 500

const uuidOrDigits = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\+?\d(?:[\s().-]{0,2}\d){6,}/gi

/** A secret as it is, and as JSON and URLs spell it; the longest first, so that none is left in part. */
const spellings = (secrets: ReadonlyArray<string>): ReadonlyArray<string> =>
  secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .toSorted((a, b) => b.length - a.length)

/** Makes a text fit. */
export type Scrub = (text: string) => string

/** Leaves out the given secrets and what may be a phone number, and bounds the length. Ids stay. */
export const without = (secrets: ReadonlyArray<string>): Scrub => {
  const spelled = spellings(secrets)
  return (text) => {
    const clean = spelled
      .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text)
      .slice(0, maximumLength * 2)
      .replace(/\bBearer\s+\S+/gi, "Bearer [secret]")
      .replace(uuidOrDigits, (found) => (/^[0-9a-f]{8}-/i.test(found) ? found : "[number]"))
    return clean.length > maximumLength ? `${clean.slice(0, maximumLength)}...` : clean
  }
}

/** Journals as lines of JSON, held against each other byte for byte. */
import { first } from "../packages/simulator/src/core/journal/difference.ts"

const parsed = (line: string | undefined): unknown => line === undefined ? undefined : JSON.parse(line)

/** Where a journal first differs from the one that was expected, for a person to read; nothing when it does not. */
export const differing = (expected: ReadonlyArray<string>, found: ReadonlyArray<string>): string | undefined => {
  const longest = Math.max(expected.length, found.length)
  const at = Array.from({ length: longest }).findIndex((_, index) => expected[index] !== found[index])
  if (at < 0) return undefined
  const path = first(parsed(expected[at]), parsed(found[at]))?.path ?? "the order of its keys"
  return [
    `entry ${at + 1} of ${expected.length} and of ${found.length}, at ${path === "" ? "its end" : path}:`,
    expected[at] ?? "nothing",
    found[at] ?? "nothing"
  ].join("\n")
}

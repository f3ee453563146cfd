/** How long a prompt lasts when nobody renders it. */
import type { Prompt } from "../pcmo/Program.ts"

/** A file whose length is not known lasts this long. */
export const unknownFileMs = 3000
/** Speech at speed 1: about 16 characters a second. */
const msPerCharacter = 62

/**
 * Whole milliseconds, at least 1. The same text takes the same time, always.
 *
 * @category folding
 * @since 0.1.0
 */
export const promptDurationMs = (prompt: Prompt, fileMs: ReadonlyMap<string, number>): number =>
  Math.max(
    1,
    prompt._tag === "File"
      ? fileMs.get(prompt.name) ?? unknownFileMs
      : Math.round((prompt.text.length * msPerCharacter) / prompt.speed)
  )

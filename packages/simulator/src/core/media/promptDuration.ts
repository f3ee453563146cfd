/** How long a prompt lasts. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import type { Prompt } from "../pcmo/Program.ts"

/** A file whose length is not known lasts this long. */
export const unknownFileMs = 3000
/** Speech at speed 1: about 16 characters a second. */
const msPerCharacter = 62

const estimatedMs = (prompt: Prompt, fileMs: ReadonlyMap<string, number>): number =>
  prompt._tag === "File"
    ? fileMs.get(prompt.name) ?? unknownFileMs
    : (prompt.text.length * msPerCharacter) / prompt.speed

/**
 * Whole milliseconds, at least 1: those of its real audio, and an estimate where there is none. The same text takes the
 * same time, always.
 *
 * @category folding
 * @since 0.1.0
 */
export const promptDurationMs = (
  prompt: Prompt,
  fileMs: ReadonlyMap<string, number>,
  real?: AudioFrame.AudioFrame
): number => Math.max(1, Math.round(real === undefined ? estimatedMs(prompt, fileMs) : AudioFrame.durationMs(real)))

/** Real audio in place of what is generated: files by their names, and texts as somebody speaks them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Sound } from "../core/media/Conversation.ts"
import type { Prompt } from "../core/pcmo/Program.ts"

/**
 * The audio of files, by the names that parties and prompts use. Where there is none at all, by default, files sound like
 * speech; where there is some, parties say no others.
 *
 * @category services
 * @since 0.1.0
 */
export const Sounds = Context.Reference<ReadonlyMap<string, Sound> | undefined>("@effect-piopiy/simulator/Sounds", {
  defaultValue: () => undefined
})

/**
 * A text that is to be spoken.
 *
 * @category models
 * @since 0.1.0
 */
export type SayPrompt = Extract<Prompt, { readonly _tag: "Say" }>

/**
 * Speaks a text, the same way every time, or gives nothing: then speech-like sounds without words stand in for it, as they
 * do by default. It does not throw.
 *
 * @category services
 * @since 0.1.0
 */
export const Speech = Context.Reference<(prompt: SayPrompt) => Sound | undefined>("@effect-piopiy/simulator/Speech", {
  defaultValue: () => () => undefined
})

/**
 * The real audio of a prompt, where there is any.
 *
 * @category getters
 * @since 0.1.0
 */
export const realAudio: Effect.Effect<(prompt: Prompt) => Sound | undefined> = Effect.gen(function*() {
  const sounds = yield* Sounds
  const speak = yield* Speech
  return (prompt) => prompt._tag === "File" ? sounds?.get(prompt.name) : speak(prompt)
})

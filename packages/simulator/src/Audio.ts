/** Real audio in a simulator: sounds for the files that parties and prompts name, a voice for texts, decoders. */
import * as Layer from "effect/Layer"
import type { Sound } from "./core/media/Conversation.ts"
import { Sounds } from "./engine/Sounds.ts"

export {
  /**
   * Reads the mp3 and ogg that apps send. `audioDecoders` of the module `node` has one.
   *
   * @category services
   * @since 0.1.0
   */
  Decoder
} from "./engine/Decoder.ts"

export {
  /**
   * Speaks texts. `espeak` of the module `node` has one.
   *
   * @category services
   * @since 0.1.0
   */
  Speech
} from "./engine/Sounds.ts"

/**
 * Sounds by the names that parties and prompts use. A party that says a file which is not among them makes the
 * configuration invalid; prompts sound like speech then.
 *
 * Give it to the layer of the simulator, by `Layer.provide`. The samples must not change.
 *
 * @category layers
 * @since 0.1.0
 */
export const sounds = (files: Readonly<Record<string, Sound>>): Layer.Layer<never> =>
  Layer.succeed(Sounds, new Map(Object.entries(files)))

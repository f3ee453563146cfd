/** Reads audio that the simulator itself cannot: mp3 and ogg. Supplied by whoever has a library for it. */
import * as Context from "effect/Context"
import type { Sound } from "../core/media/Conversation.ts"
import type { Audio } from "../core/stream/StreamCodec.ts"

/**
 * Gives what it read, or a note that says why it cannot, or nothing when there is nothing to say. It does not throw. The
 * default reads nothing.
 *
 * @category services
 * @since 0.1.0
 */
export const Decoder = Context.Reference<(audio: Audio) => Sound | string | undefined>(
  "@effect-piopiy/simulator/Decoder",
  {
    defaultValue: () => ({ type }) =>
      type === "mp3" || type === "ogg" ? `${type} is not decoded here: provide the audio decoders` : undefined
  }
)

/** Reads audio that the simulator itself cannot: mp3 and ogg. Supplied by whoever has a library for it. */
import * as Context from "effect/Context"
import type { Sound } from "../core/media/Conversation.ts"
import type { Audio } from "../core/stream/StreamCodec.ts"

/**
 * Gives what it read, or nothing when it cannot. It does not throw. The default reads nothing.
 *
 * @category services
 * @since 0.1.0
 */
export const Decoder = Context.Reference<(audio: Audio) => Sound | undefined>("@effect-piopiy/simulator/Decoder", {
  defaultValue: () => () => undefined
})

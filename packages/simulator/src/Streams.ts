/** Where a simulator's audio streams go: over sockets as `node` dials them, to an app in the same process, or nowhere. */
import * as Layer from "effect/Layer"
import { fittingReason, platformClose, StreamPort } from "./engine/StreamPort.ts"

export {
  /**
   * As many characters of a reason as fit a close frame: what the app sees of it.
   *
   * @category constructors
   * @since 0.1.0
   */
  fittingReason,
  /**
   * How the platform's close ends a socket.
   *
   * @category constructors
   * @since 0.1.0
   */
  platformClose,
  /**
   * Dials sockets.
   *
   * @category services
   * @since 0.1.0
   */
  StreamPort
}

/**
 * A socket as the simulator dials it, and what becomes of it.
 *
 * @category models
 * @since 0.1.0
 */
export type { Dial, Line, Listener, StreamClose, StreamFailure } from "./engine/StreamPort.ts"

/**
 * Nobody can be reached: every stream fails as one without a connection does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNone: Layer.Layer<StreamPort> = Layer.succeed(StreamPort, {
  dial: (_, listener) => {
    listener.failed({ why: "NoConnection" })
    return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined }
  }
})

/** How audio streams fail: what is sent on one, and the server that they come to. */
import * as Data from "effect/Data"
import { format, type Issues } from "./Issue.ts"

/**
 * Why something failed.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason = Data.TaggedEnum<{
  /** The stream has ended: nothing was sent. `code` is that of the WebSocket; 1006 when it broke off or was cut off. */
  Closed: { readonly code: number; readonly reason: string }
  /** The command breaks the platform's rules. Nothing was sent. */
  InvalidCommand: { readonly issues: Issues }
  /** The options of a server are unusable. */
  InvalidConfig: { readonly issues: Issues }
  /** So many tokens were given out that no stream has come for yet. */
  TooManyTokens: { readonly maximum: number }
  /** The server cannot listen where it should. `code` is that of the system, as `EADDRINUSE`. */
  CannotListen: { readonly code: string }
}>

/**
 * Makes reasons, for tests and fakes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Reason = Data.taggedEnum<Reason>()

/**
 * The failure of everything about streams. Handle a reason with `Effect.catchReason("StreamError", "Closed", ...)`.
 *
 * @category errors
 * @since 0.1.0
 */
export class StreamError extends Data.TaggedError("StreamError")<{ readonly reason: Reason }> {
  /** What happened, derived from the reason. */
  override get message(): string {
    return Reason.$match(this.reason, {
      Closed: ({ code, reason }) => `the stream has ended with ${code}${reason === "" ? "" : ` (${reason})`}`,
      InvalidCommand: ({ issues }) => `the command is invalid and was not sent.\n${format(issues)}`,
      InvalidConfig: ({ issues }) => `the configuration is invalid.\n${format(issues)}`,
      TooManyTokens: ({ maximum }) => `${maximum} tokens wait for their streams already: no further one is given out`,
      CannotListen: ({ code }) => `the server cannot listen (${code})`
    })
  }
}

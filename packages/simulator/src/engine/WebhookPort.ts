/** The way out to the customer's URLs. Supplied by the edge, or in memory by a test. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { DeliveryFailure, Reply } from "../core/call/CallEvent.ts"
import type { Notice } from "../core/call/Notice.ts"

/**
 * A notice on its way out. Its moments count from `originEpochMs`. With a `signingSecret` it is signed. `changes` are
 * values that its JSON gets instead of its own, by their paths.
 *
 * @category models
 * @since 0.1.0
 */
export interface Posting {
  readonly url: string
  readonly notice: Notice
  readonly originEpochMs: number
  readonly signingSecret?: Redacted.Redacted<string>
  readonly changes?: Readonly<Record<string, unknown>>
}

/**
 * What became of a delivery. `body` is what was sent, or was about to be, and `replyText` what came back, both cut to a
 * bound; a report has an `Empty` reply, whatever came back.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt =
  | {
    readonly _tag: "Replied"
    readonly status: number
    readonly reply: Reply
    readonly body?: string
    readonly replyText: string
  }
  | {
    readonly _tag: "Failed"
    readonly why: DeliveryFailure
    readonly status?: number
    readonly body?: string
    readonly replyText?: string
  }

/**
 * Sends notices to URLs. It never fails and always ends: a receiver that does not answer is a `Failed` receipt.
 *
 * @category services
 * @since 0.1.0
 */
export class WebhookPort extends Context.Service<WebhookPort, {
  readonly deliver: (posting: Posting) => Effect.Effect<Receipt>
}>()("@effect-piopiy/simulator/WebhookPort") {}

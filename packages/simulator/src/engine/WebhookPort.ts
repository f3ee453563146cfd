/** The way out to the customer's URLs. Supplied by the edge, or in memory by a test. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InputNotice } from "../core/call/CallCommand.ts"
import type { DeliveryFailure, Reply } from "../core/call/CallEvent.ts"

/**
 * What became of a delivery. `replyText` is what came back, cut to a bound.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt =
  | { readonly _tag: "Replied"; readonly status: number; readonly reply: Reply; readonly replyText: string }
  | { readonly _tag: "Failed"; readonly why: DeliveryFailure; readonly status?: number; readonly replyText?: string }

/**
 * Sends notices to URLs. It never fails and always ends: a receiver that does not answer is a `Failed` receipt.
 *
 * @category services
 * @since 0.1.0
 */
export class WebhookPort extends Context.Service<WebhookPort, {
  readonly deliver: (url: string, notice: InputNotice) => Effect.Effect<Receipt>
}>()("@effect-piopiy/simulator/WebhookPort") {}

/** Placing calls over the older API, which takes an app id and its secret, and steering those that are live. */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as CallId from "./CallId.ts"
import * as encodeLegacyCall from "./internal/encodeLegacyCall.ts"
import * as legacy from "./internal/legacy.ts"
import * as readLegacy from "./internal/readLegacy.ts"
import * as replyErrors from "./internal/replyErrors.ts"
import * as rest from "./internal/rest.ts"
import { without } from "./internal/scrub.ts"
import type { Issues } from "./Issue.ts"
import type * as LegacyAction from "./LegacyAction.ts"
import { LegacyConfig, type Network } from "./LegacyConfig.ts"
import type * as LegacyPipeline from "./LegacyPipeline.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type { Operation, PiopiyError } from "./PiopiyError.ts"
import * as RestLegacy from "./wire/RestLegacy.ts"

/**
 * What every call of the older API has.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallParties {
  /** The number of the account that the callee sees. */
  readonly callerId: PhoneNumber.PhoneNumber
  /** The number to ring first. */
  readonly to: PhoneNumber.PhoneNumber
  /** Longest call, in whole seconds; 70 minutes unless told otherwise, as with the official Node client 1.0.8. */
  readonly duration?: Duration.Input
  /** Default: as configured, else by the destination. */
  readonly network?: Network
}

/**
 * What a call carries along.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallExtras {
  /** Whether the call is recorded. It becomes a first step of its own: the body has no such field. */
  readonly record?: boolean
  /** Comes back in callbacks. */
  readonly extraParams?: { readonly [key: string]: Schema.Json }
}

/**
 * A call that joins the first number, once it has answered, with one of others. `ring` tells whether they are rung in
 * turn (`single`, the default) or all at once (`group`); once any option is given, the platform's defaults are sent for
 * the other ones, as the official Node client 1.0.8 does (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface NumbersCall extends CallParties, CallExtras, LegacyAction.DialOptions {
  readonly connect: LegacyAction.BridgeOptions["to"]
  /** Longest call and longest talk, in whole seconds. */
  readonly duration?: Duration.Input
}

/**
 * A call that runs a pipeline once it is answered.
 *
 * @category models
 * @since 0.1.0
 */
export interface PipelineCall extends CallParties, CallExtras {
  readonly pipeline: LegacyPipeline.LegacyPipeline
}

/**
 * A call that asks a URL what to do once it is answered.
 *
 * @category models
 * @since 0.1.0
 */
export interface AnswerUrlCall extends CallParties {
  /** An http or https address; see `Webhook` for what it gets and replies. */
  readonly answerUrl: string
}

/**
 * How a call in progress is reached.
 *
 * @category models
 * @since 0.1.0
 */
export interface ActionOptions {
  /** Default: as configured, else `global`. */
  readonly network?: Network
}

/**
 * A call that the platform has taken. The id is documented and may be missing; every sample has 43 letters and digits.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlacedCall {
  /** `progress` (documented), or empty when the reply has none. */
  readonly status: string
  readonly requestId: Option.Option<CallId.RequestId>
}

/**
 * The record of one leg.
 *
 * Source: doc.telecmi.com/piopiy (documented); `rate` and `balance` come as numbers or text.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallRecord {
  readonly from: string
  readonly to: string
  /** `answered`, `missed` or another. */
  readonly status: string
  readonly duration: Duration.Duration
  readonly time: Option.Option<DateTime.Utc>
  readonly leg: Option.Option<string>
  readonly direction: Option.Option<string>
  readonly rate: Option.Option<number>
  readonly balance: Option.Option<number>
}

/**
 * Places and steers calls of the older API. Provide it with {@link layer}, or all at once with `Piopiy.layerLegacy`.
 *
 * Every method checks its request first and fails with reason `InvalidRequest`, holding every problem. A reply of HTTP
 * 200 whose body names another code is a failure: `Unauthorized` (401, 407, 420), `CallNotFound` (404), `RateLimited`
 * (429), `Rejected` (others; 501 and 502 mean a missing property there). That failures come as HTTP 200 is assumed. Other
 * failures are those of `Calls`. Ids are those of legs: `cmiuuid` in callbacks.
 *
 * @category services
 * @since 0.1.0
 */
export class LegacyCalls extends Context.Service<LegacyCalls, {
  /** Rings a number and joins it with others. Source: official Node SDK 1.0.8, `voice.call` (observed). */
  readonly placeNumbersCall: (call: NumbersCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Rings a number and runs a pipeline. Source: official Node SDK 1.0.8, `voice.call` (observed). */
  readonly placePipelineCall: (call: PipelineCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Rings a number and asks a URL what to do. Source: official Node SDK 0.8.1, `make` (observed). */
  readonly placeAnswerUrlCall: (call: AnswerUrlCall) => Effect.Effect<PlacedCall, PiopiyError>
  /** Lets a leg wait. Source: official Node SDK 1.0.8 (observed), as the next three. */
  readonly hold: (callId: CallId.CallId, options?: ActionOptions) => Effect.Effect<void, PiopiyError>
  readonly unhold: (callId: CallId.CallId, options?: ActionOptions) => Effect.Effect<void, PiopiyError>
  /** Holds or unholds, whichever it is not. It is not retried when its outcome is unknown: twice would be none. */
  readonly toggleHold: (callId: CallId.CallId, options?: ActionOptions) => Effect.Effect<void, PiopiyError>
  /** Ends a leg. `CallNotFound` on a retry is success. The official Node client 1.0.8 has it and cannot send it. */
  readonly hangup: (callId: CallId.CallId, options?: ActionOptions) => Effect.Effect<void, PiopiyError>
  /** How many calls are up. Source: `/v2/piopiy/get_channels` (documented). */
  readonly channels: Effect.Effect<number, PiopiyError>
  /** The record of a leg; none when there is none. Source: `/v1/piopiy/cmiuuid_cdr` (documented). */
  readonly cdrByCallId: (callId: CallId.CallId) => Effect.Effect<Option.Option<CallRecord>, PiopiyError>
  /** The records of all legs of a request, if there are any. Source: `/v1/piopiy/requestid_cdr` (documented). */
  readonly cdrByRequestId: (requestId: CallId.RequestId) => Effect.Effect<ReadonlyArray<CallRecord>, PiopiyError>
}>()("@effect-piopiy/sdk/LegacyCalls") {}

type Dial = "dialPcmo" | "dialAnswerUrl"

/** Ending a leg that is gone: what was wanted when it had been asked before. */
const wasEnding = (attempt: number): Option.Option<void> => attempt > 1 ? Option.some(undefined) : Option.none()

const make = Effect.gen(function*() {
  const config = yield* LegacyConfig
  const ask = yield* legacy.make(config)
  const scrub = without([Redacted.value(config.appSecret)])
  const credentials = { appid: config.appId, secret: Redacted.value(config.appSecret) }

  const send = <A>(sent: Omit<legacy.Ask<A>, "scrub">) =>
    ask<A>({ ...sent, scrub, body: { ...credentials, ...sent.body } })

  const place = (operation: Operation, dial: Dial, request: () => Result.Result<encodeLegacyCall.Request, Issues>) =>
    rest.operate(operation, request, ({ body, network }, running) => {
      const chosen = network ?? Option.getOrElse(config.network, () => encodeLegacyCall.networkOf(body["to"]))
      const reply = send<PlacedCall>({
        running,
        url: RestLegacy.networks[chosen][dial],
        body,
        meaning: (reply) => replyErrors.taken(reply, readLegacy.placed)
      })
      return Effect.map(reply, (placed) => {
        if (Option.isSome(placed.requestId)) rest.mark(running, "piopiy.request_id", placed.requestId.value)
        return placed
      })
    })

  const act = (
    operation: Operation,
    request: () => Result.Result<encodeLegacyCall.Request, Issues>,
    whenGone?: (attempt: number) => Option.Option<void>
  ) =>
    rest.operate(operation, request, ({ body, network }, running) => {
      rest.mark(running, "piopiy.call_id", body["cmiuuid"])
      return send<void>({
        running,
        url: RestLegacy.networks[network ?? Option.getOrElse(config.network, () => "global" as const)].callAction,
        body,
        meaning: (reply) => replyErrors.taken(reply, () => undefined),
        ...(whenGone === undefined ? {} : { whenGone })
      })
    })

  const query = <A>(
    operation: Operation,
    url: string,
    request: () => Result.Result<object, Issues>,
    decode: (body: unknown) => Result.Result<A, Issues>,
    whenGone?: A
  ) =>
    rest.operate(operation, request, (body, running) =>
      send<A>({
        running,
        url,
        body,
        meaning: (reply) => replyErrors.decoded(reply, scrub, decode),
        ...(whenGone === undefined ? {} : { whenGone: () => Option.some(whenGone) })
      }))

  const hold = encodeLegacyCall.callAction("hold")
  const unhold = encodeLegacyCall.callAction("unhold")
  const toggle = encodeLegacyCall.callAction("holdToggle")
  const end = encodeLegacyCall.callAction("hangup")

  return LegacyCalls.of({
    placeNumbersCall: (call) =>
      place("LegacyCalls.placeNumbersCall", "dialPcmo", () => encodeLegacyCall.numbersCall(call)),
    placePipelineCall: (call) =>
      place("LegacyCalls.placePipelineCall", "dialPcmo", () => encodeLegacyCall.pipelineCall(call)),
    placeAnswerUrlCall: (call) =>
      place("LegacyCalls.placeAnswerUrlCall", "dialAnswerUrl", () => encodeLegacyCall.answerUrlCall(call)),
    hold: (callId, options) => act("LegacyCalls.hold", () => hold({ callId, options })),
    unhold: (callId, options) => act("LegacyCalls.unhold", () => unhold({ callId, options })),
    toggleHold: (callId, options) => act("LegacyCalls.toggleHold", () => toggle({ callId, options })),
    hangup: (callId, options) => act("LegacyCalls.hangup", () => end({ callId, options }), wasEnding),
    channels: query(
      "LegacyCalls.channels",
      RestLegacy.queries.channels,
      () => Result.succeed({}),
      readLegacy.channels
    ),
    cdrByCallId: (callId) =>
      query<Option.Option<CallRecord>>(
        "LegacyCalls.cdrByCallId",
        RestLegacy.queries.cdrByCallId,
        () => encodeLegacyCall.cdrByCallId({ callId }),
        (body) => Result.map(readLegacy.cdr(body), Option.some),
        Option.none()
      ),
    cdrByRequestId: (requestId) =>
      query<ReadonlyArray<CallRecord>>(
        "LegacyCalls.cdrByRequestId",
        RestLegacy.queries.cdrByRequestId,
        () => encodeLegacyCall.cdrByRequestId({ requestId }),
        readLegacy.cdrs,
        []
      )
  })
})

/**
 * The live service. It sends over the given HTTP client, and retries by the policy of the configuration.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<LegacyCalls, never, HttpClient.HttpClient | LegacyConfig> = Layer.effect(
  LegacyCalls,
  make
)

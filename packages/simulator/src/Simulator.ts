/**
 * The platform offline. {@link layer} runs it in process; {@link routes} puts its HTTP surface into a router, to be
 * served on a port or called in memory.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Call } from "./core/call/Call.ts"
import type { CallRecord } from "./core/call/CallRecord.ts"
import type { Entry } from "./core/journal/Entry.ts"
import * as inbound from "./edge/control/inbound.ts"
import * as control from "./edge/control/routes.ts"
import * as routesLegacy from "./edge/rest/routesLegacy.ts"
import * as routesV3 from "./edge/rest/routesV3.ts"
import * as HttpWebhooks from "./edge/webhook/HttpWebhooks.ts"
import type { Query } from "./engine/Journal.ts"
import type { StreamPort } from "./engine/StreamPort.ts"
import * as Tenants from "./engine/Tenants.ts"
import * as SimulatorConfig from "./SimulatorConfig.ts"
import { SimulatorError } from "./SimulatorError.ts"

/**
 * The default tenant, as whoever tests or watches sees it. Times are milliseconds from its origin.
 *
 * @category services
 * @since 0.1.0
 */
export class Simulator extends Context.Service<Simulator, {
  /** Calls in progress. */
  readonly live: Effect.Effect<ReadonlyArray<Call>>
  /** Records of ended calls, oldest first. */
  readonly records: Effect.Effect<ReadonlyArray<CallRecord>>
  /** What the journal holds now. */
  readonly journal: (query?: Query) => Effect.Effect<ReadonlyArray<Entry>>
  /** The journal as it grows, from `query.from` on. Ends when the simulator stops. */
  readonly follow: (query?: Query) => Stream.Stream<Entry>
  /**
   * Waits until a call has ended, and gives its record. Waits for ever when there is no such call, and dies when the
   * simulator itself broke on it.
   */
  readonly ended: (callId: string) => Effect.Effect<CallRecord>
  /**
   * A phone calls a number of the platform, both in digits. The answer URL is asked what to do, and its PCMO runs; without
   * one here, that of the number or of the account. Fails with `RequestRefused`: nobody to ask, a number that is none, or
   * what the account does not allow.
   */
  readonly callIn: (call: {
    readonly from: string
    readonly to: string
    readonly answerUrl?: string
  }) => Effect.Effect<{ readonly callId: string; readonly requestId: string }, SimulatorError>
  /** The wall clock at the tenant's origin, in milliseconds since 1970. */
  readonly originEpochMs: number
  readonly seed: number
}>()("@effect-piopiy/simulator/Simulator") {}

/** What a simulator in process provides: itself, and the tenants that its HTTP surface serves. */
export type Platform = Simulator | Tenants.Tenants

/** How the journal says that a call is over, if this entry does. */
const ending = (entry: Entry): Option.Option<Effect.Effect<CallRecord>> => {
  if (entry._tag === "Broke") return Option.some(Effect.die(new Error(`the simulator broke: ${entry.message}`)))
  const command = entry._tag === "Turned" ? entry.commands.at(-1) : undefined
  return command?._tag === "WriteRecord" ? Option.some(Effect.succeed(command.record)) : Option.none()
}

const facade: Layer.Layer<Simulator, never, Tenants.Tenants> = Layer.effect(
  Simulator,
  Effect.map(Tenants.Tenants, ({ main }) => {
    const { journal, seed, switchboard, timeline } = main
    return Simulator.of({
      live: switchboard.live,
      records: Effect.sync(() => journal.records()),
      journal: (query) => Effect.sync(() => journal.read(query)),
      follow: journal.follow,
      ended: (callId) =>
        Effect.suspend(() => {
          const record = journal.record(callId)
          if (record !== undefined) return Effect.succeed(record)
          return journal.follow({ callId }).pipe(
            Stream.map(ending),
            Stream.filter(Option.isSome),
            Stream.runHead,
            Effect.flatMap((found) => Option.getOrElse(Option.flatten(found), () => Effect.never))
          )
        }),
      callIn: ({ answerUrl, ...numbers }) =>
        inbound.place(
          main,
          Effect.succeed({ ...numbers, ...(answerUrl === undefined ? {} : { answer_url: answerUrl }) })
        )
          .pipe(
            Effect.mapError(({ body: { error, message }, status }) =>
              new SimulatorError({ reason: { _tag: "RequestRefused", status, error, message } })
            )
          ),
      originEpochMs: timeline.originEpochMs,
      seed
    })
  })
)

/**
 * A simulator in process. Webhooks go out over the `HttpClient`, which must not follow redirects; `webhooks` says where
 * they may go, by default to this machine only. Audio streams go where the {@link StreamPort} leads: `Streams` has some.
 *
 * When the scope closes, calls in progress end with `SYSTEM_SHUTDOWN` and their records are written. Fails with
 * `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  config: SimulatorConfig.SimulatorConfig = {},
  webhooks: Partial<HttpWebhooks.WebhookOptions> = {}
): Layer.Layer<Platform, SimulatorError, HttpClient.HttpClient | StreamPort> =>
  Layer.unwrap(Effect.map(SimulatorConfig.tenants(config), ([first, ...others]) =>
    Layer.fresh(facade).pipe(
      Layer.provideMerge(Tenants.layer(first, others)),
      Layer.provide(HttpWebhooks.layer({ ...HttpWebhooks.defaults, ...webhooks }))
    )))

/**
 * The HTTP surface of a simulator: `/v3`, `/v2` and `/v1` as the platform's three hosts, `/_sim` as itself. With
 * `adminToken`, `/_sim` asks for it.
 *
 * @category layers
 * @since 0.1.0
 */
export const routes = (
  options: { readonly adminToken?: Redacted.Redacted<string> } = {}
): Layer.Layer<never, never, HttpRouter.HttpRouter | Tenants.Tenants> =>
  Layer.mergeAll(routesV3.layer, routesLegacy.layer, control.layer({ version: SimulatorConfig.version, ...options }))

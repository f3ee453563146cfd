/**
 * The simulator for tests without Effect: it listens on a port of this process, and every method gives a promise.
 *
 * A test takes a tenant, which no other test sees. Its clock is manual unless it says otherwise: time stands until `until` or
 * `advance` lets it pass, at once, and waits for webhooks and handshakes that are really in flight. An app that listens to
 * audio wants `live`.
 */
import * as Wav from "@effect-piopiy/sdk/Wav"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import {
  AccountConfig,
  type CallRecord,
  type Entry,
  type Evidence,
  type Expectation,
  type Fault,
  type Moment,
  type Party,
  type SimulatorConfig
} from "../index.ts"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import { Simulator } from "../Simulator.ts"
import type { World } from "../World.ts"
import { advance } from "./advance.ts"
import * as Expect from "./Expect.ts"
import { until } from "./until.ts"

type Given<Method extends (...args: never) => unknown> = Effect.Success<
  Extract<ReturnType<Method>, Effect.Effect<unknown, unknown>>
>

/**
 * How the simulator is started. `app` is where webhooks and audio streams go, whatever the host of their URL, as
 * `http://127.0.0.1:3000`; left out, they go where their URL says, on this machine and to `allowHosts`. `port` is any that
 * is free unless it says which. What is said on streams is kept, unless `config` says otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export interface StartOptions
  extends
    Pick<SimulatorServer.ServerOptions, "allowHosts" | "journalFile" | "port" | "recordings" | "sounds" | "speech">
{
  readonly app?: string
  readonly config?: Omit<SimulatorConfig.SimulatorConfig, "accounts">
}

/**
 * What a tenant is made of: an account, of which nothing is needed, and what `config` says otherwise than that of the
 * simulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface TenantOptions extends Partial<AccountConfig.AccountConfig> {
  readonly config?: Omit<SimulatorConfig.SimulatorConfig, "$schema" | "accounts" | "faults" | "seed">
}

/**
 * A world of its own. Times are milliseconds from its beginning; `leg` is as for {@link World}: left out, that of the phone
 * which was called or which called in.
 *
 * Promises reject with a `SimulatorError`, and what people cannot do with a `Refusal`, moving time with a `TimeRefused`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tenant extends AsyncDisposable {
  readonly name: string
  /** Of the current API, as `http://127.0.0.1:40123/v3`. */
  readonly baseUrl: string
  /** Of the older one: its paths begin with `/v2` and `/v1`. */
  readonly legacyBaseUrl: string
  readonly token: string
  readonly appId: number
  readonly appSecret: string
  /** A phone calls a number of the platform. */
  readonly callIn: (call: {
    readonly from: string
    readonly to: string
    readonly answerUrl?: string
  }) => Promise<{ readonly callId: string; readonly requestId: string }>
  readonly press: (callId: string, digits: string, leg?: string) => Promise<void>
  /** Makes a sound on audio streams. */
  readonly say: (callId: string, sound: Party.Sound, leg?: string) => Promise<void>
  /** Says words where speech is asked for. */
  readonly speak: (callId: string, text: string, leg?: string) => Promise<void>
  readonly answer: (callId: string, leg?: string) => Promise<void>
  readonly reject: (callId: string, leg?: string, cause?: string) => Promise<void>
  readonly hangUp: (callId: string, leg?: string) => Promise<void>
  /** Whoever has a number behaves so from its next call on. */
  readonly script: (number: string, party: Party.Party) => Promise<void>
  /**
   * Lets time pass until a call has come to a moment, or its journal tells what a function looks for, and gives the entry.
   * Fails with `NeverCame` when it did not within an hour, or `withinMs`, of the tenant's time.
   */
  readonly until: (
    callId: string,
    what: Moment.Moment | ((entries: ReadonlyArray<Entry.Entry>) => boolean),
    options?: { readonly withinMs?: number }
  ) => Promise<Entry.Entry>
  /** Lets time pass until a call has ended, as `until` does, and gives its record. */
  readonly ended: (callId: string) => Promise<CallRecord.CallRecord>
  /** Lets so much time pass, and gives the time that it is then. */
  readonly advance: (ms: number) => Promise<number>
  readonly nowMs: () => number
  /** The call that any id belongs to: its own, that of a request, a leg or a delivery. */
  readonly find: (id: string) => Promise<Given<World["find"]>>
  readonly journal: (query?: Parameters<World["journal"]>[0]) => Promise<ReadonlyArray<Entry.Entry>>
  readonly records: () => Promise<ReadonlyArray<CallRecord.CallRecord>>
  /** The records of an ended call's legs, as the customer's URL gets them. */
  readonly cdrs: (callId: string) => Promise<Given<World["cdrs"]>>
  /**
   * What was said on a stream of a call, by default the first that was open, as a WAV file: the caller on the left, the
   * app on the right.
   */
  readonly recording: (callId: string, streamId?: string) => Promise<Uint8Array | undefined>
  /** What matchers for vitest take. */
  readonly evidence: () => Promise<Evidence.Evidence>
  /** Rejects with an `ExpectationFailed` when it did not come to this. */
  readonly expect: (expectation: Expectation.Expectation) => Promise<void>
  readonly faults: {
    /** Gives the id of the rule. */
    readonly add: (rule: Fault.Rule) => Promise<string>
    readonly remove: (id: string) => boolean
    readonly clear: () => void
    readonly list: World["faults"]["list"]
  }
  /** Ends its calls and begins anew, with the same credentials. */
  readonly reset: () => Promise<void>
  /** Ends it. Those that are left when the simulator stops end with it. */
  readonly remove: () => Promise<void>
}

/**
 * A simulator that listens at `url`.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunningSimulator extends AsyncDisposable {
  readonly url: string
  /** One more tenant. Fails with `InvalidConfig`, and with `TenantRefused` when it has what another one has. */
  readonly tenant: (options?: TenantOptions) => Promise<Tenant>
  /** The process goes down for so long, for all tenants: connections break off, calls end, the journals stay. */
  readonly outage: (ms: number) => Promise<void>
  /** Ends all calls, and listens no more. */
  readonly stop: () => Promise<void>
}

type Run = <A, E>(effect: Effect.Effect<A, E, Simulator>) => Promise<A>

interface Credentials {
  readonly token: string
  readonly appId: number
  readonly appSecret: string
}

const tenantOf = (world: World, url: string, credentials: Credentials, run: Run): Tenant => {
  const remove = () => run(Effect.asVoid(Simulator.use((simulator) => simulator.remove(world.name))))
  return {
    ...credentials,
    name: world.name,
    baseUrl: `${url}/v3`,
    legacyBaseUrl: url,
    callIn: (call) => run(world.callIn(call)),
    press: (...how) => run(world.press(...how)),
    say: (...how) => run(world.say(...how)),
    speak: (...how) => run(world.speak(...how)),
    answer: (...how) => run(world.answer(...how)),
    reject: (...how) => run(world.reject(...how)),
    hangUp: (...how) => run(world.hangUp(...how)),
    script: (...how) => run(world.script(...how)),
    until: (callId, what, { withinMs } = {}) =>
      run(until(callId, what, { world, ...(withinMs === undefined ? {} : { within: withinMs }) })),
    ended: (callId) => run(Effect.andThen(until(callId, "Ended", { world }), world.ended(callId))),
    advance: (ms) => run(advance(ms, { world })),
    nowMs: () => world.time.nowMs(),
    find: (id) => run(world.find(id)),
    journal: (query) => run(world.journal(query)),
    records: () => run(world.records),
    cdrs: (callId) => run(world.cdrs(callId)),
    recording: (...which) =>
      run(
        Effect.flatMap(world.recording(...which), (recording) =>
          recording === undefined ? Effect.undefined : Effect.fromResult(Wav.encode(recording)))
      ),
    evidence: () => run(world.evidence()),
    expect: (expectation) => run(Expect.expect(expectation, { world })),
    faults: {
      add: (rule) => run(world.faults.add(rule)),
      remove: (id) => world.faults.remove(id),
      clear: () => world.faults.clear(),
      list: () => world.faults.list()
    },
    reset: () => run(Effect.asVoid(Simulator.use((simulator) => simulator.reset(world.name)))),
    remove,
    [Symbol.asyncDispose]: remove
  }
}

/** Tenants that say nothing of it have app ids from here on; the simulator's own begin below. */
const firstAppId = 2_000_001

/**
 * Starts a simulator. Rejects with a `SimulatorError`: `InvalidConfig`, `CannotListen`, `FileUnreadable`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const startSimulator = ({ app, config, ...options }: StartOptions = {}): Promise<RunningSimulator> => {
  const runtime = ManagedRuntime.make(SimulatorServer.layer({
    port: 0,
    ...options,
    config: { recordAudio: true, ...config },
    ...(app === undefined ? {} : { aliases: { "*": app } })
  }))
  const stop = () => runtime.dispose()
  let tenants = 0

  const started = Effect.gen(function*() {
    const simulator = yield* Simulator
    const { url } = yield* SimulatorServer.SimulatorServer

    const tenant = ({ config, ...account }: TenantOptions = {}) =>
      Effect.suspend(() => {
        tenants += 1
        const {
          appId = firstAppId + tenants,
          appSecret = AccountConfig.defaultAppSecret,
          token = `tenant-token-${tenants}`
        } = account
        const credentials = { token, appId, appSecret }
        return Effect.map(
          simulator.create({ clock: "manual", ...account, ...credentials }, config),
          (world) => tenantOf(world, url, credentials, (effect) => runtime.runPromise(effect))
        )
      })

    const running: RunningSimulator = {
      url,
      tenant: (options) => runtime.runPromise(tenant(options)),
      outage: (ms) => runtime.runPromise(simulator.outage({ lasts: ms })),
      stop,
      [Symbol.asyncDispose]: stop
    }
    return running
  })
  return runtime.runPromise(started).catch((error) => stop().then(() => Promise.reject(error)))
}

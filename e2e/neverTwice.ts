/**
 * Everything that the SDK does to a call, each time on phones of its own, while the platform misbehaves; and what the
 * journal says of it.
 */
import {
  Action,
  AgentId,
  AppId,
  CallId,
  Calls,
  Endpoint,
  FlowId,
  LegacyCalls,
  LegacyPipeline,
  PhoneNumber,
  Piopiy,
  type PiopiyError,
  Pipeline,
  RetryPolicy
} from "@effect-piopiy/sdk"
import { type Entry, type Fault as Faults, Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"

/** Whoever's phone may ring. Both answer at once and stay on the line. */
export interface Phones {
  readonly customer: PhoneNumber.PhoneNumber
  readonly colleague: PhoneNumber.PhoneNumber
}

/** The phones of nobody else. */
export const phonesOf = (index: number): Phones => {
  const place = String(index).padStart(6, "0")
  return { customer: PhoneNumber.make(`91${place}7100`), colleague: PhoneNumber.make(`92${place}7100`) }
}

export const office = PhoneNumber.make("914400000001")
const desk = PhoneNumber.make("914400007100")
const appId = AppId.make("app")
const agentId = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
const otherAgentId = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a03")
const flow = "0b9d2c44-7b1f-4f0e-9a51-3f2d6a1c5e70"
const flowId = FlowId.make(flow)
const orgId = FlowId.makeOrg("4d8f3a10-2a6b-4c9e-8d17-5b0c9e2f1a33")
/** Where answer URLs and questions lead. */
export const appUrl = "http://app.localhost/next"

const music = "music.wav"
const waiting = Pipeline.make([Action.play(music)])

/** A platform on which a call lasts until somebody ends it. */
export const config: SimulatorConfig.SimulatorConfig = {
  flows: { [flow]: [{ action: "play", file_name: music }] },
  files: { [music]: 3_600_000 }
}

/** The services whose requests may go wrong. */
export type Sdk = Calls.Calls | LegacyCalls.LegacyCalls

/** Something that the SDK is asked to do once, and the request that it takes. */
export interface Intent {
  readonly name: string
  readonly request: string
  /** Whose phone it rings; `nobody`'s, when it ends the call. */
  readonly rings: "customer" | "colleague" | "nobody"
  /** With `callId`, that of a call with the customer. What rings nobody, or the colleague, needs one. */
  readonly carryOut: (phones: Phones, callId: CallId.CallId) => Effect.Effect<unknown, PiopiyError.PiopiyError, Sdk>
}

const placing = (
  name: string,
  request: string,
  place: (to: PhoneNumber.PhoneNumber) => Effect.Effect<unknown, PiopiyError.PiopiyError, Sdk>
): Intent => ({ name, request, rings: "customer", carryOut: ({ customer }) => place(customer) })

const callerId = office

/** Everything that rings a phone, and everything that ends a call. */
export const intents: ReadonlyArray<Intent> = [
  placing(
    "placeAgentCall",
    "POST /v3/voice/ai/call",
    (to) => Calls.Calls.use(({ placeAgentCall }) => placeAgentCall({ callerId, to, agentId }))
  ),
  placing(
    "placeAgentCall with a failover",
    "POST /v3/voice/pcmo/call",
    (to) =>
      Calls.Calls.use(({ placeAgentCall }) =>
        placeAgentCall({ callerId, to, agentId, failover: { appId, agentId: otherAgentId } })
      )
  ),
  placing(
    "placePipelineCall",
    "POST /v3/voice/pcmo/call",
    (to) => Calls.Calls.use(({ placePipelineCall }) => placePipelineCall({ callerId, to, appId, pipeline: waiting }))
  ),
  placing(
    "placeDirectCall",
    "POST /v3/voice/pcmo/call",
    (to) => Calls.Calls.use(({ placeDirectCall }) => placeDirectCall({ callerId, to, appId }))
  ),
  placing(
    "placeFlowCall",
    "POST /v3/voice/flow/call",
    (to) => Calls.Calls.use(({ placeFlowCall }) => placeFlowCall({ callerId, to, appId, flowId, orgId }))
  ),
  placing(
    "placeNumbersCall",
    "POST /v2/ind_pcmo_make_call",
    (to) => LegacyCalls.LegacyCalls.use(({ placeNumbersCall }) => placeNumbersCall({ callerId, to, connect: desk }))
  ),
  placing(
    "the older placePipelineCall",
    "POST /v2/ind_pcmo_make_call",
    (to) =>
      LegacyCalls.LegacyCalls.use(({ placePipelineCall }) =>
        placePipelineCall({ callerId, to, pipeline: LegacyPipeline.play(music)(LegacyPipeline.empty) })
      )
  ),
  placing(
    "placeAnswerUrlCall",
    "POST /v1/make_call",
    (to) =>
      LegacyCalls.LegacyCalls.use(({ placeAnswerUrlCall }) => placeAnswerUrlCall({ callerId, to, answerUrl: appUrl }))
  ),
  {
    name: "transfer",
    request: "POST /v3/voice/pcmo/transfer",
    rings: "colleague",
    carryOut: ({ colleague }, callId) =>
      Calls.Calls.use(({ transfer }) =>
        transfer(callId, Pipeline.make([Action.connect({ callerId, endpoints: [Endpoint.phone(colleague)] })]))
      )
  },
  {
    name: "handOff",
    request: "POST /v3/calls/{id}/actions/transfer",
    rings: "colleague",
    carryOut: ({ colleague }, callId) =>
      Calls.Calls.use(({ handOff }) => handOff(callId, { to: Endpoint.phone(colleague) }))
  },
  {
    name: "blindTransfer",
    request: "POST /v3/calls/{id}/actions/transfer",
    rings: "colleague",
    carryOut: ({ colleague }, callId) =>
      Calls.Calls.use(({ blindTransfer }) => blindTransfer(callId, { to: colleague, callerId }))
  },
  {
    name: "hangup",
    request: "POST /v3/voice/call/hangup",
    rings: "nobody",
    carryOut: (_, callId) => Calls.Calls.use(({ hangup }) => hangup(callId))
  },
  {
    name: "end",
    request: "POST /v3/calls/{id}/actions/hangup",
    rings: "nobody",
    carryOut: (_, callId) => Calls.Calls.use(({ end }) => end(callId))
  }
]

/** How an app goes about failures: the policy of the SDK, and what it does with what is left of them. */
export interface Approach {
  readonly name: string
  readonly retryPolicy: RetryPolicy.RetryPolicy
  readonly around?: <A, R>(
    intent: Effect.Effect<A, PiopiyError.PiopiyError, R>
  ) => Effect.Effect<A, PiopiyError.PiopiyError, R>
}

export const none: Approach = { name: "no retries", retryPolicy: RetryPolicy.none }
export const standard: Approach = { name: "the standard policy", retryPolicy: RetryPolicy.standard }
export const everything: Approach = {
  name: "retryAmbiguousAndMaybeRingTwice",
  retryPolicy: RetryPolicy.make({ retryAmbiguousAndMaybeRingTwice: true })
}

/** The SDK as such an app has it: at the platform's own address with the usual time-out, or elsewhere with another. */
export const sdk = (
  { retryPolicy }: Approach,
  { timeout, url }: { readonly timeout?: Duration.Input; readonly url?: string } = {}
): Layer.Layer<Sdk, PiopiyError.PiopiyError, HttpClient.HttpClient> => {
  const sending = { retryPolicy, ...(timeout === undefined ? {} : { timeout }) }
  const [v3, legacy] = url === undefined ? [{}, {}] : [{ baseUrl: `${url}/v3` }, { baseUrl: url }]
  return Layer.merge(
    Piopiy.layer({ token: Redacted.make("sim-token"), ...sending, ...v3 }),
    Piopiy.layerLegacy({ appId: 1_000_001, appSecret: Redacted.make("sim-secret"), ...sending, ...legacy })
  )
}

/** What the caller of the SDK is told. */
export const told = (result: Result.Result<unknown, PiopiyError.PiopiyError>): string =>
  Result.isSuccess(result) ? "done" : `${result.failure.reason._tag}, ${result.failure.verdict}`

/** How often a number was dialed. */
export const ringsOf = (entries: ReadonlyArray<Entry.Entry>, number: string): number =>
  entries.flatMap((entry) => entry._tag === "Turned" ? entry.commands : [])
    .filter((command) =>
      command._tag === "DialLeg" && "number" in command.endpoint && command.endpoint.number === number
    ).length

/** A call with the customer that waits for something to happen to it. */
const standing = ({ customer }: Phones) =>
  Calls.Calls.use(({ placePipelineCall }) => placePipelineCall({ callerId, to: customer, appId, pipeline: waiting }))
    .pipe(Effect.flatMap(({ callId }) => Effect.fromOption(callId)), Effect.orDie)

export const noCall = CallId.make("00000000-0000-4000-8000-000000000000")

/** The call that an intent needs, if it does. */
const callFor = ({ rings }: Intent, phones: Phones) => rings === "customer" ? Effect.succeed(noCall) : standing(phones)

/** What goes wrong with the requests of an intent, and with the second of them alone. */
export interface Fault {
  readonly name: string
  readonly fault: Faults.RequestFault
  readonly then?: Faults.RequestFault
}

/** What became of one intent. */
export interface Cell {
  readonly intent: Intent
  readonly fault: string
  /** How often the phone rang; of an intent that ends a call, whether it did. */
  readonly acted: number
  /** Requests that reached the platform, and how many of them had the fault, by its own count. */
  readonly requests: number
  readonly befallen: number
  readonly result: Result.Result<unknown, PiopiyError.PiopiyError>
}

const all = { concurrency: "unbounded" } as const

/** A way of letting time pass. */
export interface Time {
  /** While calls are set up. */
  readonly setUp: Effect.Effect<void>
  /** Longer than any attempt, wait and fault. */
  readonly runOut: Effect.Effect<void>
}

export const virtual: Time = { setUp: TestClock.adjust("1 second"), runOut: TestClock.adjust("5 minutes") }

/** Lets an effect run under virtual time. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    yield* virtual.runOut
    return yield* Fiber.join(fiber)
  })

/** How the intents are carried out. */
export interface Course {
  readonly faults: ReadonlyArray<Fault>
  /** Whether the fault befalls every request of an intent, or its first alone. */
  readonly often: "once" | "always"
  readonly approach: Approach
  readonly intents?: ReadonlyArray<Intent>
  readonly time?: Time
  /** Happens when all calls stand, before anything is asked for; and when everything has been asked for. */
  readonly before?: Effect.Effect<void, never, Simulator.Simulator>
  readonly meanwhile?: Effect.Effect<void, never, Simulator.Simulator>
}

/** Carries out every intent with every fault on one platform, all at a time, and tells what became of each. */
export const matrix = Effect.fnUntraced(function*(course: Course) {
  const { approach, before, faults, meanwhile, often, time = virtual } = course
  const { around = (intent) => intent } = approach
  const simulator = yield* Simulator.Simulator
  const pairs = (course.intents ?? intents).flatMap((intent) => faults.map((fault) => ({ intent, ...fault })))
  const standing = yield* Effect.forEach(pairs, (pair, index) => {
    const phones = phonesOf(index)
    return Effect.map(callFor(pair.intent, phones), (callId) => ({ ...pair, phones, callId }))
  }, all)
  yield* time.setUp
  if (before !== undefined) yield* before
  const asking = yield* Effect.forkChild(
    Effect.forEach(standing, (cell) =>
      Effect.gen(function*() {
        const { callId, fault, intent, name, phones, then } = cell
        const when = { operation: intent.request, number: phones.customer }
        const rule = { name, fault, when: often === "once" ? { ...when, nth: [1] as const } : when }
        const ruleId = yield* Effect.orDie(simulator.faults.add(rule))
        if (then !== undefined) {
          yield* Effect.orDie(simulator.faults.add({ fault: then, when: { ...when, nth: [2] } }))
        }
        return { ...cell, ruleId, result: yield* Effect.result(around(intent.carryOut(phones, callId))) }
      }), all),
    { startImmediately: true }
  )
  if (meanwhile !== undefined) yield* meanwhile
  yield* time.runOut
  const asked = yield* Fiber.join(asking)
  const entries = yield* simulator.journal()
  const records = yield* simulator.records
  const ended = new Set(records.filter(({ endedBy }) => endedBy === "Api").map(({ to }) => to))
  const rules = new Map(simulator.faults.list().map((rule) => [rule.id, rule]))
  return asked.map(({ intent, name, phones, result, ruleId }): Cell => ({
    intent,
    fault: name,
    acted: intent.rings === "nobody" ? Number(ended.has(phones.customer)) : ringsOf(entries, phones[intent.rings]),
    requests: rules.get(ruleId)?.matched ?? 0,
    befallen: rules.get(ruleId)?.fired ?? 0,
    result
  }))
})

/** What became of an intent, in a line: how often the phone rang in how many requests, and what the caller was told. */
export const line = ({ acted, fault, intent, requests, result }: Cell): string =>
  `${intent.name}, when ${fault}: ${acted} in ${requests}, ${told(result)}`

/**
 * What is wrong with that, whatever happened: it rang twice; it is done and did not ring; or it may be sent again, they
 * say, or was refused, and rang.
 */
export const wrongs = (cell: Cell): ReadonlyArray<string> => {
  const { acted, befallen, intent, result } = cell
  const isDone = Result.isSuccess(result)
  const isOpen = !isDone && result.failure.verdict === "ambiguous"
  const isWrong = acted > 1 || befallen === 0 || (isDone && acted !== 1)
    || (intent.rings !== "nobody" && !isDone && !isOpen && acted > 0)
  return isWrong ? [line(cell)] : []
}

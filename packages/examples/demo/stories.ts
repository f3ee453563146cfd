/** The calls of the demo: what is placed, what is done while it runs, and how it should end. */
import {
  Action,
  AgentId,
  AppId,
  CallId,
  Calls,
  Endpoint,
  LegacyCalls,
  OnResult,
  PhoneNumber,
  Pipeline,
  Prompt
} from "@effect-piopiy/sdk"
import type { PiopiyError } from "@effect-piopiy/sdk"
import { type CallRecord, type Entry, Party, Simulator, type SimulatorError } from "@effect-piopiy/simulator"
import type { NoSuchElementError } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { SalesDesk } from "./app.ts"
import type { BotLine } from "./bot.ts"

type Failure = PiopiyError.PiopiyError | SimulatorError.SimulatorError | NoSuchElementError
type Needs = Calls.Calls | LegacyCalls.LegacyCalls | Simulator.Simulator

/**
 * One call, told from its start to its record. `phone` is the one that the call is about. `unmet` names what did not go as
 * it should, on the line and on the audio stream if there was one; nothing when all did.
 */
export interface Story {
  readonly title: string
  readonly phone: PhoneNumber.PhoneNumber
  readonly start: Effect.Effect<CallId.CallId, Failure, Needs>
  readonly meanwhile: (callId: CallId.CallId) => Effect.Effect<void, Failure, Needs>
  readonly unmet: (record: CallRecord.CallRecord, streamed?: Entry.Streamed) => ReadonlyArray<string>
}

const number = PhoneNumber.make
const office = number("914400000001")
const asha = number("919840000001")
const ravi = number("919840000002")
const meena = number("919840000003")
const engaged = number("914400007001")
const seller = number("914400000011")
const human = number("914400000012")
const vikram = number("919840000004")
const lakshmi = number("919840000005")
const kiran = number("919840000006")
const mainNumber = number("918000000001")
const botNumber = number("918000000002")
const appId = AppId.make("demo")
const agent = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
const agentNotRunning = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff001")

/** The desk that the menu hunts through: the first colleague is engaged. */
export const desk: SalesDesk = { callerId: office, people: [engaged, seller] }

/** The bot, and the human who takes over from it. */
export const botLine: BotLine = { number: botNumber, human }

/** Quick people, so that the demo takes seconds. Whoever is not here goes by the number plan. */
export const people: Readonly<Record<string, Party.Party>> = {
  [asha]: Party.person({ answersAfterMs: 700, talksForMs: 2500 }),
  [ravi]: Party.person({ answersAfterMs: 600, answers: [Party.presses("1")] }),
  [meena]: Party.person({ answersAfterMs: 600 }),
  [seller]: Party.person({ answersAfterMs: 900, talksForMs: 1500 }),
  [human]: Party.person({ answersAfterMs: 900, talksForMs: 1200 }),
  [vikram]: Party.person({ answersAfterMs: 500 }),
  [lakshmi]: Party.person({ answersAfterMs: 0, talksForMs: 8000 }),
  [kiran]: Party.person({
    answersAfterMs: 0,
    speaks: [
      { afterSilenceMs: 300, voice: { _tag: "Speech", ms: 900 } },
      { bargeInMs: 1000, voice: { _tag: "Speech", ms: 700 } }
    ]
  })
}

const check = (claims: Readonly<Record<string, boolean>>): ReadonlyArray<string> =>
  Object.entries(claims).filter(([, holds]) => !holds).map(([claim]) => claim)

const reached = (record: CallRecord.CallRecord, wanted: string): boolean =>
  record.legs.some((leg) =>
    leg.bridgedAt !== undefined && leg.legId !== "caller"
    && (leg.endpoint._tag === "Agent" ? leg.endpoint.id : leg.endpoint._tag === "Pstn" ? leg.endpoint.number : "")
      === wanted
  )

const failedBecause = (record: CallRecord.CallRecord, cause: string): boolean =>
  record.legs.some((leg) => leg.answeredAt === undefined && leg.hangupCause === cause)

/** The id of a call that the current API has placed. */
const placed = Effect.flatMap((call: Calls.PlacedCall) => Effect.fromOption(call.callId))

const failover: Story = {
  title: "An AI agent call: the first agent is not running, the second takes over",
  phone: asha,
  start: Calls.Calls.use((calls) =>
    calls.placeAgentCall({
      callerId: office,
      to: asha,
      agentId: agentNotRunning,
      failover: { appId, agentId: agent, strategy: "sequential", waitingMusic: "waiting.wav" },
      options: { maxDuration: "10 minutes", ringTimeout: "20 seconds", record: true },
      variables: { customer: "Asha" }
    })
  ).pipe(placed),
  meanwhile: () => Effect.void,
  unmet: (record) =>
    check({
      "the call was answered": record.disposition === "Answered",
      "the first agent could not be reached": failedBecause(record, "DESTINATION_OUT_OF_ORDER"),
      "the second agent joined": reached(record, agent),
      "the call was recorded": record.recordings.length === 1
    })
}

const menu = (appUrl: string): Story => ({
  title: "A menu: a digit is asked for, your app answers with whom to ring, one is engaged, the next picks up",
  phone: ravi,
  start: Calls.Calls.use((calls) =>
    calls.placePipelineCall({
      callerId: office,
      to: ravi,
      appId,
      pipeline: Pipeline.empty.pipe(
        Pipeline.param({ campaign: "spring" }),
        Pipeline.playGetInput({
          prompt: Prompt.say({ text: "Press 1 for sales", language: "en-US", voiceId: "female", speed: 1 }),
          input: ["dtmf"],
          dtmf: { maxDigits: 1, firstDigitTimeout: "5 seconds" },
          onResult: OnResult.url(`${appUrl}/input`)
        })
      )
    })
  ).pipe(placed),
  meanwhile: () => Effect.void,
  unmet: (record) =>
    check({
      "the digit 1 was taken": record.inputs[0]?.entry === "1",
      "the first colleague was engaged": failedBecause(record, "USER_BUSY"),
      "the second colleague was reached": reached(record, seller),
      "the pipeline ended the call": record.endedBy === "Pipeline"
    })
})

const isBridging = (callId: string) => (entry: Entry.Entry): boolean =>
  entry._tag === "Turned" && entry.callId === callId && entry.commands.some((command) => command._tag === "BridgeLegs")

/** Waits until somebody is bridged with the phone. */
const bridged = Effect.fnUntraced(function*(callId: CallId.CallId) {
  const simulator = yield* Simulator.Simulator
  yield* simulator.follow({ callId }).pipe(Stream.filter(isBridging(callId)), Stream.take(1), Stream.runDrain)
})

const handOff: Story = {
  title: "A hand-off: a live agent call is transferred to a human",
  phone: meena,
  start: Calls.Calls.use((calls) => calls.placeAgentCall({ callerId: office, to: meena, agentId: agent })).pipe(
    placed
  ),
  meanwhile: Effect.fnUntraced(function*(callId) {
    yield* bridged(callId)
    yield* Effect.sleep("800 millis")
    const calls = yield* Calls.Calls
    yield* calls.transfer(
      callId,
      Pipeline.make([Action.connect({ callerId: office, endpoints: [Endpoint.phone(human)] }), Action.hangup])
    )
  }),
  unmet: (record) =>
    check({
      "the agent talked first": reached(record, agent),
      "the human took over": reached(record, human),
      "the agent was let go": record.legs.some((leg) => leg.hangupCause === "BLIND_TRANSFER")
    })
}

/** The older API tells the request's id and never the call's, which the live events bring; here the simulator knows. */
const callOf = Effect.fnUntraced(function*(requestId: CallId.RequestId) {
  const simulator = yield* Simulator.Simulator
  const live = yield* simulator.live
  const call = live.find(({ origin }) => origin.requestId === requestId)
  return CallId.make(yield* Effect.fromOption(Option.map(Option.fromUndefinedOr(call), ({ origin }) => origin.callId)))
})

const twoNumbers: Story = {
  title: "The older API, app id and secret: a phone is rung, then joined with one of two others, put on hold and back",
  phone: vikram,
  start: LegacyCalls.LegacyCalls.use((calls) =>
    calls.placeNumbersCall({
      callerId: office,
      to: vikram,
      connect: [engaged, seller],
      timeout: "20 seconds",
      extraParams: { order: "A-17" }
    })
  ).pipe(
    Effect.flatMap(({ requestId }) => Effect.fromOption(requestId)),
    Effect.flatMap(callOf)
  ),
  meanwhile: Effect.fnUntraced(function*(callId) {
    const calls = yield* LegacyCalls.LegacyCalls
    yield* bridged(callId)
    yield* Effect.sleep("400 millis")
    yield* calls.hold(callId)
    yield* Effect.sleep("400 millis")
    yield* calls.unhold(callId)
  }),
  unmet: (record) =>
    check({
      "the first number was engaged": failedBecause(record, "USER_BUSY"),
      "the second was reached": reached(record, seller),
      "what was sent along is in the record": record.extraParams === "{\"order\":\"A-17\"}"
    })
}

const fromOutside = (appUrl: string): Story => ({
  title: "A call from outside: your answer URL is asked, greets, and rings the whole desk at once",
  phone: lakshmi,
  start: Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: lakshmi, to: mainNumber, answerUrl: `${appUrl}/answer` })
    return CallId.make(callId)
  }),
  meanwhile: () => Effect.void,
  unmet: (record) =>
    check({
      "it came from outside": record.direction === "inbound",
      "it was picked up": record.answeredAt !== undefined,
      "somebody at the desk was reached": reached(record, seller)
    })
})

const voiceBot = (appUrl: string): Story => ({
  title: "A voice bot: your app listens and talks over a WebSocket, is interrupted, and hands over to a human",
  phone: kiran,
  start: Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: kiran, to: botNumber, answerUrl: `${appUrl}/answer` })
    return CallId.make(callId)
  }),
  meanwhile: () => Effect.void,
  unmet: (record, streamed) =>
    check({
      "the bot answered what it was asked": (streamed?.measures.turns.length ?? 0) >= 2,
      "the bot fell silent when it was interrupted": streamed?.measures.bargeInLatency !== undefined,
      "the human took over": reached(record, human),
      "the bot went on listening to the end": record.streams[0]?.endedAt === record.endedAt
    })
})

/** All of them, in the order in which they are told. */
export const all = (appUrl: string): ReadonlyArray<Story> => [
  failover,
  menu(appUrl),
  handOff,
  twoNumbers,
  fromOutside(appUrl),
  voiceBot(appUrl)
]

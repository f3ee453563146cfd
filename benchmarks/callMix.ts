/**
 * The calls that the benchmarks make, and the same calls as recorded from the simulator's own journal: the events that
 * each went through, and what the switchboard was asked for.
 */
import {
  Action,
  AgentId,
  AppId,
  CallId,
  Calls,
  Endpoint,
  OnResult,
  PhoneNumber,
  Piopiy,
  type PiopiyError,
  Pipeline,
  Prompt,
  Webhook
} from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import * as TestClock from "effect/testing/TestClock"
import type { CallEvent } from "../packages/simulator/src/core/call/CallEvent.ts"
import type { Program } from "../packages/simulator/src/core/pcmo/Program.ts"
import type { CallRequest } from "../packages/simulator/src/engine/Switchboard.ts"

/** A call that somebody makes through the SDK. With `transfer`, it goes on to that pipeline a while later. */
export interface Kind {
  readonly name: string
  readonly place: (calls: Calls.Calls["Service"]) => Effect.Effect<Calls.PlacedCall, PiopiyError.PiopiyError>
  readonly transfer?: { readonly after: Duration.Duration; readonly pipeline: Pipeline.Pipeline }
}

/** A call as the simulator took it and ran it. */
export interface Recorded {
  readonly name: string
  readonly request: CallRequest
  readonly transfer?: { readonly after: Duration.Duration; readonly program: Program }
  readonly events: ReadonlyArray<CallEvent>
}

const callerId = PhoneNumber.make("914440000000")
const appId = AppId.make("benchmarks")
const phone = (code: string) => PhoneNumber.make(`91984000${code}`)
const agentId = (code: string) => AgentId.make(`2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9${code}`)
const ring = (code: string) => Endpoint.phone(phone(code))

const ask = (text: string) =>
  Action.playGetInput({
    prompt: Prompt.say({ text, language: "en-US", voiceId: "female", speed: 1 }),
    input: ["dtmf"],
    dtmf: {
      minDigits: 2,
      maxDigits: 4,
      firstDigitTimeout: "5 seconds",
      interDigitTimeout: "2 seconds",
      finishKey: "#"
    },
    retries: { max: 2, invalidPrompt: Prompt.file("again.wav"), noInputPrompt: Prompt.file("hello.wav") },
    onResult: OnResult.url("http://127.0.0.1/menu")
  })

const desk = Action.connect({
  callerId,
  endpoints: [ring("7001"), ring("7215")],
  ringTimeout: "15 seconds",
  waitingMusic: "music.mp3",
  recording: { channels: "dual", format: "mp3" }
})

/** What `/menu` answers with: whoever is at the desk is rung. */
const menuReply = Result.getOrThrow(Webhook.reply(Pipeline.make([Action.param({ from: "menu" }), desk, Action.hangup])))

const app: InProcess.App = HttpRouter.add(
  "POST",
  "/menu",
  HttpServerResponse.text(menuReply, { contentType: "application/json" })
)

const pipeline = (
  name: string,
  to: string,
  actions: Parameters<typeof Pipeline.make>[0],
  transfer?: Kind["transfer"]
): Kind => ({
  name,
  place: (calls) =>
    calls.placePipelineCall({
      callerId,
      to: phone(to),
      appId,
      pipeline: Pipeline.make(actions),
      options: { record: true },
      variables: { order: "A-1001", attempt: 1 }
    }),
  ...(transfer === undefined ? {} : { transfer })
})

/** Whom each number and agent id reaches is in the simulator's number plan. */
export const kinds: ReadonlyArray<Kind> = [
  {
    name: "AI agent",
    place: (calls) => calls.placeAgentCall({ callerId, to: phone("7230"), agentId: agentId("a001") })
  },
  {
    name: "AI agent drops, another stands in",
    place: (calls) =>
      calls.placeAgentCall({
        callerId,
        to: phone("7230"),
        agentId: agentId("f003"),
        failover: { appId, agentId: agentId("a002"), recording: { channels: "dual", format: "wav" } }
      })
  },
  pipeline("menu, then the desk", "7312", [Action.play("welcome.wav"), ask("Your extension, please")]),
  pipeline("menu with two retries", "7412", [Action.play("welcome.wav"), ask("Your order number, please")]),
  pipeline("hunt in turn", "7103", [
    Action.connect({
      callerId,
      endpoints: [ring("7001"), ring("7002"), ring("7003"), ring("7220")],
      ringTimeout: "10 seconds",
      waitingMusic: "music.mp3"
    }),
    Action.play("goodbye.wav")
  ]),
  pipeline("hunt at once", "7105", [
    Action.connect({
      callerId,
      strategy: "simultaneous",
      endpoints: [ring("7104"), ring("7106"), ring("7003"), ring("7002"), Endpoint.agent(agentId("a003"))],
      maxDuration: "25 seconds"
    }),
    Action.hangup
  ]),
  pipeline(
    "transfer of a live call",
    "7103",
    [Action.connect({ callerId, endpoints: [Endpoint.agent(agentId("a004"))] })],
    { after: Duration.seconds(12), pipeline: Pipeline.make([Action.play("hold.wav"), desk, Action.hangup]) }
  ),
  {
    name: "direct call, busy",
    place: (calls) => calls.placeDirectCall({ callerId, to: phone("7001"), appId })
  }
]

/** A fresh simulator in memory with the SDK on top, at the start of virtual time. */
export const world = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(
  Layer.provideMerge(InProcess.layer({ app })),
  Layer.orDie
)

/** Makes a call and, where it says so, transfers it later. */
export const make = Effect.fnUntraced(function*(kind: Kind) {
  const calls = yield* Calls.Calls
  const { callId } = yield* kind.place(calls)
  if (kind.transfer === undefined) return
  yield* Effect.sleep(kind.transfer.after)
  yield* calls.transfer(CallId.make(Option.getOrThrow(callId)), kind.transfer.pipeline)
})

const record = Effect.fnUntraced(function*(kind: Kind) {
  yield* Effect.forkChild(make(kind))
  yield* TestClock.adjust("10 minutes")
  const journal = yield* Simulator.Simulator.use((simulator) => simulator.journal())
  const events = journal.flatMap((entry) => entry._tag === "Turned" ? [entry.event] : [])
  const origin = events.find((event) => event._tag === "Originated")
  const transfer = events.find((event) => event._tag === "TransferRequested")
  if (origin === undefined) return yield* Effect.die(`${kind.name}: no call was made`)
  const recorded: Recorded = {
    name: kind.name,
    request: Struct.omit(origin, ["_tag", "at", "callId", "requestId"]),
    events,
    ...(transfer === undefined || kind.transfer === undefined
      ? {}
      : { transfer: { after: kind.transfer.after, program: transfer.program } })
  }
  return recorded
})

/** Every kind of call once, each in a world of its own. */
export const recorded = Effect.forEach(
  kinds,
  (kind) =>
    Effect.scoped(record(kind)).pipe(
      Effect.provide(Layer.provideMerge(Layer.fresh(world), TestClock.layer()), { local: true })
    )
)

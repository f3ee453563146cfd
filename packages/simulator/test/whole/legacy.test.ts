/** The older API as the SDK speaks it, under virtual time. */
import * as Account from "@effect-piopiy/sdk/Account"
import * as CallId from "@effect-piopiy/sdk/CallId"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as Notifications from "@effect-piopiy/sdk/Notifications"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Simulator from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, legOf, recordOf } from "../platform.ts"

const callerId = PhoneNumber.make("914400000001")
/** Answers at once and stays. */
const patient = PhoneNumber.make("919840007100")
/** Answers after 1 s and presses 5 at the first question. */
const presser = PhoneNumber.make("919840007305")
const busy = PhoneNumber.make("914400007001")
const sales = PhoneNumber.make("914400007101")
const abroad = PhoneNumber.make("14155557101")

const credentials = { appId: 1_000_001, appSecret: Redacted.make("sim-secret"), retryPolicy: RetryPolicy.none }

/** Asked upon the answer, then for what follows the digits. */
const app: InProcess.App = Layer.merge(
  HttpRouter.add(
    "POST",
    "/answer",
    HttpServerResponse.jsonUnsafe([{
      action: "play_get_input",
      action_url: "http://app/digits",
      file_name: "menu.wav"
    }])
  ),
  HttpRouter.add("POST", "/digits", HttpServerResponse.jsonUnsafe([{ action: "speak", text: "Thank you" }]))
)

const account = { token: "t", balance: 1000, ratePerMinute: 0.45 }

const platform = (options: { readonly config?: SimulatorConfig; readonly secret?: string } = {}) =>
  Piopiy.layerLegacy({
    ...credentials,
    ...(options.secret === undefined ? {} : { appSecret: Redacted.make(options.secret) })
  }).pipe(Layer.provideMerge(InProcess.layer({ app, config: options.config ?? { accounts: [account] } })))

const { LegacyCalls: Calls } = LegacyCalls

const live = Effect.flatMap(
  Simulator.Simulator,
  (simulator) =>
    Effect.flatMap(simulator.live, ([call]) => call === undefined ? Effect.die("no call") : Effect.succeed(call))
)
const liveId = Effect.map(live, ({ origin }) => CallId.make(origin.callId))

const reasonOf = <A, R>(effect: Effect.Effect<A, PiopiyError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)

const placeNumbers = (more: object = {}) =>
  Calls.use((calls) => calls.placeNumbersCall({ callerId, to: patient, connect: sales, ...more }))

describe("a call of two numbers", () => {
  it.effect("rings one, then the other, and ends with them", () =>
    Effect.gen(function*() {
      const placed = yield* placeNumbers({ duration: "30 seconds", extraParams: { order: "A" } })
      assert.strictEqual(placed.status, "progress")
      const record = yield* recordOf(yield* liveId)
      assert.deepStrictEqual(placed.requestId, Option.some(record.requestId))
      assert.deepInclude(record, { kind: "Legacy", extraParams: "{\"order\":\"A\"}", durationMs: 30_000 })
      assert.deepStrictEqual(legOf(record, "callee1").endpoint, { _tag: "Pstn", number: sales })
      assert.isDefined(legOf(record, "callee1").bridgedAt)
    }).pipe(Effect.provide(platform())))

  it.effect("rings many at once as a group, and goes round as often as it is told", () =>
    Effect.gen(function*() {
      yield* placeNumbers({ connect: [busy, sales], ring: "group" })
      yield* TestClock.adjust("5 seconds")
      const group = yield* live
      assert.deepStrictEqual(group.legs.map(({ state }) => state), ["Bridged", "Ended", "Bridged"])
      yield* Calls.use((calls) => calls.hangup(CallId.make(group.origin.callId)))
      yield* placeNumbers({ connect: busy, loop: 3 })
      const record = yield* recordOf(yield* liveId)
      assert.lengthOf(record.legs, 4)
    }).pipe(Effect.provide(platform())))

  it.effect("can be held, taken back, toggled and ended", () =>
    Effect.gen(function*() {
      const calls = yield* Calls
      yield* placeNumbers()
      yield* TestClock.adjust("2 seconds")
      const callId = yield* liveId
      const states: Array<boolean> = []
      for (const act of [calls.hold, calls.unhold, calls.toggleHold, calls.toggleHold]) {
        yield* act(callId)
        states.push((yield* live).onHold === true)
      }
      assert.deepStrictEqual(states, [true, false, true, false])
      yield* calls.hangup(callId, { network: "india" })
      assert.deepInclude(yield* recordOf(callId), { endedBy: "Api", endedAt: 2000 })
      assert.strictEqual(yield* reasonOf(calls.hangup(callId)), "CallNotFound")
    }).pipe(Effect.provide(platform())))

  it.effect("is counted among the channels, then found by its leg and by its request", () =>
    Effect.gen(function*() {
      const calls = yield* Calls
      const { requestId } = yield* placeNumbers()
      yield* TestClock.adjust("2 seconds")
      const [caller, callee] = (yield* live).legs
      const ids = [caller, callee].map((leg) => CallId.make(leg?.uuid ?? ""))
      const [callId = yield* liveId, calleeId = callId] = ids
      assert.strictEqual(yield* calls.channels, 1)
      assert.deepStrictEqual(yield* calls.cdrByCallId(callId), Option.none())
      yield* calls.hangup(callId)
      assert.strictEqual(yield* calls.channels, 0)
      const record = yield* Effect.fromOption(yield* calls.cdrByCallId(calleeId))
      assert.deepInclude(record, {
        from: callerId,
        to: sales,
        status: "answered",
        duration: Duration.seconds(1),
        leg: Option.some("b"),
        direction: Option.some("outbound"),
        rate: Option.some(0.45),
        balance: Option.some(999.1)
      })
      const all = yield* calls.cdrByRequestId(yield* Effect.fromOption(requestId))
      assert.deepStrictEqual(all.map(({ leg, to }) => [Option.getOrNull(leg), to]), [["b", sales], ["a", patient]])
    }).pipe(Effect.provide(platform())))

  it.effect("to a number abroad takes the other network", () =>
    Effect.gen(function*() {
      yield* placeNumbers({ to: abroad })
      yield* placeNumbers()
      const simulator = yield* Simulator.Simulator
      assert.deepStrictEqual(
        entriesOf(yield* simulator.journal(), "Requested").map(({ operation }) => operation),
        ["POST /v2/global_pcmo_make_call", "POST /v2/ind_pcmo_make_call"]
      )
    }).pipe(Effect.provide(platform())))
})

describe("a call of a pipeline", () => {
  it.effect("runs all that the older vocabulary has", () =>
    Effect.gen(function*() {
      const pipeline = LegacyPipeline.empty.pipe(
        LegacyPipeline.stream("wss://app/stream", { streamOnAnswer: true }),
        LegacyPipeline.record,
        LegacyPipeline.param("ticket 7"),
        LegacyPipeline.speak("Welcome"),
        LegacyPipeline.play("https://example.com/menu.wav"),
        LegacyPipeline.bridge({ to: busy, from: callerId }),
        LegacyPipeline.connectSip({ users: "7001", from: callerId }),
        LegacyPipeline.playGetInput({ url: "http://app/digits", prompt: "menu.wav", maxDigits: 1 })
      )
      yield* Calls.use((calls) => calls.placePipelineCall({ callerId, to: presser, pipeline }))
      const { program } = (yield* live).origin
      assert.deepStrictEqual(program.map(({ _tag }) => _tag), [
        "OpenStream",
        "Record",
        "Attach",
        "Play",
        "Play",
        "Connect",
        "Connect",
        "Collect"
      ])
      const record = yield* recordOf(yield* liveId)
      assert.deepInclude(record, { extraParams: "ticket 7", endedBy: "Pipeline" })
      assert.deepStrictEqual(record.inputs.map(({ entry }) => entry), ["5"])
      assert.lengthOf(record.recordings, 1)
      assert.deepStrictEqual(record.legs.map(({ disposition }) => disposition), ["Answered", "Busy", "Busy"])
    }).pipe(Effect.provide(platform())))

  it.effect("can be asked for at an answer URL", () =>
    Effect.gen(function*() {
      yield* Calls.use((calls) =>
        calls.placeAnswerUrlCall({ callerId, to: presser, answerUrl: "http://app/answer", duration: "1 minute" })
      )
      const record = yield* recordOf(yield* liveId)
      assert.deepStrictEqual(record.inputs.map(({ entry }) => entry), ["5"])
      assert.strictEqual(record.endedBy, "Pipeline")
    }).pipe(Effect.provide(platform())))
})

describe.each(["body", "status"] as const)("a refusal with its code as %s", (legacyErrors) => {
  it.effect("reads as the reason that it stands for", () =>
    Effect.gen(function*() {
      const calls = yield* Calls
      assert.deepStrictEqual([yield* reasonOf(placeNumbers()), yield* reasonOf(calls.channels)], [
        "Unauthorized",
        "Unauthorized"
      ])
    }).pipe(Effect.provide(platform({ config: { legacyErrors }, secret: "wrong" }))))

  it.effect("tells an account on which nothing is left", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* reasonOf(placeNumbers()), "Forbidden")
      assert.strictEqual((yield* Account.Account.use(({ balance }) => balance)).amount, 0)
    }).pipe(Effect.provide(platform({ config: { legacyErrors, accounts: [{ token: "a", balance: 0 }] } }))))

  it.effect("for now is tried again after the time that it names", () =>
    Effect.gen(function*() {
      const config = { legacyErrors, accounts: [{ token: "a", callsPerSecond: 1 }] } as const
      const layer = Piopiy.layerLegacy({ ...credentials, retryPolicy: RetryPolicy.standard }).pipe(
        Layer.provideMerge(InProcess.layer({ config }))
      )
      yield* Effect.gen(function*() {
        yield* placeNumbers()
        const second = yield* Effect.forkChild(placeNumbers())
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(second)).status, "progress")
        const simulator = yield* Simulator.Simulator
        assert.deepStrictEqual(entriesOf(yield* simulator.journal(), "Refused").map(({ status }) => status), [429])
      }).pipe(Effect.provide(layer))
    }))
})

describe("an account", () => {
  it.effect("pays for each started minute of each answered leg", () =>
    Effect.gen(function*() {
      const { originEpochMs } = yield* Simulator.Simulator
      const before = yield* Account.Account.use(({ balance }) => balance)
      assert.deepStrictEqual([before.amount, before.messages], [1000, Option.some(1000)])
      assert.isTrue(Option.exists(before.expiresAt, ({ epochMilliseconds }) => epochMilliseconds > originEpochMs))
      yield* placeNumbers({ duration: "61 seconds" })
      yield* recordOf(yield* liveId)
      assert.strictEqual((yield* Account.Account.use(({ balance }) => balance)).amount, 1000 - 3 * 0.45)
    }).pipe(Effect.provide(platform())))

  it.effect("has a user who sends messages, one login for all of them", () =>
    Effect.gen(function*() {
      const { sms } = yield* Notifications.Notifications
      yield* sms({ to: patient, text: "Your order has left" })
      yield* sms({ to: patient, text: "Your order is there" })
      const simulator = yield* Simulator.Simulator
      assert.deepStrictEqual(
        entriesOf(yield* simulator.journal(), "Requested").map(({ operation }) => operation),
        ["POST /v2/user/login", "POST /v2/messages", "POST /v2/messages"]
      )
    }).pipe(Effect.provide(
      Notifications.layer({ userId: "101_1000001", password: Redacted.make("sim-password") }).pipe(
        Layer.provideMerge(InProcess.layer())
      )
    )))

  it.effect("knows no user by another password", () =>
    Effect.gen(function*() {
      const { sms } = yield* Notifications.Notifications
      assert.strictEqual(yield* reasonOf(sms({ to: patient, text: "hello" })), "Unauthorized")
    }).pipe(Effect.provide(
      Notifications.layer({ userId: "101_1000001", password: Redacted.make("wrong"), retryPolicy: RetryPolicy.none })
        .pipe(
          Layer.provideMerge(InProcess.layer())
        )
    )))
})

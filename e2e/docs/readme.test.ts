/** The examples of README and of the SDK's page that are no tests themselves, run on a platform in memory or on a port. */
import { AgentId, AppId, CallId, Calls, PhoneNumber, Piopiy, PiopiyError } from "@effect-piopiy/sdk"
import { Party, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { program } from "./readme/calls.ts"
import { toHuman } from "./readme/handOff.ts"
import { callBack } from "./readme/olderApi.ts"
import { checked, desk, menu } from "./readme/pipelines.ts"
import { route } from "./readme/webhooks.ts"

const people = {
  "919840000001": Party.person({ answersAfterMs: 50 }),
  "919840000002": Party.person({ answersAfterMs: 50, answers: [Party.presses("1")] })
}

/** What a program reads from its environment, so that it reaches a simulator on a port. */
const environment = Layer.unwrap(
  Effect.map(SimulatorServer.SimulatorServer, ({ url }) =>
    ConfigProvider.layer(ConfigProvider.fromUnknown({
      PIOPIY_TOKEN: "sim-token",
      PIOPIY_BASE_URL: `${url}/v3`,
      PIOPIY_APP_ID: 1_000_001,
      PIOPIY_APP_SECRET: "sim-secret",
      PIOPIY_LEGACY_BASE_URL: url
    })))
).pipe(Layer.provideMerge(SimulatorServer.layer({ port: 0, config: { people } })))

const sdk = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(
  Layer.provideMerge(InProcess.layer({ app: route, config: { people } }))
)

it.live("the call is placed, and hung up for its reason", () =>
  Effect.gen(function*() {
    yield* program
    const simulator = yield* Simulator.Simulator
    const [record] = yield* simulator.records
    assert.strictEqual(record?.endedBy, "Api")
    assert.strictEqual(record?.hangupReason, "wrong customer")
  }).pipe(Effect.provide(environment)))

it.live("the older API calls back both", () =>
  Effect.gen(function*() {
    yield* callBack
    const simulator = yield* Simulator.Simulator
    const [call] = yield* simulator.live
    assert.strictEqual(call?.origin.kind, "Legacy")
    assert.strictEqual(call?.origin.to, "919840000001")
  }).pipe(Effect.provide(environment)))

it("the pipelines are sound", () => {
  assert.isTrue(Result.isSuccess(checked))
  assert.lengthOf(menu.actions, 1)
  assert.lengthOf(desk.actions, 2)
})

it.effect("the human takes the call over, and a call that is none fails", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    const { callId } = yield* calls.placeAgentCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840007100"),
      agentId: AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
    })
    yield* TestClock.adjust("10 seconds")
    const handing = yield* Effect.forkChild(toHuman(yield* Effect.fromOption(callId)))
    yield* TestClock.adjust("1 minute")
    assert.isTrue(yield* Fiber.join(handing))
    const error = yield* Effect.flip(toHuman(CallId.make("00000000-0000-4000-8000-000000000000")))
    assert.instanceOf(error, PiopiyError.PiopiyError)
  }).pipe(Effect.provide(sdk)))

it.effect("the webhook is answered with a hangup", () =>
  Effect.gen(function*() {
    const calls = yield* Calls.Calls
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* calls.placePipelineCall({
      callerId: PhoneNumber.make("914400000001"),
      to: PhoneNumber.make("919840007301"),
      appId: AppId.make("shop"),
      pipeline: menu
    })
    yield* TestClock.adjust("1 minute")
    const record = yield* simulator.ended(yield* Effect.fromOption(callId))
    assert.deepStrictEqual(record.inputs.map(({ entry }) => entry), ["1"])
    assert.strictEqual(record.endedBy, "Pipeline")
  }).pipe(Effect.provide(sdk)))

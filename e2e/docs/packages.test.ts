/** The examples of the packages' pages that are no tests themselves. */
import { Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { Platform, until } from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { program } from "./packages/sdk.ts"
import { app, calls, echo } from "./packages/sdkStreams.ts"

const environment = Layer.unwrap(
  Effect.map(
    SimulatorServer.SimulatorServer,
    ({ url }) =>
      ConfigProvider.layer(ConfigProvider.fromUnknown({ PIOPIY_TOKEN: "sim-token", PIOPIY_BASE_URL: `${url}/v3` }))
  )
).pipe(Layer.provideMerge(SimulatorServer.layer({ port: 0 })))

it.live("the call is placed", () =>
  Effect.gen(function*() {
    yield* program
    const simulator = yield* Simulator.Simulator
    assert.deepStrictEqual((yield* simulator.live).map(({ origin }) => [origin.kind, origin.to]), [
      ["Agent", "919840007210"]
    ])
  }).pipe(Effect.provide(environment)))

it.effect("whoever calls hears themselves", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({
      from: "919840007505",
      to: "914400000001",
      answerUrl: "https://bot.example.com/piopiy/answer"
    })
    yield* until(callId, "Ended")
    const [stream] = yield* simulator.streams(callId)
    assert.isAbove(stream?.measures.playout.heard ?? 0, 8 * 10_000)
  }).pipe(Effect.provide(Platform.layerStreams(echo, { app: calls }))))

it.live("the service listens", () =>
  Effect.asVoid(Layer.build(app(0))).pipe(Effect.scoped, Effect.provide(HttpRouter.layer)))

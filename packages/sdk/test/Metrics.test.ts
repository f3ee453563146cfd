import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Action from "../src/Action.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as Metrics from "../src/Metrics.ts"
import * as OnResult from "../src/OnResult.ts"
import * as Pipeline from "../src/Pipeline.ts"
import { scripted } from "./scripted.ts"

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")

describe("layer", () => {
  it.effect("counts operations by how they end, and times them, without ids and numbers", () =>
    Effect.gen(function*() {
      const { layer } = yield* scripted([{ status: 200 }, { status: 401 }, { status: 503 }])
      yield* Calls.Calls.use((calls) =>
        Effect.gen(function*() {
          const hangup = Pipeline.make([Action.hangup])
          yield* calls.transfer(callId, hangup)
          yield* Effect.flip(calls.transfer(callId, hangup))
          yield* Effect.flip(calls.transfer(callId, hangup))
          yield* Effect.flip(
            calls.transfer(callId, Pipeline.make([Action.input({ onResult: OnResult.url("ftp://x") })]))
          )
        })
      ).pipe(Effect.provide(Layer.merge(layer, Metrics.layer)))
      const told = (yield* Metric.snapshot).filter(({ attributes }) => attributes?.["operation"] === "Calls.transfer")
      const counts = told.flatMap((one) =>
        one.type === "Counter" ? [[one.attributes?.["outcome"], Number(one.state.count)]] : []
      )
      assert.sameDeepMembers(counts, [
        ["ok", 1],
        ["Unauthorized", 1],
        ["Unavailable", 1],
        ["InvalidRequest", 1]
      ])
      const times = told.flatMap((one) => one.type === "Histogram" ? [one.state.count] : [])
      assert.deepStrictEqual(times, [4])
      assert.notInclude(JSON.stringify(told), callId)
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("is what counts: nothing does without it", () =>
    Effect.gen(function*() {
      const { layer } = yield* scripted([{ status: 200 }])
      yield* Calls.Calls.use((calls) => calls.transfer(callId, Pipeline.make([Action.hangup]))).pipe(
        Effect.provide(layer)
      )
      assert.deepStrictEqual(yield* Metric.snapshot, [])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
})

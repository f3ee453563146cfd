/**
 * One test, over and over: `node oneTest.ts platform`, or `parts` for what the platform is put together of, or `boot` for a
 * platform that nothing is done with. A line of stdin with a number is answered by the milliseconds that each of so many
 * tests took, real ones and of CPU; a line with `memory` by the heap in use once all garbage is gone, and the RSS.
 */
import {
  Action,
  AppId,
  Calls,
  Endpoint,
  OnResult,
  PhoneNumber,
  Piopiy,
  Pipeline,
  Prompt,
  WebhookRouter
} from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { argv, memoryUsage, stdin } from "node:process"
import { createInterface } from "node:readline"
import { settledHeapMb, stopwatch } from "./machine.ts"

const shop = PhoneNumber.make("914400000001")
/** Answers after a second, and stays on the line. */
const caller = PhoneNumber.make("919840007101")
/** Answers after a second, and hangs up ten seconds later. */
const desk = PhoneNumber.make("919840007210")

const app = WebhookRouter.layer({
  onInput: () =>
    Effect.succeed(
      Pipeline.make([Action.connect({ callerId: shop, endpoints: [Endpoint.phone(desk)] }), Action.hangup])
    )
})

/** A call that is asked for a number, enters it, and is put through; then what came of it is looked at. */
const body = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  const calls = yield* Calls.Calls
  const placed = yield* calls.placePipelineCall({
    callerId: shop,
    to: caller,
    appId: AppId.make("shop"),
    pipeline: Pipeline.make([
      Action.play("welcome.wav"),
      Action.playGetInput({
        prompt: Prompt.say({ text: "Your order number, please", language: "en-US", voiceId: "female", speed: 1 }),
        input: ["dtmf"],
        dtmf: { maxDigits: 2 },
        onResult: OnResult.url("https://shop.example/piopiy/input")
      })
    ])
  })
  const callId = yield* Effect.fromOption(placed.callId)
  yield* InProcess.until(callId, "Asked")
  yield* simulator.press(callId, "42")
  yield* InProcess.until(callId, "Bridged")
  yield* InProcess.until(callId, "Ended")
  yield* InProcess.Expect.expect({ _tag: "HeardPrompt", text: "order number" })
  yield* InProcess.Expect.expect({ _tag: "Pressed", digits: "42" })
  yield* InProcess.Expect.expect({ _tag: "BridgedTo", number: desk })
  yield* InProcess.Expect.expect({ _tag: "Ended", disposition: "Answered" })
})

const parts = Piopiy.layer({ token: Redacted.make("sim-token") }).pipe(Layer.provideMerge(InProcess.layer({ app })))

/** As `it.effect` runs them: a test clock and a scope for each. */
const alone = <E, R>(test: Effect.Effect<void, E, R>, platform: Layer.Layer<R, unknown>) =>
  Effect.scoped(test).pipe(
    Effect.provide(Layer.fresh(platform), { local: true }),
    Effect.provide(TestClock.layer(), { local: true })
  )

const tests = {
  platform: Effect.suspend(() => alone(body, InProcess.Platform.layer({ app }))),
  parts: Effect.suspend(() => alone(body, parts)),
  boot: Effect.suspend(() => alone(Effect.asVoid(Simulator.Simulator), InProcess.Platform.layer({ app })))
}

const isTest = (name: string): name is keyof typeof tests => Object.hasOwn(tests, name)

const main = Effect.gen(function*() {
  const [, , name = ""] = argv
  if (!isTest(name)) return yield* Effect.die(`no test is called ${name}`)
  const test = tests[name]
  const time = yield* stopwatch
  const some = (count: number) =>
    Effect.forEach(Array.from({ length: count }), () => Effect.map(time(test), ([elapsed]) => elapsed))
  const memory = Effect.map(settledHeapMb, (heapMb) => ({ heapMb, rssMb: memoryUsage.rss() / 2 ** 20 }))
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), (cause) => cause).pipe(
    Stream.mapEffect((line): Effect.Effect<object, unknown> => line === "memory" ? memory : some(Number(line))),
    Stream.runForEach((answer) => Console.log(JSON.stringify(answer)))
  )
})

NodeRuntime.runMain(main)

/**
 * Whether the same seed gives the same journal, byte for byte, however the host runs what there is to run: a world of
 * several calls and an app whose handlers, as the test between its steps, wait for the machine at random.
 */
import {
  Action,
  AgentId,
  AppId,
  Calls,
  Endpoint,
  LegacyPipeline,
  OnResult,
  PhoneNumber,
  Pipeline,
  Prompt,
  WebhookRouter
} from "@effect-piopiy/sdk"
import { Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import * as OverSockets from "@effect-piopiy/simulator/testing/node"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { setImmediate } from "node:timers/promises"
import { differing } from "./journals.ts"
import { stopwatch } from "./machine.ts"
import type { Report, Row } from "./Report.ts"

export interface Size {
  readonly runs: number
}

const seed = 20_261_121
const token = "sim-token"
const callerId = PhoneNumber.make("914440000000")
const phone = (code: string) => PhoneNumber.make(`91984000${code}`)
const agent = AgentId.make("2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001")

const live = Clock.Clock.defaultValue()
/** The longest that the machine is waited for at once. */
const longestMs = 3
/** How often it is waited for in one place, at most. */
const mostHops = 6

/** Chance that is the machine's and not the simulator's: another one in each run. */
class Host extends Context.Service<Host, { readonly chance: Random.Random }>()("benchmarks/sameSeed/Host") {}

const hop = (chance: Random.Random): Effect.Effect<unknown> => {
  const drawn = chance.nextDoubleUnsafe()
  if (drawn < 0.4) return Effect.yieldNow
  if (drawn < 0.6) return Effect.promise(() => Promise.resolve())
  if (drawn < 0.8) return Effect.promise(() => setImmediate())
  return live.sleep(Duration.millis(chance.nextDoubleUnsafe() * longestMs))
}

/** Waits for the machine so often and so long as chance will have it. */
const stir = Effect.flatMap(Host, ({ chance }) =>
  Effect.forEach(
    Array.from({ length: Math.floor(chance.nextDoubleUnsafe() * (mostHops + 1)) }),
    () => hop(chance),
    { discard: true }
  ))

const ask = (url: string) =>
  Action.playGetInput({
    prompt: Prompt.say({ text: "Your extension, please", language: "en-US", voiceId: "female", speed: 1 }),
    input: ["dtmf"],
    dtmf: { maxDigits: 2 },
    onResult: OnResult.url(url)
  })

/** Everything that is posted is answered, sooner or later. */
const app = WebhookRouter.layer({
  onAnswer: () =>
    Effect.as(
      stir,
      LegacyPipeline.empty.pipe(
        LegacyPipeline.playGetInput({ prompt: "who.wav", url: "http://app.test/piopiy/digits" })
      )
    ),
  onDigits: () =>
    Effect.as(stir, LegacyPipeline.empty.pipe(LegacyPipeline.bridge({ from: callerId, to: phone("7210") }))),
  onInput: () =>
    Effect.as(
      stir,
      Pipeline.make([
        Action.connect({
          callerId,
          strategy: "simultaneous",
          endpoints: [Endpoint.phone(phone("7001")), Endpoint.phone(phone("7215"))]
        }),
        Action.hangup
      ])
    ),
  onLiveEvent: () => stir,
  onCdr: () => stir
})

const config = (clock: "live" | "manual"): SimulatorConfig.SimulatorConfig => ({
  accounts: [{
    token,
    seed,
    clock,
    answerUrl: "http://app.test/piopiy/answer",
    webhooks: { cdr: "http://app.test/piopiy/cdr", events: "http://app.test/piopiy/events" }
  }]
})

/** Calls that come in and that go out, people who press keys by the number plan and by hand, and a transfer. */
const scene = Effect.fnUntraced(function*(step: Effect.Effect<void, never, Host | Simulator.Simulator>) {
  const simulator = yield* Simulator.Simulator
  const calls = yield* Calls.Calls
  const asked = yield* simulator.callIn({ from: phone("7100"), to: callerId })
  yield* step
  yield* simulator.callIn({ from: phone("7302"), to: callerId })
  yield* step
  yield* calls.placePipelineCall({
    callerId,
    to: phone("7312"),
    appId: AppId.make("benchmarks"),
    pipeline: Pipeline.make([Action.play("welcome.wav"), ask("http://app.test/piopiy/input")])
  })
  yield* step
  const talk = yield* calls.placeAgentCall({ callerId, to: phone("7130"), agentId: agent })
  yield* step
  yield* advance("5 seconds")
  yield* step
  yield* simulator.press(asked.callId, "7")
  yield* step
  yield* advance("40 seconds")
  yield* step
  yield* calls.transfer(
    Option.getOrThrow(talk.callId),
    Pipeline.make([Action.connect({ callerId, endpoints: [Endpoint.phone(phone("7220"))] }), Action.hangup])
  )
  yield* step
  yield* advance("2 hours")
  yield* step
  const left = yield* simulator.live
  if (left.length > 0) return yield* Effect.die(`${left.length} calls have not ended`)
  return (yield* simulator.journal()).map((entry) => JSON.stringify(entry))
})

/** On a clock that stands, what is in flight comes back when it will, unless it is waited for. */
const settled = Effect.andThen(stir, Effect.orDie(advance(0)))

type Journal = ReadonlyArray<string>

/** The places where the scene plays. In each of them it is another world that begins anew. */
const places: ReadonlyArray<readonly [subject: string, play: Effect.Effect<Journal, unknown, Host>]> = [
  [
    "in memory, test clock",
    Effect.provide(
      Effect.provide(scene(stir), Platform.layer({ config: config("live"), app }), { local: true }),
      TestClock.layer(),
      { local: true }
    )
  ],
  [
    "in memory, manual clock",
    Effect.provide(scene(settled), Platform.layer({ config: config("manual"), app }), { local: true })
  ],
  [
    "over sockets, manual clock",
    Effect.provide(scene(settled), OverSockets.layer({ config: config("manual"), app }), { local: true })
  ]
]

/** Several runs are under way at once, so that they get into each other's way, too. */
const atOnce = 4

/** Dies of the first run whose journal is another than that of the first run. */
const playing = Effect.fnUntraced(function*(subject: string, play: (typeof places)[number][1], runs: number) {
  const run = Effect.fnUntraced(function*(index: number) {
    const chance = yield* Random.withSeed(Effect.flatMap(Random.Random, Effect.succeed), index)
    return yield* Effect.provideService(Effect.scoped(play), Host, Host.of({ chance }))
  })
  const expected = yield* run(0)
  yield* Effect.forEach(Array.from({ length: runs - 1 }), (_, index) =>
    Effect.flatMap(run(index + 1), (found) => {
      const difference = differing(expected, found)
      return difference === undefined
        ? Effect.void
        : Effect.die(`${subject}: run ${index + 1} differs from run 0 in ${difference}`)
    }), { concurrency: atOnce, discard: true })
  return expected
})

export const run = Effect.fnUntraced(function*({ runs }: Size) {
  const time = yield* stopwatch
  const rows = yield* Effect.forEach(
    places,
    ([subject, play]) =>
      Effect.map(time(playing(subject, play, runs)), ([{ cpuMs, wallMs }, journal]): Row => ({
        subject,
        figures: {
          runs,
          journals: 1,
          entries: journal.length,
          kilobytes: journal.join("\n").length / 1024,
          wallMs: wallMs / runs,
          cpuMs: cpuMs / runs
        }
      }))
  )
  const report: Report = {
    benchmark: "sameSeed",
    about: `journals of ${runs.toLocaleString("en-US")} runs of one scene with one seed, the host stirred at random`,
    columns: [
      { key: "runs", title: "runs", decimals: 0 },
      { key: "journals", title: "journals", decimals: 0, target: "1" },
      { key: "entries", title: "entries", decimals: 0 },
      { key: "kilobytes", title: "KB", decimals: 1 },
      { key: "wallMs", title: "wall ms/run", decimals: 1 },
      { key: "cpuMs", title: "CPU ms/run", decimals: 1 }
    ],
    rows
  }
  return report
})

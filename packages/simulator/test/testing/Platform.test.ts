import {
  Account,
  AppId,
  Calls,
  LegacyCalls,
  LegacyPipeline,
  PhoneNumber,
  RetryPolicy,
  StreamServer,
  type StreamSession,
  WebhookRouter
} from "@effect-piopiy/sdk"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { person } from "../../src/core/scenario/Party.ts"
import { Simulator } from "../../src/Simulator.ts"
import type { SimulatorConfig } from "../../src/SimulatorConfig.ts"
import { advance, Expect, Platform, until } from "../../src/testing/index.ts"
import { entriesOf } from "../platform.ts"

const clinic = PhoneNumber.make("914400000001")
/** Answers after 1 s and presses 1 at the first question. */
const presser = PhoneNumber.make("919840007301")
/** Answers after 1 s and hangs up 10 s later. */
const talker = PhoneNumber.make("919840007210")

const config: SimulatorConfig = {
  accounts: [{
    token: "clinic-token",
    appId: 77,
    appSecret: "clinic-secret",
    answerUrl: "https://clinic.example/piopiy/answer",
    webhooks: { cdr: "https://clinic.example/piopiy/cdr", events: "https://board.example/piopiy/events" }
  }]
}

const ring = Calls.Calls.use((calls) =>
  calls.placeDirectCall({ callerId: clinic, to: talker, appId: AppId.make("clinic") })
)

class Hits extends Context.Service<Hits, Ref.Ref<number>>()("test/Hits") {
  static readonly layer = Layer.effect(this, Ref.make(0))
}

const real = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Clock.Clock, Clock.Clock.defaultValue())

const callIn = Simulator.use(({ callIn }) => callIn({ from: presser, to: clinic }))

const textOf = Simulator.use(({ journal }) => Effect.map(journal(), (entries) => JSON.stringify(entries)))

/** Asks whoever calls to press a key, and then does as it is told. */
const menu = <E, R>(then: Effect.Effect<LegacyPipeline.LegacyPipeline, E, R>) =>
  WebhookRouter.layer({
    onAnswer: () =>
      Effect.succeed(LegacyPipeline.empty.pipe(
        LegacyPipeline.playGetInput({ prompt: "who.wav", url: "https://anywhere.example/piopiy/digits" })
      )),
    onDigits: () => then,
    onCdr: () => Effect.void,
    onLiveEvent: () => Effect.void
  })

const hangup = Effect.succeed(LegacyPipeline.empty.pipe(LegacyPipeline.hangup))

/** Does its work in earnest, for so long on the wall. */
const atWork = (ms: number) => Effect.andThen(real(Effect.sleep(ms)), hangup)

const delivered = Simulator.use(({ journal }) =>
  Effect.map(
    journal(),
    (entries) =>
      entriesOf(entries, "Delivered").map(({ at, durationMs, notice, status }) => [notice._tag, at, durationMs, status])
  )
)

describe("Platform", () => {
  it.effect("has the services of the SDK on the default account", () =>
    Effect.gen(function*() {
      const placed = yield* ring
      const callId = yield* Effect.fromOption(placed.callId)
      yield* until(callId, "Answered")
      assert.strictEqual(yield* LegacyCalls.LegacyCalls.use(({ channels }) => channels), 1)
      assert.strictEqual((yield* Account.Account.use(({ balance }) => balance)).amount, 1_000_000)
      const page = yield* HttpClient.get("https://any.example/_sim/calls")
      assert.include(yield* page.text, callId)
    }).pipe(Effect.provide(Platform.layer({ config }))))

  it.effect("has them on the account that everybody knows when there is none", () =>
    Effect.gen(function*() {
      yield* ring
      assert.strictEqual(yield* LegacyCalls.LegacyCalls.use(({ channels }) => channels), 1)
    }).pipe(Effect.provide(Platform.layer())))

  it.effect("answers with 404 when there is no app", () =>
    Effect.gen(function*() {
      yield* callIn
      assert.deepInclude(yield* delivered, ["Answer", 0, 0, 404])
    }).pipe(Effect.provide(Platform.layer({ config }))))

  it.effect("lets the app use the platform that asks it", () =>
    Effect.gen(function*() {
      const { callId } = yield* callIn
      yield* until(callId, "Ended")
      const simulator = yield* Simulator
      assert.lengthOf(yield* simulator.live, 1)
    }).pipe(
      Effect.provide(Platform.layer({ config, app: menu(Effect.andThen(ring, hangup)) }))
    ))

  it.effect("gives handlers of routes what they ask for", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      const { callId } = yield* simulator.callIn({ from: presser, to: clinic, answerUrl: "https://x.example/balance" })
      yield* until(callId, "Playing")
      assert.include(yield* textOf, "1000000.wav")
    }).pipe(
      Effect.provide(Platform.layer({
        config,
        app: HttpRouter.add(
          "POST",
          "/balance",
          Account.Account.use(({ balance }) =>
            Effect.map(balance, ({ amount }) =>
              HttpServerResponse.jsonUnsafe([{ action: "play", file_name: `${amount}.wav` }]))
          )
        )
      }))
    ))

  it.effect("leaves what else the app asks for to whoever provides the platform", () =>
    Effect.gen(function*() {
      const { callId } = yield* callIn
      yield* until(callId, "Ended")
      assert.strictEqual(yield* Ref.get(yield* Hits), 1)
    }).pipe(
      Effect.provide(
        Platform.layer({
          config,
          app: menu(Effect.andThen(Hits.use((hits) => Ref.update(hits, (count) => count + 1)), hangup))
        }).pipe(Layer.provideMerge(Hits.layer))
      )
    ))

  it.effect("sends as it is told", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      yield* simulator.faults.add({ fault: { _tag: "Status", status: 503, effect: "before" } })
      const error = yield* Effect.flip(Account.Account.use(({ balance }) => balance))
      assert.strictEqual(error.attempts, 1)
    }).pipe(Effect.provide(Platform.layer({ sdk: { retryPolicy: RetryPolicy.none } }))))

  it.effect("fails as the SDK does when it is told nonsense", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Platform.layer({ sdk: { timeout: -1 } }))))
      assert.deepEqual([error._tag, error.reason._tag], ["PiopiyError", "InvalidConfig"])
    }))

  describe("a seed", () => {
    const runOf = (options: Platform.StreamingOptions) =>
      Effect.gen(function*() {
        const { callId } = yield* Effect.andThen(ring, callIn)
        const { url } = yield* StreamServer.StreamServer.use((server) => server.issue({}))
        return [callId, url, yield* Random.nextInt]
      }).pipe(Effect.provide(Platform.layerStreams(() => Effect.void, options), { local: true }))

    it.effect("settles ids, tokens and chance", () =>
      Effect.gen(function*() {
        const [first, again, other] = yield* Effect.forEach([7, 7, 8], (seed) => runOf({ config, seed }))
        assert.deepEqual(again, first)
        for (const [place, value] of first?.entries() ?? []) assert.notStrictEqual(other?.[place], value)
      }))

    it.effect("is that of the default account, then that of the configuration, then 1", () =>
      Effect.gen(function*() {
        const [account] = config.accounts ?? []
        const runs = yield* Effect.forEach(
          [
            { config, seed: 7 },
            { config: { ...config, seed: 7 } },
            { config: { seed: 8, accounts: [{ token: "t", ...account, seed: 7 }] } }
          ] as const,
          runOf
        )
        assert.deepEqual(runs[1], runs[0])
        assert.deepEqual(runs[2], runs[0])
        assert.deepEqual(yield* runOf({ config }), yield* runOf({ config, seed: 1 }))
      }))
  })

  describe("while the app answers", () => {
    it.effect("time stands, however long it really takes", () =>
      Effect.gen(function*() {
        yield* callIn
        yield* TestClock.adjust("1 minute")
        assert.deepEqual((yield* delivered).find(([notice]) => notice === "Digits"), ["Digits", 600, 0, 200])
      }).pipe(Effect.provide(Platform.layer({ config, app: menu(atWork(20)) }))))

    it.effect("time stands, also for what is signed", () =>
      Effect.gen(function*() {
        yield* callIn
        yield* TestClock.adjust("1 minute")
        assert.deepEqual((yield* delivered).find(([notice]) => notice === "Digits"), ["Digits", 600, 0, 200])
      }).pipe(
        Effect.provide(Platform.layer({
          app: menu(hangup),
          config: {
            accounts: [{
              token: "clinic-token",
              answerUrl: "https://clinic.example/piopiy/answer",
              webhooks: { signingSecret: "shh" }
            }]
          }
        }))
      ))

    it.effect("it does not when the app sleeps", () =>
      Effect.gen(function*() {
        yield* callIn
        yield* TestClock.adjust("1 minute")
        assert.deepEqual((yield* delivered).find(([notice]) => notice === "Digits"), ["Digits", 1100, 500, 200])
      }).pipe(Effect.provide(Platform.layer({ config, app: menu(Effect.delay(hangup, 500)) }))))

    it.effect("it goes on after a while when the app never does", () =>
      Effect.gen(function*() {
        yield* callIn
        yield* TestClock.adjust("1 minute")
        assert.deepEqual((yield* delivered).find(([notice]) => notice === "Digits"), ["Digits", 5600, 5000, undefined])
      }).pipe(Effect.provide(Platform.layer({ config, app: menu(Effect.never) }))))

    it.effect("who asked for it waits, too", () =>
      Effect.gen(function*() {
        const simulator = yield* Simulator
        const { callId } = yield* callIn
        assert.deepInclude(yield* delivered, ["Answer", 0, 0, 200])
        yield* simulator.press(callId, "1")
        assert.deepInclude(yield* delivered, ["Digits", 0, 0, 200])
      }).pipe(Effect.provide(Platform.layer({ config, app: menu(atWork(5)) }))))
  })

  it.effect("lets whoever runs beside the test come to rest before time goes on", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator
      yield* Effect.forkChild(Effect.repeat(Effect.andThen(ring, callIn), { times: 4 }))
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(
        (yield* simulator.records).map(({ startedAt }) => startedAt),
        Array.from({ length: 10 }, () => 0)
      )
    }).pipe(Effect.provide(Platform.layer({ config, app: menu(atWork(2)) }))))

  describe("with streams", () => {
    const caller = PhoneNumber.make("919840000003")
    const people = { [caller]: person({ answersAfterMs: 100, talksForMs: 1000 }) }
    /** Gives back what it hears once it has asked what is left on the account, and counts itself. */
    const echo = (session: StreamSession.StreamSession) =>
      Hits.use((hits) => Ref.update(hits, (count) => count + 1)).pipe(
        Effect.andThen(Account.Account.use(({ balance }) => balance)),
        Effect.andThen(Stream.runForEach(session.frames, session.send))
      )

    it.effect("the app issues tickets, and the handler uses the platform and what else is there", () =>
      Effect.gen(function*() {
        const simulator = yield* Simulator
        const { callId } = yield* simulator.callIn({ from: caller, to: clinic })
        yield* until(callId, "Streaming")
        yield* simulator.say(callId, { _tag: "Speech", ms: 400 })
        yield* until(callId, "Ended")
        yield* Expect.expect({ _tag: "CallerHeard", call: callId, atLeastMs: 300 })
        assert.strictEqual(yield* Ref.get(yield* Hits), 1)
      }).pipe(
        Effect.provide(
          Platform.layerStreams(echo, {
            config: { ...config, people },
            server: { url: "wss://voice.example", path: "/calls" },
            app: WebhookRouter.layer({
              onAnswer: ({ from }) =>
                StreamServer.StreamServer.use(({ stream }) =>
                  Effect.map(stream({ from }), (action) => LegacyPipeline.make([action]))
                )
            })
          }).pipe(Layer.provideMerge(Hits.layer))
        )
      ))
  })

  describe("the same seed", () => {
    /** Something that takes its time, another one each time. */
    const hopOf = (random: Random.Random) =>
      Effect.suspend(() => {
        const chance = random.nextDoubleUnsafe()
        if (chance < 0.4) return Effect.yieldNow
        if (chance < 0.8) {
          return Effect.callback<void>((resume) => {
            setImmediate(() => resume(Effect.void))
          })
        }
        return real(Effect.sleep(chance))
      })

    const runOf = Effect.fnUntraced(function*(schedule: number) {
      const random = yield* Random.withSeed(Effect.flatMap(Random.Random, Effect.succeed), schedule)
      const hops = Effect.suspend(() =>
        Effect.repeat(hopOf(random), { times: Math.floor(random.nextDoubleUnsafe() * 6) })
      )
      const app = WebhookRouter.layer({
        onAnswer: () =>
          Effect.as(
            hops,
            LegacyPipeline.empty.pipe(
              LegacyPipeline.playGetInput({ prompt: "who.wav", url: "https://a.example/piopiy/digits" })
            )
          ),
        onDigits: () =>
          Effect.andThen(
            hops,
            Effect.andThen(
              Effect.delay(ring, 250),
              Effect.as(hops, LegacyPipeline.empty.pipe(LegacyPipeline.bridge({ from: clinic, to: talker })))
            )
          ),
        onCdr: () => hops,
        onLiveEvent: () => hops
      })
      return yield* Effect.gen(function*() {
        const { callId } = yield* Effect.tap(callIn, hops)
        yield* Effect.all([callIn, ring, hops], { concurrency: "unbounded" })
        yield* until(callId, "Bridged")
        yield* Effect.andThen(hops, advance("1 minute"))
        yield* Effect.andThen(hops, TestClock.adjust("1 minute"))
        return yield* textOf
      }).pipe(
        Effect.provide(Platform.layer({ config, app }), { local: true }),
        Effect.provide(TestClock.layer(), { local: true })
      )
    })

    it.live("gives one journal, byte for byte, however the host schedules what it has to do", () =>
      Effect.gen(function*() {
        const journals = yield* Effect.forEach(Array.from({ length: 50 }, (_, schedule) => schedule), runOf)
        assert.strictEqual(new Set(journals).size, 1)
        assert.strictEqual(journals[0]?.match(/"Bridged"|BridgeLegs/g)?.length, 2)
      }))
  })
})

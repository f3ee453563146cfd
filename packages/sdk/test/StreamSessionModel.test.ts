/**
 * Whatever is done with a stream in whatever order, held against a platform of a few lines: everything that is written
 * plays in order at the speed of time, and a break or a list of actions drops what waits.
 */
import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as guard from "../src/internal/guard.ts"
import * as receiving from "../src/internal/receiving.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import type * as Playout from "../src/Playout.ts"
import * as StreamCommand from "../src/StreamCommand.ts"
import type { StreamError } from "../src/StreamError.ts"
import * as StreamSession from "../src/StreamSession.ts"
import type * as StreamTransport from "../src/StreamTransport.ts"
import { settle } from "./streamHost.ts"

const perMs = 8
const leadMs = 300

/** One text of the app. Of audio, which utterance it is of, and its samples. */
interface Written {
  readonly tag: StreamCommand.StreamCommand["_tag"]
  readonly utterance: number
  readonly samples: number
}

const readText = (text: string): Written => {
  const command = Result.getOrThrow(StreamCommand.decode(text))
  if (command._tag !== "PlayAudio") return { tag: command._tag, utterance: 0, samples: 0 }
  const bytes = Result.getOrThrow(Base64.decode(String(command.audio)))
  const { samples } = Result.getOrThrow(AudioFrame.fromBytes(bytes, command.sampleRate))
  assert.isTrue(samples.every((sample) => sample === samples[0]))
  return { tag: command._tag, utterance: samples[0] ?? 0, samples: samples.length }
}

/** What a platform does, sample by sample. */
const makePlatform = (nowMs: () => number) => {
  const written: Array<Written> = []
  let tick = 0
  /** Places of samples that wait, in all that was sent. */
  let waiting: Array<number> = []
  let sent = 0
  let heard = 0
  let discarded = 0
  let heardUpTo = 0

  const pass = (): void => {
    const played = waiting.splice(0, nowMs() * perMs - tick)
    tick = nowMs() * perMs
    heard += played.length
    heardUpTo = (played.at(-1) ?? heardUpTo - 1) + 1
  }
  const drop = (): void => {
    pass()
    discarded += waiting.length
    waiting = []
  }
  return {
    written,
    drop,
    take: (text: string): void => {
      const one = readText(text)
      pass()
      written.push(one)
      for (let index = 0; index < one.samples; index += 1) waiting.push(sent + index)
      sent += one.samples
      assert.isAtMost(waiting.length, leadMs * perMs)
      if (one.tag === "Interrupt" || one.tag === "Run") drop()
    },
    state: (): Playout.State => {
      pass()
      return { tick, sent, heard, remaining: waiting.length, discarded, heardUpTo }
    }
  }
}

type Platform = ReturnType<typeof makePlatform>

/** A connection to such a platform that can be stalled, of a host that shows its socket or of one that does not. */
const connect = Effect.fnUntraced(function*(platform: Platform, isSocket: boolean) {
  const toApp = yield* Queue.unbounded<StreamTransport.Message, StreamTransport.Close>()
  const flowing = yield* Latch.make(true)
  let ended: StreamTransport.Close | undefined

  const take = (text: string) =>
    Effect.suspend(() => ended === undefined ? Effect.sync(() => platform.take(text)) : Effect.fail(ended))
  const close = (how: StreamTransport.Close) =>
    Effect.suspend(() => {
      ended ??= how
      platform.drop()
      flowing.openUnsafe()
      return Effect.asVoid(Queue.fail(toApp, how))
    })
  const connection: StreamTransport.Connection = {
    run: receiving.byPulling(Queue.takeAll(toApp)),
    write: (text) => Effect.andThen(isSocket ? Effect.void : flowing.await, take(text)),
    offerUnsafe: (text) => {
      if (!flowing.isOpen() || ended !== undefined) return false
      platform.take(text)
      return true
    },
    close,
    terminate: close({ code: 1006, reason: "" }),
    vitals: isSocket
      ? Option.some({
        buffered: Effect.sync(() => flowing.isOpen() ? 0 : 1 << 20),
        received: Effect.succeed(0),
        ping: Effect.void
      })
      : Option.none()
  }
  return {
    connection,
    stall: flowing.close,
    flow: flowing.open,
    close,
    hear: (bytes: Uint8Array) => Queue.offer(toApp, bytes)
  }
})

const limits: guard.Limits = {
  maxMessageBytes: 65_536,
  firstMessageTimeout: Duration.hours(9),
  pingInterval: Duration.hours(9),
  sendTimeout: Duration.hours(9)
}

const pipeline = LegacyPipeline.make([
  LegacyAction.bridge({ to: [PhoneNumber.make("919800000001")], from: PhoneNumber.make("911200000003") })
])

/** Audio of one utterance, which is told from others by its samples. */
const voice = (utterance: number, ms: number) => AudioFrame.make(new Int16Array(ms * perMs).fill(utterance), 8000)

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const Step = Schema.Struct({
  does: Schema.Literals([
    "send",
    "sendAll",
    "interrupt",
    "pause",
    "resume",
    "handoff",
    "whenDrained",
    "giveUp",
    "wait",
    "stall",
    "flow",
    "hear",
    "take",
    "close"
  ]),
  count: between(1, 5),
  ms: between(1, 400)
})
type Step = typeof Step.Type

const Steps = Schema.Array(Step).check(Schema.isMinLength(10), Schema.isMaxLength(60))

const run = Effect.fnUntraced(function*(steps: ReadonlyArray<Step>, isSocket: boolean) {
  const clock = yield* Clock.Clock
  const platform = makePlatform(() => clock.currentTimeMillisUnsafe())
  const { close, connection, flow, hear, stall } = yield* connect(platform, isSocket)
  const transport = yield* guard.make(connection, limits)
  const session = yield* StreamSession.make(transport, {
    sampleRate: 8000,
    frameCapacity: 5,
    lead: Duration.millis(leadMs)
  })
  const { written } = platform
  let fibers: ReadonlyArray<Fiber.Fiber<unknown, StreamError>> = []
  /** What is to be true in the end, from what was seen before. */
  const claims: Array<() => void> = []
  let utterances = 0
  let interrupts = 0
  let heard = 0
  let taken = 0
  const begun: Array<Written["tag"]> = []
  let done = 0

  const begin = <A>(effect: Effect.Effect<A, StreamError>, done: (value: A) => void = () => undefined) =>
    Effect.map(Effect.forkChild(effect, { startImmediately: true }), (fiber) => {
      fiber.addObserver((exit) => Exit.isSuccess(exit) ? done(exit.value) : undefined)
      fibers = [...fibers, fiber]
    })

  const spoken = (utterance: number): number =>
    written.reduce((sum, one) => sum + (one.utterance === utterance ? one.samples : 0), 0)

  const speak = (utterance: number, samples: number, effect: Effect.Effect<StreamSession.Outcome, StreamError>) => {
    const before = interrupts
    return begin(effect, (outcome) => {
      const [said, after] = [spoken(utterance), interrupts]
      claims.push(() =>
        outcome === "sent"
          ? assert.strictEqual(said, samples, "what is sent is sent whole")
          : assert.isAbove(after, before, "nothing is interrupted without an interrupt")
      )
    })
  }

  const control = (tag: Written["tag"], effect: Effect.Effect<void, StreamError>) => {
    begun.push(tag)
    return begin(effect, () => {
      done += 1
    })
  }

  const does: Record<Step["does"], (step: Step) => Effect.Effect<unknown>> = {
    send: ({ ms }) => {
      utterances += 1
      return speak(utterances, ms * perMs, session.send(voice(utterances, ms)))
    },
    sendAll: ({ count, ms }) => {
      utterances += 1
      const frame = voice(utterances, 20 * count)
      const made = Stream.fromEffectSchedule(Effect.succeed(frame), Schedule.spaced(ms)).pipe(Stream.take(count))
      return speak(utterances, 20 * count * count * perMs, session.sendAll(made))
    },
    interrupt: () => {
      interrupts += 1
      const latest = utterances
      return begin(session.interrupt, () => {
        const cut = written.length
        claims.push(() => {
          const late = written.slice(cut).filter(({ samples, utterance }) => samples > 0 && utterance <= latest)
          assert.deepStrictEqual(late, [], "nothing that was cut off comes after")
        })
      })
    },
    pause: () => control("Pause", session.pause),
    resume: () => control("Resume", session.resume),
    handoff: () => begin(session.handoff(pipeline)),
    whenDrained: () =>
      begin(session.playout.whenDrained, () => {
        const { remaining } = platform.state()
        claims.push(() => assert.strictEqual(remaining, 0, "who waited for the end of it came too early"))
      }),
    giveUp: ({ ms }) =>
      Effect.sync(() => {
        const waiting = fibers.filter((fiber) => fiber.pollUnsafe() === undefined)
        waiting[ms % Math.max(1, waiting.length)]?.interruptUnsafe()
      }),
    wait: ({ ms }) => TestClock.adjust(ms),
    stall: () => stall,
    flow: () => flow,
    hear: ({ count }) => {
      heard += count
      return Effect.forEach(Array.from({ length: count }), () => hear(new Uint8Array(320)))
    },
    take: () =>
      begin(Effect.ignore(Effect.map(session.audio, ({ length }) => {
        taken += length
      }))),
    close: ({ ms }) => ms < 40 ? close({ code: 1001, reason: "bye" }) : Effect.void
  }

  for (const [place, step] of steps.entries()) {
    yield* does[step.does](step)
    yield* settle
    assert.deepStrictEqual(yield* session.playout.state, platform.state(), `after ${place}, ${step.does}`)
  }

  // Left alone, all that speaks comes to its end by itself, and with the stream all the rest.
  yield* flow
  yield* TestClock.adjust("1 minutes")
  yield* session.playout.whenDrained
  yield* close({ code: 1001, reason: "bye" })
  yield* Effect.ignore(Effect.forever(Effect.map(session.audio, ({ length }) => {
    taken += length
  })))
  yield* settle
  assert.strictEqual((yield* session.closed).code, 1001)
  assert.lengthOf(fibers.filter((fiber) => fiber.pollUnsafe() === undefined), 0, "something hangs")
  for (const claim of claims) claim()
  const said = written.flatMap(({ samples, utterance }) => samples > 0 ? [utterance] : [])
  assert.deepStrictEqual(said, said.toSorted((a, b) => a - b), "utterances mingle")
  const told = written.flatMap(({ tag }) => tag === "Pause" || tag === "Resume" ? [tag] : [])
  assert.isAtLeast(told.length, done, "what is done was written")
  const unwritten = begun.reduce((rest, tag) => rest[0] === tag ? rest.slice(1) : rest, told)
  assert.deepStrictEqual(unwritten, [], "what is written was asked for, in that order")
  const { droppedSamples, samples } = yield* session.received
  assert.strictEqual(taken, (samples - droppedSamples) / 160)
  assert.isAtMost(samples / 160, heard)
})

for (const [host, isSocket] of [["a socket", true], ["memory", false]] as const) {
  it.effect.prop(
    `whatever is done, the estimate is what the platform plays, and everything comes to its end, over ${host}`,
    [Steps],
    ([steps]) => Effect.scoped(run(steps, isSocket)),
    { timeout: 60_000 }
  )
}

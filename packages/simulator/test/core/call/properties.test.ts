import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Call from "../../../src/core/call/Call.ts"
import { CallEvent, Originated } from "../../../src/core/call/CallEvent.ts"
import { transition } from "../../../src/core/call/transition.ts"
import { assumptions } from "../../../src/core/journal/Assumption.ts"
import { perform, rateMicros, scripts } from "./guided.ts"
import { invariants } from "./invariants.ts"
import { ignored } from "./kit.ts"
import * as World from "./World.ts"

const Events = Schema.toCodecJson(Schema.Array(CallEvent))

const guided = { arbitrary: { runs: 500, size: 200 } }

/** Longer than any timer of any call. */
const foreverMs = 10_000_000

const freeze = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}

describe("any events whatever", () => {
  it.prop("give a state and commands, in any order and with any content", {
    origin: Originated,
    events: Schema.Array(CallEvent)
  }, ({ events, origin }) => {
    let call = freeze(Call.initial)
    for (const event of [...events, origin, ...events]) {
      const outcome = transition(call, freeze(event))
      assert.strictEqual(JSON.stringify(outcome), JSON.stringify(transition(call, event)))
      if (outcome.commands.some((command) => command._tag === "Ignored")) {
        assert.strictEqual(outcome.call, call)
        assert.strictEqual(outcome.commands.length, 1)
      }
      call = freeze(outcome.call)
    }
  }, { arbitrary: { runs: 200 } })

  it.prop("change nothing before the call was placed", { events: Schema.Array(CallEvent) }, ({ events }) => {
    for (const event of events) {
      if (event._tag === "Originated") continue
      const { call, commands } = transition(Call.initial, event)
      assert.strictEqual(call, Call.initial)
      assert.strictEqual(ignored(commands), "not-originated")
    }
  })
})

/** The same event, about something that the call has. */
const aim = (call: Call.Call, event: CallEvent, n: number): CallEvent => {
  const { activity } = call
  switch (event._tag) {
    case "LegRinging":
    case "LegAnswered":
    case "LegRejected":
    case "LegHungUp":
      return { ...event, legId: call.legs[n % call.legs.length]?.legId ?? event.legId }
    case "DigitPressed":
      return { ...event, legId: Call.callerLegId, digit: "0123456789*#".charAt(n % 12) }
    case "SpeechHeard":
      return { ...event, legId: Call.callerLegId }
    case "PlaybackFinished": {
      const current = activity._tag === "Playing" || activity._tag === "Collecting" ? activity.playbackId : undefined
      return { ...event, playbackId: current ?? event.playbackId }
    }
    case "TimerFired": {
      const armed = Object.entries(call.timers)
      const [timer, generation] = armed[n % armed.length] ?? [event.timer, event.generation]
      return { ...event, timer, generation }
    }
    case "WebhookReplied":
    case "WebhookFailed":
      return { ...event, deliveryId: activity._tag === "AwaitingReply" ? activity.deliveryId : event.deliveryId }
    case "StreamOpened":
    case "StreamFailed":
    case "StreamClosed":
    case "StreamProgram":
    case "StreamStopped":
      return { ...event, streamId: call.streams[n % call.streams.length]?.streamId ?? event.streamId }
    case "StoredFound":
    case "StoredMissing":
      return { ...event, lookupId: activity._tag === "AwaitingStored" ? activity.lookupId : event.lookupId }
    default:
      return event
  }
}

it.prop("any events about what a call has, with any content and any program, leave it valid", {
  origin: Originated,
  answer: Schema.Boolean,
  events: Schema.Array(
    Schema.Struct({ event: CallEvent, n: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9999 })) })
  )
}, ({ answer, events, origin }) => {
  const world = World.make()
  let call = Call.initial
  let now = 0
  const feed = (event: CallEvent): void => {
    const outcome = transition(call, event)
    World.turn(world, event, outcome.commands)
    call = outcome.call
    assert.strictEqual([...invariants(call), ...world.faults].join("\n"), "")
  }
  feed({ ...origin, at: now })
  if (answer) feed({ _tag: "LegAnswered", at: now, legId: Call.callerLegId, by: "Person" })
  for (const { event, n } of events) {
    now += n
    feed({ ...aim(call, event, n), at: now })
  }
  if (call.phase === "Ended") assert.deepStrictEqual(World.leftovers(world), [])
}, { arbitrary: { runs: 200, size: 20 } })

describe("any plausible call", () => {
  // The bench itself checks each turn: the state is valid, and the world can do what it is asked.
  it.prop("is valid after every event, and asks only for what can be done", { script: scripts }, ({ script }) => {
    perform(script)
  }, guided)

  it.prop("ends when its timers are left to run", { script: scripts }, ({ script }) => {
    const bench = perform(script)
    bench.wait(foreverMs)
    assert.strictEqual(bench.label(), "Ended")
    assert.deepStrictEqual(World.leftovers(bench.world), [])
  }, guided)

  it.prop("ends at the latest at its maximum duration from the answer", { script: scripts }, ({ script }) => {
    const bench = perform(script)
    bench.wait(foreverMs)
    const { answeredAt, endedAt, startedAt } = bench.record()
    const limit = answeredAt === undefined ? 40_000 : script.limited ? 90_000 : 7_200_000
    assert.isAtMost(endedAt, (answeredAt ?? startedAt) + limit)
  }, guided)

  it.prop("writes one record, and writes it last", { script: scripts }, ({ script }) => {
    const bench = perform(script)
    bench.wait(foreverMs)
    const commands = bench.turns.flatMap((turn) => turn.commands).filter((command) => command._tag !== "Ignored")
    assert.strictEqual(bench.world.records.length, 1)
    assert.strictEqual(commands.at(-1)?._tag, "WriteRecord")
  }, guided)

  it.prop(
    "writes a record in which nothing is open and every moment is in order",
    { script: scripts },
    ({ script }) => {
      const bench = perform(script)
      bench.wait(foreverMs)
      const record = bench.record()
      for (const one of [record, ...record.legs]) {
        assert.isAtLeast(one.durationMs, 0)
        assert.isAtMost(one.durationMs, one.endedAt - one.startedAt)
        assert.isAtMost(one.endedAt, record.endedAt)
        assert.strictEqual(one.disposition === "Answered", one.answeredAt !== undefined)
      }
      const engaged = record.legs.filter((leg) => leg.legId !== "caller" && leg.endedAt === leg.startedAt)
      const legs = bench.asked("DialLeg").length + bench.asked("ReceiveLeg").length
      assert.isAtLeast(record.legs.length, legs)
      assert.isAtMost(record.legs.length, legs + engaged.length)
      assert.strictEqual(new Set(record.legs.map((leg) => leg.uuid)).size, record.legs.length)
      for (const leg of record.legs) {
        const minutes = leg.answeredAt === undefined ? 0 : Math.ceil((leg.endedAt - leg.answeredAt) / 60_000)
        assert.strictEqual(leg.chargeMicros, script.charged ? rateMicros * minutes : undefined)
      }
      for (const recording of record.recordings) assert.isDefined(recording.endedAt)
      assert.strictEqual(record.streams.length, bench.asked("OpenStream").length)
      for (const stream of record.streams) assert.isAtMost(stream.endedAt, record.endedAt)
    },
    guided
  )

  it.prop("does nothing after its end but say so", {
    script: scripts,
    events: Schema.Array(CallEvent)
  }, ({ events, script }) => {
    const bench = perform(script)
    bench.wait(foreverMs)
    for (const event of [...bench.events, ...events]) {
      const { call, commands } = transition(bench.call, event)
      assert.strictEqual(call, bench.call)
      assert.deepStrictEqual(commands, [{ _tag: "Ignored", state: "Ended", event: event._tag, why: "call-ended" }])
    }
  }, { arbitrary: { runs: 100 } })

  it.prop("is rebuilt by folding its events, read back from JSON", { script: scripts }, ({ script }) => {
    const bench = perform(script)
    const text = JSON.stringify(Schema.encodeSync(Events)(bench.events))
    let call = freeze(Call.initial)
    const outcomes = Schema.decodeUnknownSync(Events)(JSON.parse(text)).map((event) => {
      const outcome = transition(call, freeze(event))
      call = freeze(outcome.call)
      return outcome
    })
    assert.deepStrictEqual(outcomes, bench.turns)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(call)), bench.call)
  }, { arbitrary: { runs: 200 } })
})

it.effect("the generated calls reach every state and every assumption, and each event both matters and is ignored", () =>
  Effect.gen(function*() {
    const sample = yield* Arbitrary.sampleEffect(scripts, { count: 8000, size: 200, seed: 1 })
    const seen = {
      states: new Set<string>(),
      assumptions: new Set<string>(),
      mattered: new Set<string>(),
      ignored: new Set<string>(),
      reasons: new Set<string>()
    }
    for (const script of sample) {
      const bench = perform(script)
      // Some limits run out only when nothing else happens.
      bench.wait(foreverMs)
      // These two are ignored only after the end.
      if (bench.label() === "Ended") {
        bench.hangUpByApi("NORMAL_CLEARING")
        bench.transfer([])
      }
      bench.turns.forEach(({ assumes, call, commands }, n) => {
        const why = ignored(commands)
        seen.states.add(Call.label(call))
        for (const name of assumes) seen.assumptions.add(name)
        if (why !== undefined) seen.reasons.add(why)
        const tag = bench.events[n]?._tag
        if (tag !== undefined) (why === undefined ? seen.mattered : seen.ignored).add(tag)
      })
    }
    const events = CallEvent.members.map((member) => member.fields._tag.schema.literal)
    assert.sameMembers([...seen.states], [
      "AwaitingReply",
      "AwaitingStored",
      "Calling",
      "Collecting",
      "Consulting",
      "Ended",
      "Hunting",
      "Playing",
      "Streaming",
      "Talking"
    ])
    assert.sameMembers([...seen.mattered], events)
    assert.sameMembers([...seen.ignored], events)
    assert.sameMembers([...seen.assumptions], Object.keys(assumptions))
    // The others are "not-originated", since these calls are placed, and "buffer-full", which takes 65 digits.
    assert.sameMembers([...seen.reasons], [
      "already-originated",
      "call-ended",
      "hold-unchanged",
      "late-reply",
      "leg-ended",
      "not-a-digit",
      "not-bridged",
      "not-collecting",
      "other-key",
      "stale-lookup",
      "stale-playback",
      "stale-timer",
      "stream-ended",
      "transfer-in-progress",
      "unknown-leg",
      "unknown-stream",
      "wrong-leg-state",
      "wrong-stream-state"
    ])
  }))

import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { CallCommand } from "../../src/core/call/CallCommand.ts"
import type { Program } from "../../src/core/pcmo/Program.ts"
import * as CommandRunner from "../../src/engine/CommandRunner.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Parties from "../../src/engine/Parties.ts"
import * as Switchboard from "../../src/engine/Switchboard.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { WebhookPort } from "../../src/engine/WebhookPort.ts"
import { commandsOf, entriesOf } from "../platform.ts"

const noWebhooks = Layer.succeed(WebhookPort, {
  deliver: () => Effect.succeed({ _tag: "Failed", why: "NoReply" } as const)
})

const stored: CommandRunner.Stored = { pipelines: new Map(), flows: new Map() }
const options = { seed: 5, maxCalls: 3, stored, fileMs: new Map<string, number>() }

const world = Layer.mergeAll(
  Parties.layer(),
  Journal.layer({ tenant: "t", seed: options.seed, version: "0", bounds: Journal.defaultBounds }),
  noWebhooks
).pipe(Layer.provideMerge(Timeline.layer))

const switchboard = Switchboard.layer(options).pipe(
  Layer.provideMerge(CommandRunner.layer(options)),
  Layer.provideMerge(world)
)

/** A runner that breaks where it should dial the number ending in 6666, and does its work otherwise. */
const breakingRunner = Layer.effect(
  CommandRunner.CommandRunner,
  Effect.gen(function*() {
    const runner = Context.get(yield* Layer.build(CommandRunner.layer(options)), CommandRunner.CommandRunner)
    const breaks = (command: CallCommand): boolean =>
      command._tag === "DialLeg" && command.endpoint._tag === "Pstn" && command.endpoint.number.endsWith("6666")
    return CommandRunner.CommandRunner.of({
      run: (callId, command, seq, tell) => {
        if (breaks(command)) throw new Error("the line is on fire")
        runner.run(callId, command, seq, tell)
      },
      release: runner.release,
      stop: runner.stop
    })
  })
)

const request = (to: string, program: Program = [{ _tag: "Play", prompt: { _tag: "File", name: "a.wav" } }]) => ({
  kind: "Pipeline" as const,
  callerId: "914400000001",
  to,
  program,
  record: false,
  variables: {}
})

const patient = "919840007100"
const whole = Effect.gen(function*() {
  return { board: yield* Switchboard.Switchboard, journal: yield* Journal.Journal }
})

describe("Switchboard", () => {
  it.effect("gives each call ids that the seed decides", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const first = yield* board.originate(request(patient), 1)
      const second = yield* board.originate(request(patient), 1)
      assert.lengthOf(new Set([first.callId, first.requestId, second.callId, second.requestId]), 4)
      for (const id of [first.callId, second.requestId]) {
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }
    }).pipe(Effect.provide(switchboard)))

  it.effect("does all that an event asks for before it takes the next event of that call", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const { callId } = yield* board.originate(
        request("919840007100", [
          { _tag: "RunStored", source: "Pipeline", ref: "nowhere" }
        ]),
        1
      )
      yield* TestClock.adjust(0)
      const turns = entriesOf(journal.read({ callId }), "Turned")
      // Looking a pipeline up answers at once, in the middle of the turn that asked for it.
      assert.deepEqual(turns.map(({ event }) => event._tag), [
        "Originated",
        "LegRinging",
        "LegAnswered",
        "StoredMissing"
      ])
      const asking = turns[2]
      assert.strictEqual(asking?.commands.at(-1)?._tag, "LookUpStored")
      assert.strictEqual(turns[3]?.causedBy, asking?.seq)
      assert.deepEqual(turns.map(({ seq }) => seq), [2, 3, 4, 5])
    }).pipe(Effect.provide(switchboard)))

  it.effect("handles what a command brings about only after the last command of its event", () =>
    Effect.gen(function*() {
      const ran: Array<string> = []
      const recording = Layer.succeed(CommandRunner.CommandRunner, {
        run: (_callId, command, _seq, tell) => {
          ran.push(command._tag)
          if (command._tag === "DialLeg") {
            tell({ _tag: "LegRinging", legId: "caller" })
            tell({ _tag: "LegRejected", legId: "caller", cause: "USER_BUSY" })
          }
        },
        stop: Effect.void,
        release: () => undefined
      })
      yield* Effect.gen(function*() {
        const { board, journal } = yield* whole
        yield* board.originate(request(patient), 0)
        assert.deepEqual(ran, ["DialLeg", "ArmTimer", "DisarmTimer", "WriteRecord"])
        const turns = entriesOf(journal.read(), "Turned")
        assert.deepEqual(turns.map(({ event }) => event._tag), ["Originated", "LegRinging", "LegRejected"])
      }).pipe(Effect.provide(Switchboard.layer(options).pipe(Layer.provide(recording), Layer.provideMerge(world))))
    }))

  it.effect("keeps calls apart: each one runs as if it were alone", () =>
    Effect.gen(function*() {
      const plan: Program = [{ _tag: "Play", prompt: { _tag: "File", name: "a.wav" } }, { _tag: "Hangup" }]
      const alone = yield* Effect.gen(function*() {
        const { board, journal } = yield* whole
        yield* board.originate(request("919840007101", plan), 0)
        yield* TestClock.adjust("1 minute")
        return entriesOf(journal.read(), "Turned")
      }).pipe(Effect.provide(Layer.fresh(switchboard)))
      const together = yield* Effect.gen(function*() {
        const { board, journal } = yield* whole
        const { callId } = yield* board.originate(request("919840007101", plan), 0)
        yield* board.originate(request("919840007001", plan), 0)
        yield* board.originate(request("919840007100", plan), 0)
        yield* TestClock.adjust("1 minute")
        return entriesOf(journal.read({ callId }), "Turned")
      }).pipe(Effect.provide(Layer.fresh(switchboard)))
      const story = (entries: typeof alone) =>
        entries.map(({ at, commands, event, from, to }) => ({ at, commands, event, from, to }))
      assert.lengthOf(alone, 4)
      assert.deepEqual(story(together), story(alone))
    }))

  it.effect("refuses calls beyond its bound, and takes them again when one has ended", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const { callId } = yield* board.originate(request(patient), 0)
      yield* board.originate(request(patient), 0)
      yield* board.originate(request(patient), 0)
      const refusal = yield* Effect.flip(board.originate(request(patient), 0))
      assert.strictEqual(refusal.why, "TooManyCalls")
      assert.lengthOf(yield* board.live, 3)
      yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0)
      yield* board.originate(request(patient), 0)
      assert.lengthOf(yield* board.live, 3)
    }).pipe(Effect.provide(switchboard)))

  it.effect("tells live calls from ended ones, and from those that never were", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const { callId } = yield* board.originate(request(patient), 0)
      assert.strictEqual((yield* board.find(callId))._tag, "Live")
      yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0)
      const found = yield* board.find(callId)
      assert(found._tag === "Ended")
      assert.deepEqual([found.record.callId, found.evicted], [callId, false])
      assert.strictEqual((yield* board.find("nobody"))._tag, "Unknown")
    }).pipe(Effect.provide(switchboard)))

  it.effect("refuses to steer what is not in progress", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const { callId } = yield* board.originate(request(patient), 0)
      yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0)
      const size = journal.size()
      for (
        const steer of [
          board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0),
          board.transfer(callId, [{ _tag: "Hangup" }], 0),
          board.tell(callId, { _tag: "DigitPressed", legId: "caller", digit: "1" }, 0)
        ]
      ) {
        assert.strictEqual((yield* Effect.flip(steer)).why, "CallNotFound")
      }
      assert.strictEqual(journal.size(), size)
    }).pipe(Effect.provide(switchboard)))

  it.effect("leaves nothing scheduled behind when every call has ended", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const timeline = yield* Timeline.Timeline
      const { callId } = yield* board.originate(request(patient), 0)
      yield* board.originate(request("919840007002"), 0)
      yield* TestClock.adjust("1 second")
      assert.isAbove(timeline.pending(), 0)
      yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0)
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(yield* board.live, [])
      assert.strictEqual(timeline.pending(), 0)
    }).pipe(Effect.provide(switchboard)))

  it.effect("ends every call with SYSTEM_SHUTDOWN when it stops, and takes no more", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const timeline = yield* Timeline.Timeline
      yield* board.originate(request(patient), 0)
      yield* board.originate(request("919840007002"), 0)
      yield* TestClock.adjust("1 second")
      yield* board.stop
      const records = commandsOf(journal.read(), "WriteRecord").map(({ record }) => record)
      assert.deepEqual(records.map(({ endedBy, hangupCause }) => [hangupCause, endedBy]), [
        ["SYSTEM_SHUTDOWN", "Platform"],
        ["SYSTEM_SHUTDOWN", "Platform"]
      ])
      assert.deepEqual(records.map(({ disposition }) => disposition), ["Answered", "Canceled"])
      assert.deepEqual(yield* board.live, [])
      assert.strictEqual(timeline.pending(), 0)
      assert.strictEqual((yield* Effect.flip(board.originate(request(patient), 0))).why, "Stopping")
      const size = journal.size()
      yield* board.stop
      assert.strictEqual(journal.size(), size)
    }).pipe(Effect.provide(switchboard)))

  it.effect("journals a defect in one call, drops that call, and goes on with the others", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const timeline = yield* Timeline.Timeline
      const fine = yield* board.originate(request("919840007201"), 0)
      const burning = yield* board.originate(
        request(patient, [{
          _tag: "Connect",
          callerId: "914400000001",
          strategy: "Simultaneous",
          endpoints: [{ _tag: "Pstn", number: "914400007100" }, { _tag: "Pstn", number: "914400006666" }],
          ringTimeoutMs: 5000,
          machineDetection: false,
          metadata: {}
        }]),
        0
      )
      yield* TestClock.adjust("1 minute")
      const [broke] = entriesOf(journal.read({ callId: burning.callId }), "Broke")
      assert.strictEqual(broke?.message, "Error: the line is on fire")
      assert.strictEqual(journal.read({ callId: burning.callId }).at(-1), broke)
      assert.isUndefined(journal.record(burning.callId))
      assert.strictEqual(journal.record(fine.callId)?.endedAt, 2000)
      assert.deepEqual(yield* board.live, [])
      assert.strictEqual(timeline.pending(), 0)
    }).pipe(
      Effect.provide(
        Switchboard.layer(options).pipe(Layer.provide(breakingRunner), Layer.provideMerge(world))
      )
    ))

  const Happening = Schema.Union([
    Schema.TaggedStruct("DigitPressed", { legId: Schema.Literals(["caller", "callee1"]), digit: Schema.String }),
    Schema.TaggedStruct("LegHungUp", { legId: Schema.Literals(["caller", "callee1"]), cause: Schema.String }),
    Schema.TaggedStruct("LegAnswered", { legId: Schema.Literal("caller"), by: Schema.Literal("Person") }),
    Schema.TaggedStruct("TimerFired", { timer: Schema.Literals(["ring:caller", "x"]), generation: Schema.Natural }),
    Schema.TaggedStruct("PlaybackFinished", { playbackId: Schema.Literals(["playback1", "playback3"]) })
  ])

  it.effect.prop(
    "survives whatever it is told, journals it, and ends every call",
    [Schema.Array(Happening)],
    ([happenings]) =>
      Effect.gen(function*() {
        const { board, journal } = yield* whole
        const { callId } = yield* board.originate(request("919840007105"), 0)
        for (const happening of happenings) {
          yield* Effect.ignore(board.tell(callId, happening, 0))
          yield* TestClock.adjust(100)
        }
        yield* TestClock.adjust("3 hours")
        const entries = journal.read({ callId })
        assert.lengthOf(entriesOf(entries, "Broke"), 0)
        assert.lengthOf(commandsOf(entries, "WriteRecord"), 1)
        assert.deepEqual(yield* board.live, [])
      }).pipe(Effect.provide(Layer.fresh(switchboard)))
  )
})

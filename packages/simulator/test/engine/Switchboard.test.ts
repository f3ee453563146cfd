import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { CallCommand } from "../../src/core/call/CallCommand.ts"
import type { Program } from "../../src/core/pcmo/Program.ts"
import { conservative } from "../../src/core/stream/StreamProfile.ts"
import * as Account from "../../src/engine/Account.ts"
import * as CommandRunner from "../../src/engine/CommandRunner.ts"
import * as Faults from "../../src/engine/Faults.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as MediaEngine from "../../src/engine/MediaEngine.ts"
import * as Outbox from "../../src/engine/Outbox.ts"
import * as Pacer from "../../src/engine/Pacer.ts"
import * as Parties from "../../src/engine/Parties.ts"
import * as Switchboard from "../../src/engine/Switchboard.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { WebhookPort } from "../../src/engine/WebhookPort.ts"
import * as Streams from "../../src/Streams.ts"
import { commandsOf, entriesOf } from "../platform.ts"

const noWebhooks = Layer.succeed(WebhookPort, {
  deliver: () => Effect.succeed({ _tag: "Failed", why: "NoReply" } as const)
})

const stored: CommandRunner.Stored = { pipelines: new Map(), flows: new Map() }
const options = {
  seed: 5,
  maxCalls: 3,
  stored,
  fileMs: new Map<string, number>(),
  streams: conservative,
  recordAudio: false,
  readProgram: () => undefined
}

const account: Account.AccountOptions = {
  appId: 1_000_001,
  appSecret: Redacted.make("secret"),
  active: true,
  balance: 1,
  ratePerMinute: 0.45,
  users: []
}

const worldOf = (webhooks: Layer.Layer<WebhookPort>) =>
  Layer.merge(Outbox.layer({}), MediaEngine.layer(options)).pipe(
    Layer.provideMerge(Faults.layer({ seed: options.seed, rules: [] })),
    Layer.provideMerge(Layer.mergeAll(
      Account.layer(account, options.seed),
      Parties.layer(),
      Pacer.layer,
      Streams.layerNone,
      Journal.layer({ tenant: "t", seed: options.seed, version: "0", bounds: Journal.defaultBounds }),
      webhooks
    )),
    Layer.provideMerge(Timeline.layer)
  )

const world = worldOf(noWebhooks)

const switchboardIn = (around: typeof world) =>
  Switchboard.layer(options).pipe(
    Layer.provideMerge(CommandRunner.layer(options)),
    Layer.provideMerge(around)
  )

const switchboard = switchboardIn(world)

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
      release: runner.release
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

const connectTo = (...numbers: readonly [string, ...ReadonlyArray<string>]): Program[number] => {
  const [first, ...others] = numbers
  const phone = (number: string) => ({ _tag: "Pstn" as const, number })
  return {
    _tag: "Connect",
    callerId: "914400000001",
    strategy: "Sequential",
    endpoints: [phone(first), ...others.map(phone)],
    ringTimeoutMs: 20_000,
    machineDetection: false,
    metadata: {}
  }
}

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

const playForAMinute: Program = [{ _tag: "Play", prompt: { _tag: "Say", text: "a".repeat(1000), speed: 1 } }]

/** Every question is answered with the same program, some time after it was asked. */
const answering = (afterMs: number, program: Program) =>
  switchboardIn(worldOf(Layer.succeed(WebhookPort, {
    deliver: () =>
      Effect.delay(
        Effect.succeed(
          { _tag: "Replied", status: 200, reply: { _tag: "NewProgram", program }, replyText: "[]" } as const
        ),
        afterMs
      )
  })))

const fromOutside = (callerId: string) => ({
  ...request("914400000001", [{ _tag: "Ask", url: "http://localhost/answer" }]),
  kind: "Inbound" as const,
  callerId
})

describe("a call from outside", () => {
  it.effect("is picked up with what the answer URL replies, and its phone then talks as its number says", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const { callId } = yield* board.originate(fromOutside("919840007205"), 0)
      yield* TestClock.adjust("1 minute")
      const record = journal.record(callId)
      assert.deepEqual(
        [record?.direction, record?.answeredAt, record?.endedAt, record?.endedBy],
        ["inbound", 1500, 1500 + 5000, "Caller"]
      )
    }).pipe(Effect.provide(answering(1500, playForAMinute))))

  it.effect("ends when its phone gives up first, and the reply that comes later changes nothing", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const timeline = yield* Timeline.Timeline
      const { callId } = yield* board.originate(fromOutside("919840007003"), 0)
      yield* TestClock.adjust("1 minute")
      const record = journal.record(callId)
      assert.deepEqual([record?.endedAt, record?.disposition, record?.endedBy], [2000, "Canceled", "Caller"])
      assert.lengthOf(entriesOf(journal.read({ callId }), "Delivered"), 1)
      assert.isEmpty(commandsOf(journal.read({ callId }), "AnswerLeg"))
      assert.strictEqual(timeline.pending(), 0)
    }).pipe(Effect.provide(answering(10_000, playForAMinute))))

  it.effect("that is transferred meanwhile is picked up then, once", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const { callId } = yield* board.originate(fromOutside("919840007205"), 0)
      yield* TestClock.adjust(1000)
      yield* board.transfer(callId, playForAMinute, 0)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(journal.record(callId)?.answeredAt, 1000)
      assert.lengthOf(commandsOf(journal.read({ callId }), "AnswerLeg"), 1)
      assert.deepEqual(
        commandsOf(journal.read({ callId }), "Ignored").map(({ event, why }) => [event, why]),
        [["WebhookReplied", "late-reply"]]
      )
    }).pipe(Effect.provide(answering(3000, playForAMinute))))
})

describe("a call of the older API", () => {
  const bridged = { ...request(patient, [connectTo("914400007105")]), kind: "Legacy" as const }

  it.effect("has a request id of 43 letters and digits", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const ids = yield* Effect.forEach([1, 2], () => board.originate(bridged, 0))
      for (const { requestId } of ids) assert.match(requestId, /^[A-Za-z0-9]{43}$/)
      assert.notStrictEqual(ids[0]?.requestId, ids[1]?.requestId)
    }).pipe(Effect.provide(switchboard)))

  it.effect("is put on hold and taken off while two talk, and not before", () =>
    Effect.gen(function*() {
      const { board, journal } = yield* whole
      const { callId } = yield* board.originate(bridged, 0)
      yield* TestClock.adjust(4999)
      assert.strictEqual((yield* Effect.flip(board.hold(callId, "On", 0))).why, "NotBridged")
      yield* TestClock.adjust(1)
      const requestIds = yield* Effect.forEach(["On", "On", "Toggle"] as const, (hold) => board.hold(callId, hold, 0))
      assert.lengthOf(new Set(requestIds), 3)
      assert.lengthOf(commandsOf(journal.read({ callId }), "HoldCall"), 1)
      assert.lengthOf(commandsOf(journal.read({ callId }), "ResumeCall"), 1)
      yield* board.hangup(callId, { cause: "NORMAL_CLEARING" }, 0)
      assert.strictEqual((yield* Effect.flip(board.hold(callId, "On", 0))).why, "CallNotFound")
    }).pipe(Effect.provide(switchboard)))

  it.effect("is found by the id of each leg that is on the line, and by none that is over", () =>
    Effect.gen(function*() {
      const { board } = yield* whole
      const other = yield* board.originate(bridged, 0)
      const { callId } = yield* board.originate(
        { ...bridged, program: [connectTo("914400007001", "914400007105")] },
        0
      )
      yield* TestClock.adjust("10 seconds")
      const call = (yield* board.live).find(({ origin }) => origin.callId === callId)
      const [caller, busy, talking] = call?.legs.map(({ uuid }) => uuid) ?? []
      assert(caller !== undefined && busy !== undefined && talking !== undefined)
      assert.deepEqual(yield* Effect.forEach([caller, talking, other.callId], board.callOfLeg), [
        callId,
        callId,
        other.callId
      ])
      for (const uuid of [busy, "nobody"]) {
        assert.strictEqual((yield* Effect.flip(board.callOfLeg(uuid))).why, "CallNotFound")
      }
    }).pipe(Effect.provide(switchboard)))
})

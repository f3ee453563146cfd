/**
 * Calls nobody wrote: small random programs, and random sequences of what may plausibly happen next.
 *
 * A move is a number that picks one of the moves open in the state at hand, so that shrinking keeps a sequence sensible.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Call from "../../../src/core/call/Call.ts"
import type { Program, Step } from "../../../src/core/pcmo/Program.ts"
import { type Bench, type Happening, place, received } from "./kit.ts"
import { agent, askUrl, attach, callerNumber, consult, file, mp3, phone, sip, wav } from "./programs.ts"

/** What a started minute costs where calls are charged. */
export const rateMicros = 450_000

const upTo = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

const Endpoint = Schema.Literals(["9111", "9112", "own", "sip:a@b", "agent-1", "agent-2"])
const endpoint = (name: typeof Endpoint.Type) =>
  name === "own"
    ? phone(callerNumber)
    : name.startsWith("sip")
    ? sip(name)
    : name.startsWith("agent")
    ? agent(name)
    : phone(name)

/** One step, written small. */
const Small = Schema.Union([
  Schema.TaggedStruct("Connect", {
    to: Schema.NonEmptyArray(Endpoint).check(Schema.isMaxLength(4)),
    atOnce: Schema.Boolean,
    limited: Schema.Boolean,
    machines: Schema.Boolean,
    recorded: Schema.Boolean,
    music: Schema.Boolean,
    shown: Schema.Boolean,
    attempts: Schema.Literals([1, 1, 2, 3])
  }),
  Schema.TaggedStruct("Collect", {
    prompted: Schema.Boolean,
    modes: Schema.Literals(["dtmf", "speech", "both"]),
    min: upTo(3),
    max: upTo(4),
    finish: Schema.Boolean,
    flush: Schema.Boolean,
    retries: upTo(2),
    lead: Schema.Boolean,
    stored: Schema.Boolean
  }),
  Schema.TaggedStruct("Consult", { to: Endpoint, confirm: Schema.Boolean, music: Schema.Boolean }),
  Schema.TaggedStruct("Play", {}),
  Schema.TaggedStruct("Param", { key: Schema.Literals(["a", "b", "__proto__"]), value: upTo(9) }),
  Schema.TaggedStruct("Record", {}),
  Schema.TaggedStruct("Hangup", {}),
  Schema.TaggedStruct("Attach", {}),
  Schema.TaggedStruct("Ask", {}),
  Schema.TaggedStruct("OpenStream", {
    listens: Schema.Literals(["caller", "callee", "both"]),
    onAnswer: Schema.Boolean,
    sampleRate: Schema.Literals([8000, 12_000])
  }),
  Schema.TaggedStruct("RunStored", { flow: Schema.Boolean })
])

const warm = (to: typeof Endpoint.Type, confirm: boolean, music: boolean): Step =>
  consult(endpoint(to), { confirm, ...(music ? { holdAudio: "hold.mp3" } : {}), variables: { leg: "warm" } })

const step = (small: typeof Small.Type): Step => {
  switch (small._tag) {
    case "Connect": {
      const [first, ...others] = small.to
      return {
        _tag: "Connect",
        ...(small.shown ? { callerId: "914440000000" } : {}),
        strategy: small.atOnce ? "Simultaneous" : "Sequential",
        endpoints: [endpoint(first), ...others.map(endpoint)],
        ringTimeoutMs: 20_000,
        ...(small.attempts === 1 ? {} : { attempts: small.attempts }),
        ...(small.limited ? { maxDurationMs: 5000 } : {}),
        machineDetection: small.machines,
        ...(small.recorded ? { recording: wav } : {}),
        ...(small.music ? { waitingMusic: "music.mp3" } : {}),
        metadata: { leg: true }
      }
    }
    case "Collect":
      return {
        _tag: "Collect",
        ...(small.prompted ? { prompt: file("ask.mp3") } : {}),
        modes: small.modes === "both" ? ["dtmf", "speech"] : [small.modes],
        digits: {
          minDigits: small.min,
          maxDigits: small.max,
          firstDigitTimeoutMs: 5000,
          interDigitTimeoutMs: 2000,
          ...(small.finish ? { finishKey: "#" } : {}),
          flushBuffer: small.flush
        },
        retries: {
          max: small.retries,
          ...(small.lead ? { noInputPrompt: file("nothing.mp3"), invalidPrompt: file("wrong.mp3") } : {})
        },
        onResult: small.stored ? { _tag: "Ref", ref: "menu" } : { _tag: "Url", url: "http://localhost/result" }
      }
    case "Consult":
      return warm(small.to, small.confirm, small.music)
    case "Play":
      return { _tag: "Play", prompt: file("play.mp3") }
    case "Param":
      return { _tag: "Param", variables: Object.fromEntries([[small.key, small.value]]) }
    case "Record":
      return { _tag: "Record", recording: mp3 }
    case "Hangup":
      return { _tag: "Hangup" }
    case "Attach":
      return attach("attached")
    case "Ask":
      return askUrl
    case "OpenStream":
      return {
        _tag: "OpenStream",
        url: "ws://localhost/stream",
        listens: small.listens,
        sampleRate: small.sampleRate,
        onAnswer: small.onAnswer
      }
    case "RunStored":
      return { _tag: "RunStored", source: small.flow ? "Flow" : "Pipeline", ref: "stored" }
  }
}

const programs = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Small), { minLength: 1, maxLength: 6 }),
  (steps): Program => steps.map(step)
)

/** A call nobody wrote: how it begins, its moves, and the programs that replies, lookups and transfers bring. */
export const scripts = Arbitrary.all({
  kind: Arbitrary.schema(Schema.Literals(["Pipeline", "Pipeline", "Legacy", "Inbound"])),
  program: programs,
  charged: Arbitrary.schema(Schema.Boolean),
  answered: Arbitrary.schema(Schema.Literals([true, true, true, false])),
  record: Arbitrary.schema(Schema.Boolean),
  limited: Arbitrary.schema(Schema.Boolean),
  more: Arbitrary.array(programs, { minLength: 2, maxLength: 4 }),
  moves: Arbitrary.array(
    Arbitrary.all({
      pick: Arbitrary.schema(upTo(9999)),
      gapMs: Arbitrary.schema(Schema.Literals([0, 0, 0, 1, 500, 500, 3000, 25_000]))
    }),
    { maxLength: 60 }
  )
})
/** @see {@link scripts} */
export type Script = typeof scripts extends Arbitrary.Arbitrary<infer A> ? A : never

/** What makes sense now and lets the call go on. What deserves to be picked more often is there more often. */
const sensible = (bench: Bench, program: Program): ReadonlyArray<Happening> => {
  const { call, world } = bench
  return [
    ...call.legs.filter(Call.isLive).flatMap(({ answeredAt, legId, state }): ReadonlyArray<Happening> => {
      if (legId === Call.callerLegId && (answeredAt !== undefined || Call.isInbound(call))) return []
      if (answeredAt !== undefined) {
        return [
          { _tag: "LegHungUp", legId, cause: "NORMAL_CLEARING" },
          { _tag: "LegHungUp", legId, cause: "NETWORK_OUT_OF_ORDER" }
        ]
      }
      return [
        ...(state === "Dialing" ? [{ _tag: "LegRinging", legId } as const] : []),
        { _tag: "LegAnswered", legId, by: "Person" },
        { _tag: "LegAnswered", legId, by: "Agent" },
        { _tag: "LegAnswered", legId, by: "Machine" },
        ...(legId === Call.callerLegId ? [] : [{ _tag: "LegRejected", legId, cause: "USER_BUSY" } as const])
      ]
    }),
    ...["1", "2", "#"].map((digit): Happening => ({ _tag: "DigitPressed", legId: Call.callerLegId, digit })),
    { _tag: "SpeechHeard", legId: Call.callerLegId, text: "sales" },
    ...[...world.playbacks.values()].filter((one) => !one.loop).flatMap(({ playbackId }): ReadonlyArray<Happening> => [
      { _tag: "PlaybackFinished", playbackId },
      { _tag: "PlaybackFinished", playbackId },
      { _tag: "PlaybackFinished", playbackId }
    ]),
    ...[...world.deliveries.keys()].flatMap((deliveryId): ReadonlyArray<Happening> => [
      { _tag: "WebhookReplied", deliveryId, reply: { _tag: "NewProgram", program } },
      { _tag: "WebhookReplied", deliveryId, reply: { _tag: "NewProgram", program } }
    ]),
    ...[...world.lookups.keys()].flatMap((lookupId): ReadonlyArray<Happening> => [
      { _tag: "StoredFound", lookupId, program },
      { _tag: "StoredFound", lookupId, program }
    ]),
    ...call.legs.filter((leg) => leg.legId !== Call.callerLegId && leg.state === "Answered").flatMap(
      ({ legId }): ReadonlyArray<Happening> => [
        { _tag: "DigitPressed", legId, digit: "1" },
        { _tag: "DigitPressed", legId, digit: "1" },
        { _tag: "DigitPressed", legId, digit: "2" }
      ]
    ),
    ...(Call.isBridged(call)
      ? [
        { _tag: "HoldRequested", requestId: "hold", hold: call.onHold ? "Off" : "On" },
        { _tag: "HoldRequested", requestId: "hold", hold: "Toggle" }
      ] as const
      : []),
    ...call.streams.flatMap(({ endedAt, openedAt, streamId }): ReadonlyArray<Happening> => {
      if (endedAt !== undefined) return []
      if (openedAt === undefined) {
        const opened: Happening = { _tag: "StreamOpened", streamId }
        return [opened, opened, { _tag: "StreamFailed", streamId, why: "Refused", status: 403 }]
      }
      return [
        { _tag: "StreamProgram", streamId, program },
        { _tag: "StreamProgram", streamId, program },
        { _tag: "StreamStopped", streamId },
        { _tag: "StreamClosed", streamId, by: "App", code: 1000, reason: "bye" },
        { _tag: "StreamClosed", streamId, by: "Network", code: 1006, reason: "" }
      ]
    }),
    { _tag: "TransferRequested", requestId: "transfer", program },
    { _tag: "TransferRequested", requestId: "transfer", program: [warm("9112", false, true)] },
    { _tag: "TransferRequested", requestId: "transfer", program: [warm("sip:a@b", true, false)] }
  ]
}

/** What makes sense now and ends the call. */
const endings = ({ call, world }: Bench): ReadonlyArray<Happening> => {
  const [caller] = call.legs
  return [
    caller?.answeredAt === undefined
      ? {
        _tag: "LegRejected",
        legId: Call.callerLegId,
        cause: Call.isInbound(call) ? "ORIGINATOR_CANCEL" : "USER_BUSY"
      }
      : { _tag: "LegHungUp", legId: Call.callerLegId, cause: "NORMAL_CLEARING" },
    { _tag: "HangupRequested", requestId: "hangup", cause: "NORMAL_CLEARING", by: "Api" },
    { _tag: "HangupRequested", requestId: "hangup", cause: "SYSTEM_SHUTDOWN", reason: "stopped", by: "Platform" },
    ...[...world.deliveries.keys()].flatMap((deliveryId): ReadonlyArray<Happening> => [
      { _tag: "WebhookReplied", deliveryId, reply: { _tag: "Empty" } },
      { _tag: "WebhookReplied", deliveryId, reply: { _tag: "Invalid", problems: ["not a pipeline"] } },
      { _tag: "WebhookFailed", deliveryId, why: "TimedOut" }
    ]),
    ...[...world.lookups.keys()].map((lookupId): Happening => ({ _tag: "StoredMissing", lookupId }))
  ]
}

/** Echoes of what is over, and what nobody asked for. */
const nonsense = (bench: Bench): ReadonlyArray<Happening> => {
  const { at: _, ...origin } = bench.call.origin
  return [
    ...bench.call.legs.filter((leg) => !Call.isLive(leg)).flatMap(({ legId }): ReadonlyArray<Happening> => [
      { _tag: "LegRinging", legId },
      { _tag: "LegAnswered", legId, by: "Agent" },
      { _tag: "LegRejected", legId, cause: "CALL_REJECTED" },
      { _tag: "LegHungUp", legId, cause: "NORMAL_CLEARING" },
      { _tag: "DigitPressed", legId, digit: "5" }
    ]),
    ...bench.asked("StartPlayback").slice(-3).map(({ playbackId }): Happening => ({
      _tag: "PlaybackFinished",
      playbackId
    })),
    ...bench.asked("ArmTimer").filter(({ generation, timer }) => bench.call.timers[timer] !== generation).slice(-3)
      .map(({ generation, timer }): Happening => ({ _tag: "TimerFired", timer, generation })),
    ...bench.call.streams.filter(({ endedAt, openedAt }) => (endedAt ?? openedAt) !== undefined).slice(-2).flatMap(
      ({ streamId }): ReadonlyArray<Happening> => [
        { _tag: "StreamOpened", streamId },
        { _tag: "StreamFailed", streamId, why: "TimedOut" }
      ]
    ),
    ...bench.call.streams.filter(({ endedAt }) => endedAt !== undefined).slice(-2).flatMap(
      ({ streamId }): ReadonlyArray<Happening> => [
        { _tag: "StreamStopped", streamId },
        { _tag: "StreamClosed", streamId, by: "Platform", code: 1000, reason: "" }
      ]
    ),
    { _tag: "StreamOpened", streamId: "stream0" },
    { _tag: "LegAnswered", legId: "nobody", by: "Person" },
    { _tag: "LegAnswered", legId: Call.callerLegId, by: "Machine" },
    { _tag: "DigitPressed", legId: Call.callerLegId, digit: "12" },
    { _tag: "TimerFired", timer: "__proto__", generation: 1 },
    { _tag: "WebhookFailed", deliveryId: "delivery1", why: "NoReply" },
    { _tag: "WebhookReplied", deliveryId: "delivery1", reply: { _tag: "Empty" } },
    { _tag: "StoredMissing", lookupId: "lookup1" },
    { _tag: "StoredFound", lookupId: "lookup1", program: [] },
    { _tag: "HoldRequested", requestId: "hold", hold: bench.call.onHold ? "On" : "Off" },
    origin
  ]
}

const begin = (script: Script): Bench => {
  const options = {
    kind: script.kind,
    record: script.record,
    ...(script.limited ? { maxDurationMs: 90_000 } : {}),
    ...(script.charged ? { rateMicros } : {})
  }
  if (script.kind !== "Inbound") {
    const bench = place(script.program, options)
    if (script.answered) bench.answer("caller")
    return bench
  }
  const bench = received([askUrl], options)
  if (script.answered) bench.reply({ _tag: "NewProgram", program: script.program })
  return bench
}

/** Plays a script. Timers fire when they are due; some moves are nonsense, and a few end the call. */
export const perform = (script: Script): Bench => {
  const bench = begin(script)
  for (const { gapMs, pick } of script.moves) {
    bench.wait(gapMs)
    if (bench.label() === "Ended") break
    const program = script.more[pick % script.more.length] ?? []
    const open = pick % 32 === 31 ? endings(bench) : pick % 8 === 7 ? nonsense(bench) : sensible(bench, program)
    const move = open[Math.floor(pick / 32) % open.length]
    if (move !== undefined) bench.feed(move)
  }
  return bench
}

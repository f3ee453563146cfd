/**
 * What the call machine does, found by asking it: representative calls in every state meet every event that could make a
 * difference.
 */
import * as Call from "../packages/simulator/src/core/call/Call.ts"
import type { CallCommand } from "../packages/simulator/src/core/call/CallCommand.ts"
import type { CallEvent } from "../packages/simulator/src/core/call/CallEvent.ts"
import { transition } from "../packages/simulator/src/core/call/transition.ts"
import type { Collect, Connect, Consult, Endpoint, Program, Step } from "../packages/simulator/src/core/pcmo/Program.ts"

/** A call in a state worth asking about. `situation` tells it from others in the same state. */
interface Setup {
  readonly situation: string
  readonly call: Call.Call
}

type WithoutAt<E> = E extends CallEvent ? Omit<E, "at"> : never
type Happening = WithoutAt<CallEvent>
/** An event, in the words of the page. */
export interface Probe {
  readonly title: string
  readonly happening: Happening
}

/** What an event leads to: the next state, what is asked of the world, and why nothing is, if so. */
export interface Result {
  readonly next: string
  readonly commands: ReadonlyArray<string>
  readonly ignored: string | undefined
  readonly assumes: ReadonlyArray<string>
}

/** What came of one event in one state. */
export interface Row extends Result {
  readonly state: string
  readonly situation: string
  readonly probe: Probe
}

const number = "919840000001"
const sales: Endpoint = { _tag: "Pstn", number: "914000000001" }
const support: Endpoint = { _tag: "Pstn", number: "914000000002" }
const ada: Endpoint = { _tag: "Agent", id: "ada" }

const connect = (endpoints: Connect["endpoints"], options: Partial<Connect> = {}): Connect => ({
  _tag: "Connect",
  callerId: "914440000000",
  strategy: "Sequential",
  endpoints,
  ringTimeoutMs: 20_000,
  machineDetection: true,
  metadata: {},
  ...options
})

const collect = (options: Partial<Collect> = {}): Collect => ({
  _tag: "Collect",
  modes: ["dtmf", "speech"],
  digits: {
    minDigits: 1,
    maxDigits: 2,
    firstDigitTimeoutMs: 5000,
    interDigitTimeoutMs: 2000,
    finishKey: "#",
    flushBuffer: false
  },
  retries: { max: 0 },
  onResult: { _tag: "Url", url: "http://localhost/result" },
  ...options
})

const consult = (options: Partial<Consult> = {}): Consult => ({
  _tag: "Consult",
  endpoint: sales,
  ringTimeoutMs: 20_000,
  confirm: false,
  holdAudio: "hold.mp3",
  variables: {},
  ...options
})

const stream: Step = {
  _tag: "OpenStream",
  url: "ws://localhost/stream",
  listens: "both",
  sampleRate: 8000,
  onAnswer: true
}
const askUrl: Step = { _tag: "Ask", url: "http://localhost/answer" }
const play: Step = { _tag: "Play", prompt: { _tag: "File", name: "play.mp3" } }
const recorded = { maxDurationMs: 60_000, recording: { format: "wav", channels: "dual" } } as const
const prompt = { _tag: "File", name: "ask.mp3" } as const

/** What may come next in a program, one of each kind. */
export const tails: ReadonlyArray<readonly [name: string, program: Program]> = [
  ["play", [play]],
  ["connect", [connect([support])]],
  ["connect to the caller's own phone", [connect([{ _tag: "Pstn", number }], { machineDetection: false })]],
  ["input", [collect()]],
  ["an answer URL", [askUrl]],
  ["a stored document", [{ _tag: "RunStored", source: "Flow", ref: "flow" }]],
  ["a stream", [stream]],
  ["hangup, or nothing", []]
]

const meet = (call: Call.Call, happening: Happening): Call.Call => transition(call, { ...happening, at: 0 }).call

const placed = (program: Program): Call.Call =>
  meet(Call.initial, {
    _tag: "Originated",
    callId: "call",
    requestId: "request",
    kind: "Pipeline",
    callerId: "914440000000",
    to: number,
    program,
    maxDurationMs: 600_000,
    record: false,
    variables: {}
  })

/** A call from outside, whose answer URL is asked. */
const received: Happening = {
  _tag: "Originated",
  callId: "call",
  requestId: "request",
  kind: "Inbound",
  callerId: number,
  to: "914440000000",
  program: [askUrl],
  record: false,
  variables: {}
}

const answers = (call: Call.Call, who: Endpoint | "caller", by: "Person" | "Agent" = "Person"): Call.Call => {
  const leg = call.legs.find((one) => who === "caller" ? one.legId === Call.callerLegId : one.endpoint === who)
  return leg === undefined ? call : meet(call, { _tag: "LegAnswered", legId: leg.legId, by })
}

/** A call whose caller has answered. */
export const answered = (program: Program): Call.Call => answers(placed(program), "caller")
const talking = (program: Program, who: Endpoint): Call.Call => answers(answered(program), who)
const presses = (call: Call.Call, digits: string): Call.Call =>
  [...digits].reduce((so, digit) => meet(so, { _tag: "DigitPressed", legId: Call.callerLegId, digit }), call)
const onHold = (call: Call.Call): Call.Call => meet(call, { _tag: "HoldRequested", requestId: "request", hold: "On" })
const transferred = (call: Call.Call, program: Program): Call.Call =>
  meet(call, { _tag: "TransferRequested", requestId: "request", program })

const opens = (call: Call.Call): Call.Call =>
  call.streams.reduce((so, { streamId }) => meet(so, { _tag: "StreamOpened", streamId }), call)
const loses = (call: Call.Call): Call.Call =>
  call.streams.reduce(
    (so, { streamId }) => meet(so, { _tag: "StreamClosed", streamId, by: "Network", code: 1006, reason: "" }),
    call
  )

/** Every state, in every situation that makes a difference; `tail` is what is left of the program. */
const setups = (tail: Program): ReadonlyArray<Setup> => [
  { situation: "", call: Call.initial },
  { situation: "placed", call: placed(tail) },
  { situation: "from outside, asking what to run", call: meet(Call.initial, received) },
  { situation: "", call: answered([play, ...tail]) },
  { situation: "the last one rings", call: answered([connect([sales], { waitingMusic: "music.mp3" }), ...tail]) },
  { situation: "another round is left", call: answered([connect([sales, support]), ...tail]) },
  {
    situation: "two ring at once",
    call: answered([connect([sales, support], { strategy: "Simultaneous" }), ...tail])
  },
  {
    situation: "after a transfer",
    call: transferred(talking([connect([ada])], ada), [connect([sales]), ...tail])
  },
  {
    situation: "without confirm, the agent waits",
    call: transferred(talking([connect([ada], recorded), ...tail], ada), [consult()])
  },
  { situation: "nobody waits", call: transferred(answered([play, ...tail]), [consult()]) },
  {
    situation: "with confirm, the agent waits",
    call: transferred(talking([connect([ada], recorded), ...tail], ada), [consult({ confirm: true })])
  },
  {
    situation: "answered and to confirm, the agent waits",
    call: answers(
      transferred(talking([connect([ada], recorded), ...tail], ada), [consult({ confirm: true })]),
      sales
    )
  },
  { situation: "with a phone", call: talking([connect([sales, support], recorded), ...tail], sales) },
  { situation: "with a phone, on hold", call: onHold(talking([connect([sales, support], recorded), ...tail], sales)) },
  {
    situation: "with an agent, another endpoint is left",
    call: talking([connect([ada, sales], recorded), ...tail], ada)
  },
  { situation: "in a direct call", call: answered([connect([{ _tag: "Pstn", number }], recorded), ...tail]) },
  { situation: "while the prompt plays", call: answered([collect({ prompt }), ...tail]) },
  { situation: "before the first digit", call: answered([collect(), ...tail]) },
  { situation: "after a digit", call: presses(answered([collect(), ...tail]), "1") },
  {
    situation: "after a digit of too few, a retry is left",
    call: presses(
      answered([
        collect({ digits: { ...collect().digits, minDigits: 2, maxDigits: 3 }, prompt, retries: { max: 1 } }),
        ...tail
      ]),
      "1"
    )
  },
  { situation: "", call: presses(answered([collect(), ...tail]), "1#") },
  { situation: "", call: answered([{ _tag: "RunStored", source: "Pipeline", ref: "menu" }, ...tail]) },
  { situation: "beside an open stream", call: opens(answered([stream, play, ...tail])) },
  { situation: "its stream is being opened", call: answered([stream]) },
  { situation: "its stream is open", call: opens(answered([stream])) },
  { situation: "its stream is lost", call: loses(opens(answered([stream]))) },
  { situation: "", call: answered([]) }
]

/** Who a leg is to the call. */
const role = (call: Call.Call, leg: Call.Leg): string => {
  if (leg.legId === Call.callerLegId) return "the caller"
  if (leg.state === "Ended") return "a leg that has ended"
  if (leg.legId === call.retainedLegId) return "the kept party"
  if (leg.answeredAt === undefined) return "a ringing callee"
  return leg.state === "Answered" ? "the party that is to confirm" : "the bridged party"
}

const legProbes = (call: Call.Call): ReadonlyArray<Probe> => {
  const seen = new Map(call.legs.map((leg) => [role(call, leg), leg.legId]))
  return [...seen, ["nobody known", "nobody"] as const].flatMap(([who, legId]): ReadonlyArray<Probe> => [
    { title: `LegRinging: ${who}`, happening: { _tag: "LegRinging", legId } },
    { title: `LegAnswered: ${who}`, happening: { _tag: "LegAnswered", legId, by: "Person" } },
    ...(who === "a ringing callee"
      ? [
        {
          title: `LegAnswered: ${who}, a machine under detection`,
          happening: { _tag: "LegAnswered", legId, by: "Machine" }
        } as const
      ]
      : []),
    { title: `LegRejected: ${who}`, happening: { _tag: "LegRejected", legId, cause: "USER_BUSY" } },
    { title: `LegHungUp: ${who}`, happening: { _tag: "LegHungUp", legId, cause: "NORMAL_CLEARING" } },
    ...(who === "the bridged party"
      ? [
        {
          title: `LegHungUp: ${who}, dropped`,
          happening: { _tag: "LegHungUp", legId, cause: "NETWORK_OUT_OF_ORDER" }
        } as const
      ]
      : []),
    ...(who === "the party that is to confirm"
      ? [{ title: `DigitPressed: ${who}, 1`, happening: { _tag: "DigitPressed", legId, digit: "1" } } as const]
      : []),
    { title: `DigitPressed: ${who}`, happening: { _tag: "DigitPressed", legId, digit: "2" } },
    { title: `SpeechHeard: ${who}`, happening: { _tag: "SpeechHeard", legId, text: "sales" } }
  ])
}

const playbackOf = ({ activity }: Call.Call): string | undefined =>
  activity._tag === "Playing" || activity._tag === "Collecting"
    ? activity.playbackId
    : activity._tag === "Hunting" || activity._tag === "Consulting"
    ? activity.musicId
    : undefined

const streamProbes = (call: Call.Call, tail: Program): ReadonlyArray<Probe> => {
  const seen = new Map(
    call.streams.map((one) => [one.endedAt === undefined ? "" : ": one that has ended", one.streamId])
  )
  return [...seen, [": an unknown one", "stream0"] as const].flatMap(([which, streamId]): ReadonlyArray<Probe> => [
    { title: `StreamOpened${which}`, happening: { _tag: "StreamOpened", streamId } },
    { title: `StreamFailed${which}`, happening: { _tag: "StreamFailed", streamId, why: "Refused" } },
    { title: `StreamProgram${which}`, happening: { _tag: "StreamProgram", streamId, program: tail } },
    { title: `StreamStopped${which}`, happening: { _tag: "StreamStopped", streamId } },
    {
      title: `StreamClosed${which}`,
      happening: { _tag: "StreamClosed", streamId, by: "Network", code: 1006, reason: "" }
    }
  ])
}

/** A timer without the leg that it belongs to. */
const timerName = (timer: string): string =>
  timer.replace(/^ring:caller$/, "the caller's ringing").replace(/^ring:.*/, "a callee's ringing")

/** Every event that could make a difference to the call; `tail` is the program that an event brings. */
const probes = (call: Call.Call, tail: Program): ReadonlyArray<Probe> => {
  const { activity } = call
  const caller = Call.callerLegId
  const playing = playbackOf(call)
  const { at: _, ...origin } = placed(tail).origin
  const deliveries = [
    ...(activity._tag === "AwaitingReply" ? [["", activity.deliveryId] as const] : []),
    [": not awaited", "delivery0"] as const
  ]
  const lookups = [
    ...(activity._tag === "AwaitingStored" ? [["", activity.lookupId] as const] : []),
    [": not awaited", "lookup0"] as const
  ]
  return [
    { title: "Originated", happening: origin },
    ...(call.phase === "New" ? [{ title: "Originated: from outside, with an answer URL", happening: received }] : []),
    ...legProbes(call),
    { title: "DigitPressed: the finish key", happening: { _tag: "DigitPressed", legId: caller, digit: "#" } },
    { title: "DigitPressed: no digit", happening: { _tag: "DigitPressed", legId: caller, digit: "x" } },
    ...(playing === undefined
      ? []
      : [{ title: "PlaybackFinished", happening: { _tag: "PlaybackFinished", playbackId: playing } } as const]),
    { title: "PlaybackFinished: stopped before", happening: { _tag: "PlaybackFinished", playbackId: "playback0" } },
    ...Object.entries(call.timers).map(([timer, generation]): Probe => ({
      title: `TimerFired: ${timerName(timer)}`,
      happening: { _tag: "TimerFired", timer, generation }
    })),
    { title: "TimerFired: disarmed before", happening: { _tag: "TimerFired", timer: "max-duration", generation: 0 } },
    ...deliveries.flatMap(([which, deliveryId]): ReadonlyArray<Probe> => [
      {
        title: `WebhookReplied${which === "" ? ": a pipeline" : which}`,
        happening: { _tag: "WebhookReplied", deliveryId, reply: { _tag: "NewProgram", program: tail } }
      },
      ...(which === "" && call.phase === "Calling"
        ? [
          {
            title: "WebhookReplied: a pipeline that begins with a hangup",
            happening: {
              _tag: "WebhookReplied",
              deliveryId,
              reply: { _tag: "NewProgram", program: [{ _tag: "Hangup" }] }
            }
          } as const
        ]
        : []),
      ...(which === ""
        ? [
          {
            title: "WebhookReplied: empty",
            happening: { _tag: "WebhookReplied", deliveryId, reply: { _tag: "Empty" } }
          },
          {
            title: "WebhookReplied: no pipeline",
            happening: { _tag: "WebhookReplied", deliveryId, reply: { _tag: "Invalid", problems: [] } }
          }
        ] as const
        : []),
      { title: `WebhookFailed${which}`, happening: { _tag: "WebhookFailed", deliveryId, why: "TimedOut" } }
    ]),
    ...lookups.flatMap(([which, lookupId]): ReadonlyArray<Probe> => [
      { title: `StoredFound${which}`, happening: { _tag: "StoredFound", lookupId, program: tail } },
      { title: `StoredMissing${which}`, happening: { _tag: "StoredMissing", lookupId } }
    ]),
    ...streamProbes(call, tail),
    { title: "TransferRequested", happening: { _tag: "TransferRequested", requestId: "request", program: tail } },
    {
      title: "TransferRequested: warm",
      happening: { _tag: "TransferRequested", requestId: "request", program: [consult()] }
    },
    ...(["On", "Off", "Toggle"] as const).map((hold): Probe => ({
      title: `HoldRequested: ${hold}`,
      happening: { _tag: "HoldRequested", requestId: "request", hold }
    })),
    {
      title: "HangupRequested",
      happening: { _tag: "HangupRequested", requestId: "request", cause: "NORMAL_CLEARING", by: "Api" }
    }
  ]
}

const spell = (command: CallCommand): string => {
  switch (command._tag) {
    case "ArmTimer":
    case "DisarmTimer":
      return `${command._tag} (${timerName(command.timer)})`
    case "HangUpLeg":
      return `${command._tag} (${command.cause})`
    default:
      return command._tag
  }
}

const ask = (call: Call.Call, probe: Probe): Result => {
  const outcome = transition(call, { ...probe.happening, at: 1 })
  const [first] = outcome.commands
  return {
    next: Call.label(outcome.call),
    commands: outcome.commands.map(spell),
    ignored: first?._tag === "Ignored" ? first.why : undefined,
    assumes: outcome.assumes
  }
}

const shared = (lists: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const [first = [], ...others] = lists
  const end = first.findIndex((item, n) => others.some((list) => list[n] !== item))
  return end === -1 ? first : first.slice(0, end)
}

/** Stands for the state of whichever step comes next. */
export const nextStep = "*next step*"

/**
 * What each event does by itself in each state. Every call is asked once per tail: where the outcomes differ by what is
 * left to run, they are the next step's doing, and what they have in common is the event's own.
 */
export const observe = (): ReadonlyArray<Row> => {
  const variants = tails.map(([, tail]) =>
    setups(tail).map((setup) => ({ ...setup, asked: probes(setup.call, tail).map((probe) => ask(setup.call, probe)) }))
  )
  const [[, tail] = ["", []]] = tails
  return setups(tail).flatMap(({ call, situation }, s) =>
    probes(call, tail).flatMap((probe, p): ReadonlyArray<Row> => {
      const results = variants.flatMap((variant) => variant[s]?.asked[p] ?? [])
      const [first] = results
      if (first === undefined) return []
      return [{
        state: Call.label(call),
        situation,
        probe,
        next: results.every((result) => result.next === first.next) ? first.next : nextStep,
        commands: shared(results.map((result) => result.commands)),
        ignored: first.ignored,
        assumes: first.assumes.filter((name) => results.every((result) => result.assumes.includes(name)))
      }]
    })
  )
}

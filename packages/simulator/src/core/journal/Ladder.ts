/**
 * The journal as a ladder: your app, the platform, the phone that was called and the other parties side by side, an
 * arrow for whatever passes between them.
 *
 * Events and commands are drawn from the few fields that a row of a table names. One that has no row, or lacks a field of
 * it, as those of another version may, is shown by its tag.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Call from "../call/Call.ts"
import type { CallCommand } from "../call/CallCommand.ts"
import type { CallEvent } from "../call/CallEvent.ts"
import { type LadderEntry, LadderRecord, Party, type Told } from "./LadderEntry.ts"

/** The columns, left to right. */
type Column = "app" | "platform" | "phone" | "other"

/**
 * One line: an arrow from a column to another, or a remark across all of them.
 *
 * @category models
 * @since 0.1.0
 */
export type Rung =
  | { readonly _tag: "Arrow"; readonly at: number; readonly from: Column; readonly to: Column; readonly label: string }
  | { readonly _tag: "Talk"; readonly at: number; readonly label: string }
  | { readonly _tag: "Remark"; readonly at: number; readonly label: string; readonly tone: "good" | "bad" | "plain" }

const short = (text: string): string => text.length > 4 ? `..${text.slice(-4)}` : text

/**
 * An endpoint in a word or two.
 *
 * @category formatting
 * @since 0.1.0
 */
export const party = ({ _tag, id, number, uri }: Party): string => {
  if (number !== undefined) return short(number)
  if (uri !== undefined) return uri.replace(/^sips?:/, "")
  return id === undefined ? _tag : `${_tag.toLowerCase()} ${short(id)}`
}

const pathOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/]+/, "") || "/"

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

const column = (legId: string): Column => legId === Call.callerLegId ? "phone" : "other"

/** The other parties share a column, so each of them is named. */
const who = (legId: string, does: string): string => legId === Call.callerLegId ? does : `${legId} ${does}`

const toCallee = (legId: string): string => legId === Call.callerLegId ? "" : `${legId} `

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** A rung before it is known when. */
type Undated<R> = R extends Rung ? Omit<R, "at"> : never
type Rungs = ReadonlyArray<Undated<Rung>>

const arrow = (from: Column, to: Column, label: string): Rungs => [{ _tag: "Arrow", from, to, label }]
const fromApp = (label: string): Rungs => arrow("app", "platform", label)
const toApp = (label: string): Rungs => arrow("platform", "app", label)
const fromLeg = (legId: string, does: string): Rungs => arrow(column(legId), "platform", who(legId, does))
const toLeg = (legId: string, label: string): Rungs => arrow("platform", column(legId), label)
const remark = (label: string, tone: "good" | "bad" | "plain" = "plain"): Rungs => [{ _tag: "Remark", tone, label }]

type Row = (told: Told) => Rungs

/** How one kind is drawn, by the fields that it is drawn from; without them it is drawn as one that is not known. */
const row = <A, I>(fields: Schema.Codec<A, I>, draw: (told: A) => Rungs): Row => {
  const read = Schema.decodeUnknownOption(fields)
  return (told) => Option.match(read(told), { onNone: () => remark(told._tag), onSome: draw })
}

const nothing: Row = () => []

const Leg = Schema.Struct({ legId: Schema.String })

const eventRows: Readonly<Record<CallEvent["_tag"], Row>> = {
  Originated: row(
    Schema.Struct({ kind: Schema.String }),
    ({ kind }) => kind === "Inbound" ? fromLeg(Call.callerLegId, "calls") : fromApp(`${kind.toLowerCase()} call`)
  ),
  LegRinging: row(Leg, ({ legId }) => fromLeg(legId, "rings")),
  LegAnswered: row(
    Schema.Struct({ ...Leg.fields, by: Schema.String }),
    ({ by, legId }) => fromLeg(legId, by === "Machine" ? "answers, a machine" : "answers")
  ),
  LegRejected: row(Schema.Struct({ ...Leg.fields, cause: Schema.String }), ({ cause, legId }) => fromLeg(legId, cause)),
  LegHungUp: row(
    Schema.Struct({ ...Leg.fields, cause: Schema.String }),
    ({ cause, legId }) => fromLeg(legId, cause === "NORMAL_CLEARING" ? "hangs up" : cause)
  ),
  DigitPressed: row(
    Schema.Struct({ ...Leg.fields, digit: Schema.String }),
    ({ digit, legId }) => fromLeg(legId, `presses ${digit}`)
  ),
  SpeechHeard: row(
    Schema.Struct({ ...Leg.fields, text: Schema.String }),
    ({ legId, text }) => fromLeg(legId, `says "${text}"`)
  ),
  WebhookReplied: row(
    Schema.Struct({
      reply: Schema.Struct({
        _tag: Schema.String,
        program: Schema.optionalKey(Schema.Array(Schema.Unknown)),
        ignored: Schema.optionalKey(Schema.Array(Schema.String))
      })
    }),
    ({ reply: { _tag, ignored = [], program } }) =>
      fromApp(
        program === undefined
          ? `${_tag} reply`
          : `${counted(program.length, "action")}${ignored.length === 0 ? "" : `, ${ignored.length} ignored`}`
      )
  ),
  WebhookFailed: row(Schema.Struct({ why: Schema.String }), ({ why }) => fromApp(`no reply: ${why}`)),
  TransferRequested: row(
    Schema.Struct({ program: Schema.Array(Schema.Struct({ _tag: Schema.String })) }),
    ({ program }) => fromApp(program[0]?._tag === "Consult" ? "warm transfer" : "transfer")
  ),
  HoldRequested: row(
    Schema.Struct({ hold: Schema.String }),
    ({ hold }) => fromApp(hold === "Toggle" ? "toggle hold" : `hold ${hold.toLowerCase()}`)
  ),
  HangupRequested: row(Schema.Struct({ by: Schema.String }), ({ by }) => by === "Api" ? fromApp("hangup") : []),
  StreamOpened: () => fromApp("stream open"),
  StreamFailed: row(Schema.Struct({ why: Schema.String }), ({ why }) => fromApp(`no stream: ${why}`)),
  StreamClosed: row(
    Schema.Struct({ by: Schema.String, code: Schema.Finite }),
    ({ by, code }) => fromApp(`stream closed, ${code} by ${by.toLowerCase()}`)
  ),
  StreamProgram: row(
    Schema.Struct({ program: Schema.Array(Schema.Unknown) }),
    ({ program }) => fromApp(`${program.length} actions`)
  ),
  StreamStopped: () => fromApp("stop stream"),
  StoredMissing: () => remark("no such stored pipeline or flow", "bad"),
  TimerFired: row(Schema.Struct({ timer: Schema.String }), ({ timer }) => remark(`time-out: ${timer}`)),
  PlaybackFinished: nothing,
  StoredFound: nothing
}

/** What a webhook tells, in a word or two: the outcome of input, or digits. */
const Notice = Schema.Struct({
  result: Schema.optionalKey(Schema.Struct({ status: Schema.String, entry: Schema.optionalKey(Schema.String) })),
  digits: Schema.optionalKey(Schema.String)
})

const noticed = ({ digits, result }: typeof Notice.Type): string => {
  if (result !== undefined) return [result.status, result.entry ?? ""].join(" ").trimEnd()
  return digits === "" ? "no digits" : digits ?? ""
}

const ending = (record: LadderRecord): Rungs =>
  remark(
    `${record.disposition.toLowerCase()}, ${record.hangupCause} by ${record.endedBy.toLowerCase()}`
      + (record.hangupReason === undefined ? "" : ` (${record.hangupReason})`)
      + (record.answeredAt === undefined ? "" : `, talked ${seconds(record.durationMs)}`),
    record.disposition === "Answered" ? "good" : "bad"
  )

const commandRows: Readonly<Record<CallCommand["_tag"], Row>> = {
  DialLeg: row(
    Schema.Struct({ ...Leg.fields, endpoint: Party }),
    ({ endpoint, legId }) => toLeg(legId, `dials ${toCallee(legId)}${party(endpoint)}`)
  ),
  AnswerLeg: row(Leg, ({ legId }) => toLeg(legId, "picks up")),
  HangUpLeg: row(
    Schema.Struct({ ...Leg.fields, cause: Schema.String }),
    ({ cause, legId }) => toLeg(legId, `lets ${toCallee(legId)}go, ${cause}`)
  ),
  BridgeLegs: () => [{ _tag: "Talk", label: "talking" }],
  HoldCall: () => remark("on hold"),
  ResumeCall: () => remark("off hold"),
  StartPlayback: row(
    Schema.Struct({
      prompt: Schema.Struct({ text: Schema.optionalKey(Schema.String), name: Schema.optionalKey(Schema.String) }),
      loop: Schema.Boolean
    }),
    ({ loop, prompt: { name, text } }) =>
      toLeg(
        Call.callerLegId,
        loop ? "waiting music" : text === undefined ? `plays ${name ?? ""}`.trimEnd() : `"${text}"`
      )
  ),
  Notify: row(
    Schema.Struct({ url: Schema.String, notice: Notice }),
    ({ notice, url }) => toApp(`${pathOf(url)} ${noticed(notice)}`.trimEnd())
  ),
  /** The path alone as far as its first part: what follows may be a token. */
  OpenStream: row(
    Schema.Struct({ stream: Schema.Struct({ url: Schema.String }) }),
    ({ stream }) => toApp(`opens stream ${pathOf(stream.url).split("/", 2).join("/")}`)
  ),
  CloseStream: row(Schema.Struct({ code: Schema.Finite }), ({ code }) => toApp(`closes stream, ${code}`)),
  StartRecording: () => remark("recording"),
  OpenInput: row(
    Leg,
    ({ legId }) => legId === Call.callerLegId ? [] : toLeg(legId, `asks ${legId} to press 1`)
  ),
  SettleTransfer: row(
    Schema.Struct({
      transfer: Schema.Struct({ status: Schema.String, reason: Schema.optionalKey(Schema.String) })
    }),
    ({ transfer: { reason, status } }) =>
      remark(
        `transfer ${status}${reason === undefined ? "" : `: ${reason}`}`,
        status === "completed" ? "good" : "bad"
      )
  ),
  WriteRecord: row(Schema.Struct({ record: LadderRecord }), ({ record }) => ending(record)),
  Ignored: row(
    Schema.Struct({ event: Schema.String, why: Schema.String }),
    ({ event, why }) => remark(`ignored ${event}: ${why}`)
  ),
  ReceiveLeg: nothing,
  StopPlayback: nothing,
  CloseInput: nothing,
  StopRecording: nothing,
  ArmTimer: nothing,
  DisarmTimer: nothing,
  LookUpStored: nothing
}

const byTag = (rows: Readonly<Record<string, Row>>): Row => {
  const known = new Map(Object.entries(rows))
  return (told) => known.get(told._tag)?.(told) ?? remark(told._tag)
}

const fromEvent = byTag(eventRows)
const fromCommand = byTag(commandRows)

const draft = (entry: LadderEntry): Rungs => {
  switch (entry._tag) {
    case "Turned":
      return [
        ...entry.event === undefined ? [] : fromEvent(entry.event),
        ...(entry.commands ?? []).flatMap(fromCommand)
      ]
    case "Broke":
      return remark(`the simulator broke on this call: ${entry.message ?? ""}`, "bad")
    case "Faulted":
      return remark(
        `fault ${entry.fault ?? ""}${entry.name === undefined ? "" : ` (${entry.name})`}: ${
          entry.operation ?? entry.webhook ?? "stream"
        }`,
        "bad"
      )
    case "Started":
    case "Requested":
    case "Refused":
    case "Delivered":
    case "Streamed":
    case "Acted":
    case "Scripted":
      return []
    case "StreamIgnored":
      return remark(`ignored a message on the stream${entry.note === undefined ? "" : `: ${entry.note}`}`)
    default:
      return remark(entry._tag)
  }
}

/**
 * The rungs of an entry; most turns have one or two, requests and deliveries none, since their turns show them.
 *
 * @category folding
 * @since 0.1.0
 */
export const rungs = (entry: LadderEntry): ReadonlyArray<Rung> =>
  draft(entry).map((rung) => ({ ...rung, at: entry.at }))

const columns: Readonly<Record<Column, number>> = { app: 11, platform: 32, phone: 55, other: 78 }
const width = 80

const put = (line: string, at: number, text: string): string =>
  line.slice(0, at).padEnd(at) + text + line.slice(at + text.length)

const lifelines = Object.values(columns).reduce((line, at) => put(line, at, "│"), " ".repeat(width))

const clip = (text: string, room: number): string => text.length <= room ? text : `${text.slice(0, room - 1)}…`

const span = (left: number, right: number, label: string, start: string, end: string, dash: string): string => {
  const room = right - left - 1
  const text = ` ${clip(label, room - 4)} `
  return start + text.padStart(text.length + 1, dash).padEnd(room - start.length - end.length, dash) + end
}

const draw = (rung: Rung): string => {
  switch (rung._tag) {
    case "Arrow": {
      const right = columns[rung.from] < columns[rung.to]
      const [left, end] = right ? [columns[rung.from], columns[rung.to]] : [columns[rung.to], columns[rung.from]]
      return put(lifelines, left + 1, span(left, end, rung.label, right ? "" : "◀", right ? "▶" : "", "─"))
    }
    case "Talk":
      return put(lifelines, columns.phone + 1, span(columns.phone, columns.other, rung.label, "", "", "═"))
    case "Remark":
      return put(lifelines, columns.app + 2, clip(` ${rung.label} `, width - columns.app - 4))
  }
}

const tones = { good: 32, bad: 31, plain: 2 } as const

const tint = (rung: Rung, line: string): string => {
  const code = rung._tag === "Talk" ? 36 : rung._tag === "Remark" ? tones[rung.tone] : undefined
  return code === undefined ? line : `\u001b[${code}m${line}\u001b[0m`
}

/**
 * The names over the columns.
 *
 * @category formatting
 * @since 0.1.0
 */
export const heading = (names: { readonly phone: string; readonly other: string }): string =>
  put(
    put(
      put(put(" ".repeat(width), columns.app - 4, "your app"), columns.platform - 4, "platform"),
      columns.phone - 4,
      names.phone
    ),
    columns.other - names.other.length + 2,
    names.other
  ).trimEnd()

/**
 * How lines are written: in colour or not, counting seconds from `originMs`, and with `tag`, if there is one, behind the
 * columns, to tell calls from each other.
 *
 * @category models
 * @since 0.1.0
 */
export interface LineOptions {
  readonly color: boolean
  readonly originMs: number
  readonly tag?: string
}

/**
 * A rung as a line of about 80 characters: the seconds from `originMs`, then the columns.
 *
 * @category formatting
 * @since 0.1.0
 */
export const render = (rung: Rung, { color, originMs, tag }: LineOptions): string => {
  const drawn = put(draw(rung), 0, ((rung.at - originMs) / 1000).toFixed(3).padStart(8))
  const line = (tag === undefined ? drawn : put(drawn, width + 2, tag)).trimEnd()
  return color ? tint(rung, line) : line
}

/**
 * An entry as lines, one for each of its rungs.
 *
 * @category formatting
 * @since 0.1.0
 */
export const lines = (entry: LadderEntry, options: LineOptions): ReadonlyArray<string> =>
  rungs(entry).map((rung) => render(rung, options))

const legLine = (leg: LadderRecord["legs"][number]): string =>
  [
    "   ",
    leg.legId.padEnd(9),
    party(leg.endpoint).padEnd(12),
    leg.disposition.toLowerCase().padEnd(10),
    (leg.answeredAt === undefined ? "" : seconds(leg.durationMs)).padStart(7),
    "  ",
    leg.hangupCause
  ].join(" ").trimEnd()

/**
 * What a record says of legs and input, below the ladder: a line each.
 *
 * @category formatting
 * @since 0.1.0
 */
export const recordLines = (record: LadderRecord): ReadonlyArray<string> => [
  ...record.legs.map(legLine),
  ...record.inputs.map((input) => `    input     ${input.entry ?? "-"} (${input.status})`)
]

/**
 * The journal as a ladder: your app, the platform, the phone that was called and the other parties side by side, an
 * arrow for whatever passes between them.
 */
import * as Call from "../call/Call.ts"
import type { CallCommand, InputNotice } from "../call/CallCommand.ts"
import type { CallEvent } from "../call/CallEvent.ts"
import type { CallRecord, TransferRecord } from "../call/CallRecord.ts"
import type { Endpoint, Prompt } from "../pcmo/Program.ts"
import type { Entry } from "./Entry.ts"

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
export const party = (endpoint: Endpoint): string => {
  switch (endpoint._tag) {
    case "Pstn":
      return short(endpoint.number)
    case "Sip":
      return endpoint.uri.replace(/^sips?:/, "")
    case "Agent":
      return `agent ${short(endpoint.id)}`
  }
}

const words = (prompt: Prompt): string => prompt._tag === "Say" ? `"${prompt.text}"` : `plays ${prompt.name}`

const result = ({ result }: InputNotice): string =>
  result.entry === undefined ? result.status : `${result.status} ${result.entry}`

const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/]+/, "") || "/"

const column = (legId: string): Column => legId === Call.callerLegId ? "phone" : "other"

/** The other parties share a column, so each of them is named. */
const who = (legId: string, does: string): string => legId === Call.callerLegId ? does : `${legId} ${does}`

const toCallee = (legId: string): string => legId === Call.callerLegId ? "" : `${legId} `

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const ending = (at: number, record: CallRecord): Rung => ({
  _tag: "Remark",
  at,
  tone: record.disposition === "Answered" ? "good" : "bad",
  label: `${record.disposition.toLowerCase()}, ${record.hangupCause} by ${record.endedBy.toLowerCase()}`
    + (record.hangupReason === undefined ? "" : ` (${record.hangupReason})`)
    + (record.answeredAt === undefined ? "" : `, talked ${seconds(record.durationMs)}`)
})

const settled = (at: number, { reason, status }: TransferRecord): Rung => ({
  _tag: "Remark",
  at,
  tone: status === "completed" ? "good" : "bad",
  label: `transfer ${status}${reason === undefined ? "" : `: ${reason}`}`
})

const fromEvent = (event: CallEvent): ReadonlyArray<Rung> => {
  const { at } = event
  const arrow = (from: Column, to: Column, label: string): ReadonlyArray<Rung> => [
    { _tag: "Arrow", at, from, to, label }
  ]
  switch (event._tag) {
    case "Originated":
      return arrow("app", "platform", `${event.kind.toLowerCase()} call`)
    case "LegRinging":
      return arrow(column(event.legId), "platform", who(event.legId, "rings"))
    case "LegAnswered":
      return arrow(
        column(event.legId),
        "platform",
        who(event.legId, event.by === "Machine" ? "answers, a machine" : "answers")
      )
    case "LegRejected":
      return arrow(column(event.legId), "platform", who(event.legId, event.cause))
    case "LegHungUp":
      return arrow(
        column(event.legId),
        "platform",
        who(event.legId, event.cause === "NORMAL_CLEARING" ? "hangs up" : event.cause)
      )
    case "DigitPressed":
      return arrow(column(event.legId), "platform", who(event.legId, `presses ${event.digit}`))
    case "SpeechHeard":
      return arrow(column(event.legId), "platform", who(event.legId, `says "${event.text}"`))
    case "WebhookReplied":
      return arrow(
        "app",
        "platform",
        event.reply._tag === "NewProgram" ? `${event.reply.program.length} actions` : `${event.reply._tag} reply`
      )
    case "WebhookFailed":
      return arrow("app", "platform", `no reply: ${event.why}`)
    case "TransferRequested":
      return arrow("app", "platform", event.program[0]?._tag === "Consult" ? "warm transfer" : "transfer")
    case "HangupRequested":
      return event.by === "Api" ? arrow("app", "platform", "hangup") : []
    case "StoredMissing":
      return [{ _tag: "Remark", at, tone: "bad", label: "no such stored pipeline or flow" }]
    case "TimerFired":
      return [{ _tag: "Remark", at, tone: "plain", label: `time-out: ${event.timer}` }]
    case "PlaybackFinished":
    case "StoredFound":
      return []
  }
}

const fromCommand = (at: number, command: CallCommand): ReadonlyArray<Rung> => {
  const arrow = (to: Column, label: string): ReadonlyArray<Rung> => [
    { _tag: "Arrow", at, from: "platform", to, label }
  ]
  switch (command._tag) {
    case "DialLeg":
      return arrow(column(command.legId), `dials ${toCallee(command.legId)}${party(command.endpoint)}`)
    case "HangUpLeg":
      return arrow(column(command.legId), `lets ${toCallee(command.legId)}go, ${command.cause}`)
    case "BridgeLegs":
      return [{ _tag: "Talk", at, label: "talking" }]
    case "StartPlayback":
      return arrow("phone", command.loop ? "waiting music" : words(command.prompt))
    case "Notify":
      return arrow("app", `${pathOf(command.url)} ${result(command.notice)}`)
    case "StartRecording":
      return [{ _tag: "Remark", at, tone: "plain", label: "recording" }]
    case "OpenInput":
      return command.legId === Call.callerLegId ? [] : arrow("other", `asks ${command.legId} to press 1`)
    case "SettleTransfer":
      return [settled(at, command.transfer)]
    case "WriteRecord":
      return [ending(at, command.record)]
    case "Ignored":
      return [{ _tag: "Remark", at, tone: "plain", label: `ignored ${command.event}: ${command.why}` }]
    case "StopPlayback":
    case "CloseInput":
    case "StopRecording":
    case "ArmTimer":
    case "DisarmTimer":
    case "LookUpStored":
      return []
  }
}

/**
 * The rungs of an entry; most entries have one or two, some none.
 *
 * @category folding
 * @since 0.1.0
 */
export const rungs = (entry: Entry): ReadonlyArray<Rung> =>
  entry._tag === "Turned"
    ? [...fromEvent(entry.event), ...entry.commands.flatMap((command) => fromCommand(entry.at, command))]
    : []

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
 * A rung as a line of about 80 characters: the seconds from `originMs`, then the columns.
 *
 * @category formatting
 * @since 0.1.0
 */
export const render = (rung: Rung, options: { readonly color: boolean; readonly originMs: number }): string => {
  const line = put(draw(rung), 0, ((rung.at - options.originMs) / 1000).toFixed(3).padStart(8)).trimEnd()
  return options.color ? tint(rung, line) : line
}

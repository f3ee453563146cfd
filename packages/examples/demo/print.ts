/** How the demo looks: a title, a ladder that grows as the call goes on, the record at its end. */
import { type CallRecord, type Entry, Ladder } from "@effect-piopiy/simulator"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const color = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined

const styled = (code: number) => (text: string): string => color ? `\u001b[${code}m${text}\u001b[0m` : text
const bold = styled(1)
const dim = styled(2)
const green = styled(32)
const red = styled(31)

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export const title = (index: number, text: string, phone: string): Effect.Effect<void> =>
  Console.log(`\n${bold(`${index}. ${text}`)}\n\n${dim(Ladder.heading({ phone, other: "others" }))}`)

/** Prints the entry's rungs as they come, times counted from the call's own start. */
export const ladder = (startedAt: () => number) => (entry: Entry.Entry): Effect.Effect<void> =>
  Effect.forEach(
    Ladder.rungs(entry),
    (rung) => Console.log(Ladder.render(rung, { color, originMs: startedAt() })),
    { discard: true }
  )

const legLine = (leg: CallRecord.LegRecord): string =>
  [
    "   ",
    leg.legId.padEnd(9),
    Ladder.party(leg.endpoint).padEnd(12),
    leg.disposition.toLowerCase().padEnd(10),
    (leg.answeredAt === undefined ? "" : seconds(leg.durationMs)).padStart(7),
    "  ",
    leg.hangupCause
  ].join(" ").trimEnd()

export const record = (record: CallRecord.CallRecord, unmet: ReadonlyArray<string>): Effect.Effect<void> =>
  Console.log([
    "",
    `  ${bold("Record")} ${record.callId}`,
    ...record.legs.map(legLine),
    ...record.inputs.map((input) => `    input     ${input.entry ?? "-"} (${input.status})`),
    unmet.length === 0 ? green("  ended as expected") : red(`  not as expected: ${unmet.join("; ")}`)
  ].join("\n"))

/** Both voices over time with the latencies below, as the simulator draws them, and where to listen to them. */
export const conversation = (timeline: string, recording: string): Effect.Effect<void> =>
  Console.log([
    "",
    `  ${bold("Conversation")}`,
    ...timeline.trimEnd().split("\n").map((line) => `  ${line}`.trimEnd()),
    `  recording: ${recording}`
  ].join("\n"))

export const around = (url: string, appUrl: string): Effect.Effect<void> =>
  Console.log([
    "",
    bold("Look around"),
    `  calls     ${url}/_sim/calls`,
    `  journal   ${url}/_sim/journal`,
    `  API       ${url}/v3   (token: sim-token)`,
    `  older API ${url}/v2   (app id: 1000001, secret: sim-secret)`,
    `  its pages ${url}/_sim/docs`,
    `  your app  ${appUrl}`,
    "",
    dim("Serving until Ctrl-C.")
  ].join("\n"))

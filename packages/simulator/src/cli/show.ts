/** How calls look on a terminal: a ladder as long as the call lasts, then its record. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { EntryJson } from "../core/journal/EntryJson.ts"
import * as Ladder from "../core/journal/Ladder.ts"
import * as LadderEntry from "../core/journal/LadderEntry.ts"

/** Whether standard output shows colours. */
export const color = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined

const styled = (code: number) => (text: string, color: boolean): string =>
  color ? `\u001b[${code}m${text}\u001b[0m` : text
const bold = styled(1)
const dim = styled(2)
const green = styled(32)
const red = styled(31)

type Lines = ReadonlyArray<string>

/** Prints lines, if there are any. */
export const print = (lines: Lines): Effect.Effect<void> =>
  lines.length === 0 ? Effect.void : Console.log(lines.join("\n"))

/** How a run came out, in six characters. */
export const outcome = (isPassed: boolean, color: boolean): string =>
  isPassed ? green("ok    ", color) : red("FAILED", color)

/** Says something beside what is printed. */
export const note = (text: string): Effect.Effect<void> => Console.error(`piopiy-sim: ${text}`)

/** An interruption cannot be turned into a failure, so the exit code is left where the process will find it. */
export const stoppedEarly = Effect.sync(() => {
  process.exitCode = 1
})

const originOf = Schema.decodeUnknownOption(
  Schema.TaggedStruct("Originated", { callerId: Schema.String, to: Schema.String, kind: Schema.String })
)

const recordLines = (entry: EntryJson, color: boolean): Lines => {
  const record = LadderEntry.recordOf(entry)
  return record === undefined ? [] : ["", `  ${bold("Record", color)} ${record.callId}`, ...Ladder.recordLines(record)]
}

const names = (phone: string, color: boolean): string => dim(Ladder.heading({ phone, other: "others" }), color)

/**
 * One call: fed its entries in order, it gives the lines of each, counting time from the first. That may be a fault of the
 * request that placed it, which waits for the heading.
 */
export const call = (color: boolean): (entry: EntryJson) => Lines => {
  let startedAt: number | undefined
  let waiting: Lines = []
  return (entry) => {
    startedAt ??= entry.at
    const lines = [...waiting, ...Ladder.lines(entry, { color, originMs: startedAt })]
    waiting = entry._tag === "Faulted" && entry.callId === undefined ? lines : []
    if (waiting.length > 0) return []
    return [
      ...Option.match(originOf(entry.event), {
        onNone: () => [],
        onSome: ({ callerId, kind, to }) => [names(kind === "Inbound" ? callerId : to, color)]
      }),
      ...lines,
      ...recordLines(entry, color)
    ]
  }
}

/** The names over the columns of {@link calls}. */
export const heading = (color: boolean): string => names("phone", color)

/** Many calls at once, counting time from `originMs`: each line ends with the last four characters of its call's id. */
export const calls = (originMs: number, color: boolean) => (entry: EntryJson): Lines => {
  if (entry.callId === undefined) return Ladder.lines(entry, { color, originMs })
  const tag = entry.callId.slice(-4)
  const start = Option.match(originOf(entry.event), {
    onNone: () => [],
    onSome: ({ callerId, to }) => [
      dim(`${" ".repeat(13)}${tag} is ${entry.callId}, from ${callerId} to ${to}`, color)
    ]
  })
  return [...start, ...Ladder.lines(entry, { color, originMs, tag })]
}

/**
 * A recorded journal: fed its entries in order, it gives the whole ladder of a call with the entry that ends it. `rest`
 * gives those that never ended. Runs that follow each other in one file, and tenants, are kept apart.
 */
export const recorded = (color: boolean) => {
  const open = new Map<string, { readonly show: (entry: EntryJson) => Lines; readonly lines: Array<string> }>()
  /** What befell requests that have led to nothing yet, by tenant and request. */
  const befallen = new Map<string, EntryJson>()
  const unfinished = ["", "  No record: the journal ends before the call does"]

  const rest = (isOf: (key: string) => boolean): Lines => {
    const left = [...open].filter(([key]) => isOf(key))
    for (const [key] of left) open.delete(key)
    return left.flatMap(([, { lines }]) => ["", ...lines, ...unfinished])
  }

  const add = (entry: EntryJson): Lines => {
    const ofTenant = (key: string): boolean => key.startsWith(`${entry.tenant}\n`)
    if (entry._tag === "Started") {
      for (const key of [...befallen.keys()].filter(ofTenant)) befallen.delete(key)
      return rest(ofTenant)
    }
    const key = `${entry.tenant}\n${entry.callId}`
    const request = `${entry.tenant}\n${entry.causedBy}`
    if (entry._tag === "Faulted" && entry.callId === undefined) befallen.set(request, entry)
    const isOf = entry._tag === "Turned" || entry._tag === "Broke" || (entry._tag === "Faulted" && open.has(key))
    if (!isOf) return []
    const found = open.get(key) ?? { show: call(color), lines: [] }
    const fault = open.has(key) ? undefined : befallen.get(request)
    if (fault !== undefined) {
      befallen.delete(request)
      found.lines.push(...found.show(fault))
    }
    found.lines.push(...found.show(entry))
    open.set(key, found)
    if (!LadderEntry.endsCall(entry)) return []
    open.delete(key)
    return ["", ...found.lines]
  }

  return { add, rest: () => rest(() => true) }
}

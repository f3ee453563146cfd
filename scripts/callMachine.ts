/**
 * The page about the call machine, told by the machine itself: representative calls are brought into each state, meet
 * each event, and what comes of it is written down.
 *
 * `node scripts/callMachine.ts` writes `docs/call-machine.md`; with `--check` it compares, and exits with 1 when the
 * page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Call from "../packages/simulator/src/core/call/Call.ts"
import { CallEvent } from "../packages/simulator/src/core/call/CallEvent.ts"
import { answered, nextStep, observe, type Row, tails } from "./callMachineRows.ts"

/** Where the page is kept. */
export const pagePath = join(import.meta.dirname, "..", "docs", "call-machine.md")

const eventTags: ReadonlyArray<string> = CallEvent.members.map((member) => member.fields._tag.schema.literal)

const distinct = <A>(items: Iterable<A>): ReadonlyArray<A> => [...new Set(items)]

const groupBy = <A>(
  items: ReadonlyArray<A>,
  key: (item: A) => string
): ReadonlyArray<readonly [string, ReadonlyArray<A>]> => [
  ...Map.groupBy(items, key)
]

const states = (all: ReadonlyArray<Row>): ReadonlyArray<string> => distinct(all.map((row) => row.state))

/** How a step shows when it begins: where the program goes on after what is left to run was loaded. */
const stepStates = (): ReadonlyArray<readonly [state: string, steps: string]> =>
  groupBy(tails.map(([name, tail]) => ({ name, state: Call.label(answered(tail)) })), ({ state }) => state)
    .map(([state, steps]) => [state, steps.map(({ name }) => name).join(", ")])

/** What holds in every state of a running call is said once, and left out of the picture. */
const everywhere = (all: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const running = states(all).filter((state) => !["New", "Calling", "Ended"].includes(state))
  return all.filter((row) =>
    row.state === running[0] && row.ignored === undefined && row.next !== row.state
    && running.every((state) =>
      all.filter((other) => other.state === state && other.probe.title === row.probe.title)
        .every((other) => other.next === row.next)
      && all.some((other) => other.state === state && other.probe.title === row.probe.title)
    )
  )
}

const diagram = (all: ReadonlyArray<Row>): string => {
  const common = new Set(everywhere(all).map((row) => row.probe.title))
  const edges = all.filter((row) =>
    row.ignored === undefined && row.next !== row.state
    && (["New", "Calling"].includes(row.state) || !common.has(row.probe.title))
  )
  const name = (state: string): string => state === "New" ? "[*]" : state === nextStep ? "step" : state
  return [
    "```mermaid",
    "stateDiagram-v2",
    "  state step <<choice>>",
    ...groupBy(edges, (row) => `  ${name(row.state)} --> ${name(row.next)}`).map(([arrow, rows]) =>
      `${arrow} : ${distinct(rows.map((row) => row.probe.happening._tag)).join(", ")}`
    ),
    ...stepStates().map(([state, steps]) => `  step --> ${state} : ${steps}`),
    "  Ended --> [*]",
    "```"
  ].join("\n")
}

const matrix = (all: ReadonlyArray<Row>): string => {
  const columns = states(all)
  const cell = (state: string, event: string): string => {
    const met = all.filter((row) =>
      row.state === state && row.probe.happening._tag === event && row.ignored === undefined
    )
    return met.length === 0 ? "." : distinct(met.map((row) => row.next === state ? "stays" : row.next)).join(", ")
  }
  return [
    `| Event | ${columns.join(" | ")} |`,
    `| --- |${columns.map(() => " --- |").join("")}`,
    ...eventTags.map((event) => `| ${event} | ${columns.map((state) => cell(state, event)).join(" | ")} |`)
  ].join("\n")
}

/** Neighbours that are the same are told once, with their number. */
const squeeze = (commands: ReadonlyArray<string>): string =>
  commands.length === 0
    ? ""
    : commands.reduce<ReadonlyArray<readonly [string, number]>>((squeezed, command) => {
      const last = squeezed.at(-1)
      return last?.[0] === command
        ? [...squeezed.slice(0, -1), [command, last[1] + 1]]
        : [...squeezed, [command, 1]]
    }, []).map(([command, times]) => times === 1 ? command : `${command} x${times}`).join(", ")

/** Events that are ignored alike in every state from the placing to the end. */
const alwaysIgnored = (all: ReadonlyArray<Row>): ReadonlyMap<string, string> => {
  const between = states(all).filter((state) => !["New", "Ended"].includes(state))
  const titles = groupBy(all.filter((row) => between.includes(row.state)), (row) => row.probe.title)
  return new Map(titles.flatMap(([title, rows]) => {
    const [first] = rows
    const alike = distinct(rows.map((row) => row.state)).length === between.length
      && rows.every((row) => row.ignored !== undefined && row.ignored === first?.ignored)
    return alike && first?.ignored !== undefined ? [[title, first.ignored] as const] : []
  }))
}

const ignoredList = (ignored: ReadonlyArray<readonly [title: string, why: string]>): ReadonlyArray<string> =>
  groupBy(ignored, ([, why]) => why).map(([why, of]) =>
    `- \`${why}\`: ${distinct(of.map(([title]) => title)).join("; ")}`
  )

const section = (state: string, all: ReadonlyArray<Row>): string => {
  const mine = all.filter((row) => row.state === state)
  const always = alwaysIgnored(all)
  const told = groupBy(
    mine.filter((row) => row.ignored === undefined),
    (row) => JSON.stringify([row.probe.title, row.next, row.commands, row.assumes])
  )
  const reasons = distinct(mine.map((row) => row.ignored))
  const ignored = mine.flatMap((row) =>
    row.ignored === undefined || always.get(row.probe.title) === row.ignored
      ? []
      : [[row.probe.title, row.ignored] as const]
  )
  /** The situations that a row is about; none when they make no difference to that event. */
  const when = (rows: ReadonlyArray<Row>): string => {
    const asked = distinct(mine.map((row) => row.situation))
    const met = distinct(mine.filter((row) => row.probe.title === rows[0]?.probe.title).map((row) => row.situation))
    const these = distinct(rows.map((row) => row.situation))
    return these.length === asked.length || (these.length === met.length && met.length > 1) ? "" : these.join("; ")
  }
  const order = (rows: ReadonlyArray<Row>): number => eventTags.indexOf(rows[0]?.probe.happening._tag ?? "")
  const table = told.toSorted(([, a], [, b]) => order(a) - order(b)).map(([, rows]) => {
    const [row] = rows
    const next = row?.next === state ? "stays" : row?.next ?? ""
    const assumed = (row?.assumes ?? []).map((name) => `\`${name}\``).join(", ")
    return `| ${row?.probe.title ?? ""} | ${when(rows)} | ${next} | ${squeeze(row?.commands ?? [])} | ${assumed} |`
  })
  return [
    `### ${state}`,
    "",
    ...(table.length === 0
      ? []
      : ["| Event | When | Then | Commands | Rests on |", "| --- | --- | --- | --- | --- |", ...table, ""]),
    ...(reasons.length === 1
      ? [`Every event is ignored: \`${reasons[0]}\`.`, ""]
      : reasons.length === 2 && state === "New"
      ? [`Any other event is ignored: \`${reasons.find((why) => why !== undefined)}\`.`, ""]
      : ["Ignored:", "", ...ignoredList(ignored), ""])
  ].join("\n")
}

/** The whole page. */
export const page = (): string => {
  const all = observe()
  return [
    "# The call machine",
    "",
    "Written by `node scripts/callMachine.ts`, which brings representative calls into each state and lets them meet each",
    "event. A test fails when this page and the machine disagree; run the script to bring it up to date.",
    "",
    "## In one picture",
    "",
    diagram(all),
    "",
    "In every state from the answer to the end, and so left out of the picture:",
    "",
    ...everywhere(all).map((row) => `- ${row.probe.title} -> ${row.next}`),
    "",
    `Where it says ${nextStep} or *step*, the program goes on, and the state is that of the step that comes next:`,
    "",
    ...stepStates().map(([state, steps]) => `- ${state}: ${steps}`),
    "",
    "`param`, `record` and `stream` take no time, so no state is theirs.",
    "",
    "## In one table",
    "",
    "What an event may lead to. A dot stands for an event that is always ignored in that state.",
    "",
    matrix(all),
    "",
    "## State by state",
    "",
    `Commands are those of the event itself; where the program goes on, those of the ${nextStep} follow. *Rests on* names the`,
    "assumptions that the outcome is journalled with.",
    "",
    "Ignored in every state from the placing to the end, and not repeated below:",
    "",
    ...ignoredList([...alwaysIgnored(all)]),
    "",
    ...states(all).map((state) => section(state, all))
  ].join("\n").trimEnd() + "\n"
}

const main = (check: boolean): void => {
  if (!check) return writeFileSync(pagePath, page())
  if (readFileSync(pagePath, "utf8") === page()) return
  process.stderr.write("docs/call-machine.md is stale: run `node scripts/callMachine.ts`\n")
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"))

/** What is looked for among the turns of calls: whom they reached, what was played and pressed, how they ended. */
import type { CallRecord } from "../call/CallRecord.ts"
import * as Calls from "./Calls.ts"
import type { ExpectationOf } from "./Expectation.ts"
import * as likeness from "./likeness.ts"
import * as phrase from "./phrase.ts"
import type { Sighting, Sought } from "./Sought.ts"

type Milestone = "rang" | "answered" | "bridged"

const did: Readonly<Record<Milestone, string>> = { rang: "rang", answered: "answered", bridged: "was bridged" }

const didNot: Readonly<Record<Milestone, string>> = {
  rang: "did not ring",
  answered: "did not answer",
  bridged: "was not bridged"
}

/** How far a leg has come. */
const furthest = (leg: Calls.Leg): readonly [string, Calls.Seen] => {
  if (leg.answered !== undefined) return [did.answered, leg.answered]
  if (leg.rang !== undefined) return [did.rang, leg.rang]
  return [leg.calledIn ? "called in" : "was dialed", leg.began]
}

/** A SIP user goes by its user part, too. */
const namesOf = ({ endpoint }: Calls.Leg): ReadonlyArray<string> => {
  const name = Calls.nameOf(endpoint)
  return endpoint._tag === "Sip" ? [name, name.replace(/@.*$/, "")] : [name]
}

const unlike = (number: string, leg: Calls.Leg): likeness.Difference | undefined => {
  const differences = namesOf(leg).map((name) => likeness.between(Calls.plain(number), name))
  return differences.includes(undefined) ? undefined : differences.toSorted((a, b) => (a?.by ?? 0) - (b?.by ?? 0))[0]
}

const seen = (
  callId: string,
  { at, seq }: Calls.Seen,
  what: string,
  differs: likeness.Difference | undefined
): Sighting => ({
  at,
  seq,
  callId,
  what,
  ...(differs === undefined ? {} : { differs })
})

const legs = (calls: Calls.Calls, number: string, milestone: Milestone): ReadonlyArray<Sighting> =>
  [...calls.values()].flatMap(({ callId, legs }) =>
    [...legs.values()].map((leg) => {
      const reached = leg[milestone]
      const [what, last] = reached === undefined ? furthest(leg) : [did[milestone], reached]
      const cause = leg.over === undefined ? "" : `, ${leg.over.cause}`
      const missing = reached === undefined ? likeness.difference(1, `${didNot[milestone]}${cause}`) : undefined
      return seen(
        callId,
        last,
        `${Calls.nameOf(leg.endpoint)} ${what}`,
        likeness.all([unlike(number, leg), missing])
      )
    })
  )

/**
 * @category looking
 * @since 0.1.0
 */
export const rang = ({ number, times }: ExpectationOf<"Rang">, calls: Calls.Calls): Sought => ({
  subject: number,
  to: "ring",
  did: "rang",
  nothing: "nobody was dialed at all",
  ...(times === undefined ? {} : { times }),
  sightings: legs(calls, number, "rang")
})

/**
 * @category looking
 * @since 0.1.0
 */
export const answered = ({ number }: ExpectationOf<"Answered">, calls: Calls.Calls): Sought => ({
  subject: number,
  to: "answer",
  did: "answered",
  nothing: "nobody was dialed at all",
  sightings: legs(calls, number, "answered")
})

/**
 * @category looking
 * @since 0.1.0
 */
export const bridgedTo = ({ number }: ExpectationOf<"BridgedTo">, calls: Calls.Calls): Sought => ({
  subject: "a caller",
  to: `be bridged to ${number}`,
  did: `was bridged to ${number}`,
  nothing: "nobody was dialed at all",
  sightings: legs(calls, number, "bridged")
})

/**
 * @category looking
 * @since 0.1.0
 */
export const heardPrompt = ({ text }: ExpectationOf<"HeardPrompt">, calls: Calls.Calls): Sought => {
  const unlikeText = (spoken: string) => {
    if (spoken.includes(text)) return undefined
    return spoken.toLowerCase().includes(text.toLowerCase())
      ? likeness.difference(1, "differs in upper and lower case")
      : likeness.between(text, spoken)
  }
  return {
    subject: "a caller",
    to: `hear ${phrase.value(text)}`,
    did: `heard ${phrase.value(text)}`,
    nothing: "no prompt was played at all",
    sightings: [...calls.values()].flatMap(({ callId, turns }) =>
      turns.flatMap((turn) =>
        turn.commands.flatMap((command) => {
          if (command._tag !== "StartPlayback") return []
          const { prompt } = command
          return prompt._tag === "Say"
            ? [seen(callId, turn, `a caller heard ${phrase.value(prompt.text)}`, unlikeText(prompt.text))]
            : [seen(callId, turn, `a caller heard ${phrase.value(prompt.name)}`, likeness.between(text, prompt.name))]
        })
      )
    )
  }
}

/** Keys that were pressed at one question, or before the first. */
interface Run extends Calls.Seen {
  readonly digits: string
}

const runsOf = ({ turns }: Calls.Call): ReadonlyMap<string, ReadonlyArray<Run>> => {
  const runs = new Map<string, Array<Run>>()
  const asked = new Set<string>()
  for (const { at, commands, event, seq } of turns) {
    if (event._tag === "DigitPressed") {
      const of = runs.get(event.legId) ?? []
      const last = asked.delete(event.legId) ? undefined : of.pop()
      of.push({ at, seq, digits: (last?.digits ?? "") + event.digit })
      runs.set(event.legId, of)
    }
    for (const command of commands) if (command._tag === "OpenInput") asked.add(command.legId)
  }
  return runs
}

/** Runs that follow each other and together are the keys, as one. */
const joined = (runs: ReadonlyArray<Run>, digits: string): ReadonlyArray<Run> =>
  runs.flatMap((_, first) => {
    let keys = ""
    for (const { at, digits: next, seq } of runs.slice(first)) {
      const isLater = keys !== ""
      keys += next
      if (isLater && keys === digits) return [{ at, seq, digits }]
      if (keys.length >= digits.length) return []
    }
    return []
  })

/**
 * @category looking
 * @since 0.1.0
 */
export const pressed = ({ digits }: ExpectationOf<"Pressed">, calls: Calls.Calls): Sought => ({
  subject: "somebody",
  to: `press ${digits}`,
  did: `pressed ${digits}`,
  nothing: "no key was pressed at all",
  sightings: [...calls.values()].flatMap((call) =>
    [...runsOf(call)].flatMap(([legId, runs]) => {
      const leg = call.legs.get(legId)
      const who = leg === undefined ? legId : Calls.nameOf(leg.endpoint)
      return [...runs, ...joined(runs, digits)].map((run) =>
        seen(call.callId, run, `${who} pressed ${run.digits}`, likeness.between(digits, run.digits))
      )
    })
  )
})

const how = ({ disposition, endedBy, hangupCause }: CallRecord): string =>
  `${disposition}, ${hangupCause} by ${endedBy}`

/**
 * @category looking
 * @since 0.1.0
 */
export const ended = ({ by, cause, disposition }: ExpectationOf<"Ended">, calls: Calls.Calls): Sought => {
  const unlikeRecord = (record: CallRecord) => {
    const other = (what: string, expected: string | undefined, actual: string) =>
      expected === undefined || expected === actual
        ? undefined
        : likeness.difference(1, `${what} ${actual} instead of ${expected}`)
    return likeness.all([
      other("cause", cause, record.hangupCause),
      other("by", by, record.endedBy),
      other("disposition", disposition, record.disposition)
    ])
  }
  const wanted = [
    ...disposition === undefined ? [] : [`as ${disposition}`],
    ...cause === undefined ? [] : [`with ${cause}`],
    ...by === undefined ? [] : [`by ${by}`]
  ].join(" ")
  return {
    subject: "a call",
    to: `end ${wanted}`.trimEnd(),
    did: `ended ${wanted}`.trimEnd(),
    nothing: "there was no call",
    sightings: [...calls.values()].map(({ callId, isBroken, record, turns }): Sighting => {
      if (record !== undefined) {
        return seen(callId, record, `ended as ${how(record.of)}`, unlikeRecord(record.of))
      }
      const last = turns.at(-1) ?? { at: 0, seq: 0 }
      const why = isBroken ? "the simulator broke on it" : "it goes on"
      return seen(callId, last, `was ${turns.at(-1)?.to ?? "not begun"}`, likeness.difference(2, why))
    })
  }
}

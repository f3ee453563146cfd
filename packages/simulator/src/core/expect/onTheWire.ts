/** What is looked for between the app and the platform: webhooks, refusals, faults. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Delivered, Entry, Faulted, Refused, Requested } from "../journal/Entry.ts"
import type { ExpectationOf } from "./Expectation.ts"
import * as likeness from "./likeness.ts"
import * as phrase from "./phrase.ts"
import type { Sighting, Sought } from "./Sought.ts"
import * as subset from "./subset.ts"

type Entries = ReadonlyArray<Entry>

const differing = (differs: likeness.Difference | undefined): Pick<Sighting, "differs"> =>
  differs === undefined ? {} : { differs }

const pathOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/?#]+/i, "") || "/"

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

/** Paths of a body that are told when they differ. */
const toldPaths = 3

const unlikeBody = (expected: unknown, body: string | undefined): likeness.Difference | undefined => {
  if (expected === undefined) return undefined
  if (body === undefined) return likeness.difference(2, "its body is not known")
  return Result.match(parse(body), {
    onFailure: () =>
      likeness.difference(
        2,
        `the journal has the first ${body.length} characters of its body alone, too few to compare`
      ),
    onSuccess: (json) => {
      const all = subset.missing(expected, json)
      const told = all.map(({ actual, expected, path }) =>
        `${path === "" ? "body" : path} is ${phrase.value(actual)} instead of ${phrase.value(expected)}`
      )
      return all.length === 0 ? undefined : likeness.difference(all.length, ...phrase.some(told, toldPaths))
    }
  })
}

const isTaken = ({ status = 0 }: Delivered): boolean => status >= 200 && status < 300

const unlikeUrl = (expected: string | undefined, url: string): likeness.Difference | undefined =>
  expected === undefined || (expected.startsWith("/") ? pathOf(url) : url).startsWith(expected)
    ? undefined
    : likeness.difference(2, "to another URL")

const untaken = (delivered: Delivered): likeness.Difference | undefined =>
  isTaken(delivered)
    ? undefined
    : likeness.difference(
      1,
      delivered.status === undefined ? `not delivered: ${delivered.outcome}` : `answered ${delivered.status}`
    )

/**
 * @category looking
 * @since 0.1.0
 */
export const webhookDelivered = (expectation: ExpectationOf<"WebhookDelivered">, entries: Entries): Sought => {
  const { body, notice, times, url } = expectation
  const what = `${notice === undefined ? "a webhook" : `a webhook of kind ${notice}`}${
    url === undefined ? "" : ` to ${url}`
  }`
  const withBody = body === undefined ? "" : ` with ${phrase.value(body)}`
  return {
    subject: what,
    to: `be delivered${withBody}`,
    did: `was delivered${withBody}`,
    nothing: "no webhook was sent at all",
    ...(times === undefined ? {} : { times }),
    sightings: entries.flatMap((entry): ReadonlyArray<Sighting> => {
      if (entry._tag !== "Delivered") return []
      const { attempt, callId, seq } = entry
      const again = attempt === 1 ? "" : `, attempt ${attempt}`
      return [{
        at: entry.at - entry.durationMs,
        seq,
        callId,
        what: `${entry.notice._tag} to ${phrase.clip(entry.url, 60)}${again}`,
        ...differing(likeness.all([
          notice === undefined || notice === entry.notice._tag ? undefined : likeness.difference(3, "of another kind"),
          unlikeUrl(url, entry.url),
          untaken(entry),
          unlikeBody(body, entry.body)
        ]))
      }]
    })
  }
}

const unlikeOperation = (expected: string | undefined, operation: string): likeness.Difference | undefined =>
  expected === undefined || operation === expected || operation.endsWith(` ${expected}`)
    ? undefined
    : likeness.difference(2, "another operation")

const isRequested = (entry: Entry): entry is Requested => entry._tag === "Requested"

const refusedAs = ({ error, field, status }: Refused): string =>
  `${status} ${error}${field === undefined ? "" : ` for ${field}`}`

/**
 * @category looking
 * @since 0.1.0
 */
export const refused = (expectation: Omit<ExpectationOf<"Refused">, "_tag">, entries: Entries): Sought => {
  const { error, operation } = expectation
  const refusals = entries.flatMap((entry) => entry._tag === "Refused" ? [entry] : [])
  const unlikely = new Set(refusals.map(({ causedBy }) => causedBy))
  const code = error === undefined ? "" : ` with ${error}`
  return {
    subject: operation === undefined ? "a request" : `a request of ${operation}`,
    to: `be refused${code}`,
    did: `was refused${code}`,
    nothing: "there was no request at all",
    sightings: [
      ...refusals.map((entry): Sighting => ({
        at: entry.at,
        seq: entry.seq,
        what: `${entry.operation} was refused with ${refusedAs(entry)}`,
        ...differing(likeness.all([
          unlikeOperation(operation, entry.operation),
          error === undefined || error === entry.error || error === String(entry.status)
            ? undefined
            : likeness.difference(1, "another error")
        ]))
      })),
      ...entries.filter(isRequested).filter(({ seq }) => !unlikely.has(seq)).map((entry): Sighting => ({
        at: entry.at,
        seq: entry.seq,
        what: entry.operation,
        ...differing(
          likeness.all([unlikeOperation(operation, entry.operation), likeness.difference(1, "it was not refused")])
        )
      }))
    ]
  }
}

const ruleOf = ({ faultId, name }: Faulted): string => name ?? faultId

/**
 * @category looking
 * @since 0.1.0
 */
export const faultFired = ({ name }: ExpectationOf<"FaultFired">, entries: Entries): Sought => ({
  subject: `fault ${phrase.value(name)}`,
  to: "fire",
  did: "fired",
  nothing: "no fault fired at all",
  sightings: entries.flatMap((entry): ReadonlyArray<Sighting> => {
    if (entry._tag !== "Faulted") return []
    const { at, callId, fault, faultId, operation, seq, webhook } = entry
    return [{
      at,
      seq,
      ...(callId === undefined ? {} : { callId }),
      what: `fault ${phrase.value(ruleOf(entry))} (${fault}) befell ${operation ?? webhook ?? "a stream"}`,
      ...differing(name === faultId ? undefined : likeness.between(name, ruleOf(entry)))
    }]
  })
})

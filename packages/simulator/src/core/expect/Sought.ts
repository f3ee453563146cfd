/** Something that is looked for among what happened: whether it was found, and what came nearest. */
import type * as Calls from "./Calls.ts"
import * as likeness from "./likeness.ts"
import * as phrase from "./phrase.ts"
import * as Scope from "./Scope.ts"

/**
 * Something that happened: what was expected, unless it `differs`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sighting extends Calls.Seen {
  readonly callId?: string
  /** In words, without when and where: "919840007101 rang". */
  readonly what: string
  readonly differs?: likeness.Difference
}

/**
 * What is looked for, in the words of a sentence: the `subject`, expected `to` do something, which it `did`; and what there
 * is to be said when there is `nothing` like it. Without `times`, once or more often.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sought {
  readonly subject: string
  readonly to: string
  readonly did: string
  readonly nothing: string
  readonly times?: number
  readonly sightings: ReadonlyArray<Sighting>
}

/**
 * What came of an expectation. `head` tells it, `anchors` are what it tells of. When it `isMoot` there was nothing to be
 * judged, so that the contrary is not shown either.
 *
 * @category models
 * @since 0.1.0
 */
export interface Finding {
  readonly pass: boolean
  readonly isMoot?: boolean
  readonly head: ReadonlyArray<string>
  readonly anchors: ReadonlyArray<Anchor>
}

/**
 * What a message tells of.
 *
 * @category models
 * @since 0.1.0
 */
export interface Anchor extends Calls.Seen {
  readonly callId?: string
}

/**
 * There was nothing to be judged.
 *
 * @category constructors
 * @since 0.1.0
 */
export const moot = (expected: string, why: string, ...more: ReadonlyArray<string>): Finding => ({
  pass: false,
  isMoot: true,
  head: [`expected ${expected}`, `but ${why}`, ...more.map((line) => `  ${line}`)],
  anchors: []
})

/** Sightings that are told, of those that are as expected, and of others. */
const told = { matching: 3, near: 3, differences: 4 }
/** Longer ones take more than one line. */
const longestMiss = 110

/**
 * Where in the run something was.
 *
 * @category formatting
 * @since 0.1.0
 */
export const where = (calls: Calls.Calls, { at, callId }: Omit<Anchor, "seq">): string => {
  const call = callId === undefined ? undefined : calls.get(callId)
  return `at ${phrase.moment(at)}${call === undefined ? "" : ` in call ${call.place}`}`
}

/** How far off something is at most that is told beside what was found: another call, and still the same person. */
const besideFound = 2

interface Placed {
  readonly sighting: Sighting
  readonly off: likeness.Difference | undefined
}

/** On one line what differs in one way, and is short. */
const missed = (calls: Calls.Calls, { off, sighting }: Placed): ReadonlyArray<string> => {
  const [first, ...more] = off?.how ?? []
  const seen = `nearest: ${sighting.what}, ${where(calls, sighting)}`
  return first === undefined || more.length > 0 || seen.length + first.length > longestMiss
    ? [seen, ...phrase.some(off?.how ?? [], told.differences).map((how) => `  ${how}`)]
    : [`${seen}: ${first}`]
}

/**
 * What came nearest: all that came equally near.
 */
const nearest = (placed: ReadonlyArray<Placed>, isFound: boolean): ReadonlyArray<Placed> => {
  const by = placed.reduce(
    (least, { off }) => Math.min(least, off?.by ?? least),
    isFound ? besideFound : Number.POSITIVE_INFINITY
  )
  return placed.filter(({ off }) => off?.by === by).slice(0, told.near)
}

/**
 * Looks for it. The nearest misses are told when it was not found, or not often enough.
 *
 * @category judging
 * @since 0.1.0
 */
export const find = (sought: Sought, scope: Scope.Scope, calls: Calls.Calls): Finding => {
  const { did, nothing, sightings, subject, times, to } = sought
  const placed = sightings.map((sighting): Placed => ({
    sighting,
    off: likeness.all([sighting.differs, ...Scope.outside(scope, sighting)])
  }))
  const found = placed.flatMap(({ off, sighting }) => off === undefined ? [sighting] : [])
  const near = nearest(placed, found.length > 0)
  const pass = times === undefined ? found.length > 0 : found.length === times
  const isTooOften = times !== undefined && found.length > times
  const wheres = phrase.listed(phrase.some(found.map((one) => where(calls, one)), told.matching))
  const happened = found.length === 0
    ? `it never happened that ${subject} ${did}`
    : `${subject} ${did} ${phrase.times(found.length)}, ${wheres}`
  if (pass) return { pass, head: [`${happened}${scope.words}`], anchors: found }
  const wanted = times === 0 ? `not to ${to}` : `to ${to}${times === undefined ? "" : ` ${phrase.times(times)}`}`
  const expected = `expected ${subject} ${wanted}${scope.words}`
  if (isTooOften) {
    const each = found.map((one) => `  ${one.what}, ${where(calls, one)}`)
    return {
      pass,
      head: [expected, `but it ${did} ${phrase.times(found.length)}`, ...phrase.some(each, told.matching)],
      anchors: found
    }
  }
  const but = sightings.length === 0 ? nothing : found.length === 0 ? "that did not happen" : happened
  return {
    pass,
    head: [expected, `but ${but}`, ...near.flatMap((one) => missed(calls, one))],
    anchors: [...found, ...near.map(({ sighting }) => sighting)]
  }
}

/** Whether a run came to what was expected, in words that a person can act on. */
import * as Calls from "./Calls.ts"
import type { Evidence } from "./Evidence.ts"
import type { Expectation } from "./Expectation.ts"
import * as onCalls from "./onCalls.ts"
import * as onStreams from "./onStreams.ts"
import * as onTheWhole from "./onTheWhole.ts"
import * as onTheWire from "./onTheWire.ts"
import * as phrase from "./phrase.ts"
import * as Scope from "./Scope.ts"
import { find, type Finding, moot } from "./Sought.ts"
import * as surroundings from "./surroundings.ts"

/**
 * `message` says what was expected, what happened instead and what came nearest, or, when it passed, what happened; below
 * that the journal around it, twenty lines at most. When it `isMoot` there was nothing to be judged, as on a call that does not
 * exist: it has not passed, and neither has the contrary.
 *
 * @category models
 * @since 0.1.0
 */
export interface Verdict {
  readonly pass: boolean
  readonly message: string
  readonly isMoot?: boolean
}

/** Lines before the journal. */
const mostHead = 18

const judge = (expectation: Expectation, evidence: Evidence, calls: Calls.Calls, scope: Scope.Scope): Finding => {
  const { entries } = evidence
  switch (expectation._tag) {
    case "Rang":
      return find(onCalls.rang(expectation, calls), scope, calls)
    case "Answered":
      return find(onCalls.answered(expectation, calls), scope, calls)
    case "BridgedTo":
      return find(onCalls.bridgedTo(expectation, calls), scope, calls)
    case "HeardPrompt":
      return find(onCalls.heardPrompt(expectation, calls), scope, calls)
    case "Pressed":
      return find(onCalls.pressed(expectation, calls), scope, calls)
    case "Ended":
      return find(onCalls.ended(expectation, calls), scope, calls)
    case "WebhookDelivered":
      return find(onTheWire.webhookDelivered(expectation, entries), scope, calls)
    case "FaultFired":
      return find(onTheWire.faultFired(expectation, entries), scope, calls)
    case "Refused":
      return find(onTheWire.refused(expectation, entries), scope, calls)
    case "NotRefused":
      return find({ ...onTheWire.refused(expectation, entries), times: 0 }, scope, calls)
    case "CallerHeard":
      return onStreams.callerHeard(expectation, scope, calls, evidence)
    case "SilentWithin":
      return onStreams.silentWithin(expectation, scope, calls, evidence)
    case "TurnLatencyBelow":
      return onStreams.turnLatencyBelow(expectation, scope, calls, evidence)
    case "NothingRangTwice":
      return onTheWhole.nothingRangTwice(expectation, scope, calls)
    case "NoAssumptions":
      return onTheWhole.noAssumptions(expectation, scope, calls, entries)
  }
}

const problemOf = ({ _tag, call }: Expectation, { problem }: Scope.Scope): Scope.Scope["problem"] =>
  call !== undefined && (_tag === "Refused" || _tag === "NotRefused")
    ? ["the journal does not tell for which call a request was refused: leave the call out"]
    : problem

/** What is shown by nothing of a kind having happened, or by nothing further. */
const isOfAll = (expectation: Expectation): boolean =>
  expectation._tag === "NothingRangTwice" || expectation._tag === "NoAssumptions" || expectation._tag === "NotRefused"
  || ("times" in expectation && expectation.times !== undefined)

/** A journal that forgot some of what happened shows nothing about all of it. */
const unlessForgotten = (finding: Finding, expectation: Expectation, { forgotten = 0 }: Evidence): Finding =>
  finding.pass && forgotten > 0 && isOfAll(expectation)
    ? moot(
      `${expectation._tag} to hold for all that happened`,
      `the journal has no room for ${forgotten} older entries: raise maxEntries`
    )
    : finding

/**
 * Holds an expectation against what a run left behind.
 *
 * @category judging
 * @since 0.1.0
 */
export const check = (expectation: Expectation, evidence: Evidence): Verdict => {
  const calls = Calls.fold(evidence.entries)
  const scope = Scope.of(expectation, calls)
  const problem = problemOf(expectation, scope)
  const finding = problem === undefined
    ? unlessForgotten(judge(expectation, evidence, calls, scope), expectation, evidence)
    : moot(`${expectation._tag}${scope.words}`, ...problem)
  const { anchors, head, isMoot = false, pass } = finding
  const below = surroundings.render(evidence.entries, calls, anchors, scope)
  const lines = [...head.slice(0, mostHead), ...below.length === 0 ? [] : ["", ...below]]
  return {
    pass,
    message: lines.map(phrase.line).join("\n"),
    ...(isMoot ? { isMoot } : {})
  }
}

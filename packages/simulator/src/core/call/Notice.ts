/** Everything that the platform sends to a customer's URLs. */
import type { ReportAssumption } from "../journal/Assumption.ts"
import type { Question } from "./CallCommand.ts"
import type { Cdr } from "./Cdr.ts"
import type { Envelope } from "./Envelope.ts"
import type { LiveEvent } from "./LiveEvent.ts"

/**
 * What is told without waiting for a reply.
 *
 * @category models
 * @since 0.1.0
 */
export type Report = LiveEvent | Cdr | Envelope

/**
 * What is asked, and what is told.
 *
 * @category models
 * @since 0.1.0
 */
export type Notice = Question | Report

/**
 * Whether nobody waits for a reply to it.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isReport = (notice: Notice): notice is Report =>
  notice._tag === "Event" || notice._tag === "Record" || notice._tag === "Envelope"

const assumed: Readonly<Record<Report["_tag"], ReadonlyArray<ReportAssumption>>> = {
  Event: ["live-event-order"],
  Record: ["record-order", "record-time-and-rate"],
  Envelope: ["envelope-of-current-api"]
}

/**
 * What a report rests on.
 *
 * @category getters
 * @since 0.1.0
 */
export const assumptionsOf = (report: Report): ReadonlyArray<ReportAssumption> => {
  const moment = report._tag === "Event" ? report.moment : undefined
  if (moment === "HungUp") return ["live-event-order", "hangup-event-name"]
  if (moment === "StreamConnected" || moment === "StreamDisconnected") return ["stream-event-leg"]
  return assumed[report._tag]
}

/**
 * Why legs and calls end, in the spelling of the switch behind the platform.
 *
 * The platform documents `NORMAL_CLEARING` and `BUSY`; the rest is `assumed` from the switch that it is built on.
 */

/** A cause, any upper-case name; whoever hangs up through the API may send others. */
export type HangupCause = string

/** One side ended the call in the ordinary way. The name is documented; that a party's hangup produces it is assumed. */
export const normalClearing = "NORMAL_CLEARING"
/** The number is engaged (assumed). */
export const userBusy = "USER_BUSY"
/** It rang until the ring timeout (assumed). */
export const noAnswer = "NO_ANSWER"
/** The person declined (assumed). */
export const callRejected = "CALL_REJECTED"
/** No such number (assumed). */
export const unallocatedNumber = "UNALLOCATED_NUMBER"
/** The phone is off or out of reach, or an agent has no worker (assumed). */
export const destinationOutOfOrder = "DESTINATION_OUT_OF_ORDER"
/** The account may not call this number (assumed). */
export const outgoingCallBarred = "OUTGOING_CALL_BARRED"
/** The network failed (assumed). */
export const networkOutOfOrder = "NETWORK_OUT_OF_ORDER"
/** The calling side gave up while it rang (assumed). */
export const originatorCancel = "ORIGINATOR_CANCEL"
/** Another endpoint answered first (assumed). */
export const loseRace = "LOSE_RACE"
/** The maximum duration ran out (assumed). */
export const allottedTimeout = "ALLOTTED_TIMEOUT"
/** The call went on to another pipeline, and this leg was left behind (assumed). */
export const blindTransfer = "BLIND_TRANSFER"
/** A warm transfer was taken over, and this leg was left behind (assumed). */
export const attendedTransfer = "ATTENDED_TRANSFER"
/** The call had no instructions to go on with (assumed). */
export const temporaryFailure = "NORMAL_TEMPORARY_FAILURE"
/** The platform stopped (assumed). */
export const systemShutdown = "SYSTEM_SHUTDOWN"

/**
 * What came of a call or leg, for whoever counts.
 *
 * @category models
 * @since 0.1.0
 */
export type Disposition = "Answered" | "Missed" | "Busy" | "Failed" | "Canceled"

/** The other name of engaged, which whoever hangs up through the API may send (documented). */
const busy = "BUSY"

const byCause: Readonly<Record<string, Disposition>> = {
  [userBusy]: "Busy",
  [busy]: "Busy",
  [noAnswer]: "Missed",
  [callRejected]: "Missed",
  [unallocatedNumber]: "Failed",
  [destinationOutOfOrder]: "Failed",
  [outgoingCallBarred]: "Failed",
  [networkOutOfOrder]: "Failed",
  [temporaryFailure]: "Failed"
}

/**
 * An answered leg is `Answered` however it ended; an unanswered one is told apart by its cause, and one that somebody
 * gave up on is `Canceled`.
 *
 * @category folding
 * @since 0.1.0
 */
export const disposition = (answered: boolean, cause: HangupCause): Disposition =>
  answered ? "Answered" : Object.hasOwn(byCause, cause) ? byCause[cause] ?? "Canceled" : "Canceled"

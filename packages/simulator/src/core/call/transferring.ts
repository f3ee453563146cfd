/** What becomes of a transfer: it is in progress until it reaches somebody, fails for a reason, or the call ends. */
import type { EndedBy } from "./CallEvent.ts"
import type { TransferReason, TransferRecord } from "./CallRecord.ts"
import * as HangupCause from "./HangupCause.ts"
import * as turn from "./turn.ts"

/** How many transfers a record keeps, the newest. */
const transfersCap = 500

const byCause: Readonly<Record<string, TransferReason>> = {
  [HangupCause.userBusy]: "busy",
  [HangupCause.noAnswer]: "no_answer",
  [HangupCause.callRejected]: "rejected",
  [HangupCause.unallocatedNumber]: "invalid_number",
  [HangupCause.destinationOutOfOrder]: "unreachable",
  [HangupCause.outgoingCallBarred]: "call_barred"
}

const reasonOf = (cause: string): TransferReason =>
  Object.hasOwn(byCause, cause) ? byCause[cause] ?? "network_error" : "network_error"

/** From now on the transfer is in progress. */
export const begin = (t: turn.Turn, requestId: string): void => turn.update(t, { transfer: { requestId } })

const settle = (t: turn.Turn, outcome: Pick<TransferRecord, "status" | "reason">): void => {
  const { transfer: running, ...call } = t.call
  if (running === undefined) return
  const transfer: TransferRecord = { requestId: running.requestId, at: t.at, ...outcome }
  t.call = { ...call, transfers: [...call.transfers, transfer].slice(-transfersCap) }
  turn.emit(t, { _tag: "SettleTransfer", transfer })
}

/** An endpoint of the transfer is out. The last one to be out gives the reason, should the transfer fail. */
export const failedWith = (t: turn.Turn, cause: string): void => {
  const { transfer } = t.call
  if (transfer === undefined) return
  turn.assume(t, "transfer-reason-by-cause")
  turn.update(t, { transfer: { ...transfer, failure: reasonOf(cause) } })
}

/** The transfer fails, and the call goes on. */
export const fail = (t: turn.Turn): void =>
  settle(t, { status: "failed", reason: t.call.transfer?.failure ?? "network_error" })

const dropRetained = (t: turn.Turn, cause: HangupCause.HangupCause): void => {
  if (t.call.retainedLegId !== undefined) turn.hangUpLeg(t, t.call.retainedLegId, cause)
}

/** Somebody has answered: whoever was kept on the line is let go, and the transfer is completed. */
export const reached = (t: turn.Turn, cause: HangupCause.HangupCause): void => {
  dropRetained(t, cause)
  settle(t, { status: "completed" })
}

/** The new pipeline needs the caller's ear: whoever was kept is let go, and the transfer is over either way. */
export const callerListens = (t: turn.Turn): void => {
  dropRetained(t, HangupCause.blindTransfer)
  if (t.call.transfer === undefined) return
  turn.assume(t, "transfer-settled-by-prompt")
  if (t.call.transfer.failure === undefined) settle(t, { status: "completed" })
  else fail(t)
}

/** The call ends: a transfer in progress ends with it. */
export const endedWithCall = (t: turn.Turn, ending: { readonly cause: string; readonly by: EndedBy }): void => {
  const { transfer } = t.call
  if (transfer === undefined) return
  if (transfer.failure !== undefined) {
    return settle(t, { status: "failed", reason: `${transfer.failure}_and_call_ended` })
  }
  if (ending.by === "Pipeline" && ending.cause !== HangupCause.temporaryFailure) {
    turn.assume(t, "transfer-settled-by-prompt")
    return settle(t, { status: "completed" })
  }
  turn.assume(t, "transfer-abandoned")
  settle(t, { status: "failed", reason: "no_answer_and_call_ended" })
}

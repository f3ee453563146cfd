/** How the transfers of a tenant stand: those in progress, and for a while those that have settled. */
import type { TransferRecord } from "../core/call/CallRecord.ts"

/**
 * How long a transfer that has settled is remembered: 15 minutes. Source: telecmi/pipecat-piopiy 0.1.0 (documented).
 *
 * @category constants
 * @since 0.1.0
 */
export const keptMs = 15 * 60_000

/**
 * A transfer. `settled` is absent while it is in progress.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transfer {
  readonly requestId: string
  readonly callId: string
  readonly settled?: TransferRecord
}

/**
 * The transfers by request id, in two books: settling moves one to the end of the second, so that its oldest is first.
 *
 * @category models
 * @since 0.1.0
 */
export interface TransferBook {
  readonly running: Map<string, Transfer>
  readonly settled: Map<string, Transfer & { readonly settled: TransferRecord }>
}

/**
 * Nothing yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): TransferBook => ({ running: new Map(), settled: new Map() })

/**
 * A transfer is in progress from now on.
 *
 * @category booking
 * @since 0.1.0
 */
export const begin = (book: TransferBook, requestId: string, callId: string): void => {
  book.running.set(requestId, { requestId, callId })
}

const isOver = ({ settled }: { readonly settled: TransferRecord }, nowMs: number): boolean =>
  nowMs - settled.at >= keptMs

/**
 * A transfer has settled. Those whose time is over are forgotten on the way.
 *
 * @category booking
 * @since 0.1.0
 */
export const settle = (book: TransferBook, callId: string, settled: TransferRecord): void => {
  const { requestId } = settled
  book.running.delete(requestId)
  book.settled.set(requestId, { requestId, callId, settled })
  for (const [oldest, transfer] of book.settled) {
    if (!isOver(transfer, settled.at)) break
    book.settled.delete(oldest)
  }
}

/**
 * The engine broke on a call: its transfer never settles.
 *
 * @category booking
 * @since 0.1.0
 */
export const forget = (book: TransferBook, requestId: string): void => {
  book.running.delete(requestId)
}

/**
 * The transfer, unless it is unknown or its time is over.
 *
 * @category booking
 * @since 0.1.0
 */
export const find = (book: TransferBook, requestId: string, nowMs: number): Transfer | undefined => {
  const found = book.settled.get(requestId)
  if (found === undefined) return book.running.get(requestId)
  return isOver(found, nowMs) ? undefined : found
}

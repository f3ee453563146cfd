/**
 * Everything that a tenant sends to its customer's URLs: questions that a call waits for, and reports of what happened,
 * which no call ever waits for. Each attempt is journalled.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Call } from "../core/call/Call.ts"
import type { CommandOf } from "../core/call/CallCommand.ts"
import type { CallRecord } from "../core/call/CallRecord.ts"
import * as Cdr from "../core/call/Cdr.ts"
import * as Envelope from "../core/call/Envelope.ts"
import * as LiveEvent from "../core/call/LiveEvent.ts"
import { assumptionsOf, isReport, type Notice, type Report } from "../core/call/Notice.ts"
import { Account } from "./Account.ts"
import { Journal } from "./Journal.ts"
import * as Lane from "./Lane.ts"
import { type Scheduled, Timeline } from "./Timeline.ts"
import { type Receipt, WebhookPort } from "./WebhookPort.ts"

/**
 * Where a tenant's reports go: `events` as calls go on, `cdr` when a call has ended, `envelope` in the assumed form of
 * the current API. Those without a URL are not sent. With `signingSecret` everything that goes out is signed, which is
 * the simulator's own: the platform signs nothing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Webhooks {
  readonly events?: string
  readonly cdr?: string
  readonly envelope?: string
  readonly signingSecret?: Redacted.Redacted<string>
}

/**
 * The way out.
 *
 * Questions have a lane for each origin, 16 under way and 256 waiting; reports one for each URL, 16 under way and 4096
 * waiting, so that a receiver that is dead or slow holds up neither calls nor other receivers. Beyond that a delivery
 * fails with `QueueFull`. Reports of one call reach one URL in order, each after the one before was answered or failed.
 *
 * A report is taken with any 2xx. A record that was not is sent again after 5, 10 and 15 minutes, and then no more; 10,000
 * may wait for that.
 *
 * @category services
 * @since 0.1.0
 */
export class Outbox extends Context.Service<Outbox, {
  /** Asks for a call, and hands over what comes of it. */
  readonly ask: (
    callId: string,
    question: CommandOf<"Notify">,
    causedBy: number,
    settled: (receipt: Receipt) => void
  ) => void
  /** Reports what one event changed. `record` is there when the call has ended with it. */
  readonly turned: (before: Call, after: Call, record: CallRecord | undefined, causedBy: number) => void
  /**
   * Gives up questions and records that wait for another attempt, lets reports go out for two seconds at most, and gives
   * up the rest. What is given up is journalled as `Stopped`.
   */
  readonly stop: Effect.Effect<void>
}>()("@effect-piopiy/simulator/Outbox") {}

/** Deliveries under way in one lane at a time. */
const underWay = 16
/** Questions that may wait in one lane. */
const questionsWaiting = 256
/** Reports that may wait in one lane. */
const reportsWaiting = 4096
/** Records that may wait for another attempt. */
const recordsWaiting = 10_000
/** How long reports may take to go out when the outbox stops. */
const grace = "2 seconds"

interface Delivery {
  readonly callId: string
  readonly causedBy: number
  readonly deliveryId: string
  readonly url: string
  readonly notice: Notice
  readonly attempt: number
}

const failed = (why: Extract<Receipt, { readonly _tag: "Failed" }>["why"]): Receipt => ({ _tag: "Failed", why })

/** Lanes by their destination, and the fibers of what is under way in them. */
const makeLanes = (limits: Lane.Limits) =>
  Effect.gen(function*() {
    const fibers = yield* FiberSet.make<void>()
    const fork = yield* FiberSet.runtime(fibers)()
    const lanes = new Map<string, Lane.Lane>()
    return {
      /** Sends it when its turn comes, unless the lane is full or cleared before. */
      offer: (
        destination: string,
        key: string,
        job: { readonly send: Effect.Effect<void>; readonly drop: () => void }
      ): boolean => {
        const lane = lanes.get(destination) ?? Lane.make(limits)
        lanes.set(destination, lane)
        const run = (done: () => void): void => {
          const leave = Effect.sync(() => {
            done()
            if (Lane.isIdle(lane)) lanes.delete(destination)
          })
          fork(Effect.ensuring(job.send, leave))
        }
        return Lane.offer(lane, { key, run, drop: job.drop })
      },
      settled: FiberSet.awaitEmpty(fibers),
      stop: Effect.suspend(() => {
        for (const lane of lanes.values()) Lane.clear(lane)
        return FiberSet.clear(fibers)
      })
    }
  })

const make = (webhooks: Webhooks) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const journal = yield* Journal
    const account = yield* Account
    const port = yield* WebhookPort
    const questions = yield* makeLanes({ running: underWay, total: underWay + questionsWaiting })
    const reports = yield* makeLanes({ running: underWay, total: underWay + reportsWaiting })
    const again = new Map<Scheduled, Delivery>()
    const { cdr, envelope, events, signingSecret } = webhooks
    const { originEpochMs } = timeline
    const signing = signingSecret === undefined ? {} : { signingSecret }
    let sent = 0
    let stopping = false

    const write = (delivery: Delivery, receipt: Receipt, durationMs: number): void => {
      const { body, replyText, status } = receipt
      const { notice } = delivery
      journal.append({
        _tag: "Delivered",
        ...delivery,
        durationMs,
        ...(status === undefined ? {} : { status }),
        outcome: receipt._tag === "Failed" ? receipt.why : isReport(notice) ? "Taken" : receipt.reply._tag,
        ...(body === undefined ? {} : { body }),
        ...(replyText === undefined ? {} : { replyText }),
        ...(isReport(notice) ? { assumes: assumptionsOf(notice) } : {})
      })
    }

    const send = (
      lanes: typeof questions,
      destination: string,
      key: string,
      delivery: Delivery,
      settled: (receipt: Receipt) => void
    ): void => {
      const { notice, url } = delivery
      const settle = (receipt: Receipt, sentAt: number): void => {
        write(delivery, receipt, timeline.nowMs() - sentAt)
        settled(receipt)
      }
      const leave = (why: "Stopped" | "QueueFull"): void => settle(failed(why), timeline.nowMs())
      const sendNow = Effect.suspend(() => {
        const sentAt = timeline.nowMs()
        return port.deliver({ url, notice, originEpochMs, ...signing }).pipe(
          Effect.map((receipt) => settle(receipt, sentAt)),
          Effect.onInterrupt(() => Effect.sync(() => settle(failed("Stopped"), sentAt)))
        )
      })
      const taken = lanes.offer(destination, key, { send: sendNow, drop: () => leave("Stopped") })
      if (!taken) leave("QueueFull")
    }

    const sendReport = (delivery: Delivery): void =>
      send(reports, delivery.url, delivery.callId, delivery, (receipt) => {
        if (delivery.notice._tag === "Record" && receipt._tag === "Failed") retry(delivery)
      })

    const retry = (delivery: Delivery): void => {
      const delayMs = Cdr.attemptDelaysMs[delivery.attempt]
      if (delayMs === undefined || stopping) return
      const next = { ...delivery, attempt: delivery.attempt + 1 }
      if (again.size >= recordsWaiting) return write(next, failed("QueueFull"), 0)
      const scheduled = timeline.at(timeline.nowMs() + delayMs, "record is sent again", () => {
        again.delete(scheduled)
        sendReport(next)
      })
      again.set(scheduled, next)
    }

    const report = (url: string, notices: ReadonlyArray<Report>, causedBy: number): void => {
      for (const notice of notices) {
        sent += 1
        const deliveryId = `${notice._tag.toLowerCase()}${sent}`
        sendReport({ callId: notice.callId, causedBy, deliveryId, url, notice, attempt: 1 })
      }
    }

    const turned = (before: Call, after: Call, record: CallRecord | undefined, causedBy: number): void => {
      if (events !== undefined) report(events, LiveEvent.between(before, after, account.appId), causedBy)
      if (envelope !== undefined) {
        report(envelope, Envelope.between(before, after, record, timeline.nowMs()), causedBy)
      }
      if (cdr !== undefined && record !== undefined) {
        report(cdr, Cdr.of(record, { appId: account.appId, balance: account.balance() }), causedBy)
      }
    }

    const giveUpRetries = Effect.sync(() => {
      stopping = true
      for (const [scheduled, delivery] of again) {
        timeline.cancel(scheduled)
        write(delivery, failed("Stopped"), 0)
      }
      again.clear()
    })

    /** Stopping must not wait for a clock that stands still, so the grace is real time. */
    const withinGrace = Effect.interruptible(reports.settled).pipe(
      Effect.timeoutOption(grace),
      Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
    )

    const isSilent = events === undefined && cdr === undefined && envelope === undefined
    return Outbox.of({
      ask: (callId, { deliveryId, notice, url }, causedBy, settled) =>
        send(
          questions,
          URL.parse(url)?.origin ?? url,
          `${callId}/${deliveryId}`,
          { callId, causedBy, deliveryId, url, notice, attempt: 1 },
          settled
        ),
      turned: isSilent ? () => undefined : turned,
      stop: giveUpRetries.pipe(
        Effect.andThen(questions.stop),
        Effect.andThen(withinGrace),
        Effect.andThen(reports.stop)
      )
    })
  })

/**
 * An outbox that reports to the given URLs.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (webhooks: Webhooks): Layer.Layer<Outbox, never, Timeline | Journal | Account | WebhookPort> =>
  Layer.effect(Outbox, make(webhooks))

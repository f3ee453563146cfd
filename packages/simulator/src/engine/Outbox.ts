/**
 * Everything that a tenant sends to its customer's URLs: questions that a call waits for, and reports of what happened,
 * which no call ever waits for. Each attempt is journalled, also one that a fault befalls.
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
import type { WebhookFault } from "../core/fault/Fault.ts"
import { Account } from "./Account.ts"
import { Faults } from "./Faults.ts"
import { Journal } from "./Journal.ts"
import * as Lane from "./Lane.ts"
import { pause } from "./pause.ts"
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
   * Gives up questions, records that wait for another attempt and whatever a fault holds back, lets reports go out for
   * two seconds at most, and gives up the rest. What is given up is journalled as `Stopped`.
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

/** How long the answer to a question that got lost is waited for: as long as for one that nobody answers. */
const lostMs = 5000
/** How long a webhook that is out of order waits for another one to go before it. */
const overtakenMs = 5000

/** A webhook as the journal tells of it, and the numbers of its call. */
interface Delivery {
  readonly told: {
    readonly callId: string
    readonly causedBy: number
    readonly deliveryId: string
    readonly url: string
    readonly notice: Notice
    readonly attempt: number
  }
  readonly numbers: ReadonlyArray<string>
}

/** The lane that a delivery takes, and with which others it keeps its order there. */
interface Way {
  readonly lanes: Effect.Success<ReturnType<typeof makeLanes>>
  readonly destination: string
  readonly key: string
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
    const faults = yield* Faults
    const questions = yield* makeLanes({ running: underWay, total: underWay + questionsWaiting })
    const reports = yield* makeLanes({ running: underWay, total: underWay + reportsWaiting })
    /** What waits for a moment to come, and what is to be done with it when the outbox stops before. */
    const waiting = new Map<Scheduled, () => void>()
    let records = 0
    /** What is to go out after the next one to a URL. */
    const overtaken = new Map<string, Set<() => void>>()
    const { cdr, envelope, events, signingSecret } = webhooks
    const { originEpochMs } = timeline
    const signing = signingSecret === undefined ? {} : { signingSecret }
    let sent = 0
    let stopping = false

    const write = ({ told }: Delivery, receipt: Receipt, durationMs: number): void => {
      const { body, replyText, status } = receipt
      const { notice } = told
      journal.append({
        _tag: "Delivered",
        ...told,
        durationMs,
        ...(status === undefined ? {} : { status }),
        outcome: receipt._tag === "Failed" ? receipt.why : isReport(notice) ? "Taken" : receipt.reply._tag,
        ...(body === undefined ? {} : { body }),
        ...(replyText === undefined ? {} : { replyText }),
        ...(isReport(notice) ? { assumes: assumptionsOf(notice) } : {})
      })
    }

    const later = (delayMs: number, label: string, run: () => void, giveUp: () => void): Scheduled => {
      const scheduled = timeline.at(timeline.nowMs() + delayMs, label, () => {
        waiting.delete(scheduled)
        run()
      })
      waiting.set(scheduled, giveUp)
      return scheduled
    }

    /** Sends one, and afterwards what it was to overtake. */
    const sendWith = (
      way: Way,
      delivery: Delivery,
      fault: WebhookFault | undefined,
      settled: (receipt: Receipt) => void
    ): void => {
      const { notice, url } = delivery.told
      const behind = overtaken.get(url) ?? []
      overtaken.delete(url)
      let sentAt = timeline.nowMs()
      const settle = (receipt: Receipt): void => {
        write(delivery, receipt, timeline.nowMs() - sentAt)
        settled(receipt)
        for (const follow of behind) follow()
      }
      const leave = (why: "Stopped" | "QueueFull"): void => {
        sentAt = timeline.nowMs()
        settle(failed(why))
      }
      const changes = fault?._tag === "Changed" ? { changes: fault.set } : {}
      const exchange = Effect.suspend(() => {
        sentAt = timeline.nowMs()
        if (fault?._tag === "Twice") sendAgain(way, delivery, fault.afterMs)
        return fault?._tag === "Lost"
          ? Effect.as(pause(timeline, lostMs, "a lost webhook is given up"), failed("TimedOut"))
          : port.deliver({ url, notice, originEpochMs, ...signing, ...changes })
      })
      const late = fault?._tag === "Late" ? pause(timeline, fault.ms, "a late webhook is sent") : Effect.void
      const sendNow = Effect.andThen(late, exchange).pipe(
        Effect.map(settle),
        Effect.onInterrupt(() => Effect.sync(() => settle(failed("Stopped"))))
      )
      const taken = way.lanes.offer(way.destination, way.key, { send: sendNow, drop: () => leave("Stopped") })
      if (!taken) leave("QueueFull")
    }

    /** A second time, out of the order of the others; nobody waits for what is replied. */
    const sendAgain = (way: Way, delivery: Delivery, afterMs: number): void => {
      if (stopping) return
      later(
        afterMs,
        "a webhook is sent twice",
        () => sendWith({ ...way, key: `${way.key}/twice` }, delivery, undefined, () => undefined),
        () => write(delivery, failed("Stopped"), 0)
      )
    }

    const send = (way: Way, delivery: Delivery, settled: (receipt: Receipt) => void): void => {
      const { callId, causedBy, notice, url } = delivery.told
      const fault = faults.watches("Webhook")
        ? faults.webhook({ callId, causedBy, notice: notice._tag, url, numbers: delivery.numbers })
        : undefined
      if (fault?._tag !== "OutOfOrder") return sendWith(way, delivery, fault, settled)
      const follow = (): void => {
        if (!waiting.delete(scheduled)) return
        timeline.cancel(scheduled)
        sendWith(way, delivery, undefined, settled)
      }
      const held = overtaken.get(url) ?? new Set()
      overtaken.set(url, held.add(follow))
      const scheduled = later(
        overtakenMs,
        "a webhook was overtaken by none",
        () => {
          held.delete(follow)
          if (held.size === 0 && overtaken.get(url) === held) overtaken.delete(url)
          sendWith(way, delivery, undefined, settled)
        },
        () => {
          write(delivery, failed("Stopped"), 0)
          settled(failed("Stopped"))
        }
      )
    }

    const sendReport = (delivery: Delivery): void => {
      const { callId, notice, url } = delivery.told
      send({ lanes: reports, destination: url, key: callId }, delivery, (receipt) => {
        if (notice._tag === "Record" && receipt._tag === "Failed") retry(delivery)
      })
    }

    const retry = ({ numbers, told }: Delivery): void => {
      const delayMs = Cdr.attemptDelaysMs[told.attempt]
      if (delayMs === undefined || stopping) return
      const next: Delivery = { numbers, told: { ...told, attempt: told.attempt + 1 } }
      if (records >= recordsWaiting) return write(next, failed("QueueFull"), 0)
      records += 1
      later(
        delayMs,
        "record is sent again",
        () => {
          records -= 1
          sendReport(next)
        },
        () => write(next, failed("Stopped"), 0)
      )
    }

    const report = (url: string, notices: ReadonlyArray<Report>, call: Call, causedBy: number): void => {
      const numbers = [call.origin.callerId, call.origin.to]
      for (const notice of notices) {
        sent += 1
        const deliveryId = `${notice._tag.toLowerCase()}${sent}`
        sendReport({ told: { callId: notice.callId, causedBy, deliveryId, url, notice, attempt: 1 }, numbers })
      }
    }

    const turned = (before: Call, after: Call, record: CallRecord | undefined, causedBy: number): void => {
      if (events !== undefined) report(events, LiveEvent.between(before, after, account.appId), after, causedBy)
      if (envelope !== undefined) {
        report(envelope, Envelope.between(before, after, record, timeline.nowMs()), after, causedBy)
      }
      if (cdr !== undefined && record !== undefined) {
        report(cdr, Cdr.of(record, { appId: account.appId, balance: account.balance() }), after, causedBy)
      }
    }

    const giveUpWaiting = Effect.sync(() => {
      stopping = true
      for (const [scheduled, giveUp] of waiting) {
        timeline.cancel(scheduled)
        giveUp()
      }
      waiting.clear()
      overtaken.clear()
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
          { lanes: questions, destination: URL.parse(url)?.origin ?? url, key: `${callId}/${deliveryId}` },
          {
            told: { callId, causedBy, deliveryId, url, notice, attempt: 1 },
            numbers: [notice.callerId, notice.to]
          },
          settled
        ),
      turned: isSilent ? () => undefined : turned,
      stop: giveUpWaiting.pipe(
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
export const layer = (
  webhooks: Webhooks
): Layer.Layer<Outbox, never, Timeline | Journal | Account | Faults | WebhookPort> =>
  Layer.effect(Outbox, make(webhooks))

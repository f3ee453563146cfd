import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { initial } from "../../src/core/call/Call.ts"
import { transition } from "../../src/core/call/transition.ts"
import type { Rule } from "../../src/core/fault/Fault.ts"
import * as Account from "../../src/engine/Account.ts"
import * as Faults from "../../src/engine/Faults.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Outbox from "../../src/engine/Outbox.ts"
import * as Timeline from "../../src/engine/Timeline.ts"
import { type Posting, type Receipt, WebhookPort } from "../../src/engine/WebhookPort.ts"
import { entriesOf } from "../platform.ts"

const account: Account.AccountOptions = {
  appId: 1_000_001,
  appSecret: Redacted.make("secret"),
  active: true,
  balance: 10,
  ratePerMinute: 0.45,
  users: []
}

const events = "http://localhost/events"
const cdr = "http://localhost/cdr"
const taken: Receipt = { _tag: "Replied", status: 200, reply: { _tag: "Empty" }, replyText: "ok" }

/** An outbox under some rules, what reached the receivers and when. Each takes 10 ms to answer. */
const world = (rules: ReadonlyArray<Rule>, webhooks: Outbox.Webhooks = { events, cdr }) => {
  const reached: Array<Posting & { readonly at: number }> = []
  const port = Layer.effect(
    WebhookPort,
    Effect.map(Timeline.Timeline, (timeline) =>
      WebhookPort.of({
        deliver: (posting) =>
          Effect.suspend(() => {
            reached.push({ ...posting, at: timeline.nowMs() })
            return Effect.delay(Effect.succeed(taken), 10)
          })
      }))
  )
  const layer = Outbox.layer(webhooks).pipe(
    Layer.provideMerge(Faults.layer({ seed: 1, rules })),
    Layer.provideMerge(Layer.mergeAll(
      Account.layer(account, 1),
      Journal.layer({ tenant: "t", seed: 1, version: "0", bounds: Journal.defaultBounds }),
      port
    )),
    Layer.provideMerge(Timeline.layer)
  )
  const seen = () => reached.map(({ at, notice }) => `${at} ${notice._tag === "Event" ? notice.moment : notice._tag}`)
  return { reached, seen, layer }
}

/** A call that rings, and is refused 1 s later: the events Started and HungUp, and a record, all at once. */
const refusedCall = (outbox: Outbox.Outbox["Service"], callId: string, to = "919840000001"): void => {
  const first = transition(initial, {
    _tag: "Originated",
    at: 0,
    callId,
    requestId: `${callId}-request`,
    kind: "Legacy",
    callerId: "914440000000",
    to,
    program: [],
    record: false,
    variables: {}
  })
  const second = transition(first.call, { _tag: "LegRejected", at: 1000, legId: "caller", cause: "USER_BUSY" })
  const written = second.commands.at(-1)
  outbox.turned(initial, first.call, undefined, 1)
  outbox.turned(first.call, second.call, written?._tag === "WriteRecord" ? written.record : undefined, 2)
}

const question = {
  _tag: "Notify",
  deliveryId: "delivery1",
  url: "http://localhost/answer",
  notice: {
    _tag: "Answer",
    callId: "a",
    direction: "inbound",
    callerId: "919840000001",
    to: "914440000000",
    at: 0
  }
} as const

const outcomes = Effect.map(
  Journal.Journal,
  (journal) =>
    entriesOf(journal.read(), "Delivered").map(({ at, attempt, durationMs, notice, outcome }) =>
      `${at} ${notice._tag} ${attempt} ${outcome} ${durationMs}`
    )
)

const faulted = Effect.map(
  Journal.Journal,
  (journal) =>
    entriesOf(journal.read(), "Faulted").map(({ callId, causedBy, fault, url, webhook }) =>
      `${fault} ${webhook ?? ""} ${callId ?? ""} ${causedBy ?? ""} ${url ?? ""}`
    )
)

/** What comes of a question, in order. */
const ask = Effect.map(Outbox.Outbox, (outbox) => {
  const settled: Array<Receipt> = []
  outbox.ask("a", question, 3, (receipt) => settled.push(receipt))
  return settled
})

describe("a webhook that gets lost", () => {
  it.effect("never reaches its receiver; a record is tried again, an event is not", () => {
    const { layer, seen } = world([{ fault: { _tag: "Lost" }, when: { first: 3 } }])
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("10 minutes")
      assert.deepEqual(seen(), ["305000 Record"])
      assert.deepEqual(yield* outcomes, [
        "5000 Event 1 TimedOut 5000",
        "5000 Record 1 TimedOut 5000",
        "10000 Event 1 TimedOut 5000",
        "305010 Record 2 Taken 10"
      ])
      assert.deepEqual(yield* faulted, [
        `Lost Event a 1 ${events}`,
        `Lost Event a 2 ${events}`,
        `Lost Record a 2 ${cdr}`
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("leaves a question unanswered as long as one that nobody answers", () => {
    const { layer, seen } = world([{ fault: { _tag: "Lost" }, when: { notice: "Answer" } }])
    return Effect.gen(function*() {
      const settled = yield* ask
      yield* TestClock.adjust(4999)
      assert.deepEqual(settled, [])
      yield* TestClock.adjust(1)
      assert.deepEqual(settled, [{ _tag: "Failed", why: "TimedOut" }])
      assert.deepEqual(seen(), [])
    }).pipe(Effect.provide(layer))
  })
})

describe("a webhook that is late", () => {
  it.effect("goes out later, and keeps its place before those of its call", () => {
    const { layer, seen } = world([{ fault: { _tag: "Late", ms: 700 }, when: { notice: "Event", first: 1 } }])
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(seen(), ["0 Record", "700 Started", "710 HungUp"])
      assert.deepEqual(yield* outcomes, ["10 Record 1 Taken 10", "710 Event 1 Taken 10", "720 Event 1 Taken 10"])
    }).pipe(Effect.provide(layer))
  })
})

describe("a webhook that comes twice", () => {
  it.effect("is the same both times, and each time is journalled", () => {
    const { layer, reached, seen } = world([{ fault: { _tag: "Twice", afterMs: 300 }, when: { notice: "Record" } }])
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(seen(), ["0 Started", "0 Record", "10 HungUp", "300 Record"])
      const [, first, , second] = reached
      assert.strictEqual(first?.notice, second?.notice)
      assert.deepEqual((yield* outcomes).filter((line) => line.includes("Record")), [
        "10 Record 1 Taken 10",
        "310 Record 1 Taken 10"
      ])
      assert.lengthOf(yield* faulted, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is a question whose second reply nobody hears", () => {
    const { layer, seen } = world([{ fault: { _tag: "Twice", afterMs: 0 } }])
    return Effect.gen(function*() {
      const settled = yield* ask
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(seen(), ["0 Answer", "0 Answer"])
      assert.deepEqual(settled, [taken])
      assert.lengthOf(yield* outcomes, 2)
    }).pipe(Effect.provide(layer))
  })
})

describe("a webhook out of order", () => {
  const outOfOrder = (when: Rule["when"] = {}): Rule => ({ fault: { _tag: "OutOfOrder" }, when })

  it.effect("goes out when the next one to its URL was answered", () => {
    const { layer, seen } = world([outOfOrder({ url: events, first: 1 })])
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(seen(), ["0 HungUp", "0 Record", "10 Started"])
      assert.strictEqual((yield* Timeline.Timeline).pending(), 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes out after five seconds when there is no other, a question among them", () => {
    const { layer, seen } = world([outOfOrder()])
    return Effect.gen(function*() {
      const settled = yield* ask
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(seen(), ["5000 Answer"])
      assert.deepEqual(settled, [taken])
    }).pipe(Effect.provide(layer))
  })

  it.effect("waits with others that are, and they go in their order", () => {
    const { layer, reached, seen } = world([outOfOrder({ url: events, first: 2 })])
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      refusedCall(outbox, "a")
      yield* TestClock.adjust(1000)
      assert.deepEqual(seen(), ["0 Record"])
      refusedCall(outbox, "b")
      yield* TestClock.adjust("1 minute")
      const about = reached.map(({ at, notice }) =>
        `${at} ${notice.callId} ${notice._tag === "Event" && notice.moment}`
      )
      assert.deepEqual(about.filter((line) => !line.endsWith("false")), [
        "1000 b Started",
        "1010 a Started",
        "1010 b HungUp",
        "1020 a HungUp"
      ])
    }).pipe(Effect.provide(layer))
  })
})

describe("a webhook that is changed", () => {
  it.effect("takes other values along, and is the same otherwise", () => {
    const set = { status: "answered", "extra_params.a": 1 }
    const { layer, reached } = world([{ fault: { _tag: "Changed", set }, when: { notice: "Record" } }])
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(reached.map(({ changes, notice }) => [notice._tag, changes]), [
        ["Event", undefined],
        ["Record", set],
        ["Event", undefined]
      ])
    }).pipe(Effect.provide(layer))
  })
})

describe("a rule for webhooks", () => {
  it.effect("may be for the calls of one number, whichever leg a webhook is about", () => {
    const { layer, seen } = world([{ fault: { _tag: "Lost" }, when: { number: "919840000002" } }])
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      refusedCall(outbox, "a")
      refusedCall(outbox, "b", "919840000002")
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(seen(), 3)
      assert.deepEqual((yield* faulted).map((line) => line.split(" ")[2]), ["b", "b", "b"])
    }).pipe(Effect.provide(layer))
  })
})

describe("when the outbox stops", () => {
  it.effect("what a fault holds back is given up, and the journal says so", () => {
    const { layer, seen } = world([
      { fault: { _tag: "OutOfOrder" }, when: { notice: "Answer" } },
      { fault: { _tag: "Twice", afterMs: 60_000 }, when: { notice: "Record" } }
    ], { cdr })
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      const settled = yield* ask
      refusedCall(outbox, "a")
      yield* TestClock.adjust(1000)
      yield* outbox.stop
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(seen(), ["0 Record"])
      assert.deepEqual(settled, [{ _tag: "Failed", why: "Stopped" }])
      assert.deepEqual(yield* outcomes, ["10 Record 1 Taken 10", "1000 Answer 1 Stopped 0", "1000 Record 1 Stopped 0"])
      assert.strictEqual((yield* Timeline.Timeline).pending(), 0)
    }).pipe(Effect.provide(layer))
  })
})

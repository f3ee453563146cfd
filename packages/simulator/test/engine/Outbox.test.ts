import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { initial } from "../../src/core/call/Call.ts"
import { transition } from "../../src/core/call/transition.ts"
import type { Delivered } from "../../src/core/journal/Entry.ts"
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

const urls = { events: "http://localhost/events", cdr: "http://localhost/cdr", envelope: "http://localhost/envelope" }

const taken: Receipt = { _tag: "Replied", status: 200, reply: { _tag: "Empty" }, replyText: "ok" }
const broken: Receipt = { _tag: "Failed", why: "Status", status: 503, replyText: "busy" }

/** An outbox whose receivers are played by `answer`, with what reached them. */
const world = (
  webhooks: Outbox.Webhooks,
  answer: (posting: Posting) => Effect.Effect<Receipt> = () => Effect.succeed(taken)
) => {
  const reached: Array<Posting> = []
  const port = Layer.succeed(WebhookPort, {
    deliver: (posting) =>
      Effect.suspend(() => {
        reached.push(posting)
        return answer(posting)
      })
  })
  const layer = Outbox.layer(webhooks).pipe(
    Layer.provideMerge(Faults.layer({ seed: 1, rules: [] })),
    Layer.provideMerge(Layer.mergeAll(
      Account.layer(account, 1),
      Journal.layer({ tenant: "t", seed: 1, version: "0", bounds: Journal.defaultBounds }),
      port
    )),
    Layer.provideMerge(Timeline.layer)
  )
  return { reached, layer }
}

/** A call that rings, and is refused 1 s later: two live events, one record. */
const refusedCall = (outbox: Outbox.Outbox["Service"], callId: string): void => {
  const first = transition(initial, {
    _tag: "Originated",
    at: 0,
    callId,
    requestId: `${callId}-request`,
    kind: "Legacy",
    callerId: "914440000000",
    to: "919840000001",
    program: [],
    record: false,
    variables: {}
  })
  const second = transition(first.call, { _tag: "LegRejected", at: 1000, legId: "caller", cause: "USER_BUSY" })
  const written = second.commands.at(-1)
  outbox.turned(initial, first.call, undefined, 1)
  outbox.turned(first.call, second.call, written?._tag === "WriteRecord" ? written.record : undefined, 2)
}

const delivered = Effect.map(
  Journal.Journal,
  (journal): ReadonlyArray<Delivered> => entriesOf(journal.read(), "Delivered")
)

const shown = (entries: ReadonlyArray<Delivered>) =>
  entries.map(({ at, attempt, callId, notice, outcome }) => `${at} ${callId} ${notice._tag} ${attempt} ${outcome}`)

const minutes = (count: number): number => count * 60_000

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

describe("Outbox", () => {
  it.effect("reports to each URL that is configured, and to no other", () => {
    const { layer, reached } = world({ cdr: urls.cdr })
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust(0)
      assert.deepEqual(reached.map(({ notice, url }) => [url, notice._tag]), [[urls.cdr, "Record"]])
    }).pipe(Effect.provide(layer))
  })

  it.effect("sends nothing and journals nothing when no URL is configured", () => {
    const { layer, reached } = world({})
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(reached, 0)
      assert.lengthOf(yield* delivered, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("tells the receiver when the origin was, and the secret to sign with", () => {
    const { layer, reached } = world({ cdr: urls.cdr, signingSecret: Redacted.make("shh") })
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust(0)
      const timeline = yield* Timeline.Timeline
      const [posting] = reached
      assert(posting?.signingSecret !== undefined)
      assert.strictEqual(posting.originEpochMs, timeline.originEpochMs)
      assert.strictEqual(Redacted.value(posting.signingSecret), "shh")
    }).pipe(Effect.provide(layer))
  })

  it.effect("journals each attempt with its cause, what came back and how long it took", () => {
    const { layer } = world({ events: urls.events }, () => Effect.delay(Effect.succeed({ ...taken, body: "{}" }), 250))
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust(1000)
      const [entry] = yield* delivered
      assert.deepEqual(
        [entry?.causedBy, entry?.url, entry?.status, entry?.body, entry?.replyText, entry?.durationMs, entry?.outcome],
        [1, urls.events, 200, "{}", "ok", 250, "Taken"]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps the reports of one call to one URL in order, each after the one before", () => {
    const { layer } = world(
      { events: urls.events },
      ({ notice }) =>
        Effect.delay(Effect.succeed(taken), notice._tag === "Event" && notice.moment === "Started" ? 3000 : 10)
    )
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("10 seconds")
      assert.deepEqual(shown(yield* delivered), ["3000 a Event 1 Taken", "3010 a Event 1 Taken"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes on with the next report of a call when one has failed", () => {
    const { layer } = world({ events: urls.events }, () => Effect.succeed(broken))
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("1 hour")
      assert.deepEqual(shown(yield* delivered), ["0 a Event 1 Status", "0 a Event 1 Status"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets a receiver that hangs hold up neither another receiver nor a question to the same host", () => {
    const { layer, reached } = world(
      urls,
      ({ url }) => url === urls.events ? Effect.never : Effect.succeed(taken)
    )
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      for (let call = 0; call < 50; call++) refusedCall(outbox, `call${call}`)
      const answered: Array<string> = []
      outbox.ask("a", question, 1, (receipt) => answered.push(receipt._tag))
      yield* TestClock.adjust(0)
      const count = (url: string) => reached.filter((posting) => posting.url === url).length
      assert.strictEqual(count(urls.events), 16)
      assert.strictEqual(count(urls.cdr), 50)
      assert.deepEqual(answered, ["Replied"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("refuses reports beyond its bound, and says so in the journal", () => {
    const { layer } = world({ events: urls.events }, () => Effect.never)
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      for (let call = 0; call < 2100; call++) refusedCall(outbox, `call${call}`)
      yield* TestClock.adjust(0)
      const refused = yield* delivered
      assert.lengthOf(refused, 2 * 2100 - 16 - 4096)
      assert.isTrue(refused.every(({ outcome }) => outcome === "QueueFull"))
    }).pipe(Effect.provide(layer))
  })

  it.effect("asks sixteen questions of one host at a time, and refuses those beyond its bound", () => {
    const { layer, reached } = world({}, () => Effect.never)
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      const failures: Array<unknown> = []
      for (let call = 0; call < 273; call++) {
        outbox.ask(`call${call}`, question, 1, (receipt) => failures.push(receipt))
      }
      outbox.ask("elsewhere", { ...question, url: "http://localhost:81/answer" }, 1, () => undefined)
      yield* TestClock.adjust(0)
      assert.lengthOf(reached, 17)
      assert.deepEqual(failures, [{ _tag: "Failed", why: "QueueFull" }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("sends a record again after 5, 10 and 15 minutes, then gives up", () => {
    const { layer } = world({ cdr: urls.cdr }, () => Effect.succeed(broken))
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("2 hours")
      assert.deepEqual(shown(yield* delivered), [
        "0 a Record 1 Status",
        `${minutes(5)} a Record 2 Status`,
        `${minutes(15)} a Record 3 Status`,
        `${minutes(30)} a Record 4 Status`
      ])
      assert.strictEqual((yield* Timeline.Timeline).pending(), 0)
      assert.lengthOf(new Set((yield* delivered).map(({ deliveryId }) => deliveryId)), 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("sends a record no more once it was taken, and counts the delay from the attempt before", () => {
    let attempts = 0
    const { layer } = world({ cdr: urls.cdr }, () => {
      attempts += 1
      return Effect.delay(Effect.succeed(attempts < 3 ? broken : taken), 2000)
    })
    return Effect.gen(function*() {
      refusedCall(yield* Outbox.Outbox, "a")
      yield* TestClock.adjust("2 hours")
      assert.deepEqual(shown(yield* delivered), [
        "2000 a Record 1 Status",
        `${minutes(5) + 4000} a Record 2 Status`,
        `${minutes(15) + 6000} a Record 3 Taken`
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets a record that waits for another attempt hold up no other record", () => {
    let attempts = 0
    const { layer } = world({ cdr: urls.cdr }, () => {
      attempts += 1
      return Effect.succeed(attempts === 1 ? broken : taken)
    })
    return Effect.gen(function*() {
      const outbox = yield* Outbox.Outbox
      refusedCall(outbox, "a")
      refusedCall(outbox, "b")
      yield* TestClock.adjust("10 minutes")
      assert.deepEqual(shown(yield* delivered), [
        "0 a Record 1 Status",
        "0 b Record 1 Taken",
        `${minutes(5)} a Record 2 Taken`
      ])
    }).pipe(Effect.provide(layer))
  })

  describe("when it stops", () => {
    it.effect("reports records that wait for another attempt as given up", () => {
      const { layer } = world({ cdr: urls.cdr }, () => Effect.succeed(broken))
      return Effect.gen(function*() {
        const outbox = yield* Outbox.Outbox
        refusedCall(outbox, "a")
        yield* TestClock.adjust("6 minutes")
        yield* outbox.stop
        assert.deepEqual(shown(yield* delivered).slice(-1), [`${minutes(6)} a Record 3 Stopped`])
        yield* TestClock.adjust("2 hours")
        assert.lengthOf(yield* delivered, 3)
      }).pipe(Effect.provide(layer))
    })

    it.effect("waits for reports that are under way, and tries none a second time", () => {
      const { layer } = world({ cdr: urls.cdr }, () => Effect.delay(Effect.succeed(broken), 500))
      return Effect.gen(function*() {
        const outbox = yield* Outbox.Outbox
        refusedCall(outbox, "a")
        const stopping = yield* Effect.forkChild(outbox.stop, { startImmediately: true })
        yield* TestClock.adjust(500)
        yield* Fiber.join(stopping)
        assert.deepEqual(shown(yield* delivered), ["500 a Record 1 Status"])
        yield* TestClock.adjust("2 hours")
        assert.lengthOf(yield* delivered, 1)
      }).pipe(Effect.provide(layer))
    })

    it.effect("gives up questions at once", () => {
      const { layer } = world({}, () => Effect.never)
      return Effect.gen(function*() {
        const outbox = yield* Outbox.Outbox
        const settled = yield* Deferred.make<Receipt>()
        outbox.ask("a", question, 1, (receipt) => Deferred.doneUnsafe(settled, Effect.succeed(receipt)))
        yield* TestClock.adjust(0)
        yield* outbox.stop
        assert.deepEqual(yield* Deferred.await(settled), { _tag: "Failed", why: "Stopped" })
        assert.deepEqual(shown(yield* delivered), ["0 a Answer 1 Stopped"])
      }).pipe(Effect.provide(layer))
    })

    it.effect("gives up what no receiver takes within two seconds of real time, though the clock stands still", () => {
      const { layer } = world({ events: urls.events, cdr: urls.cdr }, () => Effect.never)
      return Effect.gen(function*() {
        const outbox = yield* Outbox.Outbox
        refusedCall(outbox, "a")
        yield* Effect.uninterruptible(outbox.stop)
        assert.sameMembers([...shown(yield* delivered)], [
          "0 a Event 1 Stopped",
          "0 a Event 1 Stopped",
          "0 a Record 1 Stopped"
        ])
        yield* outbox.stop
        assert.lengthOf(yield* delivered, 3)
      }).pipe(Effect.provide(layer))
    })
  })
})

/**
 * The proof that no phone rings twice: everything that rings a phone or ends a call, with every fault at every step, under
 * every policy.
 */
import { RetryPolicy } from "@effect-piopiy/sdk"
import type { Fault } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as neverTwice from "./neverTwice.ts"
import { everything, none, standard } from "./neverTwice.ts"
import {
  counted,
  expected,
  isRinging,
  outage,
  type Outcome,
  type Outcomes,
  outcomesOf,
  ringing,
  some,
  status,
  table
} from "./neverTwiceTable.ts"

/** What an app may do by itself, about a failure that the SDK reports. */
const byVerdict: neverTwice.Approach = {
  name: "a retry of one's own where the verdict is safe",
  retryPolicy: RetryPolicy.none,
  around: Effect.retry({ times: 2, while: ({ verdict }) => verdict === "safe" })
}
/** A transfer that is asked for while another is under way is refused, so it waits a little. */
const whatever: neverTwice.Approach = {
  name: "a retry of one's own, whatever failed",
  retryPolicy: RetryPolicy.none,
  around: Effect.retry({ times: 1, schedule: Schedule.spaced("1 second") })
}

const platform = (approach: neverTwice.Approach) =>
  neverTwice.sdk(approach).pipe(Layer.provideMerge(InProcess.layer({ config: neverTwice.config })))

describe("under every policy, a phone rings once at most, and the caller knows what can be known, with", () => {
  const rows: ReadonlyArray<readonly [neverTwice.Approach, "once" | "always", keyof Outcomes]> = [
    [none, "once", "none"],
    [none, "always", "none"],
    [standard, "once", "once"],
    [standard, "always", "always"],
    [{ name: "a policy made of no options", retryPolicy: RetryPolicy.make() }, "always", "always"],
    [
      { name: "a patient policy", retryPolicy: RetryPolicy.make({ maxAttempts: 9, baseDelay: "10 millis" }) },
      "once",
      "once"
    ]
  ]
  it.effect.each(rows.map((row) => [`${row[0].name}, faults ${row[1]}`, ...row] as const))(
    "%s",
    ([, approach, often, column]) =>
      Effect.gen(function*() {
        const cells = yield* neverTwice.matrix({ faults: table, often, approach })
        assert.deepStrictEqual(
          cells.map(neverTwice.line),
          neverTwice.intents.flatMap((intent) =>
            table.map((row) => expected(intent, row, outcomesOf(intent, row)[column]))
          )
        )
        assert.deepStrictEqual(cells.flatMap(neverTwice.wrongs), [])
      }).pipe(Effect.provide(platform(approach)))
  )

  it.effect("a retry of one's own by the verdict", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({ faults: table, often: "once", approach: byVerdict, intents: ringing })
      assert.deepStrictEqual(cells.flatMap(neverTwice.wrongs), [])
      const again = new Set(cells.filter(({ requests }) => requests > 1).map(({ fault }) => fault))
      assert.deepStrictEqual([...again], [
        "there are too many",
        "there are too many for five seconds",
        "there are too many for longer than the SDK waits"
      ])
    }).pipe(Effect.provide(platform(byVerdict))))
})

const twice = [
  "the connection breaks off after the platform acted",
  "nobody answers and the platform acted",
  "500 comes after the platform acted",
  "501 comes after the platform acted",
  "502 comes after the platform acted",
  "503 comes after the platform acted",
  "504 comes after the platform acted",
  "408 comes after the platform acted",
  "it is led elsewhere after the platform acted",
  "the reply ends in its middle",
  "the reply is HTML",
  "the reply goes on when the SDK has given up",
  "the platform acts when the SDK has given up"
]

describe("the proof can fail:", () => {
  it.effect("a policy that retries everything rings twice wherever the platform acted and the reply was lost", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({
        faults: table,
        often: "once",
        approach: everything,
        intents: ringing
      })
      assert.deepStrictEqual(
        cells.map(neverTwice.line),
        ringing.flatMap((intent) => table.map((row) => expected(intent, row, row.retried)))
      )
      assert.deepStrictEqual(
        cells.filter(({ acted }) => acted > 1).map(({ fault, intent: { name } }) => [name, fault]),
        ringing.flatMap(({ name }) => twice.map((fault) => [name, fault]))
      )
    }).pipe(Effect.provide(platform(everything))))

  it.effect("so does an app that asks again whatever failed", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({ faults: table, often: "once", approach: whatever, intents: ringing })
      assert.deepStrictEqual(
        cells.filter(({ acted }) => acted > 1).map(({ fault, intent: { name } }) => [name, fault]),
        ringing.flatMap(({ name }) => twice.map((fault) => [name, fault]))
      )
    }).pipe(Effect.provide(platform(whatever))))

  it.effect("it rests on the platform's word: one that acts and says that it has not is rung by twice", () =>
    Effect.gen(function*() {
      const faults = [{ name: "it acts and says 429", fault: status(429, "after") }]
      const cells = yield* neverTwice.matrix({ faults, often: "once", approach: standard, intents: ringing })
      assert.deepStrictEqual(
        cells.map(neverTwice.line),
        ringing.map(({ name }) => `${name}, when it acts and says 429: 2 in 2, done`)
      )
    }).pipe(Effect.provide(platform(standard))))
})

/** One for each thing that can become of a request. */
const kinds: ReadonlyArray<Fault.RequestFault> = [
  { _tag: "Reset", effect: "before" },
  { _tag: "Reset", effect: "after" },
  { _tag: "NoAnswer", effect: "after" },
  status(503, "before"),
  status(503, "after"),
  status(429, "before"),
  status(400, "before"),
  { _tag: "Truncated" },
  { _tag: "Garbage" },
  { _tag: "SlowBody", ms: 30_000 },
  { _tag: "Delay", ms: 15_000 }
]

const titleOf = (fault: Fault.RequestFault): string => Object.values(fault).join(" ")

describe("one fault after another", () => {
  it.effect("makes no phone ring twice, and what may have rung is asked for again by nobody", () =>
    Effect.gen(function*() {
      const faults = kinds.flatMap((fault) =>
        kinds.map((then) => ({ name: `${titleOf(fault)}, then ${titleOf(then)}`, fault, then }))
      )
      const cells = yield* neverTwice.matrix({ faults, often: "once", approach: standard, intents: some })
      assert.deepStrictEqual(cells.flatMap(neverTwice.wrongs), [])
      const again = cells.filter(({ intent, requests }) => isRinging(intent) && requests > 1)
      assert.deepStrictEqual(
        again.map(({ fault }) => fault),
        some.filter(isRinging).flatMap(() => kinds.map((then) => `Status 429 before, then ${titleOf(then)}`))
      )
    }).pipe(Effect.provide(platform(standard))))
})

/** The lines of all intents, by what becomes of each. */
const byIntent = (outcome: (intent: neverTwice.Intent) => Outcome): ReadonlyArray<string> =>
  neverTwice.intents.flatMap((intent) => counted.map((fault) => expected(intent, fault, outcome(intent))))

const attemptsOf = ({ result }: neverTwice.Cell): number => Result.isFailure(result) ? result.failure.attempts : 1

describe("before a request is written,", () => {
  it.effect.each([none, standard, everything].map((approach) => [approach.name, approach] as const))(
    "nothing rings while the platform is down, and to send again is safe, with %s",
    ([, approach]) =>
      Effect.gen(function*() {
        const before = outage("1 hour")
        const cells = yield* neverTwice.matrix({ faults: counted, often: "always", approach, before })
        assert.deepStrictEqual(cells.map(neverTwice.line), byIntent(() => "0 in 0, NotSent, safe"))
        const attempts = approach === none ? 1 : 3
        for (const cell of cells) assert.strictEqual(attemptsOf(cell), attempts)
      }).pipe(Effect.provide(platform(approach)))
  )

  it.effect("the standard policy waits until it is up again, and the phone rings once", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({
        faults: counted,
        often: "always",
        approach: standard,
        before: outage("300 millis")
      })
      // The outage has ended the calls that there were.
      assert.deepStrictEqual(
        cells.map(neverTwice.line),
        byIntent(({ rings }) =>
          rings === "customer" ? "1 in 1, done" : rings === "colleague" ? "0 in 1, CallNotFound, never" : "0 in 1, done"
        )
      )
    }).pipe(Effect.provide(platform(standard))))
})

describe("when the platform goes down under a request,", () => {
  const under: ReadonlyArray<neverTwice.Fault> = [
    { name: "it goes down before it acts", fault: { _tag: "NoAnswer", effect: "before" } },
    { name: "it goes down after it acted", fault: { _tag: "NoAnswer", effect: "after" } }
  ]
  it.effect.each([none, standard].map((approach) => [approach.name, approach] as const))(
    "no phone rings twice, and the caller cannot know, with %s",
    ([, approach]) =>
      Effect.gen(function*() {
        const meanwhile = Effect.andThen(TestClock.adjust("1 second"), outage("100 millis"))
        const cells = yield* neverTwice.matrix({ faults: under, often: "once", approach, intents: ringing, meanwhile })
        assert.deepStrictEqual(
          cells.map(neverTwice.line),
          ringing.flatMap((intent) =>
            under.map((fault, acted) => expected(intent, fault, `${acted} in 1, OutcomeUnknown, ambiguous`))
          )
        )
      }).pipe(Effect.provide(platform(approach)))
  )
})

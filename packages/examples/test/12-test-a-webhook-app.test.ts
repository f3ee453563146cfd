import { type Fault, Simulator } from "@effect-piopiy/simulator"
import { advance, Platform, until } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { app, Callbacks, Orders } from "../src/12-test-a-webhook-app.ts"
import { settings } from "./played.ts"

const shop = "914400000001"
const desk = "914400017215"
/** They press what their number ends with: the platform of the tests plays the people, too. */
const knows = "919840007342"
const mistypes = "919840007399"
const silent = "919840007101"

const url = "https://orders.example/piopiy/in-production-a-secret"

/** The account says whom to ask, and where records go. Any host will do: all that is posted reaches the app. */
const account = { token: "sim-token", answerUrl: `${url}/answer`, webhooks: { cdr: `${url}/cdr` } }

/** In place of a database: customers by the ids of legs. */
type Table = Map<string, string>

const noting = (table: Table) =>
  Layer.succeed(Callbacks, { note: (legId, customer) => Effect.sync(() => void table.set(legId, customer)) })

/** The app under test, on a platform of its own: nothing is left of it for the next test. */
const platform = (
  { desk: number = desk, faults = [], orders = Orders.layerSample, table = new Map() }: {
    readonly desk?: string
    readonly faults?: ReadonlyArray<Fault.Rule>
    readonly orders?: Layer.Layer<Orders>
    readonly table?: Table
  } = {}
) =>
  Platform.layer({ app, config: { accounts: [account], faults } }).pipe(
    Layer.provideMerge(
      Layer.mergeAll(orders, noting(table), settings({ DESK: number, PUBLIC_URL: "https://orders.example" }))
    )
  )

/** Somebody calls, and the call runs to its end. */
const call = Effect.fnUntraced(function*(from: string) {
  const simulator = yield* Simulator.Simulator
  const { callId } = yield* simulator.callIn({ from, to: shop })
  yield* until(callId, "Ended")
  return yield* simulator.evidence()
})

describe("somebody who types the number of an order", () => {
  it.effect("hears where it is, and nobody at the desk is disturbed", () =>
    Effect.gen(function*() {
      const evidence = yield* call(knows)
      expect(evidence).toHaveHeardPrompt("your-order-number.wav")
      expect(evidence).toHavePressed("42")
      expect(evidence).toHaveDeliveredWebhook({ notice: "Digits", body: { dtmf: "42" }, times: 1 })
      expect(evidence).toHaveHeardPrompt("Your order is with the courier.")
      expect(evidence).toHaveEnded({ by: "Pipeline", cause: "NORMAL_CLEARING" })
      expect(evidence).not.toHaveRung(desk)
    }).pipe(Effect.provide(platform())))

  it.effect.each([["a wrong one", mistypes], ["none", silent]] as const)(
    "talks to the desk with %s",
    ([, from]) =>
      Effect.gen(function*() {
        expect(yield* call(from)).toHaveBridgedTo(desk)
      }).pipe(Effect.provide(platform()))
  )

  it.effect("talks to the desk when the shop takes longer than 2 s to find out", () =>
    Effect.gen(function*() {
      // Pressed after 850 ms, asked for 2 s; the desk answers a second later.
      expect(yield* call(knows)).toHaveBridgedTo(desk, { betweenMs: [3850, 3850] })
    }).pipe(
      Effect.provide(platform({
        orders: Layer.succeed(Orders, { whereabouts: () => Effect.as(Effect.sleep("1 hour"), Option.none()) })
      }))
    ))
})

it.effect("lets a test do by hand what a person does", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({ from: silent, to: shop })
    yield* until(callId, "Asked")
    yield* advance("3 seconds")
    yield* simulator.press(callId, "42")
    yield* until(callId, "Ended")
    expect(yield* simulator.evidence()).toHaveHeardPrompt("with the courier", { betweenMs: [3000, 3000] })
  }).pipe(Effect.provide(platform())))

describe("a customer whom the desk does not answer", () => {
  const deserted = "914400007002"

  it.effect("waits for 15 s, and is called back", () => {
    const table: Table = new Map()
    return Effect.gen(function*() {
      const evidence = yield* call(silent)
      expect(evidence).toHaveRung(deserted, { times: 1 })
      // A prompt of 3 s, 4 s without a key, 15 s of ringing.
      expect(evidence).toHaveEnded({ withinMs: 22_000 })
      yield* advance("1 minute")
      assert.deepStrictEqual([...table.values()], [silent])
    }).pipe(Effect.provide(platform({ desk: deserted, table })))
  })

  it.effect.each(
    [
      ["is posted twice", { _tag: "Twice", afterMs: 2000 }],
      ["is lost at first", { _tag: "Lost" }],
      ["comes after the one that follows it", { _tag: "OutOfOrder" }]
    ] as const
  )("is called back once when the record %s", ([, fault]) => {
    const table: Table = new Map()
    const faults = [{ name: "bad day", fault, when: { notice: "Record", first: 1 } }] as const
    return Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      yield* call(silent)
      // A record that was not taken comes again after five minutes.
      yield* advance("10 minutes")
      expect(yield* simulator.evidence()).toHaveFiredFault("bad day")
      assert.deepStrictEqual([...table.values()], [silent])
    }).pipe(Effect.provide(platform({ desk: deserted, faults, table })))
  })

  it.effect("is not called back when somebody answers after all", () => {
    const table: Table = new Map()
    return Effect.gen(function*() {
      expect(yield* call(silent)).toHaveBridgedTo(desk)
      yield* advance("10 minutes")
      assert.deepStrictEqual([...table.values()], [])
    }).pipe(Effect.provide(platform({ table })))
  })
})

it.effect("takes nothing from whoever does not know the secret", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    const { callId } = yield* simulator.callIn({
      from: knows,
      to: shop,
      answerUrl: "https://orders.example/piopiy/somebody-guesses/answer"
    })
    yield* until(callId, "Ended")
    const evidence = yield* simulator.evidence()
    expect(evidence).not.toHaveDeliveredWebhook({ notice: "Answer" })
    expect(evidence).toHaveEnded({ cause: "NORMAL_TEMPORARY_FAILURE" })
  }).pipe(Effect.provide(platform())))

import { Simulator } from "@effect-piopiy/simulator"
import "@effect-piopiy/simulator/vitest"
import { assert, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { Outcome, program } from "../src/01-place-a-call.ts"
import * as played from "./played.ts"

const customer = "919840007210"
const agent = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
const placing = { operation: "POST /v3/voice/ai/call" }

it.effect("tells the id under which the platform queued the call", () =>
  Effect.gen(function*() {
    const { exit, records } = yield* played.play(program)
    const outcome = yield* exit
    assert.strictEqual(outcome._tag, "Queued")
    if (outcome._tag === "Queued") assert.strictEqual(Option.getOrThrow(outcome.callId), records[0]?.callId)
  }))

it.effect("rings the customer, then joins the agent when the customer has answered", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program)
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 11_000 },
      { to: agent, cause: "NORMAL_CLEARING", dialedAt: 1000, answeredAt: 1300, endedAt: 11_000 }
    ])
  }))

it.effect("lets them talk until the customer hangs up", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program)
    assert.strictEqual(records[0]?.endedBy, "Caller")
    assert.strictEqual(records[0]?.durationMs, 10_000)
  }))

it.effect("hands the agent the order that the call is about", () =>
  Effect.gen(function*() {
    const { journal, records } = yield* played.play(program)
    const [, toAgent] = played.commands(journal, "DialLeg")
    assert.deepStrictEqual(toAgent?.endpoint, { _tag: "Agent", id: agent })
    assert.deepStrictEqual(records[0]?.variables, { order: "A-1042" })
  }))

it.effect("lets the phone ring for 20 s and no longer", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, { settings: { CUSTOMER: "919840007002" } })
    assert.strictEqual(records[0]?.hangupCause, "NO_ANSWER")
    assert.strictEqual(records[0]?.endedAt, 20_000)
  }))

it.effect("ends the call after 10 minutes of talk", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, { settings: { CUSTOMER: "919840007101" }, watch: "1 hour" })
    assert.strictEqual(records[0]?.endedBy, "Timeout")
    assert.strictEqual(records[0]?.durationMs, Duration.toMillis("10 minutes"))
  }))

it.effect("tries later, after as long as the platform asks, when it takes no more calls", () =>
  Effect.gen(function*() {
    const { exit, records } = yield* played.play(program, { config: { maxCalls: 0 } })
    assert.deepStrictEqual(yield* exit, Outcome.TryLater({ after: Duration.seconds(1) }))
    assert.lengthOf(records, 0)
  }))

it.effect("tries later when the platform cannot be reached", () =>
  Effect.gen(function*() {
    const down = Simulator.Simulator.use((simulator) => simulator.outage({ lasts: "1 hour" }))
    const { exit } = yield* played.play(Effect.andThen(down, program))
    assert.deepStrictEqual(yield* exit, Outcome.TryLater({ after: Duration.minutes(1) }))
  }))

it.effect("rings once, and asks for a look, when the reply is lost", () =>
  Effect.gen(function*() {
    const { evidence, exit } = yield* played.play(program, {
      config: { faults: [{ fault: { _tag: "Reset", effect: "after" }, when: placing }] }
    })
    assert.strictEqual((yield* exit)._tag, "LookFirst")
    expect(evidence).toHaveRung(customer, { times: 1 })
  }))

it.effect("rings once, and asks for a look, when the platform fails", () =>
  Effect.gen(function*() {
    const { evidence, exit } = yield* played.play(program, {
      config: { faults: [{ fault: { _tag: "Status", status: 503, effect: "after" }, when: placing }] }
    })
    assert.deepStrictEqual(yield* exit, Outcome.LookFirst({ why: "status 503" }))
    expect(evidence).toHaveRung(customer, { times: 1 })
  }))

it.effect("fails, and rings nobody, when the agent is not running", () =>
  Effect.gen(function*() {
    const { exit, journal } = yield* played.play(program, {
      settings: { AGENT_ID: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff001" }
    })
    const error = yield* Effect.flip(exit)
    assert.strictEqual(error._tag === "PiopiyError" && error.reason._tag, "Forbidden")
    assert.lengthOf(played.events(journal, "Originated"), 0)
  }))

it.effect("fails before anything is sent when a setting is no phone number", () =>
  Effect.gen(function*() {
    const { exit, journal } = yield* played.play(program, { settings: { CUSTOMER: "tomorrow" } })
    assert.isTrue(Exit.isFailure(exit))
    assert.lengthOf(played.entries(journal, "Requested"), 0)
  }))

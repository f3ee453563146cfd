import "@effect-piopiy/simulator/vitest"
import { assert, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { program } from "../src/04-transfer-to-a-human.ts"
import * as played from "./played.ts"

const customer = "919840007101"
const agent = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
const human = "914400017215"
const placing = { operation: "POST /v3/voice/ai/call" }

it.effect("takes the customer from the agent to the human, and nobody waits alone in between", () =>
  Effect.gen(function*() {
    const { exit, records } = yield* played.play(program)
    assert.strictEqual(yield* exit, "Transferring")
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: customer, cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 21_000 },
      { to: agent, cause: "BLIND_TRANSFER", dialedAt: 1000, answeredAt: 1300, endedAt: 6000 },
      { to: human, cause: "NORMAL_CLEARING", dialedAt: 5000, answeredAt: 6000, endedAt: 21_000 }
    ])
  }))

it.effect("sends along why the human's phone rings", () =>
  Effect.gen(function*() {
    const { journal } = yield* played.play(program)
    const [step] = played.events(journal, "TransferRequested").flatMap((event) => event.program)
    assert(step?._tag === "Connect")
    assert.deepStrictEqual(step.metadata, { reason: "asked for a human" })
  }))

it.effect("ends the call when the human hangs up", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program)
    assert.strictEqual(records[0]?.endedBy, "Pipeline")
    assert.strictEqual(records[0]?.durationMs, 20_000)
  }))

it.effect("gives the customer back to the agent when the human is busy", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, {
      settings: { CUSTOMER: "919840007230", HUMAN: "914400017001" }
    })
    assert.deepStrictEqual(played.legs(records[0]), [
      { to: "919840007230", cause: "NORMAL_CLEARING", dialedAt: 0, answeredAt: 1000, endedAt: 31_000 },
      { to: agent, cause: "BLIND_TRANSFER", dialedAt: 1000, answeredAt: 1300, endedAt: 5600 },
      { to: "914400017001", cause: "USER_BUSY", dialedAt: 5000, answeredAt: undefined, endedAt: 5300 },
      { to: agent, cause: "NORMAL_CLEARING", dialedAt: 5300, answeredAt: 5600, endedAt: 31_000 }
    ])
  }))

it.effect("lets the human's phone ring for 15 s, then gives the customer back to the agent", () =>
  Effect.gen(function*() {
    const { records } = yield* played.play(program, { settings: { CUSTOMER: "919840007230", HUMAN: "914400017002" } })
    const [, , away, again] = played.legs(records[0])
    assert.deepStrictEqual([away?.cause, away?.endedAt], ["NO_ANSWER", 20_000])
    assert.deepStrictEqual([again?.to, again?.answeredAt], [agent, 20_300])
  }))

it.effect("is done when the customer has hung up before", () =>
  Effect.gen(function*() {
    const { exit, records } = yield* played.play(program, { settings: { CUSTOMER: "919840007203" } })
    assert.strictEqual(yield* exit, "CustomerGone")
    assert.strictEqual(records[0]?.endedAt, 4000)
  }))

it.effect("rings the human once when the reply to the transfer is lost", () =>
  Effect.gen(function*() {
    const { evidence, exit } = yield* played.play(program, {
      config: {
        faults: [{ fault: { _tag: "Reset", effect: "after" }, when: { operation: "POST /v3/voice/pcmo/transfer" } }]
      }
    })
    assert.strictEqual(yield* exit, "Unknown")
    expect(evidence).toHaveRung(human, { times: 1 })
  }))

it.effect("places the call once when the reply to that is lost, and lets that fail", () =>
  Effect.gen(function*() {
    const { evidence, exit } = yield* played.play(program, {
      config: { faults: [{ fault: { _tag: "Reset", effect: "after" }, when: placing }] }
    })
    assert.strictEqual((yield* Effect.flip(exit))._tag, "PiopiyError")
    expect(evidence).toHaveRung(customer, { times: 1 })
  }))

it.effect("leaves a call alone that the platform queued without naming its id", () =>
  Effect.gen(function*() {
    const { exit, records } = yield* played.play(program, {
      settings: { CUSTOMER: "919840007230" },
      config: {
        faults: [{
          fault: { _tag: "Status", status: 200, effect: "after", body: { message: "call_queued" } },
          when: placing
        }]
      }
    })
    assert.strictEqual(yield* exit, "NotSteerable")
    assert.deepStrictEqual(played.legs(records[0]).map(({ to }) => to), ["919840007230", agent])
  }))

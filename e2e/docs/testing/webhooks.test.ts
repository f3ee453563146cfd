import { LegacyPipeline, PhoneNumber, type Webhook, WebhookRouter } from "@effect-piopiy/sdk"
import { type Fault, Simulator } from "@effect-piopiy/simulator"
import { advance, Platform } from "@effect-piopiy/simulator/testing"
import "@effect-piopiy/simulator/vitest"
import { assert, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

// What is tested: a clinic that asks who calls whom they want, and keeps the record of every leg.

class Records extends Context.Service<Records, Ref.Ref<ReadonlyMap<string, Webhook.Cdr>>>()("clinic/Records") {
  static readonly layer = Layer.effect(this, Ref.make<ReadonlyMap<string, Webhook.Cdr>>(new Map()))
}

const clinic = PhoneNumber.make("914400000001")
const doctor = PhoneNumber.make("919840007210") // answers after 1 s, hangs up 10 s later
const patient = "919840007301" // presses 1 at the first question

const app = WebhookRouter.layer({
  onAnswer: () =>
    Effect.succeed(LegacyPipeline.empty.pipe(
      LegacyPipeline.playGetInput({ prompt: "who.wav", url: "https://clinic.example/piopiy/digits" })
    )),
  onDigits: ({ digits }) =>
    Effect.succeed(
      digits === "1"
        ? LegacyPipeline.empty.pipe(LegacyPipeline.bridge({ from: clinic, to: doctor }))
        : LegacyPipeline.empty.pipe(LegacyPipeline.hangup)
    ),
  // The same record may come twice: it is kept by the id of its leg.
  onCdr: (record) => Records.use(Ref.update((kept) => new Map(kept).set(record.callId, record)))
})

const platform = (faults: ReadonlyArray<Fault.Rule> = []) =>
  Platform.layer({
    app,
    config: {
      accounts: [{
        token: "sim-token",
        answerUrl: "https://clinic.example/piopiy/answer",
        webhooks: { cdr: "https://clinic.example/piopiy/cdr" }
      }],
      faults
    }
  }).pipe(Layer.provideMerge(Records.layer))

/** A patient calls; an hour later all has been posted, whatever went wrong at first. */
const call = Effect.gen(function*() {
  const simulator = yield* Simulator.Simulator
  yield* simulator.callIn({ from: patient, to: clinic })
  yield* advance("1 hour")
  const kept = yield* Ref.get(yield* Records)
  return {
    evidence: yield* simulator.evidence(),
    kept: [...kept.values()].map(({ disposition, to }) => [disposition, to])
  }
})

it.effect("puts who presses 1 through to the doctor, and keeps both records", () =>
  Effect.gen(function*() {
    const { evidence, kept } = yield* call
    expect(evidence).toHaveDeliveredWebhook({ notice: "Digits", body: { dtmf: "1" }, times: 1 })
    expect(evidence).toHaveBridgedTo(doctor)
    assert.deepStrictEqual(kept, [["Answered", doctor], ["Answered", clinic]])
  }).pipe(Effect.provide(platform())))

it.effect.each<Fault.WebhookFault>([
  { _tag: "Lost" },
  { _tag: "Late", ms: 4000 },
  { _tag: "Twice", afterMs: 60_000 },
  { _tag: "OutOfOrder" }
])("keeps both when a record is $_tag", (fault) =>
  Effect.gen(function*() {
    const { evidence, kept } = yield* call
    expect(evidence).toHaveFiredFault("bad day")
    assert.sameDeepMembers(kept, [["Answered", doctor], ["Answered", clinic]])
  }).pipe(Effect.provide(platform([{ name: "bad day", fault, when: { notice: "Record", nth: [1] } }]))))

it.effect("hangs up when the platform cannot make sense of what was said", () =>
  Effect.gen(function*() {
    const { evidence } = yield* call
    expect(evidence).toHaveEnded({ by: "Pipeline", cause: "NORMAL_TEMPORARY_FAILURE" })
    expect(evidence).not.toHaveRung(doctor)
  }).pipe(Effect.provide(platform([{ fault: { _tag: "Lost" }, when: { notice: "Digits" } }]))))

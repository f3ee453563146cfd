import { LegacyPipeline, PhoneNumber, type Webhook, WebhookRouter } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/testing/TestClock"

// What is tested: a clinic that asks who calls whom they want, and keeps the record of every leg.

class Records extends Context.Service<Records, Ref.Ref<ReadonlyArray<Webhook.Cdr>>>()("clinic/Records") {
  static readonly layer = Layer.effect(this, Ref.make<ReadonlyArray<Webhook.Cdr>>([]))
}

const clinic = PhoneNumber.make("914400000001")
const doctor = PhoneNumber.make("919840007210") // answers after 1 s, hangs up 10 s later

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
  onCdr: (record) => Records.use((records) => Ref.update(records, (all) => [...all, record]))
})

// The test: the same routes. The account says where calls are announced, and where records go.

const config = {
  accounts: [{
    token: "sim-token",
    answerUrl: "https://clinic.example/piopiy/answer",
    webhooks: { cdr: "https://clinic.example/piopiy/cdr" }
  }]
} as const

const platform = Layer.unwrap(Effect.map(
  Records,
  (records) => InProcess.layer({ config, app: Layer.provide(app, Layer.succeed(Records, records)) })
)).pipe(Layer.provideMerge(Records.layer))

it.effect("puts who presses 1 through to the doctor, and keeps both records", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* simulator.callIn({ from: "919840007301", to: clinic }) // presses 1 at the first question
    yield* TestClock.adjust("1 minute")
    const records = yield* Ref.get(yield* Records)
    assert.deepStrictEqual(records.map(({ disposition, to }) => [disposition, to]), [
      ["Answered", doctor],
      ["Answered", clinic]
    ])
  }).pipe(Effect.provide(platform)))

const closed = HttpRouter.add("POST", "*", HttpServerResponse.empty({ status: 503 }))

it.effect("is sent a record that it could not take again, for half an hour", () =>
  Effect.gen(function*() {
    const simulator = yield* Simulator.Simulator
    yield* simulator.callIn({ from: "919840007301", to: clinic })
    yield* TestClock.adjust("1 hour")
    const entries = yield* simulator.journal()
    const attempts = entries.flatMap((entry) =>
      entry._tag === "Delivered" && entry.notice._tag === "Record" ? [[entry.at / 60_000, entry.status]] : []
    )
    assert.deepStrictEqual(attempts, [[0, 503], [5, 503], [15, 503], [30, 503]])
  }).pipe(Effect.provide(InProcess.layer({ app: closed, config }))))

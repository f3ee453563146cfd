import { PiopiyError, PiopiyPromise } from "@effect-piopiy/sdk"
import { Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { placeCall, type Settings } from "../src/05-without-effect.ts"
import * as played from "./played.ts"

/** A `fetch` that reaches the platform in memory. */
const makeFetch = Effect.gen(function*() {
  const http = yield* HttpClient.HttpClient
  const run = Effect.runPromiseWith(yield* Effect.context())
  const fetch: typeof globalThis.fetch = (input, init) => {
    return run(Effect.gen(function*() {
      const sent = new Request(input, init)
      const text = yield* Effect.promise(() => sent.text())
      const response = yield* http.execute(
        HttpClientRequest.post(sent.url).pipe(
          HttpClientRequest.setHeaders(Object.fromEntries(sent.headers)),
          HttpClientRequest.bodyText(text, "application/json")
        )
      )
      return new Response(yield* response.text, { status: response.status })
    }))
  }
  return fetch
})

interface Circumstances {
  readonly settings?: Settings
  readonly config?: SimulatorConfig.SimulatorConfig
}

/** Runs the lesson's own function, lets time pass, and tells how it ended and what the platform saw. */
const play = ({ config = {}, settings = {} }: Circumstances = {}) =>
  Effect.gen(function*() {
    const fetch = yield* makeFetch
    const piopiy = PiopiyPromise.make({ baseUrl: "http://platform.test/v3", token: "sim-token", fetch })
    const outcome = yield* Effect.promise(() =>
      placeCall(piopiy, settings).then(Result.succeed, (error: unknown) => Result.fail(error))
    )
    yield* TestClock.adjust("5 minutes")
    yield* Effect.promise(() => piopiy.dispose())
    const simulator = yield* Simulator.Simulator
    return { outcome, records: yield* simulator.records, journal: yield* simulator.journal() }
  }).pipe(Effect.provide(InProcess.layer({ config })))

it.effect("tells the id under which the platform queued the call", () =>
  Effect.gen(function*() {
    const { outcome, records } = yield* play()
    assert.deepStrictEqual(Result.getOrThrow(outcome), { kind: "queued", callId: records[0]?.callId })
  }))

it.effect("rings the customer, then joins the agent when the customer has answered", () =>
  Effect.gen(function*() {
    const { records } = yield* play()
    assert.deepStrictEqual(played.legs(records[0]).map(({ answeredAt, to }) => [to, answeredAt]), [
      ["919840007210", 1000],
      ["6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02", 1300]
    ])
  }))

it.effect("rings once, and asks for a look, when the reply is lost", () =>
  Effect.gen(function*() {
    const { journal, outcome } = yield* play({
      config: {
        faults: [{ fault: { _tag: "Reset", effect: "after" }, when: { operation: "POST /v3/voice/ai/call" } }]
      }
    })
    assert.strictEqual(Result.getOrThrow(outcome).kind, "look first")
    assert.lengthOf(played.events(journal, "Originated"), 1)
  }))

it.effect("rejects, and rings nobody, when the agent is not running", () =>
  Effect.gen(function*() {
    const { journal, outcome } = yield* play({ settings: { AGENT_ID: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff001" } })
    const error = Result.isFailure(outcome) ? outcome.failure : undefined
    assert.strictEqual(error instanceof PiopiyError.PiopiyError ? error.reason._tag : "", "Forbidden")
    assert.lengthOf(played.events(journal, "Originated"), 0)
  }))

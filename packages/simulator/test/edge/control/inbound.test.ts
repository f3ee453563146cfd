import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as inbound from "../../../src/edge/control/inbound.ts"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { entriesOf } from "../../platform.ts"

const nowhere = () => undefined
const from = "919840007102"
const to = "914400000001"

/** The paths at fault. */
const faults = (json: unknown, answerUrlOf: (number: string) => string | undefined = nowhere) =>
  Result.match(inbound.admit(json, answerUrlOf), {
    onFailure: (problems) => problems.map(({ path }) => path),
    onSuccess: () => []
  })

const callIn = (body: unknown) =>
  Effect.gen(function*() {
    const { main } = yield* Tenants
    const request = HttpClientRequest.post("/_sim/calls/inbound").pipe(HttpClientRequest.bodyJsonUnsafe(body))
    const response = yield* inbound.handle(main, HttpServerRequest.fromClientRequest(request))
    const answer: unknown = yield* Effect.promise(() => HttpServerResponse.toWeb(response).json())
    return { status: response.status, answer }
  })

describe("a call from outside", () => {
  it("asks the given answer URL", () => {
    const admitted = inbound.admit({ from, to, answer_url: "http://localhost/answer" }, () => "http://localhost/other")
    assert.deepEqual<unknown>(Result.getOrThrow(admitted), {
      callerId: from,
      to,
      program: [{ _tag: "Ask", url: "http://localhost/answer" }]
    })
  })

  it("asks the URL of the number when none is given", () => {
    const admitted = inbound.admit({ from, to }, (number) => `http://localhost/${number}`)
    assert.deepEqual<unknown>(Result.getOrThrow(admitted).program, [{ _tag: "Ask", url: `http://localhost/${to}` }])
  })

  it("runs the given pcmo without asking anybody", () => {
    const admitted = inbound.admit({ from, to, pcmo: [{ action: "hangup" }] }, () => "http://localhost/answer")
    assert.deepEqual<unknown>(Result.getOrThrow(admitted).program, [{ _tag: "Hangup" }])
  })

  it("takes numbers as text and as JSON numbers", () => {
    const asText = inbound.admit({ from, to, pcmo: [{ action: "hangup" }] }, nowhere)
    const asNumbers = inbound.admit({ from: Number(from), to: Number(to), pcmo: [{ action: "hangup" }] }, nowhere)
    assert.deepEqual(asNumbers, asText)
  })

  it.each<[string, unknown, ReadonlyArray<string>]>([
    ["without numbers", { answer_url: "http://localhost/" }, ["from", "to"]],
    ["with nobody to ask", { from, to }, ["answer_url"]],
    ["with both", { from, to, answer_url: "http://localhost/", pcmo: [{ action: "hangup" }] }, ["pcmo"]],
    ["with an unknown key", { from, to, answer_url: "http://localhost/", hello: 1 }, ["hello"]],
    ["with a wrong number", { from: "+1", to, answer_url: "http://localhost/" }, ["from"]],
    ["with another kind of URL", { from, to, answer_url: "ftp://localhost/" }, ["answer_url"]],
    ["with a wrong pcmo", { from, to, pcmo: [{ action: "play" }] }, ["pcmo[0].file_name"]],
    ["that is no object", [], [""]]
  ])("is refused %s", (_, body, paths) => {
    assert.deepEqual(faults(body), paths)
  })

  it.effect("is taken with 202 and the ids of the call", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const { answer, status } = yield* callIn({ from, to, pcmo: [{ action: "play", file_name: "a.wav" }] })
      const [call] = yield* simulator.live
      assert.strictEqual(status, 202)
      assert.deepEqual(answer, { call_id: call?.origin.callId, request_id: call?.origin.requestId })
      assert.deepEqual([call?.origin.kind, call?.origin.appId], ["Inbound", "1000001"])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is refused with 400 that names what is missing, and journalled as refused", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const { answer, status } = yield* callIn({ from, to })
      assert.strictEqual(status, 400)
      assert.containsSubset(answer, { error: "invalid_request", field: "answer_url" })
      const [refused] = entriesOf(yield* simulator.journal(), "Refused")
      assert.deepEqual([refused?.operation, refused?.status, refused?.field], [
        "POST /_sim/calls/inbound",
        400,
        "answer_url"
      ])
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("is refused while every channel is in use", () =>
    Effect.gen(function*() {
      const body = { from, to, pcmo: [{ action: "play", file_name: "a.wav" }] }
      assert.strictEqual((yield* callIn(body)).status, 202)
      assert.strictEqual((yield* callIn(body)).status, 429)
    }).pipe(Effect.provide(InProcess.layer({ config: { accounts: [{ token: "sim-token", channels: 1 }] } }))))
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, hangup, journalOf, jsonReply, place, question, recordOf, send } from "../platform.ts"

const presser = "919840007305"
const ask = (path: string) => question({}, { on_result: { type: "url", url: `http://anywhere.example${path}` } })

/** What the application answered to the digits of one call. */
const statusOf = (path: string) =>
  Effect.gen(function*() {
    const callId = yield* place({ to: presser, pipeline: [ask(path)] })
    yield* recordOf(callId)
    return entriesOf(yield* journalOf(callId), "Delivered")[0]?.status
  })

describe("InProcess", () => {
  const app = Layer.merge(
    HttpRouter.add("POST", "/menu", jsonReply([hangup])),
    HttpRouter.add("POST", "/dies", Effect.die("no"))
  )

  it.effect.each([["/menu", 200], ["/none", 404], ["/dies", 500]] as const)(
    "lets the application answer %s with %s, as a server would",
    ([path, status]) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* statusOf(path), status)
      }).pipe(Effect.provide(InProcess.layer({ app })))
  )

  /** Asks as the default account does, at a host of the platform. */
  const asked = (url: string, body: Readonly<Record<string, unknown>>) =>
    HttpClientRequest.post(url).pipe(
      HttpClientRequest.bearerToken("sim-token"),
      HttpClientRequest.bodyJsonUnsafe(body),
      send
    )
  const app1 = { appid: 1_000_001, secret: "sim-secret" }

  it.effect.each<readonly [url: string, body: Readonly<Record<string, unknown>>, key: string, value: unknown]>([
    [
      "https://rest.piopiy.com/v3/voice/pcmo/call",
      { caller_id: "914400000001", to_number: presser, app_id: "app", pipeline: [hangup] },
      "message",
      "call_queued"
    ],
    ["https://rest.telecmi.com/v2/balance", app1, "balance", 1_000_000],
    ["https://piopiy.telecmi.com/v1/balance", { appid: 1_000_001, token: "sim-secret" }, "balance", "1000000"],
    [
      "https://rest.telecmi.com/v2/ind_pcmo_make_call",
      { ...app1, from: 914400000001, to: 919840007305, pcmo: [hangup] },
      "status",
      "progress"
    ],
    ["https://rest.telecmi.com/v2/user/login", { id: "101_1000001", password: "sim-password" }, "code", 200]
  ])("lets the default account reach %s", ([url, body, key, value]) =>
    Effect.gen(function*() {
      const answer = yield* asked(url, body)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.body[key], value, answer.text)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect("answers webhooks with 404 when there is no application", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* statusOf("/menu"), 404)
    }).pipe(Effect.provide(InProcess.layer())))
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Control from "../../../../src/Control.ts"
import { places } from "../../../../src/edge/control/api/serve.ts"
import * as LocalClient from "../../../../src/LocalClient.ts"
import * as Simulator from "../../../../src/Simulator.ts"
import * as Streams from "../../../../src/Streams.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { get, host, post, send } from "../../../platform.ts"

const inProcess = InProcess.layer({ config: { accounts: [{ token: "sim-token" }, { token: "other", name: "other" }] } })
const guarded = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpRouter.toHttpEffect(Simulator.routes({ adminToken: Redacted.make("admin") })), LocalClient.make)
).pipe(
  Layer.provideMerge(Simulator.layer({ accounts: [{ token: "t1" }, { token: "t2", name: "two" }] })),
  Layer.provide([Streams.layerNone, Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.never))])
)

const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(
    HttpClientRequest.make(method === "GET" || method === "PUT" || method === "DELETE" ? method : "POST")(
      `${host}/_sim${path.replace(/\{\w+\}/, "x")}`,
      { headers }
    )
  )
const statusAnd = (answer: { readonly status: number; readonly body: Readonly<Record<string, unknown>> }) => [
  answer.status,
  answer.body["error"]
]
const all = places.map((place) => [`${place.method} ${place.path}`, place] as const)

describe("with an admin token, the control API", () => {
  it.effect.each(all)("refuses %s to whoever does not have it", ([, { method, path }]) =>
    Effect.gen(function*() {
      assert.deepEqual(statusAnd(yield* ask(method, path)), [401, "unauthorized"])
      assert.deepEqual(statusAnd(yield* ask(method, path, { authorization: "Bearer t1" })), [401, "unauthorized"])
    }).pipe(Effect.provide(guarded)))

  it.effect("is for any tenant by its name, and none by its token", () =>
    Effect.gen(function*() {
      const admin = yield* Control.make({ url: host, adminToken: Redacted.make("admin"), token: "t1", tenant: "two" })
      assert.strictEqual((yield* admin.clock.get()).tenant, "two")
      assert.deepEqual((yield* admin.tenants.list()).map(({ name }) => name), ["two"])
      const whole = yield* Control.make({ url: host, adminToken: "admin" })
      assert.deepEqual((yield* whole.tenants.list()).map(({ name }) => name), ["default", "two"])
      const nobody = yield* Control.make({ url: host, adminToken: "admin", tenant: "nobody" })
      assert.strictEqual((yield* Effect.flip(nobody.clock.get()))._tag, "NoSuchTenant")
      const wrong = yield* Control.make({ url: host, adminToken: "Admin" })
      assert.strictEqual((yield* Effect.flip(wrong.clock.get()))._tag, "Unauthorized")
    }).pipe(Effect.provide(guarded)))
})

describe("without one, the control API", () => {
  it.effect.each(all)("refuses %s to a page of another host", ([, { method, path }]) =>
    Effect.gen(function*() {
      const asked = [{ host: "evil.example" }, { origin: "https://evil.example" }, { origin: "null" }]
      for (const headers of asked) assert.deepEqual(statusAnd(yield* ask(method, path, headers)), [403, "forbidden"])
    }).pipe(Effect.provide(inProcess)))

  it.effect("is of the tenant whose token comes along, and no other", () =>
    Effect.gen(function*() {
      const other = yield* Control.make({ url: `${host}/`, token: "other" })
      assert.strictEqual((yield* other.clock.get()).tenant, "other")
      yield* other.faults.add({ payload: { fault: { _tag: "Truncated" } } })
      assert.deepEqual(yield* (yield* Control.make({ url: host })).faults.list(), [])
      const astray = yield* Control.make({ url: host, token: "other", tenant: "default" })
      assert.strictEqual((yield* Effect.flip(astray.faults.list()))._tag, "Forbidden")
    }).pipe(Effect.provide(inProcess)))

  it.effect("takes a page of this machine", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* ask("GET", "/clock", { origin: "http://localhost:3000" })).status, 200)
    }).pipe(Effect.provide(inProcess)))
})

describe("a body", () => {
  const body = (text: string, contentType?: string) =>
    HttpClientRequest.post(`${host}/_sim/clock/advance`).pipe(
      HttpClientRequest.bodyUint8Array(new TextEncoder().encode(text), contentType),
      (request) => contentType === undefined ? HttpClientRequest.removeHeader(request, "content-type") : request,
      send
    )

  it.effect("must say that it is JSON, be it, and not be too long or too deep", () =>
    Effect.gen(function*() {
      const json = "application/json"
      assert.deepEqual(statusAnd(yield* body("{}", "text/plain")), [415, "unsupported_media_type"])
      assert.deepEqual(statusAnd(yield* body("{", json)), [400, "invalid_request"])
      assert.deepEqual(statusAnd(yield* body("", json)), [400, "invalid_request"])
      assert.deepEqual(statusAnd(yield* body("[".repeat(100_000) + "]".repeat(100_000), json)), [
        400,
        "invalid_request"
      ])
      const problems = yield* post("/_sim/clock/advance", { ms: "1", s: 1 })
      assert.deepEqual(problems.body["problems"], [
        { path: "s", message: "unknown key; the only key is ms" },
        { path: "ms", message: "Expected number" }
      ])
    }).pipe(Effect.provide(inProcess)))
})

describe("a place of the control API", () => {
  it.effect("takes no other methods, and says which it takes", () =>
    Effect.gen(function*() {
      const answer = yield* ask("DELETE", "/clock/advance")
      assert.deepEqual([answer.status, answer.headers["allow"]], [405, "POST"])
      const tenants = yield* ask("PUT", "/tenants")
      assert.deepEqual([tenants.status, tenants.headers["allow"]], [405, "POST, GET"])
      assert.deepEqual(statusAnd(yield* get("/_sim/clocks")), [404, "not_found"])
      assert.deepEqual(statusAnd(yield* get("/_sim/tenants/a/b/c")), [404, "not_found"])
    }).pipe(Effect.provide(inProcess)))
})

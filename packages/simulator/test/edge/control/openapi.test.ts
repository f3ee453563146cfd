import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as docsPage from "../../../src/edge/control/docsPage.ts"
import * as openapi from "../../../src/edge/control/openapi.ts"
import type { Component } from "../../../src/edge/control/openapiComponents.ts"
import { type Operation, operations } from "../../../src/edge/control/openapiOperations.ts"
import { pages } from "../../../src/edge/control/openapiPages.ts"
import * as routesLegacy from "../../../src/edge/rest/routesLegacy.ts"
import * as routesV3 from "../../../src/edge/rest/routesV3.ts"
import * as Tenants from "../../../src/engine/Tenants.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { get, post } from "../../platform.ts"

const origin = "http://127.0.0.1:8787"
const asked = (headers: Readonly<Record<string, string>>) => ({
  request: HttpServerRequest.fromClientRequest(HttpClientRequest.get("/_sim/openapi.json", { headers }))
})

/** A page as a client of some host is shown it. */
const shown = Effect.fnUntraced(function*(path: string, hostName: string) {
  const { all, main } = yield* Tenants.Tenants
  const page = yield* Effect.fromNullishOr(pages.find((page) => page.path === path))
  const visit = { ...asked({ host: hostName }), params: new URLSearchParams(), id: "", tenant: main, tenants: all() }
  const response = yield* page.answer(visit)
  const text = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
  return { text, headers: response.headers }
})
const references = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name))
const concrete = ({ path, pathId }: Operation): string =>
  pathId === undefined ? path : path.replace(`{${pathId.name}}`, pathId.example)
const named = <A extends { readonly id: string }>(row: A) => [row.id, row] as const

describe("the OpenAPI document", () => {
  it("has components for all it refers to, and refers to all its components", () => {
    const text = JSON.stringify(openapi.document(origin))
    assert.sameMembers([...references(text)], Object.keys(openapi.schemas()))
  })

  it("leaves out no place of the emulated API", () => {
    const anyId = (path: string): string => path.replace(/^\/v3/, "").replace(/\{\w+\}/, "{id}")
    const routed = [
      ...routesV3.places,
      ...routesLegacy.places
    ]
    assert.sameMembers(
      operations.map(({ method, path }) => `${method} ${anyId(path)}`),
      routed.map(({ method, path }) => `${method.toLowerCase()} ${anyId(path)}`)
    )
  })

  it("names each operation once, and each place once", () => {
    assert.strictEqual(new Set(operations.map(({ id }) => id)).size, operations.length)
    assert.strictEqual(new Set(operations.map(({ path }) => path)).size, operations.length)
  })

  it.each(operations.map(named))("says what stands in the path of %s", (_, { path, pathId }) => {
    assert.deepEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      pathId === undefined ? [] : [pathId.name]
    )
  })

  it.each(Object.entries<Component>({ ...openapi.requests, ...openapi.replies }))(
    "has an example of %s",
    (_, { example, schema }) => {
      const decoded = Schema.decodeUnknownResult(schema)(example, { onExcessProperty: "error" })
      assert.isTrue(Result.isSuccess(decoded), Result.isFailure(decoded) ? String(decoded.failure) : "")
    }
  )

  it.effect("is for the server as its client called it", () =>
    Effect.gen(function*() {
      const { text } = yield* shown("/openapi.json", "localhost:9999")
      assert.deepNestedInclude(JSON.parse(text), { "servers[0].url": "http://localhost:9999" })
    }).pipe(Effect.provide(InProcess.layer())))

  it.each(["<script>", "a b", "a/b", "a:b", "\"", ""])("does not repeat %j, which is no host", (name) => {
    assert.strictEqual(openapi.originOf(asked({ host: name }).request), "http://localhost:8787")
  })
})

describe("the simulator", () => {
  it.effect.each(operations.map(named))("knows where %s is", ([, operation]) =>
    Effect.gen(function*() {
      const path = concrete(operation)
      const answer = operation.method === "get" ? yield* get(path, "sim-token") : yield* post(path, {})
      assert.notStrictEqual(answer.body["error"], "not_found")
      const other = operation.method === "get" ? yield* post(path, {}) : yield* get(path, "sim-token")
      assert.strictEqual(other.status, 405)
    }).pipe(Effect.provide(InProcess.layer())))

  it.effect.each(
    operations.flatMap((operation) =>
      (operation.requests ?? []).map((name) => [`${operation.id} (${name})`, operation, name] as const)
    )
  )("takes the example of %s", ([, operation, name]) =>
    Effect.gen(function*() {
      const answer = yield* post(concrete(operation), openapi.requests[name].example)
      // About a call that is not there, or a user who is not logged in, but not about the body.
      assert.notProperty(answer.body, "problems", answer.text)
      assert.include([200, 403, 404], answer.status, answer.text)
      assert.include([undefined, 200, 404], answer.body["code"], answer.text)
    }).pipe(Effect.provide(InProcess.layer())))
})

describe("the docs page", () => {
  const html = docsPage.html(origin)

  it("shows every operation with a line to try it", () => {
    for (const operation of operations) {
      assert.include(html, `id="${operation.id}"`)
      assert.include(html, `curl -sS &#39;${origin}${concrete(operation)}&#39;`)
    }
  })

  it("links to nothing that is not on it, or on this server", () => {
    const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, target = ""]) => target)
    assert.isNotEmpty(targets)
    for (const target of targets) {
      if (target.startsWith("#")) assert.include(html, `id="${target.slice(1)}"`)
      else assert.match(target, /^\/_sim\/[a-z./]+$/)
    }
    assert.notMatch(html, /<script|\ssrc=|url\(|@import/i)
  })

  it("shows markup in a name as text", () => {
    assert.notInclude(docsPage.html("http://<b>'\""), "<b>'")
  })

  it.effect("forbids browsers every request and every script", () =>
    Effect.gen(function*() {
      const { headers, text } = yield* shown("/docs", "localhost:9999")
      assert.include(text, "curl -sS &#39;http://localhost:9999/v3/voice/ai/call&#39;")
      assert.match(headers["content-security-policy"] ?? "", /^default-src 'none'; style-src 'unsafe-inline';/)
      assert.match(headers["content-type"] ?? "", /^text\/html/)
    }).pipe(Effect.provide(InProcess.layer())))
})

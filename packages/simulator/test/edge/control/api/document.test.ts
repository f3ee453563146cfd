import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Control from "../../../../src/Control.ts"
import { document, operations } from "../../../../src/edge/control/api/document.ts"
import { examples } from "../../../../src/edge/control/api/examples.ts"
import * as docsPage from "../../../../src/edge/control/docsPage.ts"
import * as InProcess from "../../../../src/testing/InProcess.ts"
import { get } from "../../../platform.ts"

const origin = "http://127.0.0.1:8787"
const all = operations()
const endpoints = Object.values(Control.api.groups).flatMap((group) =>
  Object.values(group.endpoints).map((endpoint) => [`${group.identifier}.${endpoint.identifier}`, endpoint] as const)
)

describe("the document of the control API", () => {
  it("describes every operation, and has an example of each", () => {
    assert.sameMembers(all.map(({ operation }) => operation.operationId), Object.keys(examples))
    assert.sameMembers(endpoints.map(([id]) => id), Object.keys(examples))
    for (const { operation } of all) {
      assert.isNotEmpty(operation.summary)
      assert.isNotEmpty(operation.description)
    }
  })

  it.each(endpoints)("has an example of %s with all that it takes", (id, endpoint) => {
    const { params, request } = examples[id] ?? {}
    const names = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name)
    assert.sameMembers(Object.keys(params ?? {}), names)
    assert.strictEqual(request !== undefined, endpoint.payload.size > 0)
  })

  it("refers to nothing that it does not have", () => {
    const spec = document(origin)
    const text = JSON.stringify(spec)
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
    assert.includeMembers(Object.keys(spec.components.schemas), [...names])
    assert.deepEqual(spec.servers?.map(({ url }) => url), [origin])
    assert.strictEqual(spec.openapi, OpenApi.fromApi(Control.api).openapi)
  })

  it.effect("is served, and on the docs page with a line to try each operation", () =>
    Effect.gen(function*() {
      const { body, status } = yield* get("/_sim/control/openapi.json")
      assert.strictEqual(status, 200)
      assert.sameMembers(Object.keys(Object(body["paths"])), Object.keys(document(origin).paths))
      const html = docsPage.html(origin)
      for (const { operation } of all) assert.include(html, `id="control-${operation.operationId}"`)
      assert.include(html, "curl -sS &#39;http://127.0.0.1:8787/_sim/clock/advance&#39;")
      assert.include(html, "curl -sS -X DELETE &#39;http://127.0.0.1:8787/_sim/faults&#39;")
    }).pipe(Effect.provide(InProcess.layer())))
})

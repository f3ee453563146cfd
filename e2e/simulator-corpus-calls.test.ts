/** What the vendor's call control was recorded sending, sent to the simulator byte for byte. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as InProcess from "../packages/simulator/src/testing/InProcess.ts"

const Vectors = Schema.fromJsonString(Schema.Array(Schema.Struct({
  id: Schema.String,
  generation: Schema.optionalKey(Schema.String),
  expected: Schema.Struct({
    request: Schema.optionalKey(Schema.Struct({
      method: Schema.String,
      url: Schema.String,
      headers: Schema.Record(Schema.String, Schema.String),
      body_text: Schema.optionalKey(Schema.String)
    }))
  })
})))

const requests = ["rest.json", "errors.json"]
  .flatMap((file) => Schema.decodeSync(Vectors)(readFileSync(join(import.meta.dirname, "corpus", file), "utf8")))
  .flatMap(({ expected: { request }, generation, id }) =>
    generation === "v3-calls" && request !== undefined ? [{ id, ...request }] : []
  )

const config = { accounts: [{ token: "YOUR_BEARER_TOKEN" }] } as const

describe("a recorded request to the calls API", () => {
  it("is there a dozen times at least", () => assert.isAtLeast(requests.length, 12))

  it.effect.each(requests)(
    "$id is taken as far as its call, which this platform never had",
    (recorded) =>
      Effect.gen(function*() {
        const request = recorded.method === "GET" ? HttpClientRequest.get : HttpClientRequest.post
        const response = yield* HttpClient.execute(
          request(recorded.url).pipe(
            recorded.body_text === undefined ? (plain) => plain : HttpClientRequest.bodyText(recorded.body_text),
            HttpClientRequest.setHeaders(recorded.headers)
          )
        )
        const error = recorded.url.includes("/transfers/") ? "TRANSFER_NOT_FOUND" : "CALL_NOT_FOUND"
        assert.strictEqual(response.status, 404)
        assert.propertyVal(yield* response.json, "error", error)
      }).pipe(Effect.provide(InProcess.layer({ config })))
  )
})

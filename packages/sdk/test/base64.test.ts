import { assert, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import { encode } from "../src/internal/base64.ts"

it.prop("the runtime writes what Effect writes, of views too", [Schema.Uint8Array], ([bytes]) => {
  const padded = new Uint8Array([1, 2, 3, ...bytes, 4])
  assert.strictEqual(encode(padded.subarray(3, -1)), Base64.encode(bytes))
})

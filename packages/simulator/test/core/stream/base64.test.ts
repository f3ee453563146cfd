import { assert, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import * as base64 from "../../../src/core/stream/base64.ts"

it("reads the samples of RFC 4648", () => {
  const samples = { "": "", "Zg==": "f", "Zm8=": "fo", "Zm9v": "foo", "Zm9vYg==": "foob", "Zm9vYmFy": "foobar" }
  for (const [text, plain] of Object.entries(samples)) {
    assert.deepStrictEqual(base64.decode(text), new TextEncoder().encode(plain))
  }
  assert.deepStrictEqual(base64.decode("+/+/"), Uint8Array.of(0xfb, 0xff, 0xbf))
})

it("lets bits beyond the last byte through, as the Python client does", () => {
  assert.deepStrictEqual(base64.decode("QR=="), Uint8Array.of(0x41))
  assert.deepStrictEqual(base64.decode("QUJ="), Uint8Array.of(0x41, 0x42))
})

it("refuses what both official clients refuse", () => {
  for (
    const text of [
      "@@@",
      "@@@@",
      "QQ",
      "QQ=",
      "QQ===",
      "Q===",
      "====",
      "=",
      "Q=Q=",
      "QQ==QQ==",
      "Q Q=",
      "QQQ\n",
      "-_-_",
      "QQQé"
    ]
  ) assert.isUndefined(base64.decode(text), text)
})

it("reads texts of any length, also as a part of another", () => {
  for (const length of [6143, 6144, 6145, 6146, 12_288, 12_289, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7919) >> 3)
    const text = Base64.encode(bytes)
    assert.deepStrictEqual(base64.decode(text), bytes)
    assert.deepStrictEqual(base64.decode(`=="${text}"==`, 3, 3 + text.length), bytes)
    for (const place of [0, 8191, 8192, text.length - 3]) {
      if (place >= text.length) continue
      assert.isUndefined(base64.decode(`${text.slice(0, place)}é${text.slice(place + 1)}`))
      assert.isUndefined(base64.decode(`${text.slice(0, place)} ${text.slice(place + 1)}`))
    }
  }
})

it.prop("reads back any bytes that another encoder wrote", [Schema.Uint8Array], ([bytes]) => {
  assert.deepStrictEqual(base64.decode(Base64.encode(bytes)), new Uint8Array(bytes))
})

it.prop("reads or refuses any text", [Schema.String], ([text]) => {
  const bytes = base64.decode(text)
  if (bytes !== undefined) assert.strictEqual(Math.ceil(bytes.length / 3) * 4, text.length)
})

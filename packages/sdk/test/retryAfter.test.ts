import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { parseRetryAfter } from "../src/internal/replyErrors.ts"

const waits = (header: string | undefined, nowMs = 0) => Option.map(parseRetryAfter(header, nowMs), Duration.toMillis)

describe("Retry-After", () => {
  it("is seconds", () => {
    assert.deepStrictEqual(waits(" 120 "), Option.some(120_000))
    assert.deepStrictEqual(waits("0"), Option.some(0))
  })

  it.prop(
    "is a date as HTTP writes it, of any day",
    [Schema.Int.check(Schema.isBetween({ minimum: -62_000_000_000, maximum: 250_000_000_000 }))],
    ([seconds]) => {
      const text = new Date(seconds * 1000).toUTCString()
      assert.deepStrictEqual(waits(text, seconds * 1000 - 5_000), Option.some(5_000))
    }
  )

  it("in the past is no wait", () => {
    assert.deepStrictEqual(waits("Thu, 01 Jan 1970 00:00:07 GMT", 8_000), Option.some(0))
  })

  it.each([
    undefined,
    "",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "9999999999",
    "Thu, 01 Foo 1970 00:00:07 GMT",
    "Thu, 01 anF 1970 00:00:07 GMT",
    "Thu, 1 Jan 1970 00:00:07 GMT",
    "1970-01-01T00:00:07Z"
  ])("is nothing when it is %j", (header) => {
    assert.deepStrictEqual(waits(header), Option.none())
  })
})

import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import { junk, untyped } from "./untyped.ts"

it.each(["918888888888", "+91 88888-88888", "+91 (88888) 88.888", "1234567", "1234567890123456"])(
  "reads %s as people write it",
  (text) => {
    assert.strictEqual(Result.getOrThrow(PhoneNumber.parse(text)), text.replaceAll(/\D/g, ""))
  }
)

it.each(["", "123456", "12345678901234567", "0918888888888", "91888888888x", "918888888888\n", "٩١٨٨٨٨٨٨٨٨"])(
  "refuses %j without repeating it",
  (text) => {
    const result = PhoneNumber.parse(text)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result) && text.length > 3) assert.notInclude(JSON.stringify(result.failure), text)
  }
)

it("refuses what is no text", () => {
  for (const value of junk()) assert.isTrue(Result.isResult(untyped(PhoneNumber.parse, value)))
  assert.isFalse(PhoneNumber.isPhoneNumber(918888888888))
})

it("throws for a constant that is no phone number", () => {
  assert.throws(() => PhoneNumber.make("+918888888888"))
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as PiopiyConfig from "../src/PiopiyConfig.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import * as RequestLimits from "../src/RequestLimits.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

const token = Redacted.make("secret-token")

const pathsOf = (error: unknown): ReadonlyArray<string> =>
  error instanceof PiopiyError && error.reason._tag === "InvalidConfig"
    ? error.reason.issues.map(({ path }) => path)
    : []

const problems = (options: PiopiyConfig.Options) =>
  Effect.map(Effect.flip(PiopiyConfig.make(options)), (error) => ({
    text: `${String(error)} ${JSON.stringify(error)}`,
    paths: error.reason._tag === "InvalidConfig" ? error.reason.issues.map((issue) => issue.path) : []
  }))

describe("make", () => {
  it.effect("fills in the defaults", () =>
    Effect.gen(function*() {
      const config = yield* PiopiyConfig.make({ token })
      assert.strictEqual(config.baseUrl, "https://rest.piopiy.com/v3")
      assert.strictEqual(Duration.toMillis(config.timeoutOf("Calls.transfer")), 10_000)
      assert.strictEqual(config.retryPolicy.maxAttempts, 3)
    }))

  it.effect("takes trailing slashes off the base URL", () =>
    Effect.gen(function*() {
      const config = yield* PiopiyConfig.make({ token, baseUrl: "http://127.0.0.1:8787/v3///" })
      assert.strictEqual(config.baseUrl, "http://127.0.0.1:8787/v3")
    }))

  it.effect.each([
    "",
    "rest.piopiy.com",
    "ftp://rest.piopiy.com",
    "https://user:pass@rest.piopiy.com",
    "https://rest.piopiy.com/v3?token=x",
    "https://rest.piopiy.com/v3#x"
  ])("refuses the base URL %j", (baseUrl) =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* problems({ token, baseUrl })).paths, ["baseUrl"])
    }))

  it.effect.each(["0 seconds", "-1 seconds", "Infinity"] as const)(
    "refuses the time-out %j",
    (timeout) =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* problems({ token, timeout })).paths, ["timeout"])
      })
  )

  it.effect("reports all problems at once and never shows the token", () =>
    Effect.gen(function*() {
      const found = yield* problems({ token: Redacted.make("my secret\n"), baseUrl: "x", timeout: 0 })
      assert.deepStrictEqual(found.paths, ["token", "baseUrl", "timeout"])
      assert.notInclude(found.text, "secret")
    }))

  const limits = (options: unknown): unknown => untyped(RequestLimits.make, options)

  const policy = (options: unknown): unknown => untyped(RetryPolicy.make, options)

  it.effect.each(
    [
      ["limits", { perSecond: 5 }],
      ["limits", limits(5)],
      ["limits", limits(null)],
      ["timeouts", { "Calls.status": 0 }],
      ["timeouts", 5],
      ["retryPolicy", { maxAttempts: 3 }],
      ["retryPolicy", "standard"],
      ["retryPolicy", { ...RetryPolicy.standard, maxAttempts: Number.NaN }],
      ["retryPolicy", { ...RetryPolicy.standard, retryAmbiguousAndMaybeRingTwice: "no" }],
      ["retryPolicy", policy(5)],
      ["retryPolicy", policy(null)],
      ["retries", 3],
      ["baseURL", "http://127.0.0.1:8787/v3"],
      ["limits", limits({ perSecond: 0 })],
      ["limits", limits({ perSecond: -1 })],
      ["limits", limits({ perSecond: 1e-9 })],
      ["limits", limits({ perSecond: Number.NaN })],
      ["limits", limits({ concurrency: 1.5 })],
      ["limits", limits({ waiting: -1 })],
      ["limits", limits({ perMinute: 5 })],
      ["limits", 5]
    ] as const
  )("refuses %s of %j", ([key, value]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, { token, [key]: value })))
      assert.deepStrictEqual(pathsOf(error), [key])
    }))

  it.effect.each(
    [
      ["baseDelay", "soon"],
      ["maxDelay", "-1 seconds"],
      ["maxElapsed", null],
      ["maxRetryAfter", Symbol("later")],
      ["maxAttempts", 3n],
      ["retryAmbiguousAndMaybeRingTwice", "no"],
      ["onAttempt", 5],
      ["attempts", 3]
    ] as const
  )("refuses a policy made with a wrong %s", ([key, value]) =>
    Effect.gen(function*() {
      const retryPolicy = policy({ maxDelay: "1 second", [key]: value })
      const error = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, { token, retryPolicy })))
      assert.deepStrictEqual(pathsOf(error), [`retryPolicy.${key}`])
    }))

  it.effect("tells all that is wrong with a policy, together with the rest", () =>
    Effect.gen(function*() {
      const retryPolicy = policy({ baseDelay: "soon", maxDelay: {}, maxElapsed: "late" })
      const error = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, { token, retryPolicy, baseUrl: "x" })))
      assert.deepStrictEqual(pathsOf(error), ["baseUrl", "retryPolicy.baseDelay", "retryPolicy.maxElapsed"])
    }))

  it.effect("takes whatever policy can be made of usable options", () =>
    Effect.gen(function*() {
      const retryPolicy = RetryPolicy.make({ baseDelay: 0, maxElapsed: "Infinity", maxAttempts: 7 })
      const config = yield* PiopiyConfig.make({ token, retryPolicy })
      assert.strictEqual(config.retryPolicy.maxAttempts, 7)
      assert.isFalse(Duration.isFinite(config.retryPolicy.maxElapsed))
    }))

  it.effect("refuses whatever it is given, with a typed error", () =>
    Effect.gen(function*() {
      for (const value of junk()) {
        const whole = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, value)))
        assert.include(pathsOf(whole), "token")
        if (value === undefined) continue
        for (const key of ["baseUrl", "retryPolicy"]) {
          const error = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, { token, [key]: value })))
          assert.deepStrictEqual(pathsOf(error), [key])
        }
      }
    }))

  it.effect("takes no bare text as token", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(effectOf(untyped(PiopiyConfig.make, { token: "bare-text" })))
      assert.include(String(error), "token")
      assert.notInclude(String(error), "bare-text")
    }))
})

import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Account from "../src/Account.ts"
import * as Piopiy from "../src/Piopiy.ts"
import * as PiopiyConfig from "../src/PiopiyConfig.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { platform, type Step } from "./scripted.ts"

const balance = Account.Account.use(({ balance }) => balance)
const json = { code: 200, expire: 1725942871456, sms: 12, balance: "878.900000" }
const legacy = Piopiy.layerLegacy({ appId: 2223123, appSecret: Redacted.make("s"), retryPolicy: RetryPolicy.none })
const bearer = (options?: Account.BearerOptions) =>
  Layer.provide(
    Account.layerBearer(options),
    PiopiyConfig.layer({ token: Redacted.make("secret-token"), retryPolicy: RetryPolicy.none })
  )

describe("balance", () => {
  it.effect("is asked for with the app id and its secret, and read from numbers as text or not", () =>
    Effect.gen(function*() {
      const { layer, requests } = yield* platform([{ status: 200, json }], legacy)
      const found = yield* Effect.provide(balance, layer)
      assert.strictEqual(requests[0]?.url, "https://rest.telecmi.com/v2/balance")
      assert.strictEqual(requests[0]?.body, "{\"appid\":2223123,\"secret\":\"s\"}")
      assert.deepStrictEqual({ ...found, expiresAt: Option.map(found.expiresAt, DateTime.toEpochMillis) }, {
        amount: 878.9,
        messages: Option.some(12),
        expiresAt: Option.some(1725942871456)
      })
    }))

  it.effect("is asked for with a token at the path that is given", () =>
    Effect.gen(function*() {
      const { layer, requests } = yield* platform(
        [{ status: 200, json: { balance: 5 } }],
        bearer({ path: "/me/balance" })
      )
      assert.strictEqual((yield* Effect.provide(balance, layer)).amount, 5)
      assert.strictEqual(requests[0]?.url, "https://rest.piopiy.com/v3/me/balance")
      assert.strictEqual(requests[0]?.headers["authorization"], "Bearer secret-token")
    }))

  it.effect.each(
    [
      [{ status: 404 }, "Rejected"],
      [{ status: 200, json: { balance: "much" } }, "UnexpectedReply"],
      [{ status: 200, json: {} }, "UnexpectedReply"],
      [{ status: 401 }, "Unauthorized"]
    ] as ReadonlyArray<readonly [Step, string]>
  )("%j is %s", ([step, reason]) =>
    Effect.gen(function*() {
      for (const services of [legacy, bearer()]) {
        const { layer } = yield* platform([step], services)
        const error = yield* Effect.flip(Effect.provide(balance, layer))
        assert.strictEqual(error.reason._tag, reason)
      }
    }))

  it.effect("has no path that is none", () =>
    Effect.gen(function*() {
      const { layer } = yield* platform([{ status: 200, json }], bearer({ path: "/a b" }))
      const error = yield* Effect.flip(Effect.provide(balance, layer))
      assert.strictEqual(error.reason._tag, "InvalidConfig")
    }))
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as Notifications from "../src/Notifications.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import { platform, type Step } from "./scripted.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

type Service = Notifications.Notifications["Service"]

const password = "user-password"
const loggedIn = (token: string): Step => ({ status: 200, json: { code: 200, msg: "ok", token } })
const sent: Step = { status: 200, json: { code: 200, msg: "message sent" } }
const refused = (code: number): Step => ({ status: 200, json: { code, msg: "refused" } })
const message = { to: PhoneNumber.make("19170000001"), text: "hello" }

/** Runs a program for ten minutes of virtual time. */
const run = <A>(
  program: (notifications: Service) => Effect.Effect<A, PiopiyError>,
  steps: readonly [Step, ...Array<Step>]
) =>
  Effect.gen(function*() {
    const { layer, requests } = yield* platform(
      steps,
      Notifications.layer({ userId: "101_2222223", password: Redacted.make(password) })
    )
    const fiber = yield* Effect.forkChild(
      Effect.result(Notifications.Notifications.use(program)).pipe(Effect.provide(layer))
    )
    yield* TestClock.adjust("10 minutes")
    const outcome = yield* Fiber.join(fiber)
    const asked = requests.map(({ body, url }) => `${url.replace("https://rest.telecmi.com/v2", "")} ${body}`)
    return { asked, error: Option.getOrUndefined(Result.getFailure(outcome)) }
  })

const login = "/user/login {\"id\":\"101_2222223\",\"password\":\"user-password\"}"
const sms = (token: string) => `/messages {"token":"${token}","text":"hello","to":19170000001}`

describe("sms", () => {
  it.effect("logs in once, and sends in the order of the documentation", () =>
    Effect.gen(function*() {
      const twice = (notifications: Service) => Effect.andThen(notifications.sms(message), notifications.sms(message))
      const { asked, error } = yield* run(twice, [loggedIn("t1"), sent])
      assert.isUndefined(error)
      assert.deepStrictEqual(asked, [login, sms("t1"), sms("t1")])
    }))

  it.effect("logs in once for messages at the same time", () =>
    Effect.gen(function*() {
      const many = (notifications: Service) =>
        Effect.all([notifications.sms(message), notifications.sms(message)], { concurrency: 2 })
      const { asked } = yield* run(many, [loggedIn("t1"), sent])
      assert.deepStrictEqual(asked, [login, sms("t1"), sms("t1")])
    }))

  it.effect("logs in again once when the token is not taken any longer", () =>
    Effect.gen(function*() {
      const steps = [loggedIn("t1"), refused(404), loggedIn("t2"), sent] as const
      const { asked, error } = yield* run(({ sms }) => sms(message), steps)
      assert.isUndefined(error)
      assert.deepStrictEqual(asked, [login, sms("t1"), login, sms("t2")])
    }))

  it.effect("gives up when the second token is not taken either", () =>
    Effect.gen(function*() {
      const steps = [loggedIn("t1"), refused(404), loggedIn("t2"), refused(404)] as const
      const { asked, error } = yield* run(({ sms }) => sms(message), steps)
      assert.strictEqual(error?.reason._tag, "Unauthorized")
      assert.lengthOf(asked, 4)
    }))

  it.effect("fails when the user cannot log in, before any message is sent", () =>
    Effect.gen(function*() {
      const { asked, error } = yield* run(({ sms }) => sms(message), [refused(401)])
      assert.strictEqual(error?.reason._tag, "Unauthorized")
      assert.strictEqual(error?.operation, "Notifications.login")
      assert.deepStrictEqual(asked, [login])
    }))

  it.effect.each([[401, "Forbidden"], [407, "Rejected"], [400, "Rejected"], [500, "Unavailable"]] as const)(
    "takes the code %s as %s",
    ([code, reason]) =>
      Effect.gen(function*() {
        const { asked, error } = yield* run(({ sms }) => sms(message), [loggedIn("t1"), refused(code)])
        assert.strictEqual(error?.reason._tag, reason)
        assert.lengthOf(asked, 2)
      })
  )

  it.effect("is not sent again when its outcome is unknown, while a login is", () =>
    Effect.gen(function*() {
      const lost = yield* run(({ sms }) => sms(message), [loggedIn("t1"), "silence"])
      assert.strictEqual(lost.error?.verdict, "ambiguous")
      assert.lengthOf(lost.asked, 2)
      const late = yield* run(({ sms }) => sms(message), [{ status: 503 }, loggedIn("t1"), sent])
      assert.isUndefined(late.error)
      assert.deepStrictEqual(late.asked, [login, login, sms("t1")])
    }))
})

describe("what breaks the rules", () => {
  it.effect("is not sent", () =>
    Effect.gen(function*() {
      for (const value of [...junk(), { to: "+1", text: "" }, { ...message, from: "x" }]) {
        const { layer, requests } = yield* platform(
          [sent],
          Notifications.layer({ userId: "101_2222223", password: Redacted.make(password) })
        )
        const error = yield* Notifications.Notifications.use(({ sms }) => Effect.flip(effectOf(untyped(sms, value))))
          .pipe(
            Effect.provide(layer)
          )
        assert.strictEqual(error instanceof PiopiyError ? error.reason._tag : "", "InvalidRequest")
        assert.lengthOf(requests, 0)
      }
    }))

  it.effect("makes no layer", () =>
    Effect.gen(function*() {
      const { layer } = yield* platform([sent], Notifications.layer({ userId: "a b", password: Redacted.make("") }))
      const error = yield* Effect.flip(Effect.provide(Effect.void, layer))
      const issues = error.reason._tag === "InvalidConfig" ? error.reason.issues : []
      assert.deepStrictEqual(issues.map(({ path }) => path), ["userId", "password"])
    }))
})

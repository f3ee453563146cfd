import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import * as Account from "../src/Account.ts"
import * as AgentId from "../src/AgentId.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as LegacyCalls from "../src/LegacyCalls.ts"
import * as Metrics from "../src/Metrics.ts"
import * as Notifications from "../src/Notifications.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Piopiy from "../src/Piopiy.ts"
import * as PiopiyConfig from "../src/PiopiyConfig.ts"
import type { PiopiyError } from "../src/PiopiyError.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { platform, type Step } from "./scripted.ts"

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const to = PhoneNumber.make("918888888888")
const callerId = PhoneNumber.make("919999999999")

/** One operation of each kind of credentials. */
const programs: ReadonlyArray<
  Effect.Effect<
    unknown,
    PiopiyError,
    Calls.Calls | LegacyCalls.LegacyCalls | Account.Account | Notifications.Notifications
  >
> = [
  Calls.Calls.use((calls) =>
    calls.placeAgentCall({ to, callerId, agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6") })
  ),
  Calls.Calls.use((calls) => calls.status(callId)),
  LegacyCalls.LegacyCalls.use((calls) => calls.placeNumbersCall({ to, callerId, connect: callerId })),
  LegacyCalls.LegacyCalls.use((calls) => calls.cdrByCallId(callId)),
  Account.Account.use(({ balance }) => balance),
  Notifications.Notifications.use(({ sms }) => sms({ to, text: `hello ${to}` }))
]

/** Every way in which the platform, or the network, can throw a secret back. */
const echoes = (secret: string): ReadonlyArray<Step> => [
  { status: 400, json: { error: secret, message: `for ${secret} and ${to}`, msg: secret } },
  { status: 200, json: { code: 422, msg: `bad ${secret} ${to}` } },
  { status: 403, json: { error: `x${secret}y`, request_id: secret } },
  { status: 422, text: `${"x".repeat(490)}${secret}${"y".repeat(600)}${secret}` },
  { status: 302, text: `to https://x/?t=${encodeURIComponent(secret)}`, headers: { location: `https://x/${secret}` } },
  { status: 200, text: `<p>${secret}</p>` },
  { status: 200, json: { token: 5, why: secret } },
  { status: 503, text: secret },
  { fails: Object.assign(new Error(`no route for ${secret}`), { code: "ECONNRESET" }) },
  "silence"
]

const shown = (value: unknown): string => {
  const json = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner))
  return `${String(value)} ${inspect(value, { depth: 20 })} ${json}`
}

/** All that a program leaves behind for people and machines to read, but what it gave when it succeeded. */
const traces = (secret: string, step: Step) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const logger = Logger.layer([Logger.make((line) => {
      lines.push(Logger.formatJson.log(line), Logger.formatLogFmt.log(line))
    })])
    const sending = {
      retryPolicy: RetryPolicy.make({
        onAttempt: ({ error }) => Effect.logWarning("an attempt ended", Option.getOrUndefined(error))
      })
    }
    const given = Redacted.make(secret)
    const { layer, requests } = yield* platform(
      [step],
      Layer.mergeAll(
        Piopiy.layer({ token: given, ...sending }),
        Piopiy.layerLegacy({ appId: 2223123, appSecret: given, ...sending }),
        Notifications.layer({ userId: "101_2223123", password: given, ...sending })
      )
    )
    const run = Effect.forEach(programs, (program) =>
      Effect.exit(program.pipe(Effect.tapCause((cause) => Effect.logError("it failed", cause)))))
    const fiber = yield* Effect.forkChild(
      run.pipe(
        Effect.provide(Layer.mergeAll(layer, logger, Metrics.layer)),
        Effect.provideService(Tracer.Tracer, tracer)
      )
    )
    yield* TestClock.adjust("1 hour")
    const exits = yield* Fiber.join(fiber)
    assert.isAbove(requests.length, 0)
    assert.isAtLeast(spans.length, programs.length)
    return [
      ...lines,
      ...exits.filter(Exit.isFailure).map((exit) =>
        `${shown(exit)} ${Cause.pretty(exit.cause)}`
      ),
      ...spans.map(({ attributes, events, name, status }) => {
        const exit = status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.pretty(status.exit.cause) : ""
        return `${name} ${shown([...attributes])} ${shown(events)} ${exit}`
      }),
      yield* Metric.dump
    ].join("\n")
  })

/** What a header can carry, the signs that JSON, URLs and replacement patterns treat apart among them. */
const Secret = Schema.String.check(Schema.isPattern(/^[!-~]{12,40}$/))

/** A secret as it is, and as URLs and JSON spell it. */
const spellings = (secret: string): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1)
]

describe("secrets and numbers", () => {
  it.effect.prop("are in no log, span, error, cause and metric", [Secret], ([secret]) =>
    Effect.gen(function*() {
      for (const step of echoes(secret)) {
        const left = yield* traces(secret, step)
        for (const spelled of spellings(secret)) assert.notInclude(left, spelled, JSON.stringify(step))
        assert.notMatch(left, /918888888888|919999999999/)
      }
    }), { arbitrary: { runs: 10 } })

  it.effect.each([
    "$&$&$&$&$&$&",
    "\"quoted\\secret\"",
    "%41%42%43%44%45",
    "aaaaaaaaaaaaaaaa",
    "<redacted><redacted>x"
  ])(
    "are out even when they are as odd as %j",
    (secret) =>
      Effect.gen(function*() {
        for (const step of echoes(secret)) {
          const left = yield* traces(secret, step)
          for (const spelled of spellings(secret)) assert.notInclude(left, spelled, JSON.stringify(step))
        }
      })
  )

  it.effect("are in no text of a configuration and its services", () =>
    Effect.gen(function*() {
      const secret = "s3cret-of-the-account"
      const options = { token: Redacted.make(secret) }
      const config = yield* PiopiyConfig.make(options)
      const { layer } = yield* platform(
        [{ status: 200 }],
        Layer.merge(Piopiy.layer(options), Piopiy.layerLegacy({ appId: 5, appSecret: Redacted.make(secret) }))
      )
      const services = yield* Layer.build(layer)
      const all = [config, Context.get(services, Calls.Calls), Context.get(services, LegacyCalls.LegacyCalls), services]
      assert.notInclude(all.map(shown).join("\n"), secret)
    }))
})

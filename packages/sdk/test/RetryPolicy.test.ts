import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as Action from "../src/Action.ts"
import * as AgentId from "../src/AgentId.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import type { PiopiyError } from "../src/PiopiyError.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { scripted, type Step, token } from "./scripted.ts"

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const place = (calls: Calls.Calls["Service"]) =>
  calls.placeAgentCall({
    callerId: PhoneNumber.make("919999999999"),
    to: PhoneNumber.make("918888888888"),
    agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
  })
const transfer = (calls: Calls.Calls["Service"]) => calls.transfer(callId, Pipeline.make([Action.hangup]))
const hangup = (calls: Calls.Calls["Service"]) => calls.hangup(callId)

type Program = (calls: Calls.Calls["Service"]) => Effect.Effect<unknown, PiopiyError>

/** Runs a program for ten minutes of virtual time against a script. */
const run = (program: Program, steps: readonly [Step, ...Array<Step>], retryPolicy?: RetryPolicy.RetryPolicy) =>
  Effect.gen(function*() {
    const platform = yield* scripted(steps, retryPolicy === undefined ? {} : { retryPolicy })
    const fiber = yield* Effect.forkChild(
      Effect.result(Calls.Calls.use(program)).pipe(Effect.provide(platform.layer))
    )
    yield* TestClock.adjust("10 minutes")
    const outcome = yield* Fiber.join(fiber)
    const error = Result.isFailure(outcome) ? outcome.failure : undefined
    return { sent: platform.requests, error, ok: Result.isSuccess(outcome) }
  })

const code = (name: string, more: object = {}) => Object.assign(new Error(name), { code: name, ...more })
/** What `fetch` throws: the code is that of the cause. */
const fetchFailed = (cause: unknown) => new TypeError("fetch failed", { cause })

const notSent: ReadonlyArray<readonly [string, unknown]> = [
  ["refused", fetchFailed(code("ECONNREFUSED", { syscall: "connect" }))],
  [
    "refused on both address families",
    fetchFailed(
      Object.assign(
        new AggregateError([
          code("ECONNREFUSED", { syscall: "connect" }),
          code("ENETUNREACH", { syscall: "connect" })
        ]),
        { code: "ECONNREFUSED" }
      )
    )
  ],
  ["unknown name", fetchFailed(code("ENOTFOUND", { syscall: "getaddrinfo" }))],
  ["name server busy", fetchFailed(code("EAI_AGAIN", { syscall: "getaddrinfo" }))],
  ["no route", fetchFailed(code("EHOSTUNREACH", { syscall: "connect" }))],
  ["connect time-out", fetchFailed(code("UND_ERR_CONNECT_TIMEOUT"))],
  ["expired certificate", fetchFailed(code("CERT_HAS_EXPIRED"))],
  ["self-signed certificate", fetchFailed(code("DEPTH_ZERO_SELF_SIGNED_CERT"))],
  ["certificate for another name", fetchFailed(code("ERR_TLS_CERT_ALTNAME_INVALID"))]
]

const unknown: ReadonlyArray<readonly [string, unknown]> = [
  ["reset", fetchFailed(code("ECONNRESET", { syscall: "read" }))],
  ["socket closed", fetchFailed(code("UND_ERR_SOCKET"))],
  ["header time-out", fetchFailed(code("UND_ERR_HEADERS_TIMEOUT"))],
  ["no route, not while connecting", fetchFailed(code("EHOSTUNREACH", { syscall: "read" }))],
  ["refused after a reset", code("ECONNRESET", { cause: code("ECONNREFUSED", { syscall: "connect" }) })],
  ["one address refused, one reset", new AggregateError([code("ECONNREFUSED"), code("ECONNRESET")])],
  ["no code at all", new Error("ECONNREFUSED")],
  ["no error", "ECONNREFUSED"],
  ["nothing", undefined]
]

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Step => ({
  status,
  json: body,
  headers
})

interface Row {
  readonly name: string
  readonly step: Step
  readonly reason: string
  readonly placing: "safe" | "ambiguous" | "never"
  readonly hangup: "safe" | "never"
}

const row = (name: string, step: Step, reason: string, placing: Row["placing"], ending: Row["hangup"]): Row => ({
  name,
  step,
  reason,
  placing,
  hangup: ending
})

const table: ReadonlyArray<Row> = [
  ...notSent.map(([name, cause]) => row(name, { fails: cause }, "NotSent", "safe", "safe")),
  ...unknown.map(([name, cause]) => row(name, { fails: cause }, "OutcomeUnknown", "ambiguous", "safe")),
  row("no reply", "silence", "OutcomeUnknown", "ambiguous", "safe"),
  row("a reply that breaks off", { breaksOff: 200 }, "OutcomeUnknown", "ambiguous", "safe"),
  row("a success that is none of the API", { status: 200, text: "<html>" }, "OutcomeUnknown", "ambiguous", "safe"),
  row("a failure that breaks off", { breaksOff: 503 }, "Unavailable", "ambiguous", "safe"),
  row("429", json(429, {}), "RateLimited", "safe", "safe"),
  row("408", json(408, {}), "Unavailable", "ambiguous", "safe"),
  row("500", json(500, { error: "e500" }), "Unavailable", "ambiguous", "safe"),
  row("501", json(501, {}), "Unavailable", "ambiguous", "safe"),
  row("503", { status: 503, text: "<html>" }, "Unavailable", "ambiguous", "safe"),
  row("a redirect", json(302, {}, { location: "https://elsewhere.example" }), "UnexpectedReply", "ambiguous", "safe"),
  row("400", json(400, { error: "invalid_request" }), "Rejected", "never", "never"),
  row("401", json(401, {}), "Unauthorized", "never", "never"),
  row("403", json(403, { error: "app_not_active" }), "Forbidden", "never", "never"),
  row("409", json(409, { error: "transfer_in_progress" }), "Conflict", "never", "never"),
  row("422", { status: 422, text: "plain failure" }, "Rejected", "never", "never")
]

describe("the standard policy", () => {
  it.effect.each(table)("$name", ({ hangup: ending, placing, reason, step }) =>
    Effect.gen(function*() {
      for (const [program, verdict] of [[place, placing], [transfer, placing], [hangup, ending]] as const) {
        const { error, sent } = yield* run(program, [step])
        assert.strictEqual(error?.reason._tag, reason)
        assert.strictEqual(error?.verdict, verdict)
        assert.lengthOf(sent, verdict === "safe" ? 3 : 1)
        assert.strictEqual(error?.attempts, sent.length)
      }
    }))

  it.effect("succeeds when a later attempt does", () =>
    Effect.gen(function*() {
      const refused: Step = { fails: code("ECONNREFUSED") }
      const { ok, sent } = yield* run(place, [refused, refused, json(200, { message: "call_queued" })])
      assert.isTrue(ok)
      assert.lengthOf(sent, 3)
    }))

  it.effect("waits about 400 ms, then about twice as long", () =>
    Effect.gen(function*() {
      const { sent } = yield* run(place, [{ fails: code("ECONNREFUSED") }])
      const [first = 0, second = 0, third = 0] = sent.map(({ at }) => at)
      assert.isAtLeast(second - first, 320)
      assert.isAtMost(second - first, 480)
      assert.isAtLeast(third - second, 640)
      assert.isAtMost(third - second, 960)
    }))

  it.effect("waits as long as Retry-After asks", () =>
    Effect.gen(function*() {
      const { ok, sent } = yield* run(place, [json(429, {}, { "retry-after": "30" }), json(200, {})])
      assert.isTrue(ok)
      assert.deepStrictEqual(sent.map(({ at }) => at), [0, 30_000])
    }))

  it.effect("reads Retry-After as a date", () =>
    Effect.gen(function*() {
      const { sent } = yield* run(place, [
        json(429, {}, { "retry-after": "Thu, 01 Jan 1970 00:00:07 GMT" }),
        json(200, {})
      ])
      assert.deepStrictEqual(sent.map(({ at }) => at), [0, 7_000])
    }))

  it.effect("does not wait longer than 30 s: it fails and says how long", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(place, [json(429, {}, { "retry-after": "31" })])
      assert.lengthOf(sent, 1)
      const after = error?.reason._tag === "RateLimited" ? error.reason.retryAfter : Option.none()
      assert.deepStrictEqual(Option.map(after, Duration.toMillis), Option.some(31_000))
    }))

  it.effect("gives up once 60 s would pass", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ maxAttempts: 100 })
      const { sent } = yield* run(place, [json(429, {}, { "retry-after": "25" })], policy)
      assert.deepStrictEqual(sent.map(({ at }) => at), [0, 25_000, 50_000])
    }))

  it.effect("ends the attempts of an operation after a time-out of its own", () =>
    Effect.gen(function*() {
      const platform = yield* scripted(["silence"], { timeouts: { "Calls.transfer": "2 seconds" } })
      const told = Effect.flip(Calls.Calls.use(transfer)).pipe(Effect.provide(platform.layer))
      const fiber = yield* Effect.forkChild(told)
      yield* TestClock.adjust("2 seconds")
      const error = yield* Fiber.join(fiber)
      assert.include(error.message, "2s")
    }))

  it.effect("ends each attempt after the time-out", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(hangup, ["silence"])
      const [first = 0, second = 0] = sent.map(({ at }) => at)
      assert.isAtLeast(second - first, 10_000)
      assert.include(error?.message, "10s")
    }))
})

describe("404", () => {
  it.effect.each([["transfer", transfer], ["hangup", hangup]] as const)(
    "on a first %s means that the call is gone",
    ([, program]) =>
      Effect.gen(function*() {
        const { error, sent } = yield* run(program, [json(404, { error: "CALL_NOT_FOUND" })])
        assert.strictEqual(error?.reason._tag, "CallNotFound")
        assert.strictEqual(error?.verdict, "never")
        assert.lengthOf(sent, 1)
      })
  )

  it.effect("on a retried hangup is success", () =>
    Effect.gen(function*() {
      const { ok, sent } = yield* run(hangup, [json(503, {}), json(404, { error: "CALL_NOT_FOUND" })])
      assert.isTrue(ok)
      assert.lengthOf(sent, 2)
    }))

  it.effect("on a retried transfer is a failure", () =>
    Effect.gen(function*() {
      const { error } = yield* run(transfer, [json(429, {}), json(404, { error: "CALL_NOT_FOUND" })])
      assert.strictEqual(error?.reason._tag, "CallNotFound")
    }))

  it.effect("on placing is a refusal", () =>
    Effect.gen(function*() {
      const { error } = yield* run(place, [json(404, { error: "agent_not_found" })])
      assert.deepStrictEqual(error?.reason, {
        _tag: "Rejected",
        status: 404,
        code: "agent_not_found",
        detail: ""
      })
    }))
})

describe("other policies", () => {
  it.effect("none sends once", () =>
    Effect.gen(function*() {
      const { sent } = yield* run(place, [{ fails: code("ECONNREFUSED") }], RetryPolicy.none)
      assert.lengthOf(sent, 1)
    }))

  it.effect("retries the ambiguous only when asked", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ retryAmbiguousAndMaybeRingTwice: true })
      assert.lengthOf((yield* run(place, [json(503, {})], policy)).sent, 3)
      assert.lengthOf((yield* run(place, [json(403, {})], policy)).sent, 1)
    }))

  it.effect("keeps telling that an attempt may have taken effect, whatever the later ones meet", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ retryAmbiguousAndMaybeRingTwice: true })
      for (const later of [{ fails: code("ECONNREFUSED") }, json(400, {}), json(429, {})]) {
        const { error, sent } = yield* run(place, [json(503, {}), later], policy)
        assert.deepStrictEqual(error?.reason, { _tag: "Unavailable", status: 503 })
        assert.strictEqual(error?.verdict, "ambiguous")
        assert.strictEqual(error?.attempts, sent.length)
        assert.isAbove(sent.length, 1)
      }
    }))

  it.effect("takes a count that is no count as one attempt", () =>
    Effect.gen(function*() {
      for (const maxAttempts of [0, -1, Number.NaN]) {
        const { sent } = yield* run(hangup, [json(503, {})], RetryPolicy.make({ maxAttempts }))
        assert.lengthOf(sent, 1)
      }
    }))

  it.effect("tells the hook about each attempt and what follows it", () =>
    Effect.gen(function*() {
      const told: Array<readonly [number, string, boolean]> = []
      const onAttempt = (attempt: RetryPolicy.Attempt) =>
        Effect.sync(() => {
          const outcome = Option.match(attempt.error, { onNone: () => "ok", onSome: (error) => error.reason._tag })
          told.push([attempt.number, outcome, Option.isSome(attempt.retryIn)])
        })
      yield* run(hangup, [json(429, {}), json(200, {})], RetryPolicy.make({ onAttempt }))
      assert.deepStrictEqual(told, [[1, "RateLimited", true], [2, "ok", false]])
    }))

  it.effect("asks a hook that breaks, and goes on all the same; one that make was given is told of in the log", () =>
    Effect.gen(function*() {
      const lines: Array<unknown> = []
      const logger = Logger.layer([Logger.make(({ message }) => void lines.push(message))])
      const breaking = [
        () => Effect.die("the listener broke"),
        () => {
          throw new Error("the listener broke")
        }
      ]
      for (const onAttempt of breaking) {
        const policies = [RetryPolicy.make({ onAttempt }), { ...RetryPolicy.standard, onAttempt }]
        for (const policy of policies) {
          const { ok, sent } = yield* Effect.provide(run(hangup, [json(429, {}), json(200, {})], policy), logger)
          assert.isTrue(ok)
          assert.lengthOf(sent, 2)
        }
      }
      assert.lengthOf(lines, 4)
      assert.include(JSON.stringify(lines[0]), "onAttempt broke")
    }))

  it.effect("spreads and caps delays as told", () =>
    Effect.gen(function*() {
      const policy = RetryPolicy.make({ maxAttempts: 4, baseDelay: "10 seconds", maxDelay: "11 seconds" })
      const { sent } = yield* run(hangup, [json(503, {})], policy)
      assert.lengthOf(sent, 4)
      assert.isAtMost(sent[3]?.at ?? Number.NaN, 33_000)
      assert.isAtLeast(sent[3]?.at ?? Number.NaN, 30_000 - 2_000)
    }))
})

describe("errors", () => {
  it.effect("are handled by reason", () =>
    Effect.gen(function*() {
      const platform = yield* scripted([json(409, { error: "transfer_in_progress", request_id: "req-1" })])
      const running = yield* Calls.Calls.use(transfer).pipe(
        Effect.catchReason("PiopiyError", "Conflict", (reason) => Effect.succeed(reason.requestId)),
        Effect.provide(platform.layer)
      )
      assert.deepStrictEqual(
        Option.map(Option.isOption(running) ? running : Option.none(), String),
        Option.some("req-1")
      )
    }))

  it.effect.each(
    [
      json(400, { error: `bad ${token}`, message: "number +91 98765-43210 for Bearer abc.def" }),
      json(403, { error: "919876543210" }),
      json(302, {}, { location: `https://x/?${token}` }),
      { status: 307, text: `go to https://x/?t=${token}&n=919876543210 ${"x".repeat(5_000)}` },
      { fails: fetchFailed(code("ECONNRESET", { message: token })) },
      { status: 422, text: `${token} 919876543210` }
    ] as const
  )("hold no token and no phone number: %#", (step) =>
    Effect.gen(function*() {
      const { error } = yield* run(place, [step])
      const shown = `${String(error)} ${JSON.stringify(error)} ${error?.message}`
      assert.notInclude(shown, token)
      assert.notMatch(shown, /98765|43210|99999|88888|abc\.def/)
      assert.isBelow(shown.length, 4_000)
    }))

  it.effect("keep ids in the texts of the platform", () =>
    Effect.gen(function*() {
      const { error } = yield* run(place, [json(400, { error: "no_agent", message: `agent ${callId} is unknown` })])
      assert.include(error?.message, callId)
      assert.include(error?.message, "no_agent")
    }))
})

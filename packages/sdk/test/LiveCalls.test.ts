import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as Action from "../src/Action.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as Endpoint from "../src/Endpoint.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import type * as PiopiyConfig from "../src/PiopiyConfig.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { scripted, type Step } from "./scripted.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

type Service = Calls.Calls["Service"]

const callId = CallId.make("8957d4a3-0000-4000-8000-000000000001")
const requestId = CallId.RequestId.make("req-1")
const person = PhoneNumber.make("919876543210")
const callerId = PhoneNumber.make("911203134087")
const accepted: Step = { status: 200, json: { message: "queued", call_id: callId, request_id: requestId } }
const transferIs = (status: string, reason?: string | null): Step => ({
  status: 200,
  json: { request_id: requestId, call_id: callId, status, reason }
})

type Steps = readonly [Step, ...Array<Step>]

/** Runs a program for ten minutes of virtual time. */
const run = <A>(
  program: (calls: Service) => Effect.Effect<A, PiopiyError>,
  steps: Steps,
  options: Partial<PiopiyConfig.Options> = {}
) =>
  Effect.gen(function*() {
    const platform = yield* scripted(steps, options)
    const fiber = yield* Effect.forkChild(Effect.result(Calls.Calls.use(program)).pipe(Effect.provide(platform.layer)))
    yield* TestClock.adjust("10 minutes")
    const outcome = yield* Fiber.join(fiber)
    return {
      sent: platform.requests,
      value: Option.getOrUndefined(Result.getSuccess(outcome)),
      error: Option.getOrUndefined(Result.getFailure(outcome))
    }
  })

const requestOf = <A>(program: (calls: Service) => Effect.Effect<A, PiopiyError>) =>
  Effect.map(
    run(program, [accepted]),
    ({ sent: [request] }) =>
      `${request?.method} ${request?.url.replace("https://rest.piopiy.com/v3", "")} ${request?.body}`
  )

describe("requests are those of the client of telecmi/pipecat-piopiy", () => {
  const transfer = `POST /calls/${callId}/actions/transfer`
  const hangup = `POST /calls/${callId}/actions/hangup`

  it.effect.each(
    [
      [
        "a warm transfer to a phone",
        (calls: Service) => calls.warmTransfer(callId, { to: Endpoint.phone(person) }),
        `${transfer} {"to_number":"919876543210"}`
      ],
      [
        "a warm transfer with everything",
        (calls: Service) =>
          calls.warmTransfer(callId, {
            variables: { ticket: "A-1042" },
            summary: "Refund on order A-1042",
            holdAudio: "https://example.com/hold.mp3",
            confirm: true,
            ringTimeout: "30 seconds",
            callerId,
            to: Endpoint.phone(person)
          }),
        `${transfer} {"to_number":"919876543210","caller_id":"911203134087","timeout_sec":30,"confirm":true,`
        + `"hold_audio":"https://example.com/hold.mp3","transfer_summary":"Refund on order A-1042",`
        + `"variables":{"ticket":"A-1042"}}`
      ],
      [
        "a warm transfer to a SIP desk",
        (calls: Service) =>
          calls.warmTransfer(callId, {
            to: Endpoint.sip("sip:desk@pbx.example.com", { "X-Ticket": "A-1042" }),
            holdAudio: true
          }),
        `${transfer} {"sip_uri":"sip:desk@pbx.example.com","hold_audio":true,"sip_headers":{"X-Ticket":"A-1042"}}`
      ],
      [
        "a warm transfer that does not ask and rings for no time",
        (calls: Service) => calls.warmTransfer(callId, { to: Endpoint.phone(person), confirm: false, ringTimeout: 0 }),
        `${transfer} {"to_number":"919876543210","timeout_sec":0,"confirm":false}`
      ],
      [
        "a blind transfer to a phone",
        (calls: Service) => calls.blindTransfer(callId, { to: person }),
        `${transfer} {"pipeline":[{"action":"connect","params":{},"endpoints":[{"type":"pstn","number":"919876543210"}]}]}`
      ],
      [
        "a blind transfer with a caller id",
        (calls: Service) => calls.blindTransfer(callId, { to: person, callerId }),
        `${transfer} {"pipeline":[{"action":"connect","params":{"caller_id":"911203134087"},`
        + `"endpoints":[{"type":"pstn","number":"919876543210"}]}]}`
      ],
      [
        "a blind transfer to a pipeline",
        (calls: Service) => calls.blindTransfer(callId, Pipeline.make([Action.hangup])),
        `${transfer} {"pipeline":[{"action":"hangup"}]}`
      ],
      ["an end", (calls: Service) => calls.end(callId), `${hangup} {"cause":"normal"}`],
      [
        "an end with its reasons",
        (calls: Service) => calls.end(callId, { cause: "busy", reason: "resolved" }),
        `${hangup} {"cause":"busy","reason":"resolved"}`
      ],
      ["a question about a call", (calls: Service) => calls.status(callId), `GET /calls/${callId} `],
      [
        "a question about a transfer, whose id stays one part of the path",
        (calls: Service) => calls.transferStatus(CallId.RequestId.make("a/../b?c#d")),
        "GET /transfers/a%2F..%2Fb%3Fc%23d "
      ]
    ] as ReadonlyArray<readonly [string, (calls: Service) => Effect.Effect<unknown, PiopiyError>, string]>
  )("%s", ([, program, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* requestOf(program), expected)
    }))
})

describe("status", () => {
  it.effect("keeps all that the platform tells", () =>
    Effect.gen(function*() {
      const told = { call_id: callId, status: "answered", more: { of: ["it"] } }
      const { value } = yield* run((calls) => calls.status(callId), [{ status: 200, json: told }])
      assert.deepStrictEqual(
        value,
        Option.some({ callId: Option.some(callId), status: Option.some("answered"), raw: told })
      )
    }))

  it.effect("is none once the call has ended", () =>
    Effect.gen(function*() {
      const { sent, value } = yield* run((calls) => calls.status(callId), [{
        status: 404,
        json: { error: "CALL_NOT_FOUND" }
      }])
      assert.deepStrictEqual(value, Option.none())
      assert.lengthOf(sent, 1)
    }))

  it.effect.each([{ text: "up" }, { json: ["up"] }, { json: { status: 5 } }])(
    "asks again when it cannot read %j, and says so in the end",
    (reply) =>
      Effect.gen(function*() {
        const { error, sent } = yield* run((calls) => calls.status(callId), [{ status: 200, ...reply }])
        assert.strictEqual(error?.reason._tag, "UnexpectedReply")
        assert.strictEqual(error?.verdict, "safe")
        assert.lengthOf(sent, 3)
      })
  )
})

describe("transfers", () => {
  it.effect("are not sent again when their outcome is unknown", () =>
    Effect.gen(function*() {
      for (
        const program of [
          (calls: Service) => Effect.asVoid(calls.warmTransfer(callId, { to: Endpoint.phone(person) })),
          (calls: Service) => Effect.asVoid(calls.blindTransfer(callId, { to: person })),
          (calls: Service) => Effect.asVoid(calls.handOff(callId, { to: Endpoint.phone(person) }))
        ]
      ) {
        const { error, sent } = yield* run(program, [{ status: 503 }])
        assert.strictEqual(error?.verdict, "ambiguous")
        assert.lengthOf(sent, 1)
      }
    }))

  it.effect("tell the id of the transfer that runs already", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run((calls) => calls.handOff(callId, { to: Endpoint.phone(person) }), [
        { status: 409, json: { error: "transfer_in_progress", request_id: "req-0" } }
      ])
      assert.deepStrictEqual(error?.reason, {
        _tag: "Conflict",
        requestId: Option.some(CallId.RequestId.make("req-0"))
      })
      assert.lengthOf(sent, 1)
    }))

  it.effect("say that the call is gone", () =>
    Effect.gen(function*() {
      const { error } = yield* run((calls) => calls.warmTransfer(callId, { to: Endpoint.phone(person) }), [
        { status: 404, json: { error: "CALL_NOT_FOUND" } }
      ])
      assert.strictEqual(error?.reason._tag, "CallNotFound")
    }))

  it.effect("tell why they failed, and whether the call ended with them", () =>
    Effect.gen(function*() {
      const { value } = yield* run((calls) => calls.transferStatus(requestId), [
        transferIs("failed", "busy_and_call_ended")
      ])
      assert.deepStrictEqual(
        value,
        Option.some({
          requestId,
          callId: Option.some(callId),
          status: "failed" as const,
          reason: Option.some("busy"),
          callEnded: true
        })
      )
    }))

  it.effect("are none when they are forgotten", () =>
    Effect.gen(function*() {
      const { value } = yield* run((calls) => calls.transferStatus(requestId), [{ status: 404 }])
      assert.deepStrictEqual(value, Option.none())
    }))
})

describe("end", () => {
  it.effect("succeeds when a retry finds the call gone", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run((calls) => calls.end(callId), [{ status: 503 }, { status: 404 }])
      assert.isUndefined(error)
      assert.lengthOf(sent, 2)
    }))
})

describe("transferUpdates", () => {
  const updates = (calls: Service) => Stream.runCollect(calls.transferUpdates(requestId))

  it.effect("asks every 2 seconds, emits each change once and ends when the transfer has settled", () =>
    Effect.gen(function*() {
      const queued = transferIs("queued")
      const { sent, value } = yield* run(updates, [queued, queued, queued, transferIs("completed", null)])
      assert.deepStrictEqual(value?.map(({ status }) => status), ["queued", "completed"])
      assert.deepStrictEqual(sent.map(({ at }) => at), [0, 2_000, 4_000, 6_000])
    }))

  it.effect("emits once when the transfer has settled before", () =>
    Effect.gen(function*() {
      const { sent, value } = yield* run(updates, [transferIs("failed", "busy")])
      assert.deepStrictEqual(value?.map(({ status }) => status), ["failed"])
      assert.lengthOf(sent, 1)
    }))

  it.effect("gives up after 75 seconds", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(updates, [transferIs("queued")])
      assert.deepStrictEqual(error?.reason._tag, "OutcomeUnknown")
      assert.strictEqual(sent.at(-1)?.at, 74_000)
    }))

  it.effect("asks as often and as long as told", () =>
    Effect.gen(function*() {
      const { sent } = yield* run(
        (calls) => Stream.runDrain(calls.transferUpdates(requestId, { every: "500 millis", within: "2 seconds" })),
        [transferIs("queued")]
      )
      assert.deepStrictEqual(sent.map(({ at }) => at), [0, 500, 1_000, 1_500, 2_000])
    }))

  it.effect("goes on when a question fails that may be asked again", () =>
    Effect.gen(function*() {
      const { sent, value } = yield* run(updates, [{ status: 503 }, transferIs("completed")], {
        retryPolicy: RetryPolicy.none
      })
      assert.deepStrictEqual(value?.map(({ status }) => status), ["completed"])
      assert.lengthOf(sent, 2)
    }))

  it.effect("stops at a refusal, and at a transfer that is not known", () =>
    Effect.gen(function*() {
      const refused = yield* run(updates, [{ status: 401 }])
      assert.strictEqual(refused.error?.reason._tag, "Unauthorized")
      assert.lengthOf(refused.sent, 1)
      const forgotten = yield* run(updates, [transferIs("queued"), { status: 404 }])
      assert.strictEqual(forgotten.error?.reason._tag, "OutcomeUnknown")
    }))
})

describe("handOff", () => {
  const handOff = (calls: Service) => calls.handOff(callId, { to: Endpoint.phone(person) })

  it.effect("waits until the transfer has settled", () =>
    Effect.gen(function*() {
      const { sent, value } = yield* run(handOff, [accepted, transferIs("queued"), transferIs("completed")])
      assert.strictEqual(value?.status, "completed")
      assert.deepStrictEqual(sent.map(({ method }) => method), ["POST", "GET", "GET"])
    }))

  it.effect.each(
    [
      ["is refused an answer", [accepted, { status: 401 }]],
      ["waits too long", [accepted, transferIs("queued")]],
      ["is not told the id", [{ status: 200, json: { message: "queued" } }]],
      ["finds it forgotten", [accepted, { status: 404 }]]
    ] as ReadonlyArray<readonly [string, Steps]>
  )("does not know the outcome when it %s", ([, steps]) =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(handOff, steps)
      assert.strictEqual(error?.operation, "Calls.handOff")
      assert.strictEqual(error?.reason._tag, "OutcomeUnknown")
      assert.strictEqual(error?.verdict, "ambiguous")
      assert.lengthOf(sent.filter(({ method }) => method === "POST"), 1)
    }))
})

describe("what breaks the rules is not sent", () => {
  const refused = (program: (calls: Service) => unknown) =>
    Effect.gen(function*() {
      const platform = yield* scripted([accepted])
      const error = yield* Calls.Calls.use((calls) => Effect.flip(effectOf(program(calls)))).pipe(
        Effect.provide(platform.layer)
      )
      assert.lengthOf(platform.requests, 0)
      const isInvalid = error instanceof PiopiyError && error.reason._tag === "InvalidRequest"
      return isInvalid ? error.reason.issues.map(({ path }) => path) : []
    })

  it.effect("with every problem and its path", () =>
    Effect.gen(function*() {
      assert.sameMembers(
        yield* refused((calls) =>
          untyped(calls.handOff, "call", {
            to: { _tag: "Phone", number: "+91" },
            callerId: 5,
            ringTimeout: "1500 millis",
            confirm: "yes",
            holdAudio: false,
            summary: 1,
            sipHeaders: {},
            variables: { "a-b": 1 }
          }, { every: 0, within: "long", often: true })
        ),
        [
          "callId",
          "transfer.to.number",
          "transfer.callerId",
          "transfer.ringTimeout",
          "transfer.confirm",
          "transfer.holdAudio",
          "transfer.summary",
          "transfer.sipHeaders",
          "transfer.variables[\"a-b\"]",
          "options.every",
          "options.within",
          "options.often"
        ]
      )
      assert.sameMembers(
        yield* refused((calls) =>
          untyped(calls.warmTransfer, callId, { to: { _tag: "Sip", uri: "", headers: { Ticket: "1", "X-N": 1 } } })
        ),
        ["transfer.to.uri", "transfer.to.headers.Ticket", "transfer.to.headers[\"X-N\"]"]
      )
    }))

  it.effect("whatever it is", () =>
    Effect.gen(function*() {
      const programs = (value: unknown): ReadonlyArray<(calls: Service) => unknown> => [
        (calls) => untyped(calls.status, value),
        (calls) => untyped(calls.end, value),
        (calls) => untyped(calls.warmTransfer, callId, value),
        (calls) => untyped(calls.warmTransfer, callId, { to: value }),
        (calls) => untyped(calls.warmTransfer, value, { to: Endpoint.phone(person) }),
        (calls) => untyped(calls.blindTransfer, callId, value),
        (calls) => untyped(calls.handOff, callId, value),
        ...(value === "text" ? [] : [(calls: Service) => untyped(calls.transferStatus, value)])
      ]
      for (const value of junk()) {
        for (const program of programs(value)) assert.isAbove((yield* refused(program)).length, 0, String(program))
      }
    }))
})

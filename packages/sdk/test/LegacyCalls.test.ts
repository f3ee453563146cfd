import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as CallId from "../src/CallId.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyCalls from "../src/LegacyCalls.ts"
import type * as LegacyConfig from "../src/LegacyConfig.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Piopiy from "../src/Piopiy.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import { platform, type Step } from "./scripted.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

type Service = LegacyCalls.LegacyCalls["Service"]

const first = PhoneNumber.make("919400000001")
const abroad = PhoneNumber.make("14155550100")
const callerId = PhoneNumber.make("918000000001")
const second = PhoneNumber.make("918000000002")
const third = PhoneNumber.make("919600000003")
const callId = CallId.make("fb449ebb-9ae6-4d33-87eb-fed995707dbc")
const requestId = CallId.RequestId.make("X0uoi5LT5vCMOG6CZGEdMMYD5RL9raaEFa1p1IQ9EVm")
const progress: Step = {
  status: 200,
  json: { data: { status: "progress" }, status: "progress", request_id: requestId, cmi_code: 200 }
}

type Steps = readonly [Step, ...Array<Step>]

const secret = "secret-uuid"

const connect = (steps: Steps, options: Partial<LegacyConfig.Options> = {}) =>
  platform(steps, Piopiy.layerLegacy({ appId: 2223123, appSecret: Redacted.make(secret), ...options }))

/** Runs a program for ten minutes of virtual time. */
const run = <A>(
  program: (calls: Service) => Effect.Effect<A, PiopiyError>,
  steps: Steps = [progress],
  options: Partial<LegacyConfig.Options> = {}
) =>
  Effect.gen(function*() {
    const { layer, requests } = yield* connect(steps, options)
    const fiber = yield* Effect.forkChild(
      Effect.result(LegacyCalls.LegacyCalls.use(program)).pipe(Effect.provide(layer))
    )
    yield* TestClock.adjust("10 minutes")
    const outcome = yield* Fiber.join(fiber)
    return {
      sent: requests,
      value: Option.getOrUndefined(Result.getSuccess(outcome)),
      error: Option.getOrUndefined(Result.getFailure(outcome))
    }
  })

const credentials = "\"appid\":2223123,\"secret\":\"secret-uuid\""
const rest = "https://rest.telecmi.com/v2"
const piopiy = "https://piopiy.telecmi.com/v1"

describe("requests are those of the official Node clients, byte for byte", () => {
  const bridge = (body: string) =>
    `{${credentials},"extra_params":{},"from":918000000001,"duration":4200,"pcmo":[{"action":"bridge","from":918000000001,"connect":${body}}],"to":919400000001}`

  const hangup = LegacyPipeline.make([LegacyAction.hangup])

  it.effect.each(
    [
      [
        "two numbers",
        (calls: Service) => calls.placeNumbersCall({ to: first, callerId, connect: second }),
        `${rest}/ind_pcmo_make_call`,
        bridge("[{\"type\":\"pstn\",\"number\":918000000002}]")
      ],
      [
        "two numbers with every option",
        (calls: Service) =>
          calls.placeNumbersCall({
            to: first,
            callerId,
            connect: second,
            loop: 1,
            timeout: "40 seconds",
            duration: "30 seconds"
          }),
        `${rest}/ind_pcmo_make_call`,
        `{${credentials},"extra_params":{},"from":918000000001,"duration":30,"pcmo":[{"action":"bridge","from":918000000001,"connect":[{"type":"pstn","number":918000000002}],"duration":30,"timeout":40,"loop":1}],"to":919400000001}`
      ],
      [
        "numbers that ring all at once",
        (calls: Service) =>
          calls.placeNumbersCall({
            to: first,
            callerId,
            connect: [second, third],
            duration: "30 seconds",
            timeout: "20 seconds",
            loop: 2,
            ring: "group"
          }),
        `${rest}/ind_pcmo_make_call`,
        `{${credentials},"extra_params":{},"from":918000000001,"duration":30,"pcmo":[{"action":"bridge","from":918000000001,"connect":[{"type":"pstn","number":918000000002},{"type":"pstn","number":919600000003}],"duration":30,"timeout":20,"loop":2,"ring_type":"group"}],"to":919400000001}`
      ],
      [
        "numbers that ring in turn, which is not said",
        (calls: Service) => calls.placeNumbersCall({ to: first, callerId, connect: [second], ring: "single" }),
        `${rest}/ind_pcmo_make_call`,
        bridge("[{\"type\":\"pstn\",\"number\":918000000002}],\"duration\":5400,\"timeout\":40,\"loop\":1")
      ],
      [
        "two numbers with parameters",
        (calls: Service) =>
          calls.placeNumbersCall({ to: first, callerId, connect: second, extraParams: { order_id: "ORD12345" } }),
        `${rest}/ind_pcmo_make_call`,
        `{${credentials},"extra_params":{"order_id":"ORD12345"},"from":918000000001,"duration":4200,"pcmo":[{"action":"bridge","from":918000000001,"connect":[{"type":"pstn","number":918000000002}],"duration":5400,"timeout":40,"loop":1}],"to":919400000001}`
      ],
      [
        "a pipeline",
        (calls: Service) =>
          calls.placePipelineCall({
            to: first,
            callerId,
            duration: "30 seconds",
            pipeline: LegacyPipeline.make([LegacyAction.play("https://example.com/a.wav"), LegacyAction.hangup])
          }),
        `${rest}/ind_pcmo_make_call`,
        `{${credentials},"extra_params":{},"from":918000000001,"duration":30,"pcmo":[{"action":"play","file_url":"https://example.com/a.wav"},{"action":"hangup"}],"to":919400000001}`
      ],
      [
        "an answer URL",
        (calls: Service) =>
          calls.placeAnswerUrlCall({
            to: first,
            callerId,
            answerUrl: "https://example.com/answer",
            duration: "1 hour"
          }),
        `${piopiy}/make_call`,
        `{${credentials},"from":918000000001,"duration":3600,"answer_url":"https://example.com/answer","to":919400000001}`
      ],
      [
        "an answer URL for as long as usual, abroad",
        (calls: Service) => calls.placeAnswerUrlCall({ to: abroad, callerId, answerUrl: "https://example.com/answer" }),
        `${piopiy}/global_make_call`,
        `{${credentials},"from":918000000001,"duration":4200,"answer_url":"https://example.com/answer","to":14155550100}`
      ],
      [
        "a pipeline abroad",
        (calls: Service) => calls.placePipelineCall({ to: abroad, callerId, pipeline: hangup }),
        `${rest}/global_pcmo_make_call`,
        `{${credentials},"extra_params":{},"from":918000000001,"duration":4200,"pcmo":[{"action":"hangup"}],"to":14155550100}`
      ],
      [
        "a pipeline over the network that was asked for",
        (calls: Service) => calls.placePipelineCall({ to: abroad, callerId, pipeline: hangup, network: "india" }),
        `${rest}/ind_pcmo_make_call`,
        `{${credentials},"extra_params":{},"from":918000000001,"duration":4200,"pcmo":[{"action":"hangup"}],"to":14155550100}`
      ],
      [
        "holding, with the documented name of the id",
        (calls: Service) => calls.hold(callId),
        `${piopiy}/call/global_action`,
        `{${credentials},"action":"hold","cmiuuid":"${callId}"}`
      ],
      [
        "going on",
        (calls: Service) => calls.unhold(callId),
        `${piopiy}/call/global_action`,
        `{${credentials},"action":"unhold","cmiuuid":"${callId}"}`
      ],
      [
        "toggling in India",
        (calls: Service) => calls.toggleHold(callId, { network: "india" }),
        `${piopiy}/call/action`,
        `{${credentials},"action":"holdToggle","cmiuuid":"${callId}"}`
      ],
      [
        "hanging up",
        (calls: Service) => calls.hangup(callId),
        `${piopiy}/call/global_action`,
        `{${credentials},"action":"hangup","cmiuuid":"${callId}"}`
      ]
    ] as ReadonlyArray<readonly [string, (calls: Service) => Effect.Effect<unknown, PiopiyError>, string, string]>
  )("%s", ([, program, url, body]) =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(program)
      assert.isUndefined(error)
      assert.deepStrictEqual(sent.map((request) => [request.url, request.body]), [[url, body]])
      assert.notProperty(sent[0]?.headers, "authorization")
    }))
})

describe("recording", () => {
  it.effect.each(
    [
      ["numbers", (calls: Service) => calls.placeNumbersCall({ to: first, callerId, connect: second, record: true })],
      [
        "a pipeline",
        (calls: Service) =>
          calls.placePipelineCall({
            to: first,
            callerId,
            record: true,
            pipeline: LegacyPipeline.make([LegacyAction.bridge({ from: callerId, to: second })])
          })
      ]
    ] as const
  )("is a first step of its own for %s", ([, program]) =>
    Effect.gen(function*() {
      const { sent } = yield* run(program)
      const steps: ReadonlyArray<{ readonly action: string }> = JSON.parse(sent[0]?.body ?? "{}").pcmo
      assert.deepStrictEqual(steps.map(({ action }) => action), ["record", "bridge"])
    }))

  it.effect("adds no step when it is false", () =>
    Effect.gen(function*() {
      const pipeline = LegacyPipeline.make([LegacyAction.hangup])
      const { sent } = yield* run((calls) => calls.placePipelineCall({ to: first, callerId, record: false, pipeline }))
      assert.deepStrictEqual(JSON.parse(sent[0]?.body ?? "{}").pcmo, [{ action: "hangup" }])
    }))

  it.effect("leaves problems of a pipeline where they are", () =>
    Effect.gen(function*() {
      const pipeline = LegacyPipeline.make([LegacyAction.hangup, LegacyAction.play("a.txt")])
      const { error } = yield* run((calls) => calls.placePipelineCall({ to: first, callerId, record: true, pipeline }))
      const issues = error?.reason._tag === "InvalidRequest" ? error.reason.issues : []
      assert.deepStrictEqual(issues.map(({ path, wirePath }) => [path, wirePath]), [
        ["pipeline[1].file", "pcmo[2].file_name"]
      ])
    }))
})

describe("the configuration", () => {
  it.effect("puts one address in place of both hosts", () =>
    Effect.gen(function*() {
      const options = { baseUrl: "http://127.0.0.1:8787/" }
      const { sent: [dial] } = yield* run(
        (calls) => calls.placeNumbersCall({ to: first, callerId, connect: second }),
        [progress],
        options
      )
      const { sent: [action] } = yield* run((calls) => calls.hold(callId), [progress], options)
      assert.strictEqual(dial?.url, "http://127.0.0.1:8787/v2/ind_pcmo_make_call")
      assert.strictEqual(action?.url, "http://127.0.0.1:8787/v1/call/global_action")
    }))

  it.effect("names the network of all requests", () =>
    Effect.gen(function*() {
      const program = (calls: Service) =>
        Effect.andThen(calls.placeNumbersCall({ to: abroad, callerId, connect: second }), calls.hold(callId))
      const { sent } = yield* run(program, [progress], { network: "india" })
      assert.deepStrictEqual(sent.map(({ url }) => url), [`${rest}/ind_pcmo_make_call`, `${piopiy}/call/action`])
    }))
})

describe("replies", () => {
  const place = (calls: Service) => calls.placeNumbersCall({ to: first, callerId, connect: second })

  it.effect.each(
    [
      { request_id: requestId, status: "progress", code: 200 },
      { data: { request_id: requestId, status: "progress" }, code: "200" },
      { data: { request_id: requestId }, status: "progress", cmi_code: 200, code: 500 },
      { request_id: requestId, status: "progress", code: "cmi-200" },
      { request_id: requestId, status: "progress" }
    ]
  )("take %j as success", (json) =>
    Effect.gen(function*() {
      const { value } = yield* run(place, [{ status: 200, json }])
      assert.deepStrictEqual(value, { status: "progress", requestId: Option.some(requestId) })
    }))

  it.effect.each([{ text: "" }, { text: "ok" }, { json: [] }, { json: { request_id: 5 } }])(
    "take %j as success without an id",
    (reply) =>
      Effect.gen(function*() {
        const { value } = yield* run(place, [{ status: 200, ...reply }])
        assert.deepStrictEqual(value, { status: "", requestId: Option.none() })
      })
  )

  it.effect("with HTML leave it open what was done, and only what does no harm is asked again", () =>
    Effect.gen(function*() {
      const html: Step = { status: 200, text: "<html>" }
      const placed = yield* run(place, [html])
      assert.deepStrictEqual([placed.error?.reason._tag, placed.error?.verdict], ["OutcomeUnknown", "ambiguous"])
      assert.lengthOf(placed.sent, 1)
      const toggled = yield* run((calls) => calls.toggleHold(callId), [html])
      assert.deepStrictEqual([toggled.error?.reason._tag, toggled.sent.length], ["OutcomeUnknown", 1])
      const ended = yield* run((calls) => calls.hangup(callId), [html, { status: 200, json: { code: 404 } }])
      assert.isUndefined(ended.error)
      assert.lengthOf(ended.sent, 2)
    }))

  it.effect.each(
    [
      [{ code: 401 }, "Unauthorized", "Unauthorized"],
      [{ code: 420, msg: "bad" }, "Unauthorized", "Unauthorized"],
      [{ cmi_code: 407 }, "Unauthorized", "Unauthorized"],
      [{ cmi_code: 404, code: 200 }, "Rejected", "CallNotFound"],
      [{ code: "cmi-404" }, "Rejected", "CallNotFound"],
      [{ code: 422 }, "Rejected", "Rejected"],
      [{ code: 501 }, "Rejected", "Rejected"],
      [{ code: 502 }, "Rejected", "Rejected"],
      [{ code: 0 }, "Rejected", "Rejected"],
      [{ code: "failed" }, "Rejected", "Rejected"],
      [{ code: 500 }, "Unavailable", "Unavailable"],
      [{ code: 429 }, "RateLimited", "RateLimited"]
    ] as const
  )("with HTTP 200 and %j are failures", ([json, placing, holding]) =>
    Effect.gen(function*() {
      const placed = yield* run(place, [{ status: 200, json }])
      assert.strictEqual(placed.error?.reason._tag, placing)
      assert.lengthOf(placed.sent, placing === "RateLimited" ? 3 : 1)
      const held = yield* run((calls) => calls.hold(callId), [{ status: 200, json }])
      assert.strictEqual(held.error?.reason._tag, holding)
    }))

  it.effect("of the network count before the body", () =>
    Effect.gen(function*() {
      const { error, sent } = yield* run(place, [{ status: 502, json: { code: 200 } }])
      assert.deepStrictEqual(error?.reason, { _tag: "Unavailable", status: 502 })
      assert.strictEqual(error?.verdict, "ambiguous")
      assert.lengthOf(sent, 1)
    }))

  it.effect("are told with what the platform says, without the secret and numbers", () =>
    Effect.gen(function*() {
      const json = { code: 422, msg: `secret ${secret} for 919400000001 is wrong` }
      const { error } = yield* run(place, [{ status: 200, json }])
      assert.include(error?.message, "is wrong")
      assert.notMatch(`${error?.message} ${JSON.stringify(error)}`, /secret-uuid|94000/)
    }))
})

describe("retries", () => {
  const operations: ReadonlyArray<
    readonly [string, (calls: Service) => Effect.Effect<unknown, PiopiyError>, "safe" | "ambiguous"]
  > = [
    ["placing numbers", (calls) => calls.placeNumbersCall({ to: first, callerId, connect: second }), "ambiguous"],
    [
      "placing a pipeline",
      (calls) => calls.placePipelineCall({ to: first, callerId, pipeline: LegacyPipeline.make([LegacyAction.hangup]) }),
      "ambiguous"
    ],
    [
      "placing with an answer URL",
      (calls) => calls.placeAnswerUrlCall({ to: first, callerId, answerUrl: "https://example.com" }),
      "ambiguous"
    ],
    ["toggling", (calls) => calls.toggleHold(callId), "ambiguous"],
    ["holding", (calls) => calls.hold(callId), "safe"],
    ["going on", (calls) => calls.unhold(callId), "safe"],
    ["hanging up", (calls) => calls.hangup(callId), "safe"],
    ["counting channels", (calls) => calls.channels, "safe"],
    ["asking for a record", (calls) => calls.cdrByCallId(callId), "safe"],
    ["asking for records", (calls) => calls.cdrByRequestId(requestId), "safe"]
  ]

  it.effect.each(operations)(
    "of %s whose outcome is unknown are as safe as it is",
    ([, program, verdict]) =>
      Effect.gen(function*() {
        for (const step of [{ status: 503 }, "silence", { breaksOff: 200 }] as const) {
          const { error, sent } = yield* run(program, [step])
          assert.strictEqual(error?.verdict, verdict)
          assert.lengthOf(sent, verdict === "safe" ? 3 : 1)
        }
      })
  )

  it.effect("of a hangup that find the leg gone are success", () =>
    Effect.gen(function*() {
      const gone: Step = { status: 200, json: { code: 404 } }
      assert.isUndefined((yield* run((calls) => calls.hangup(callId), [{ status: 503 }, gone])).error)
      assert.strictEqual((yield* run((calls) => calls.hangup(callId), [gone])).error?.reason._tag, "CallNotFound")
    }))
})

describe("queries", () => {
  it.effect("count channels, given as text", () =>
    Effect.gen(function*() {
      const { sent, value } = yield* run((calls) => calls.channels, [{
        status: 200,
        json: { code: 200, channel: "2" }
      }])
      assert.strictEqual(value, 2)
      assert.strictEqual(sent[0]?.url, `${rest}/piopiy/get_channels`)
      assert.strictEqual(sent[0]?.body, `{${credentials}}`)
    }))

  const record = {
    duration: 9,
    balance: "44.809024",
    rate: "1.500000",
    from: 440000000001,
    to: 440000000002,
    time: 1637124352000,
    leg: "a",
    direction: "outbound",
    status: "answered"
  }

  it.effect("read a record, numbers as text or not", () =>
    Effect.gen(function*() {
      const json = { code: 200, cdr: record }
      const { sent, value } = yield* run((calls) => calls.cdrByCallId(callId), [{ status: 200, json }])
      const found = Option.getOrThrow(value ?? Option.none())
      assert.strictEqual(sent[0]?.url, `${piopiy}/piopiy/cmiuuid_cdr`)
      assert.strictEqual(sent[0]?.body, `{${credentials},"cmiuuid":"${callId}"}`)
      assert.deepStrictEqual({ ...found, time: Option.map(found.time, DateTime.toEpochMillis) }, {
        from: "440000000001",
        to: "440000000002",
        status: "answered",
        duration: Duration.seconds(9),
        time: Option.some(1637124352000),
        leg: Option.some("a"),
        direction: Option.some("outbound"),
        rate: Option.some(1.5),
        balance: Option.some(44.809024)
      })
    }))

  it.effect("read the records of a request", () =>
    Effect.gen(function*() {
      const json = { code: 200, count: 2, cdr: [record, { ...record, leg: "b", duration: "8" }] }
      const { sent, value } = yield* run((calls) => calls.cdrByRequestId(requestId), [{ status: 200, json }])
      assert.deepStrictEqual(value?.map(({ duration, leg }) => [leg, Duration.toSeconds(duration)]), [
        [Option.some("a"), 9],
        [Option.some("b"), 8]
      ])
      assert.strictEqual(sent[0]?.body, `{${credentials},"request_id":"${requestId}"}`)
    }))

  it.effect("find nothing where there is nothing", () =>
    Effect.gen(function*() {
      for (const gone of [{ status: 200, json: { code: 404 } }, { status: 404 }]) {
        assert.deepStrictEqual((yield* run((calls) => calls.cdrByCallId(callId), [gone])).value, Option.none())
        assert.deepStrictEqual((yield* run((calls) => calls.cdrByRequestId(requestId), [gone])).value, [])
      }
    }))

  it.effect.each([{ text: "" }, { json: {} }, { json: { channel: "many" } }, { json: { channel: null } }])(
    "say what they cannot read: %j",
    (reply) =>
      Effect.gen(function*() {
        const { error } = yield* run((calls) => calls.channels, [{ status: 200, ...reply }])
        assert.strictEqual(error?.reason._tag, "UnexpectedReply")
      })
  )
})

describe("what breaks the rules is not sent", () => {
  const refused = (program: (calls: Service) => unknown) =>
    Effect.gen(function*() {
      const { layer, requests } = yield* connect([progress])
      const error = yield* LegacyCalls.LegacyCalls.use((calls) => Effect.flip(effectOf(program(calls)))).pipe(
        Effect.provide(layer)
      )
      assert.lengthOf(requests, 0)
      const isInvalid = error instanceof PiopiyError && error.reason._tag === "InvalidRequest"
      return isInvalid ? error.reason.issues.map(({ path }) => path) : []
    })

  it.effect("with every problem and its path", () =>
    Effect.gen(function*() {
      assert.sameMembers(
        yield* refused((calls) =>
          untyped(calls.placeNumbersCall, {
            to: 919400000001,
            callerId: "+91",
            connect: [second, "x"],
            duration: "1500 millis",
            timeout: 0,
            loop: 0,
            ring: "both",
            record: "yes",
            extraParams: 5,
            network: "mars",
            colour: 1
          })
        ),
        [
          "to",
          "callerId",
          "connect[1]",
          "duration",
          "timeout",
          "loop",
          "ring",
          "record",
          "extraParams",
          "network",
          "colour"
        ]
      )
      assert.sameMembers(
        yield* refused((calls) => untyped(calls.placePipelineCall, { pipeline: [], record: 1 })),
        ["to", "callerId", "pipeline", "record"]
      )
      assert.sameMembers(
        yield* refused((calls) => untyped(calls.placeAnswerUrlCall, { to: first, callerId, answerUrl: "ftp://x" })),
        ["answerUrl"]
      )
      assert.sameMembers(
        yield* refused((calls) => untyped(calls.hold, "call", { network: "mars", why: 1 })),
        ["callId", "options.network", "options.why"]
      )
    }))

  it.effect("whatever it is", () =>
    Effect.gen(function*() {
      const programs = (value: unknown): ReadonlyArray<(calls: Service) => unknown> => [
        (calls) => untyped(calls.placeNumbersCall, value),
        (calls) => untyped(calls.placeNumbersCall, { to: first, callerId, connect: value }),
        (calls) => untyped(calls.placeNumbersCall, { to: value, callerId, connect: second }),
        (calls) => untyped(calls.placePipelineCall, value),
        (calls) => untyped(calls.placePipelineCall, { to: first, callerId, pipeline: value }),
        (calls) => untyped(calls.placeAnswerUrlCall, value),
        (calls) => untyped(calls.placeAnswerUrlCall, { to: first, callerId, answerUrl: value }),
        (calls) => untyped(calls.hold, value),
        (calls) => untyped(calls.unhold, value),
        (calls) => untyped(calls.toggleHold, value),
        (calls) => untyped(calls.hangup, value),
        (calls) => untyped(calls.cdrByCallId, value),
        ...(value === "text" ? [] : [(calls: Service) => untyped(calls.cdrByRequestId, value)])
      ]
      for (const value of junk()) {
        for (const program of programs(value)) assert.isAbove((yield* refused(program)).length, 0, String(program))
      }
    }))
})

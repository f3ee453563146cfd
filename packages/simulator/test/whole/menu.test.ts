import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as TestClock from "effect/testing/TestClock"
import type { Entry } from "../../src/core/journal/Entry.ts"
import * as InProcess from "../../src/testing/InProcess.ts"
import * as platform from "../platform.ts"

const {
  commandsOf,
  connect,
  entriesOf,
  hangup,
  journalOf,
  jsonReply,
  legOf,
  menuApp,
  phone,
  place,
  play,
  post,
  question,
  recordOf,
  run,
  textReply
} = platform

/** Answers at once and stays. */
const patient = "919840007100"
/** Answers after 1 s and presses 5 at the first question. */
const presser = "919840007305"
const sales = "914400007101"
const seller = "914400007201"
const ending = (record: { readonly hangupCause: string; readonly hangupReason?: string; readonly endedBy: string }) => [
  record.hangupCause,
  record.hangupReason,
  record.endedBy
]
const assumed = (entries: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  entriesOf(entries, "Turned").flatMap(({ assumes }) => assumes ?? [])

describe("the menu", () => {
  it.effect("sends the digits to the URL exactly as documented, and runs what comes back", () =>
    Effect.gen(function*() {
      const { app, seen } = menuApp(() => jsonReply([connect([phone(seller)]), hangup]))
      yield* Effect.gen(function*() {
        const callId = yield* place({
          to: presser,
          pipeline: [{ action: "param", data: { campaign: "spring", round: 2 } }, question()],
          variables: { customer: "Asha", vip: true }
        })
        const record = yield* recordOf(callId)
        assert.deepEqual(seen, [{
          call_id: callId,
          from: platform.callerId,
          to: presser,
          input_type: "dtmf",
          digits: "5",
          speech: null,
          status: "success",
          variables: { customer: "Asha", vip: true, campaign: "spring", round: 2 },
          dtmf: "5",
          cmiuuid: callId
        }])
        assert.strictEqual(legOf(record, "callee1").bridgedAt, 1600 + 1000)
        assert.deepEqual(ending(record), ["NORMAL_CLEARING", undefined, "Pipeline"])
        const [delivery] = entriesOf(yield* journalOf(callId), "Delivered")
        assert.deepEqual([delivery?.status, delivery?.outcome, delivery?.at], [200, "NewProgram", 1600])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("says no_input with null digits when nothing was pressed", () =>
    Effect.gen(function*() {
      const { app, seen } = menuApp(() => textReply(""))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: patient, pipeline: [question({ first_digit_timeout: 2 })] })
        yield* recordOf(callId)
        assert.deepEqual(seen, [{
          call_id: callId,
          from: platform.callerId,
          to: patient,
          input_type: "dtmf",
          digits: null,
          speech: null,
          status: "no_input",
          variables: {},
          dtmf: "",
          cmiuuid: callId
        }])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("sends what was said as speech", () =>
    Effect.gen(function*() {
      const { app, seen } = menuApp(() => textReply(""))
      const people = {
        [patient]: {
          outcome: { _tag: "Answers", afterMs: 0, by: "Person" },
          answers: [{ _tag: "Says", afterMs: 100, text: "sales" }]
        }
      } as const
      yield* Effect.gen(function*() {
        yield* run({ to: patient, pipeline: [{ ...question(), input: ["speech"] }] })
        const [body] = seen
        assert.deepInclude(body, { input_type: "speech", speech: "sales", digits: null, status: "success", dtmf: "" })
      }).pipe(Effect.provide(InProcess.layer({ app, config: { people } })))
    }))

  it.effect("asks again after too few digits, and sends them as invalid when no retry is left", () =>
    Effect.gen(function*() {
      const { app, seen } = menuApp(() => textReply(""))
      yield* Effect.gen(function*() {
        const callId = yield* place({
          to: presser,
          pipeline: [question(
            { min_digits: 3, max_digits: 3, inter_digit_timeout: 1, first_digit_timeout: 1 },
            { retries: { max: 1, invalid_prompt: platform.say("Three digits please") } }
          )]
        })
        const record = yield* recordOf(callId)
        assert.deepInclude(seen[0], { status: "no_input", digits: null })
        const spoken = commandsOf(yield* journalOf(callId), "StartPlayback").map(({ prompt }) =>
          prompt._tag === "Say" ? prompt.text : prompt.name
        )
        assert.deepEqual(spoken, ["Press one", "Three digits please", "Press one"])
        assert.lengthOf(record.inputs, 1)
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  const rest = [play("rest.wav")]

  it.effect.each(
    [
      ["a bare pipeline", [connect([phone(seller)])]],
      ["a wrapped pipeline", { pipeline: [connect([phone(seller)])] }]
    ] as const
  )("runs %s in the place of the rest", ([, reply]) =>
    Effect.gen(function*() {
      const { app } = menuApp(() => jsonReply(reply))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question(), ...rest] })
        const record = yield* recordOf(callId)
        assert.isDefined(legOf(record, "callee1").bridgedAt)
        const entries = yield* journalOf(callId)
        assert.notInclude(JSON.stringify(commandsOf(entries, "StartPlayback")), "rest.wav")
        assert.include(assumed(entries), "reply-replaces-rest")
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect.each(
    [
      ["204", Effect.sync(() => HttpServerResponse.empty({ status: 204 }))],
      ["an empty text", textReply("")],
      ["white space", textReply(" \r\n\t")],
      ["{}", jsonReply({})],
      ["[]", jsonReply([])],
      ["null", jsonReply(null)],
      ["an empty list, wrapped", jsonReply({ pipeline: [] })],
      ["null, wrapped", jsonReply({ pipeline: null })]
    ] as const
  )("ends the call in the ordinary way on %s", ([, reply]) =>
    Effect.gen(function*() {
      const { app } = menuApp(() => reply)
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question(), ...rest] })
        const record = yield* recordOf(callId)
        assert.deepEqual(ending(record), ["NORMAL_CLEARING", "empty reply to the callback", "Pipeline"])
        const entries = yield* journalOf(callId)
        assert.strictEqual(entriesOf(entries, "Delivered")[0]?.outcome, "Empty")
        assert.include(assumed(entries), "empty-reply-hangs-up")
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect.each(
    [
      ["text", textReply("hello"), ["the reply is not JSON"]],
      ["JSON cut short", textReply("[{\"action\":"), ["the reply is not JSON"]],
      ["a number", jsonReply(7), ["pipeline: "]],
      ["an unknown action", jsonReply([{ action: "dance" }]), ["pipeline[0].action: "]],
      ["legacy PCMO", jsonReply([{ action: "speak", text: "hi" }]), ["pipeline[0].action: "]],
      ["a pipeline with something beside it", jsonReply({ pipeline: [hangup], note: 1 }), ["pipeline: "]],
      [
        "a pipeline with two problems",
        jsonReply([{ action: "play" }, { action: "hangup", now: true }]),
        ["pipeline[0].file_name: ", "pipeline[1].now: "]
      ]
    ] as const
  )("ends the call as a temporary failure on %s, and says why", ([, reply, problems]) =>
    Effect.gen(function*() {
      const { app } = menuApp(() => reply)
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question(), ...rest] })
        const record = yield* recordOf(callId)
        assert.deepEqual(ending(record), [
          "NORMAL_TEMPORARY_FAILURE",
          "the reply to the callback is not a pipeline",
          "Pipeline"
        ])
        const entries = yield* journalOf(callId)
        assert.include(assumed(entries), "bad-reply-hangs-up")
        const replied = entriesOf(entries, "Turned").map(({ event }) => event).find(({ _tag }) =>
          _tag === "WebhookReplied"
        )
        assert(replied?._tag === "WebhookReplied" && replied.reply._tag === "Invalid")
        assert.lengthOf(replied.reply.problems, problems.length)
        for (const [index, start] of problems.entries()) {
          assert.isTrue(replied.reply.problems[index]?.startsWith(start), replied.reply.problems.join())
        }
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect.each([301, 302, 400, 404, 500, 503])(
    "ends the call as a temporary failure on status %s",
    (status) =>
      Effect.gen(function*() {
        const { app } = menuApp(() => jsonReply([hangup], status))
        yield* Effect.gen(function*() {
          const callId = yield* place({ to: presser, pipeline: [question(), ...rest] })
          const record = yield* recordOf(callId)
          assert.deepEqual(ending(record), [
            "NORMAL_TEMPORARY_FAILURE",
            "no reply to the callback: Status",
            "Pipeline"
          ])
          const [delivery] = entriesOf(yield* journalOf(callId), "Delivered")
          assert.deepEqual([delivery?.status, delivery?.outcome], [status, "Status"])
        }).pipe(Effect.provide(InProcess.layer({ app })))
      })
  )

  it.effect("takes any 2xx for an answer", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => jsonReply([connect([phone(seller)])], 201))
      yield* Effect.gen(function*() {
        const record = yield* run({ to: presser, pipeline: [question()] })
        assert.isDefined(legOf(record, "callee1").bridgedAt)
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("waits five seconds for a reply, then ends the call", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => Effect.never)
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question()] })
        const record = yield* recordOf(callId)
        assert.strictEqual(record.endedAt, 1600 + 5000)
        assert.deepEqual(ending(record), [
          "NORMAL_TEMPORARY_FAILURE",
          "no reply to the callback: TimedOut",
          "Pipeline"
        ])
        const [delivery] = entriesOf(yield* journalOf(callId), "Delivered")
        assert.deepEqual([delivery?.outcome, delivery?.durationMs], ["TimedOut", 5000])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("takes a reply that comes just in time", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => Effect.delay(jsonReply([hangup]), 4999))
      yield* Effect.gen(function*() {
        const record = yield* run({ to: presser, pipeline: [question()] })
        assert.deepEqual(ending(record), ["NORMAL_CLEARING", undefined, "Pipeline"])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("refuses a reply longer than a mebibyte", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => textReply("[".padEnd((1 << 20) + 1, " ")))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question()] })
        const record = yield* recordOf(callId)
        assert.strictEqual(record.hangupReason, "no reply to the callback: TooLarge")
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("keeps no more than the first 4096 characters of a reply in the journal", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => textReply("x".repeat(100_000)))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question()] })
        yield* recordOf(callId)
        assert.lengthOf(entriesOf(yield* journalOf(callId), "Delivered")[0]?.replyText ?? "", 4096)
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("journals and ignores a reply to a question that a transfer took away", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => Effect.delay(jsonReply([hangup]), "3 seconds"))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question()] })
        yield* TestClock.adjust("2 seconds")
        yield* post("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: [connect([phone(sales)])] })
        const record = yield* recordOf(callId)
        assert.strictEqual(legOf(record, "callee1").bridgedAt, 3000)
        const entries = yield* journalOf(callId)
        assert.strictEqual(entriesOf(entries, "Delivered")[0]?.outcome, "NewProgram")
        assert.deepEqual(commandsOf(entries, "Ignored"), [
          { _tag: "Ignored", state: "Talking", event: "WebhookReplied", why: "late-reply" }
        ])
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))

  it.effect("journals the delivery of a reply that comes after the call has ended", () =>
    Effect.gen(function*() {
      const { app } = menuApp(() => Effect.delay(jsonReply([hangup]), "3 seconds"))
      yield* Effect.gen(function*() {
        const callId = yield* place({ to: presser, pipeline: [question()] })
        yield* TestClock.adjust("2 seconds")
        yield* post("/v3/voice/call/hangup", { call_id: callId })
        yield* TestClock.adjust("1 minute")
        const entries = yield* journalOf(callId)
        const last = entries.at(-1)
        assert(last?._tag === "Delivered")
        assert.deepEqual([last.at, last.outcome], [4600, "NewProgram"])
        assert.lengthOf(commandsOf(entries, "WriteRecord"), 1)
      }).pipe(Effect.provide(InProcess.layer({ app })))
    }))
})

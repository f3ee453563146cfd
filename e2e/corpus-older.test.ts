import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync } from "node:fs"
import { sampleRules } from "./corpus/documented.ts"
import { type Fields, getIn, isFields, type Path, places } from "./corpus/json.ts"
import { readFile } from "./corpus/load.ts"
import { olderRules } from "./corpus/olderRules.ts"
import { failures, type Line } from "./corpus/report.ts"
import { run } from "./corpus/run.ts"

const folder = new URL("corpus/", import.meta.url)

const recorded = (file: string): ReadonlyArray<Fields> => {
  const json: unknown = JSON.parse(readFileSync(new URL(file, folder), "utf8"))
  return Array.isArray(json) ? json.filter(isFields) : []
}

const replayed = (vectors: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Line>> =>
  run(readFile("made.json", JSON.stringify(vectors)))

const statusOf = ({ status, why }: Line): string => [status, ...why].join(" ")

const put = (value: unknown, path: Path, item: unknown): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return item
  if (typeof key === "number") return Array.isArray(value) ? value.with(key, put(value[key], rest, item)) : value
  return isFields(value) ? { ...value, [key]: put(value[key], rest, item) } : value
}

const other = (value: unknown): unknown => {
  if (typeof value === "number") return value + 1
  if (typeof value === "boolean") return !value
  return typeof value === "string" ? `${value}x` : "x"
}

/** The vector with its only result seen as JSON changed, one copy per change. */
const withResults = (vector: Fields, change: (json: unknown) => ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const result = getIn(vector, ["expected", "result"])
  if (typeof result !== "string") return change(result).map((json) => put(vector, ["expected", "result"], json))
  return change(JSON.parse(result)).map((json) => put(vector, ["expected", "result"], JSON.stringify(json)))
}

const step = (method: string, ...args: ReadonlyArray<unknown>) => ({ method, args })

const older = (
  id: string,
  lang: "node" | "py",
  calls: ReadonlyArray<object>,
  expected: object,
  more: { readonly class?: string; readonly sdk?: string } = {}
) => ({
  id,
  sdk: more.sdk ?? (lang === "node" ? "telecmi/piopiy_node 1.2.0" : "telecmi/piopiy_python legacy (99872ff)"),
  generation: "legacy",
  input: { lang, class: more.class ?? (lang === "node" ? "PiopiyAction" : "Action"), calls: [...calls, step("PCMO")] },
  expected
})

const from = 918000000001
const to = 919800000001
const url = "https://example.com/dtmf"
const bridged = (more: object = {}) => ({
  action: "bridge",
  from,
  connect: [{ type: "pstn", number: to }],
  ...more
})

const passing = [
  older("a chain of steps", "node", [
    step("playMusic", "a.mp3"),
    step("call", [to], from, { ring_type: "group", timeout: 12 }),
    step("hangup")
  ], {
    result: [
      { action: "play", file_name: "a.mp3" },
      bridged({ duration: 5400, timeout: 12, loop: 1, ring_type: "group" }),
      { action: "hangup" }
    ]
  }),
  older("a cleared list", "py", [step("hangup"), step("clear"), step("speak", "x")], {
    result: [{ action: "speak", text: "x" }]
  }),
  older("a refused text", "node", [step("setValue", 5)], {
    error: { name: "Error", message: "Text is required and must be a string." }
  }),
  older("a refused rate", "node", [step("playStream", "AA==", "raw", 44_100)], {
    error: { name: "Error", message: "sample_rate is required to play" }
  }, { class: "StreamAction" })
]

const onPurpose: { readonly [rule: string]: unknown } = {
  "defaults-are-the-platforms": older("d", "py", [step("call", to, from)], {
    result: [bridged({ duration: 5400, timeout: 40, loop: 1 })]
  }),
  "streams-say-when-they-begin": older("s", "node", [step("stream", "wss://e.com/s", { stream_on_answer: false })], {
    result: [{ action: "stream", ws_url: "wss://e.com/s" }]
  }),
  "qualities-are-text": older("q", "py", [
    step("stream", "wss://e.com/s", { listen_mode: "both", voice_quality: 16_000, stream_on_answer: true })
  ], {
    result: [{
      action: "stream",
      ws_url: "wss://e.com/s",
      listen_mode: "both",
      voice_quality: 16_000,
      stream_on_answer: true
    }]
  }),
  "numbers-are-numbers": older("n", "node", [step("call", [String(to)], from)], {
    result: [{ action: "bridge", from, connect: [{ type: "pstn", number: String(to) }] }]
  }),
  "numbers-are-given-as-text": older("t", "node", [step("call", String(to), from)], {
    error: { name: "Error", message: "Invalid from or to number in connect" }
  }),
  "users-may-be-text": older("u", "node", [step("forward", "desk", from)], {
    error: { name: "Error", message: "Invalid from or to number in connect" }
  }),
  "a-file-has-one-name": older("f", "py", [step("playGetInput", url, "https://e.com/a.wav")], {
    result: [{
      action: "play_get_input",
      action_url: url,
      file_name: "https://e.com/a.wav",
      file_url: "https://e.com/a.wav"
    }]
  }),
  "least-digits-are-sent": older("l", "node", [step("input", url, { min_digit: 2, max_digit: 4, timeout: 5 })], {
    result: [{ action: "input", action_url: url, max_digit: 4, timeout: 5 }]
  }),
  "the-way-of-ringing-is-said": older("r", "node", [step("call", to, from, { ring_type: "single", loop: 3 })], {
    result: [bridged({ duration: 5400, timeout: 40, loop: 3 })]
  }),
  "unread-options-are-refused": older("o", "node", [step("call", to, from, { record: true, loop: 3 })], {
    result: [bridged({ duration: 5400, timeout: 40, loop: 3 })]
  }),
  "unknown-options-are-not-copied": older("c", "py", [step("forward", to, from, { duration: 9, colour: "red" })], {
    result: [bridged({ duration: 9, timeout: 40, loop: 1, colour: "red" })]
  }, { sdk: "telecmi/piopiy_python 0.7.1" }),
  "counts-begin-at-one": older("z", "py", [step("input", url, { max_digit: 0, timeout: 9 })], {
    result: [{ action: "input", action_url: url, max_digit: 0, timeout: 9 }]
  }),
  "choices-are-checked": older("h", "node", [step("stream", "wss://e.com/s", { listen_mode: "calle" })], {
    result: [{ action: "stream", ws_url: "wss://e.com/s", listen_mode: "calle" }]
  }),
  "numbers-are-checked": older("b", "py", [step("call", 112, from)], {
    result: [{ action: "bridge", from, connect: [{ type: "pstn", number: 112 }], duration: 5400, timeout: 40, loop: 1 }]
  }),
  "files-are-mp3-or-wav": older("e", "py", [step("playMusic", "welcome")], {
    result: [{ action: "play", file_name: "welcome" }]
  }),
  "files-may-have-a-query": older("y", "node", [step("playMusic", "https://e.com/a.mp3?sig=1")], {
    error: { name: "Error", message: "Filename or File URL is required and must be a mp3/WAV format." }
  }),
  "addresses-are-those-of-the-web": older("a", "py", [step("input", "ftp://e.com/x")], {
    result: [{ action: "input", action_url: "ftp://e.com/x" }]
  }),
  "streams-are-addressed-as-in-node": older("w", "py", [step("stream", "ws://my_host/s")], {
    result: [{ action: "stream", ws_url: "ws://my_host/s" }]
  }),
  "audio-is-canonical-base64": {
    id: "p",
    sdk: "telecmi/piopiy_python legacy (99872ff)",
    generation: "legacy",
    input: {
      lang: "py",
      class: "StreamAction",
      calls: [{
        method: "playStream",
        kwargs: { audio_base64: "AR==", audio_type: "raw", sample_rate: 8000 }
      }]
    },
    expected: {
      result:
        "{\"type\": \"streamAudio\", \"data\": {\"audioDataType\": \"raw\", \"sampleRate\": 8000, \"audioData\": \"AR==\"}}"
    }
  },
  "nothing-is-not-a-document": older("0", "node", [], { result: [] }),
  "documents-are-values": older("v", "node", [step("record"), step("PCMO"), step("hangup")], {
    results: [
      { method: "PCMO", returns: [{ action: "record" }] },
      { method: "PCMO", returns: [{ action: "record" }, { action: "hangup" }] }
    ],
    first_returned_array_after_later_calls: [{ action: "record" }, { action: "hangup" }]
  }),
  "no-such-step": older("x", "node", [step("say", "x")], {
    error: { name: "TypeError", message: "<receiver>.say is not a function" }
  }),
  "no-service-for-it": {
    id: "k",
    status: "DOCUMENTED",
    kind: "rest",
    expected: { method: "POST", url: "https://rest.telecmi.com/v3/leads/add", request: null, response: { code: 200 } }
  }
}

describe("The runner of older documents", () => {
  it.effect("passes vectors it has never seen", () =>
    Effect.gen(function*() {
      const lines = yield* replayed(passing)
      assert.deepStrictEqual([...lines.map(statusOf), ...failures(lines)], passing.map(() => "passed"))
    }))

  it("knows a vector and a page for every rule", () => {
    const rules = [...olderRules, ...sampleRules]
    assert.deepStrictEqual(Object.keys(onPurpose), rules.map(({ name }) => name))
    const missing = rules.filter(({ page }) => !existsSync(new URL(`../docs/decisions/${page}`, import.meta.url)))
    assert.deepStrictEqual(missing.map(({ page }) => page), [])
  })

  for (const [name, vector] of Object.entries(onPurpose)) {
    it.effect(`tells what is on purpose by ${name}`, () =>
      Effect.gen(function*() {
        const lines = yield* replayed([vector])
        assert.deepStrictEqual(failures(lines), [])
        assert.include(lines[0]?.why ?? [], name)
      }))
  }
})

describe("The runner of older documents fails on", () => {
  const results = ["pcmo.json", "stream.json"].flatMap(recorded).filter((vector) =>
    getIn(vector, ["expected", "result"]) !== undefined
  )

  const passed = Effect.map(
    replayed(results),
    (lines) => results.filter((_, index) => lines[index]?.status === "passed")
  )

  const assertAllFail = (vectors: ReadonlyArray<unknown>) =>
    Effect.map(replayed(vectors), (lines) => {
      assert.isAbove(lines.length, 20)
      const swallowed = lines.flatMap((line, index) =>
        line.status === "failed" ? [] : [[statusOf(line), vectors[index]]]
      )
      assert.deepStrictEqual(swallowed, [])
    })

  it.effect("any other value in any result that was recorded", () =>
    Effect.gen(function*() {
      const changed = (yield* passed).flatMap((vector) =>
        withResults(vector, (json) =>
          places(json).filter(({ value }) =>
            typeof value !== "object"
          ).map(({ path, value }) => put(json, path, other(value))))
      )
      yield* assertAllFail(changed)
    }))

  it.effect("a member more in any result that was recorded", () =>
    Effect.gen(function*() {
      const changed = (yield* passed).flatMap((vector) =>
        withResults(vector, (json) =>
          places(json).filter(({ value }) =>
            isFields(value)
          ).map(({ path }) => put(json, [...path, "colour"], "red")))
      )
      yield* assertAllFail(changed)
    }))

  it.effect("other bytes of the Node client on the stream", () =>
    Effect.gen(function*() {
      const spaced = recorded("stream.json").flatMap((vector) => {
        const result = getIn(vector, ["expected", "result"])
        const isNode = getIn(vector, ["input", "lang"]) === "node" && typeof result === "string"
        return isNode ? [put(vector, ["expected", "result"], ` ${result}`)] : []
      })
      const lines = yield* replayed(spaced)
      assert.isAbove(lines.length, 5)
      assert.deepStrictEqual(lines.filter(({ status }) => status !== "failed").map(statusOf), [])
    }))

  it.effect("a refusal where nothing is wrong, a wrong field, an unknown step or class", () =>
    Effect.gen(function*() {
      const message = "audio_type is required to play"
      const lines = yield* replayed([
        older("refused", "node", [step("speak", "x")], { error: { name: "Error", message } }),
        older("another field", "node", [step("playStream", "@", "raw", 8000)], { error: { name: "Error", message } }, {
          class: "StreamAction"
        }),
        older("unknown step", "node", [step("sing", "x")], { result: [] }),
        older("too many arguments", "node", [step("speak", "x", {}, 1)], { result: [{ action: "speak", text: "x" }] }),
        older("nothing expected", "node", [step("hangup")], {}),
        older("another expectation", "node", [step("hangup")], { result: [{ action: "hangup" }], rings: 1 }),
        older("unknown class", "node", [step("hangup")], { result: [{ action: "hangup" }] }, { class: "Sequencer" })
      ])
      assert.deepStrictEqual(
        lines.filter(({ id }) => id !== "unknown class").map(({ id, status }) => `${id}: ${status}`),
        lines.filter(({ id }) => id !== "unknown class").map(({ id }) => `${id}: failed`)
      )
      assert.notStrictEqual(lines.at(-1)?.status, "passed")
    }))

  const samples = recorded("documented.json")

  it.effect("a member of a documented callback under another name", () =>
    Effect.gen(function*() {
      const renamed = samples.flatMap((sample) => {
        const body = getIn(sample, ["expected", "body"])
        if (!isFields(body)) return []
        return Object.keys(body).filter((key) => !["type", "out", "call_id", "custom", "reason"].includes(key)).map(
          (key) => {
            const { [key]: value, ...rest } = body
            return put(sample, ["expected", "body"], { ...rest, [`${key}_`]: value })
          }
        )
      })
      yield* assertAllFail(renamed)
    }))

  it.effect("a value of another type in a documented callback", () =>
    Effect.gen(function*() {
      const retyped = samples.flatMap((sample) => {
        const body = getIn(sample, ["expected", "body"])
        if (!isFields(body)) return []
        return Object.keys(body).filter((key) => !["type", "out", "call_id", "custom"].includes(key)).map((key) =>
          put(sample, ["expected", "body", key], [[]])
        )
      })
      yield* assertAllFail(retyped)
    }))

  it.effect("a documented event, address, kind, failure or delay that is not known", () =>
    Effect.gen(function*() {
      const sample = (id: string, kind: string, expected: object) => ({ id, status: "DOCUMENTED", kind, expected })
      const dialUrl = "https://rest.telecmi.com/v2/ind_pcmo_make_call"
      const event = samples.find(({ id }) => id === "live-out-started-a") ?? {}
      const lines = yield* replayed([
        put(event, ["expected", "body", "status"], "out_vanished"),
        sample("address", "rest", { method: "POST", url: "https://rest.telecmi.com/v2/dial", request: null }),
        sample("request", "rest", { method: "POST", url: dialUrl, request: { appid: 1 }, response: null }),
        sample("method", "rest", { method: "GET", url: dialUrl, request: null, response: null }),
        sample("failure", "rest", { method: "POST", url: dialUrl, request: null, response: { code: 420 } }),
        sample("kind", "callback.queue", { body: {} }),
        sample("delays", "callback.cdr", { delays_after_previous_minutes: [0, 5, 10, 20] }),
        sample("member", "callback.cdr", { headers: {} }),
        sample("nothing", "callback.cdr", {}),
        sample("reply", "callback.action_url", { reply: [{ action: "vanish" }] })
      ])
      assert.deepStrictEqual(lines.map(({ id, status }) => [id, status]), lines.map(({ id }) => [id, "failed"]))
    }))
})

/** The corpus of the older API and of the "calls" API, and the runner that holds our SDK against it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { isFields, places } from "./corpus/json.ts"
import { readFile } from "./corpus/load.ts"
import { olderCallRules } from "./corpus/olderCallRules.ts"
import { failures, type Line } from "./corpus/report.ts"
import { run } from "./corpus/run.ts"

const folder = new URL("corpus/", import.meta.url)

interface Vector {
  readonly id: string
  readonly input: { readonly [key: string]: unknown }
  readonly expected: { readonly [key: string]: unknown }
}

const isVector = (value: unknown): value is Vector =>
  isFields(value) && isFields(value["input"]) && isFields(value["expected"]) && typeof value["id"] === "string"

/** The recorded calls of these APIs. */
const recorded: ReadonlyArray<Vector> = readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((file) => {
  const text = readFileSync(new URL(file, folder), "utf8")
  const calls = new Set(readFile(file, text).flatMap((entry) => entry._tag === "OlderCall" ? [entry.id] : []))
  const json: unknown = JSON.parse(text)
  return (Array.isArray(json) ? json : []).filter(isVector).filter(({ id }) => calls.has(id))
})

const replayed = (vectors: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Line>> =>
  run(readFile("made.json", JSON.stringify(vectors)))

const request = ({ expected }: Vector): { readonly [key: string]: unknown } | undefined =>
  isFields(expected["request"]) ? expected["request"] : undefined

const withRequest = (vector: Vector, change: { readonly [key: string]: unknown }): Vector => ({
  ...vector,
  expected: { ...vector.expected, request: { ...request(vector), ...change } }
})

const replaceAt = (value: unknown, [key, ...rest]: ReadonlyArray<string | number>, replacement: unknown): unknown => {
  if (key === undefined) return replacement
  if (Array.isArray(value)) return value.map((item, index) => index === key ? replaceAt(item, rest, replacement) : item)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replaceAt(item, rest, replacement) : item])
  )
}

/** Recorded requests that our SDK sends as well: a bridge to nobody is refused. */
const sent = recorded.filter((vector) =>
  request(vector) !== undefined
  && !(Array.isArray(vector.input["args"]) && Array.isArray(vector.input["args"][2])
    && vector.input["args"][2].length === 0)
)

const credentials = [2223123, "secret-uuid"]
const leg = "fb449ebb-9ae6-4d33-87eb-fed995707dbc"

const node = (id: string, call: string, args: ReadonlyArray<unknown>, expected: object) => ({
  id,
  sdk: "telecmi/piopiy_node 1.0.8",
  generation: "legacy",
  input: { lang: "node", construct: credentials, call, args },
  expected
})

const control = (id: string, call: string, kwargs: object, expected: object) => ({
  id,
  sdk: "telecmi/pipecat-piopiy@0.1.0",
  generation: "v3-calls",
  input: {
    lang: "py",
    class: "PiopiyCallControl",
    construct: { call_id: leg, token: "t", api_url: "https://rest.piopiy.com/v3" },
    call,
    args: [],
    kwargs
  },
  expected
})

const post = (url: string, body: object) => ({
  request: { method: "POST", url, headers: {}, body, body_text: JSON.stringify(body) },
  returns: {}
})

const action = "https://piopiy.telecmi.com/v1/call/global_action"
const transfer = `https://rest.piopiy.com/v3/calls/${leg}/actions/transfer`

describe("the corpus of older calls", () => {
  it.effect("holds for the SDK", () =>
    Effect.gen(function*() {
      assert.isAbove(recorded.length, 50)
      const lines = yield* replayed(recorded)
      assert.deepStrictEqual(failures(lines), [])
      assert.deepStrictEqual(lines.filter(({ status }) => status === "not yet"), [])
    }))

  it.effect("needs every rule that there is", () =>
    Effect.gen(function*() {
      const python = {
        ...node(
          "",
          "voice.call",
          [919400000001, 918000000001, 918000000002],
          post(
            "https://rest.telecmi.com/v2/ind_pcmo_make_call",
            {
              appid: 2223123,
              secret: "secret-uuid",
              extra_params: {},
              from: 918000000001,
              duration: 5400,
              pcmo: [{
                action: "bridge",
                from: 918000000001,
                connect: [{ type: "pstn", number: 918000000002 }],
                duration: 5400,
                timeout: 40,
                loop: 1
              }],
              to: 919400000001
            }
          )
        ),
        sdk: "telecmi/piopiy_python",
        input: {
          lang: "py",
          construct: credentials,
          call: "voice.call",
          args: [919400000001, 918000000001, 918000000002]
        }
      }
      const lines = yield* replayed([...recorded, python])
      assert.deepStrictEqual(failures(lines), [])
      const used = new Set(lines.flatMap(({ why }) => why))
      assert.deepStrictEqual(olderCallRules.filter(({ name }) => !used.has(name)).map(({ name }) => name), [])
    }))

  it("has a page for every rule, which names it", () => {
    const missing = olderCallRules.filter(({ name, page }) => {
      const file = new URL(`../docs/decisions/${page}`, import.meta.url)
      return !existsSync(file) || !readFileSync(file, "utf8").includes(`\`${name}\``)
    })
    assert.deepStrictEqual(missing.map(({ name }) => name), [])
  })
})

describe("the runner of older calls", () => {
  it.effect("fails when a recorded body is another one, wherever that is", () =>
    Effect.gen(function*() {
      const changed = sent.flatMap((vector) => {
        const body = request(vector)?.["body"]
        return places(body).filter(({ path }) => path.length > 0).map(({ path }) => {
          const other = replaceAt(body, path, "another")
          return withRequest({ ...vector, id: `${vector.id} ${path.join(".")}` }, {
            body: other,
            body_text: JSON.stringify(other)
          })
        })
      })
      assert.isAbove(changed.length, 100)
      const lines = yield* replayed(changed)
      assert.deepStrictEqual(lines.filter(({ status }) => status !== "failed").map(({ id }) => id), [])
    }))

  it.effect("fails when the method, the URL or the authorization is another one", () =>
    Effect.gen(function*() {
      const lines = yield* replayed(sent.flatMap((vector) => [
        withRequest(vector, { method: "PUT" }),
        withRequest(vector, { url: `${String(request(vector)?.["url"])}/x` }),
        withRequest(vector, { headers: { authorization: "Bearer another" } })
      ]))
      assert.lengthOf(lines, sent.length * 3)
      assert.deepStrictEqual(lines.filter(({ status }) => status !== "failed").map(({ id }) => id), [])
    }))

  it.effect("fails when a refusal is expected and none comes, or one where none is expected", () =>
    Effect.gen(function*() {
      const refusing = { error: { name: "Error", message: "to,from and answer_url type error" } }
      const lines = yield* replayed([
        node("taken", "voice.make", [919400000001, 918000000001, "https://e/x", 300], refusing),
        node("refused", "voice.hold", ["x"], post(action, { appid: 2223123, action: "hold", cmiuid: "x" })),
        node("names another field", "voice.make", ["x", 918000000001, "https://e/x", 300], {
          error: { name: "Error", message: "appid and secret type error" }
        }),
        control("taken as well", "warm_transfer", { to_number: "919876543210" }, {
          error: { name: "ValueError", message: "warm_transfer needs exactly one of to_number or sip_uri" }
        })
      ])
      assert.deepStrictEqual(lines.map(({ id, status }) => `${id}: ${status}`), [
        "taken: failed",
        "refused: failed",
        "names another field: failed",
        "taken as well: failed"
      ])
    }))

  it.effect("fails on what it does not know", () =>
    Effect.gen(function*() {
      const sends = post(transfer, { to_number: "919876543210" })
      const lines = yield* replayed([
        node("method", "voice.whisper", [leg], post(action, {})),
        node("group", "fax.hold", [leg], post(action, {})),
        node("too many", "voice.hold", [leg, 1], post(action, {})),
        control("call", "whisper", {}, sends),
        control("argument", "warm_transfer", { to_number: "919876543210", volume: 1 }, sends),
        { ...node("class", "hold", [], post(action, {})), input: { lang: "py", class: "Other", construct: [] } },
        node("nothing", "voice.hold", [leg], {}),
        { ...node("generation", "voice.hold", [leg], post(action, {})), generation: "v9" }
      ])
      assert.deepStrictEqual(lines.filter(({ status }) => status !== "failed").map(({ id }) => id), [])
    }))

  it.effect("passes calls that it has never seen", () =>
    Effect.gen(function*() {
      const lines = yield* replayed([
        control(
          "everything",
          "warm_transfer",
          {
            sip_uri: "sip:a@b",
            caller_id: "911203134087",
            timeout_sec: 45,
            confirm: true,
            hold_audio: "wait.mp3",
            transfer_summary: "s",
            sip_headers: { "X-A": "1" },
            variables: { a: 1 }
          },
          post(transfer, {
            sip_uri: "sip:a@b",
            caller_id: "911203134087",
            timeout_sec: 45,
            confirm: true,
            hold_audio: "wait.mp3",
            transfer_summary: "s",
            sip_headers: { "X-A": "1" },
            variables: { a: 1 }
          })
        ),
        node(
          "abroad",
          "voice.call",
          [14155550100, 918000000001, [{ action: "hangup" }]],
          post(
            "https://rest.telecmi.com/v2/global_pcmo_make_call",
            {
              appid: 2223123,
              secret: "secret-uuid",
              extra_params: {},
              from: 918000000001,
              duration: 4200,
              pcmo: [{ action: "hangup" }],
              to: 14155550100
            }
          )
        )
      ])
      assert.deepStrictEqual(failures(lines), [])
      assert.deepStrictEqual(lines.map(({ status }) => status), ["passed", "passed"])
    }))
})

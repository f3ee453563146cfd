/** What the clients of the older API were recorded sending, building and refusing, held against the simulator. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as TestClock from "effect/testing/TestClock"
import { readFileSync } from "node:fs"
import * as Simulator from "../packages/simulator/src/Simulator.ts"
import * as InProcess from "../packages/simulator/src/testing/InProcess.ts"
import { getIn, isFields } from "./corpus/json.ts"
import { readFile } from "./corpus/load.ts"
import { bodyOf, documentOf, type OlderBody } from "./corpus/olderBody.ts"

const entries = ["rest.json", "pcmo.json", "errors.json"].flatMap((file) =>
  readFile(file, readFileSync(new URL(`corpus/${file}`, import.meta.url), "utf8"))
)
const calls = entries.flatMap((entry) =>
  entry._tag === "OlderCall" && entry.vector.client !== "calls" ? [{ id: entry.id, vector: entry.vector }] : []
)
const builders = entries.flatMap((entry) =>
  entry._tag === "Older" && !entry.vector.onStream ? [{ id: entry.id, vector: entry.vector }] : []
)

const appid = 2223123
const secret = "secret-uuid"
const platform = InProcess.layer({ config: { accounts: [{ token: "t", appId: appid, appSecret: secret }] } })

const send = (url: string, text: string, headers: { readonly [name: string]: string }) =>
  HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyText(text),
    HttpClientRequest.setHeaders(headers),
    HttpClient.execute,
    Effect.flatMap((response) => Effect.map(response.json, (body) => ({ status: response.status, body })))
  )

/** The code of a reply; the HTTP status is 200 whatever it is. */
const codeOf = ({ body, status }: { readonly body: unknown; readonly status: number }): unknown => {
  assert.strictEqual(status, 200)
  assert.strictEqual(getIn(body, ["code"]), getIn(body, ["cmi_code"]))
  return getIn(body, ["code"])
}

const post = ({ body, path }: OlderBody) =>
  send(`https://rest.telecmi.com${path}`, JSON.stringify(body), { "content-type": "application/json" })

const from = 918000000001
/** Answers at once and stays. */
const patient = 919840007100

const dial = (pcmo: ReadonlyArray<unknown>) =>
  post({ path: "/v2/ind_pcmo_make_call", body: { appid, secret, from, to: patient, pcmo } })

const requests = calls.flatMap(({ id, vector: { request } }) => request === undefined ? [] : [{ id, ...request }])
const isAction = ({ url }: { readonly url: string }): boolean => url.includes("/call/")
const dials = requests.filter((request) => !isAction(request))
const actions = requests.filter(isAction)

describe("a recorded request of the older API", () => {
  it("is there two dozen times at least", () => {
    assert.isAtLeast(dials.length, 12)
    assert.isAtLeast(actions.length, 12)
  })

  it.effect.each(dials)("$id is a call", ({ body_text, headers, url }) =>
    Effect.gen(function*() {
      const reply = yield* send(url, body_text ?? "", headers)
      assert.strictEqual(codeOf(reply), 200)
      assert.notProperty(reply.body, "warnings")
      const { live } = yield* Simulator.Simulator
      assert.deepStrictEqual(
        (yield* live).map(({ origin }) => origin.requestId),
        [getIn(reply.body, ["request_id"])]
      )
    }).pipe(Effect.provide(platform)))

  it.effect.each(actions)(
    "$id is taken as far as its call, and does its work with the id of one in progress",
    (recorded) =>
      Effect.gen(function*() {
        const { body, body_text: text = "", headers, url } = recorded
        assert.strictEqual(codeOf(yield* send(url, text ?? "", headers)), 404)
        yield* dial([{ action: "bridge", from, connect: [{ type: "pstn", number: patient + 1 }] }])
        yield* TestClock.adjust("5 seconds")
        const { live } = yield* Simulator.Simulator
        const cmiuuid = (yield* live)[0]?.origin.callId ?? ""
        const action = getIn(body, ["action"])
        if (action === "unhold") {
          yield* post({ path: "/v1/call/action", body: { appid, secret, cmiuuid, action: "hold" } })
        }
        const id = String(getIn(body, ["cmiuid"]) ?? getIn(body, ["cmiuuid"]))
        assert.strictEqual(codeOf(yield* send(url, text?.replace(id, cmiuuid) ?? "", headers)), 200)
        assert.deepStrictEqual(
          (yield* live).map(({ onHold }) => onHold === true),
          action === "hangup" ? [] : [action !== "unhold"]
        )
      }).pipe(Effect.provide(platform))
  )
})

const parsed = (value: unknown): unknown => typeof value === "string" ? JSON.parse(value) : value

/** Every list that a builder gave. */
const documents = builders.flatMap(({ id, vector: { expected } }) =>
  [
    expected.result,
    ...(expected.results ?? []).map(({ returns }) => returns),
    expected.first_returned_array_after_later_calls
  ].map(parsed).flatMap((list) => Array.isArray(list) ? [{ id, list }] : [])
)

/** Lists that the simulator refuses, and why. */
const notDocuments: Readonly<Record<string, string>> = {
  "node-pcmo-returns-live-alias": "a list of nothing: no client sends it, and there is nothing to run",
  "py-call-bool-accepted-as-int": "true is no number to dial; that Python takes it for one is an accident of its types"
}

/** Keys and values that it passes over. */
const passedOver: Readonly<Record<string, ReadonlyArray<string>>> = {
  "node-stream-values-not-validated": ["pcmo[0].listen_mode"],
  "py071-forward-is-bridge-and-copies-all-options": ["pcmo[0].x"]
}

describe("a list that an older builder gave", () => {
  it("is there four dozen times at least", () => assert.isAtLeast(documents.length, 48))

  it.effect.each(documents.filter(({ id, list }) => list.length > 0 && !Object.hasOwn(notDocuments, id)))(
    "is run: $id",
    ({ id, list }) =>
      Effect.gen(function*() {
        const reply = yield* dial(list)
        assert.strictEqual(codeOf(reply), 200)
        const warnings = getIn(reply.body, ["warnings"]) ?? []
        assert.deepStrictEqual<unknown>(
          Array.isArray(warnings) ? warnings.map((warning: unknown) => getIn(warning, ["path"])) : warnings,
          passedOver[id] ?? []
        )
      }).pipe(Effect.provide(platform))
  )

  it.effect("is refused where it is none", () =>
    Effect.gen(function*() {
      const refused: Array<string> = []
      for (const { id, list } of documents) if (codeOf(yield* dial(list)) === 422) refused.push(id)
      assert.deepStrictEqual(refused.toSorted(), Object.keys(notDocuments).toSorted())
    }).pipe(Effect.provide(platform)))
})

/** Refusals of a client that say nothing of what the platform would do: code of its own that is broken, or missing. */
const isOfClient = (error: { readonly name: string } | undefined): boolean =>
  error !== undefined && /^(?:TypeError|ReferenceError|AttributeError)$/.test(error.name)

/** Refusals that JSON cannot tell from what the same client sends, and those that the documentation contradicts. */
const taken: Readonly<Record<string, string>> = {
  "node-call-string-number": "the same JSON as a list with one text in it, which the client sends",
  "py-call-string-number": "the same JSON as a list with one text in it, which the Node client sends",
  "node-forward-string-user": "SIP users are text in the documentation",
  "node-play-query-string-rejected": "the Python client sends it; a signed URL ends in its signature",
  "legacy-node-create-missing-duration": "the documentation has no duration there, and the Python client sends none"
}

const refusals: ReadonlyArray<{ readonly id: string } & OlderBody> = [
  ...calls.flatMap(({ id, vector }) => {
    const body = vector.request === undefined && !isOfClient(vector.error) ? bodyOf(vector) : undefined
    return body === undefined ? [] : [{ id, ...body }]
  }),
  ...builders.flatMap(({ id, vector }) =>
    vector.expected.error === undefined || isOfClient(vector.expected.error)
      ? []
      : [{
        id,
        path: "/v2/ind_pcmo_make_call",
        body: { appid, secret, from, to: patient, pcmo: documentOf(vector) }
      }]
  )
]

describe("what a client of the older API refuses", () => {
  it("is there 19 times at least, and can be said in JSON", () => {
    assert.isAtLeast(refusals.length, 19)
    for (const { body } of refusals) assert.isAbove(JSON.stringify(body).length, 2)
    const said = new Set(refusals.map(({ id }) => id))
    const unsaid = [...calls, ...builders].filter(({ id, vector }) =>
      !said.has(id) && ("expected" in vector ? vector.expected.error : vector.error) !== undefined
      && ("expected" in vector || vector.request === undefined)
    )
    assert.deepStrictEqual(
      unsaid.filter(({ vector }) => !isOfClient("expected" in vector ? vector.expected.error : vector.error)),
      []
    )
  })

  it.effect.each(refusals.filter(({ id }) => !Object.hasOwn(taken, id)))(
    "is refused: $id",
    (refusal) =>
      Effect.gen(function*() {
        const { body } = yield* post(refusal)
        assert.strictEqual(getIn(body, ["code"]), 422)
        const problems = getIn(body, ["problems"])
        assert.isTrue(Array.isArray(problems) && problems.length > 0 && problems.every(isFields))
      }).pipe(Effect.provide(platform))
  )

  it.effect("is taken where it is of the client alone, and nowhere else", () =>
    Effect.gen(function*() {
      const found: Array<string> = []
      for (const refusal of refusals) if (codeOf(yield* post(refusal)) === 200) found.push(refusal.id)
      assert.deepStrictEqual(found.toSorted(), Object.keys(taken).toSorted())
    }).pipe(Effect.provide(platform)))
})

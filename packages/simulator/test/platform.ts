/** A platform in memory, spoken to in raw JSON: what the whole-engine tests have in common. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { CallCommand, CommandOf } from "../src/core/call/CallCommand.ts"
import type { CallRecord } from "../src/core/call/CallRecord.ts"
import type { Entry } from "../src/core/journal/Entry.ts"
import * as Simulator from "../src/Simulator.ts"
import type { App } from "../src/testing/InProcess.ts"

export const host = "http://platform"
export const callerId = "914400000001"
export const appId = "app"
/** An agent that joins after 300 ms and stays. */
export const agentId = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
export const flowId = "0b9d2c44-7b1f-4f0e-9a51-3f2d6a1c5e70"
export const orgId = "4d8f3a10-2a6b-4c9e-8d17-5b0c9e2f1a33"

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))
const isObject = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The body as an object, empty when it is none. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends a request as it is, and reads the whole answer. */
export const send = Effect.fnUntraced(function*(request: HttpClientRequest.HttpClientRequest) {
  const response = yield* HttpClient.execute(request)
  const text = yield* response.text
  const json = yield* Effect.orElseSucceed(parse(text), () => undefined)
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: isObject(json) ? json : {}
  }
  return answer
})

/** `POST` of JSON with a bearer token. */
export const post = (path: string, body: unknown, token = "sim-token") =>
  HttpClientRequest.post(`${host}${path}`).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.bodyJsonUnsafe(body),
    send
  )

/** `GET`, with a bearer token if one is given. */
export const get = (path: string, token?: string) =>
  HttpClientRequest.get(`${host}${path}`).pipe(
    (request) => token === undefined ? request : HttpClientRequest.bearerToken(request, token),
    send
  )

/** The text under a key of an answer; a defect when there is none. */
export const textOf = (answer: Answer, key: string): Effect.Effect<string> => {
  const value = answer.body[key]
  return typeof value === "string" ? Effect.succeed(value) : Effect.die(`no ${key} in ${answer.text}`)
}

export interface Placing {
  readonly to: string
  readonly pipeline: ReadonlyArray<unknown>
  readonly options?: unknown
  readonly variables?: unknown
  readonly token?: string
}

/** Places a pipeline call and gives its id. */
export const place = ({ token, to, ...rest }: Placing) =>
  post("/v3/voice/pcmo/call", { caller_id: callerId, to_number: to, app_id: appId, ...rest }, token).pipe(
    Effect.flatMap((answer) => textOf(answer, "call_id"))
  )

/** Places an agent call and gives its id. */
export const placeAgent = (to: string, agent: string, more: Readonly<Record<string, unknown>> = {}) =>
  post("/v3/voice/ai/call", { caller_id: callerId, to_number: to, agent_id: agent, ...more }).pipe(
    Effect.flatMap((answer) => textOf(answer, "call_id"))
  )

/** Lets enough time pass for any call to end, and gives the record. */
export const recordOf = Effect.fnUntraced(function*(callId: string) {
  const simulator = yield* Simulator.Simulator
  for (let minutes = 0; minutes < 130; minutes += 10) {
    const found = (yield* simulator.records).find((record) => record.callId === callId)
    if (found !== undefined) return found
    yield* TestClock.adjust("10 minutes")
  }
  return yield* Effect.die(`call ${callId} has not ended`)
})

/** Places a pipeline call and waits for its end. */
export const run = (placing: Placing) => Effect.flatMap(place(placing), recordOf)

/** The leg of a record; a defect when there is none. */
export const legOf = (record: CallRecord, legId: string): CallRecord["legs"][number] => {
  const found = record.legs.find((leg) => leg.legId === legId)
  if (found === undefined) throw new Error(`no leg ${legId}`)
  return found
}

/** The commands of one kind that a call asked for, in order. */
export const commandsOf = <Tag extends CallCommand["_tag"]>(
  entries: ReadonlyArray<Entry>,
  tag: Tag
): ReadonlyArray<CommandOf<Tag>> =>
  entries.flatMap((entry) => entry._tag === "Turned" ? entry.commands : [])
    .filter((command): command is CommandOf<Tag> => command._tag === tag)

/** Entries of one kind. */
export const entriesOf = <Tag extends Entry["_tag"]>(
  entries: ReadonlyArray<Entry>,
  tag: Tag
): ReadonlyArray<Extract<Entry, { readonly _tag: Tag }>> =>
  entries.filter((entry): entry is Extract<Entry, { readonly _tag: Tag }> => entry._tag === tag)

/** The journal of a call. */
export const journalOf = (callId: string) => Simulator.Simulator.use((simulator) => simulator.journal({ callId }))

/** An application whose `POST /menu` answers, and which keeps the bodies that it was sent. */
export const menuApp = (
  answer: (body: unknown) => Effect.Effect<HttpServerResponse.HttpServerResponse>
): { readonly app: App; readonly seen: Array<unknown> } => {
  const seen: Array<unknown> = []
  const app = HttpRouter.add("POST", "/menu", (request) =>
    Effect.flatMap(Effect.orDie(request.json), (body) => {
      seen.push(body)
      return answer(body)
    }))
  return { app, seen }
}

export const jsonReply = (body: unknown, status = 200) =>
  Effect.sync(() => HttpServerResponse.jsonUnsafe(body, { status }))
export const textReply = (body: string, status = 200) => Effect.sync(() => HttpServerResponse.text(body, { status }))

export const menuUrl = "http://app.localhost/menu"
export const say = (text: string) => ({ type: "say", say: text, language: "en-US", voice_id: "female", speed: 1 })
export const toMenu = { type: "url", url: menuUrl }

/** Asks for digits and sends them to the menu. */
export const question = (
  dtmf: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {}
) => ({
  action: "play_get_input",
  prompt: say("Press one"),
  input: ["dtmf"],
  on_result: toMenu,
  dtmf,
  ...more
})

export const phone = (number: string) => ({ type: "pstn", number })
export const agent = (id: string) => ({ type: "agent", id })
export const sip = (uri: string) => ({ type: "sip", uri })
export const connect = (
  endpoints: ReadonlyArray<unknown>,
  params: Readonly<Record<string, unknown>> = {}
) => ({ action: "connect", params: { caller_id: callerId, ...params }, endpoints })
export const hangup = { action: "hangup" }
export const play = (name: string) => ({ action: "play", file_name: name })

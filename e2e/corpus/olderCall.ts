/**
 * Calls of the older API and of the "calls" API in the words of our SDK: names and units change, nothing is checked.
 * Arguments that the official client passes over are told apart, to see what our SDK makes of them.
 */
import * as Calls from "@effect-piopiy/sdk/Calls"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import type * as PiopiyError from "@effect-piopiy/sdk/PiopiyError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { defined, type Fields, isPlain } from "./json.ts"
import type { OlderCallVector } from "./olderCallVector.ts"

type Answer = Effect.Effect<unknown, PiopiyError.PiopiyError>

export type Program = Effect.Effect<unknown, PiopiyError.PiopiyError, HttpClient.HttpClient>

export interface Told {
  /** What is asked of our SDK. */
  readonly program: Program
  /** The same with each argument that the official client passes over. */
  readonly dropped: ReadonlyArray<{ readonly name: string; readonly value: unknown; readonly program: Program }>
}

/** The SDK as code without types calls it. */
interface UntypedPiopiy {
  layer(options: unknown): Layer.Layer<Calls.Calls, PiopiyError.PiopiyError, HttpClient.HttpClient>
  layerLegacy(options: unknown): Layer.Layer<LegacyCalls.LegacyCalls, PiopiyError.PiopiyError, HttpClient.HttpClient>
}
interface UntypedLegacy {
  placeNumbersCall(call: unknown): Answer
  placePipelineCall(call: unknown): Answer
  placeAnswerUrlCall(call: unknown): Answer
  hold(callId: unknown, options?: unknown): Answer
  unhold(callId: unknown, options?: unknown): Answer
  toggleHold(callId: unknown, options?: unknown): Answer
  hangup(callId: unknown, options?: unknown): Answer
}
interface UntypedCalls {
  warmTransfer(callId: unknown, transfer: unknown): Answer
  blindTransfer(callId: unknown, transfer: unknown): Answer
  end(callId: unknown, options?: unknown): Answer
  status(callId: unknown): Answer
  transferStatus(requestId: unknown): Answer
}
const piopiy: UntypedPiopiy = Piopiy

const seconds = (value: unknown): unknown => typeof value === "number" ? Duration.seconds(value) : value
const phone = (value: unknown): unknown => typeof value === "number" ? String(value) : value

const redacted = (value: unknown): unknown => typeof value === "string" ? Redacted.make(value) : value

/** Members of `fields` by our names, where they are given. */
const renamed = (
  fields: Fields,
  names: Readonly<Record<string, readonly [ours: string, convert: (value: unknown) => unknown]>>
): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const [ours, convert] = names[name] ?? [name, (same: unknown) => same]
      return value === undefined || value === null ? [] : [[ours, convert(value)]]
    })
  )

const split = (fields: Fields, keep: ReadonlyArray<string>): readonly [Fields, Fields] => {
  const entries = Object.entries(defined(fields))
  return [
    Object.fromEntries(entries.filter(([name]) => keep.includes(name))),
    Object.fromEntries(entries.filter(([name]) => !keep.includes(name)))
  ]
}

const same = (value: unknown): unknown => value

const dialNames = {
  duration: ["duration", seconds],
  timeout: ["timeout", seconds],
  loop: ["loop", same],
  ring_type: ["ring", same],
  extra_params: ["extraParams", same],
  record: ["record", same]
} as const

const over = (client: OlderCallVector, use: (calls: UntypedLegacy) => Answer): Program => {
  const [appId, appSecret] = Array.isArray(client.construct) ? client.construct : []
  const layer = piopiy.layerLegacy({ appId, appSecret: redacted(appSecret) })
  return Effect.provide(LegacyCalls.LegacyCalls.use(use), layer, { local: true })
}

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

/** The Node client looks at the first item of a list, the Python client at all of them. */
const isDocument = (list: ReadonlyArray<unknown>, client: OlderCallVector["client"]): boolean =>
  client === "node" ? isPlain(list[0]) && Boolean(list[0]["action"]) : list.some(isPlain)

const pipelineOf = (list: ReadonlyArray<unknown>): unknown => Result.getOrElse(LegacyPipeline.decode(list), () => list)

/** `voice.call(to, from, whom or what, options)`. */
const dial = (vector: OlderCallVector): Result.Result<Told, string> => {
  const [to, from, third, options = {}] = vector.args
  if (vector.args.length > 4) return Result.fail("too many arguments")
  if (!isPlain(options)) return Result.fail("options that are no object")
  const parties = { to: phone(to), callerId: phone(from) }
  const document = isList(third) && isDocument(third, vector.client)
  const [read, passedOver] = split(
    options,
    document ? ["duration", "extra_params"] : ["duration", "timeout", "loop", "ring_type", "extra_params"]
  )
  const place = (more: Fields): Program => {
    const others = renamed({ ...read, ...more }, dialNames)
    return over(vector, (calls) =>
      document
        ? calls.placePipelineCall({ ...parties, pipeline: pipelineOf(third), ...others })
        : calls.placeNumbersCall({ ...parties, connect: isList(third) ? third.map(phone) : phone(third), ...others }))
  }
  return Result.succeed({
    program: place({}),
    dropped: Object.entries(passedOver).map(([name, value]) => ({ name, value, program: place({ [name]: value }) }))
  })
}

const plain = (program: Program): Told => ({ program, dropped: [] })

/** `make(to, from, answerUrl, duration)`. */
const ask = (vector: OlderCallVector): Result.Result<Told, string> => {
  const [to, from, answerUrl, duration] = vector.args
  if (vector.args.length > 4) return Result.fail("too many arguments")
  const call = defined({ to: phone(to), callerId: phone(from), answerUrl, duration: seconds(duration) })
  return Result.succeed(plain(over(vector, (calls) => calls.placeAnswerUrlCall(call))))
}

const actions = { hold: "hold", unhold: "unhold", toggle: "toggleHold", hangup: "hangup" } as const

const isAction = (name: string): name is keyof typeof actions => Object.hasOwn(actions, name)

/** The network that a client speaks to for what is asked of a call. The Node client has had one method for each since 0.8. */
const networkOf = ({ client, release }: OlderCallVector, group: string): "india" | undefined =>
  client === "py" || group === "voiceInd" || release < 800 ? "india" : undefined

const older = (vector: OlderCallVector): Result.Result<Told, string> => {
  const { args, call = "" } = vector
  const [group = "", method = ""] = call.includes(".") ? call.split(".") : ["voice", call]
  if (!["voice", "voiceInd"].includes(group) || Object.keys(vector.kwargs).length > 0) {
    return Result.fail(`unknown method ${call}`)
  }
  if (method === "call") return dial(vector)
  if (method === "make" || method === "create") return ask(vector)
  if (!isAction(method) || args.length !== 1) return Result.fail(`unknown method ${call}`)
  const network = networkOf(vector, group)
  return Result.succeed(
    plain(over(vector, (calls) => calls[actions[method]](args[0], network === undefined ? undefined : { network })))
  )
}

const warmNames = {
  caller_id: ["callerId", same],
  timeout_sec: ["ringTimeout", seconds],
  confirm: ["confirm", same],
  hold_audio: ["holdAudio", same],
  transfer_summary: ["summary", same],
  variables: ["variables", same]
} as const

/** Whom a warm transfer names. Both, or neither, is no endpoint of ours. */
const endpointOf = ({ sip_headers, sip_uri, to_number }: Fields): unknown => {
  const both = defined({ number: to_number, uri: sip_uri, headers: sip_headers })
  if (Object.keys(both).length === 0) return undefined
  return { _tag: sip_uri !== undefined && to_number === undefined ? "Sip" : "Phone", ...both }
}

const methodsOfControl: Readonly<Record<string, ReadonlyArray<string>>> = {
  warm_transfer: ["to_number", "sip_uri", "sip_headers", ...Object.keys(warmNames)],
  blind_transfer: ["to_number", "caller_id", "pipeline"],
  hangup: ["cause", "reason"],
  status: [],
  transfer_status: ["request_id"]
}

/** The client of the "calls" API: None is not given, and an empty reason is not sent. */
const control = (vector: OlderCallVector): Result.Result<Told, string> => {
  const { call = "", construct, kwargs } = vector
  const names = methodsOfControl[call]
  if (names === undefined || !isPlain(construct)) return Result.fail(`unknown method ${call}`)
  const positional = Object.fromEntries(vector.args.map((value, index) => [names[index] ?? `argument ${index}`, value]))
  const all = Object.fromEntries(Object.entries({ ...positional, ...kwargs }).filter(([, value]) => value !== null))
  const stray = Object.keys(all).find((name) => !names.includes(name))
  if (stray !== undefined) return Result.fail(`${call} has no argument ${stray}`)
  const { api_url: baseUrl, call_id: callId, token } = construct
  const layer = piopiy.layer(defined({ baseUrl, token: redacted(token) }))
  const use = (program: (calls: UntypedCalls) => Answer): Program =>
    Effect.provide(Calls.Calls.use(program), layer, { local: true })
  const { sip_headers: _headers, sip_uri: _uri, to_number, ...others } = all
  switch (call) {
    case "warm_transfer": {
      const transfer = defined({ to: endpointOf(all), ...renamed(others, warmNames) })
      return Result.succeed(plain(use((calls) => calls.warmTransfer(callId, transfer))))
    }
    case "blind_transfer": {
      const transfer = defined({ to: to_number, ...renamed(others, { caller_id: ["callerId", same] }) })
      return Result.succeed(plain(use((calls) => calls.blindTransfer(callId, transfer))))
    }
    case "hangup": {
      const sent = Object.fromEntries(Object.entries(all).filter(([name, value]) => name !== "reason" || value !== ""))
      const end = (options: Fields) => use((calls) => calls.end(callId, options))
      return Result.succeed({
        program: end(sent),
        dropped: "reason" in sent || !("reason" in all) ? [] : [{ name: "reason", value: "", program: end(all) }]
      })
    }
    case "status":
      return Result.succeed(plain(use((calls) => calls.status(callId))))
    default:
      return Result.succeed(plain(use((calls) => calls.transferStatus(all["request_id"]))))
  }
}

/** The construction of a client, and nothing more. */
const construction = (vector: OlderCallVector): Told => plain(over(vector, () => Effect.void))

/** What a vector asks of our SDK. Fails with what is not known. */
export const tell = (vector: OlderCallVector): Result.Result<Told, string> => {
  if (vector.call === undefined) return Result.succeed(construction(vector))
  return vector.client === "calls" ? control(vector) : older(vector)
}

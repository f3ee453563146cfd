/**
 * Steps of the older builders in the words of our SDK: names and units change, nothing is checked. An option that the
 * official builder does not read is not handed on; it is told apart, to see what our SDK makes of it.
 */
import { format, type Issues } from "@effect-piopiy/sdk/Issue"
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as StreamCommand from "@effect-piopiy/sdk/StreamCommand"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { defined, type Fields, isPlain } from "./json.ts"
import type { OlderVector, Step } from "./olderVector.ts"

/** What the platform would get: a call document, or a message on the audio stream. */
export type Given =
  | { readonly _tag: "Document"; readonly pipeline: unknown }
  | { readonly _tag: "Message"; readonly command: unknown }

export interface Told {
  /** What the steps that return something return, in order. */
  readonly returned: ReadonlyArray<{ readonly method: string; readonly given: Given }>
  /** The list after the last step. */
  readonly last: Given
  /** Options that the official builder passes over, each with the same step when ours is told of it. */
  readonly dropped: ReadonlyArray<{ readonly name: string; readonly value: unknown; readonly given: Given }>
}

/** The constructors as code without types calls them. */
interface Untyped {
  play(file: unknown): unknown
  speak(text: unknown): unknown
  param(text: unknown): unknown
  bridge(options: unknown): unknown
  connectSip(options: unknown): unknown
  input(url: unknown, options?: unknown): unknown
  playGetInput(options: unknown): unknown
  stream(wsUrl: unknown, options?: unknown): unknown
}
const actions: Untyped = LegacyAction

const documents: { make(actions: ReadonlyArray<unknown>): unknown; readonly empty: unknown } = LegacyPipeline

const messages: { playAudio(options: unknown): unknown; run(pipeline: unknown): unknown } = StreamCommand

const controls: ReadonlyMap<string, StreamCommand.StreamCommand> = new Map<string, StreamCommand.StreamCommand>([
  ["pause", StreamCommand.pause],
  ["resume", StreamCommand.resume],
  ["stop", StreamCommand.stop],
  ["interrupt", StreamCommand.interrupt]
])

const encodeDocument: { encode(pipeline: unknown): Result.Result<ReadonlyArray<unknown>, Issues> } = LegacyPipeline

type Convert = (value: unknown) => unknown

const same: Convert = (value) => value
const seconds: Convert = (value) => typeof value === "number" ? Duration.seconds(value) : value
const phone: Convert = (value) => typeof value === "number" ? String(value) : value
const phones: Convert = (value) => Array.isArray(value) ? value.map(phone) : phone(value)
const rate: Convert = (value) => typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value

type Names = Readonly<Record<string, readonly [ours: string, convert: Convert]>>

const dialNames: Names = {
  duration: ["duration", seconds],
  timeout: ["timeout", seconds],
  loop: ["loop", same],
  ring_type: ["ring", same]
}
const inputNames: Names = {
  max_digit: ["maxDigits", same],
  min_digit: ["minDigits", same],
  timeout: ["timeout", seconds]
}
const streamNames: Names = {
  listen_mode: ["listenMode", same],
  voice_quality: ["voiceQuality", rate],
  stream_on_answer: ["streamOnAnswer", same]
}

interface Method {
  readonly names: Names
  readonly make: (args: ReadonlyArray<unknown>, options: Fields | undefined) => unknown
  /** How many arguments come before the options. */
  readonly before: number
}

const bridge: Method = {
  names: dialNames,
  before: 2,
  make: ([to, from], options) => actions.bridge({ to: phones(to), from: phone(from), ...options })
}

const plain = (before: number, make: Method["make"]): Method => ({ names: {}, before, make })

const play = plain(1, ([file]) => actions.play(file))

/** Source: `PiopiyAction`, `Action` and `StreamAction` of the official clients (observed). */
const methods: ReadonlyMap<string, Method> = new Map([
  ["playMusic", play],
  ["playMusicName", play],
  ["playMusicURL", play],
  ["speak", plain(1, ([text]) => actions.speak(text))],
  ["setValue", plain(1, ([text]) => actions.param(text))],
  ["record", plain(0, () => LegacyAction.record)],
  ["hangup", plain(0, () => LegacyAction.hangup)],
  ["call", bridge],
  ["forward", {
    names: { ...dialNames, record: ["record", same] },
    before: 2,
    make: ([users, from], options) => actions.connectSip({ users, from: phone(from), ...options })
  }],
  ["input", { names: inputNames, before: 1, make: ([url], options) => actions.input(url, options) }],
  ["playGetInput", {
    names: { ...inputNames, max_retry: ["maxRetry", same] },
    before: 2,
    make: ([url, prompt], options) => actions.playGetInput({ url, prompt, ...options })
  }],
  ["stream", { names: streamNames, before: 1, make: ([wsUrl], options) => actions.stream(wsUrl, options) }]
])

/** Before 1.0, both clients called a bridge a forward. */
const methodOf = (name: string, { release }: OlderVector): Method | undefined =>
  name === "forward" && release < 10_000 ? bridge : methods.get(name)

const pipelineOf = (list: ReadonlyArray<unknown>): unknown => list.length === 0 ? documents.empty : documents.make(list)

const document = (list: ReadonlyArray<unknown>): Given => ({ _tag: "Document", pipeline: pipelineOf(list) })

const message = (command: unknown): Given => ({ _tag: "Message", command })

/** The Node client takes every falsy option but false as not given. */
const isPassedOver = (lang: OlderVector["lang"], value: unknown): boolean =>
  lang === "node" && (value === 0 || value === "" || value === null)

const call = (method: Method, { args = [], kwargs = {} }: Step, { lang }: OlderVector) =>
  Result.gen(function*() {
    if (Object.keys(kwargs).length > 0) return yield* Result.fail("keywords of no known meaning")
    const options = args[method.before]
    if (args.length > method.before + 1) return yield* Result.fail("too many arguments")
    if (options === undefined || options === null) return { action: method.make(args, undefined), dropped: [] }
    if (!isPlain(options)) return yield* Result.fail("options that are no object")
    const read = Object.entries(options).filter(([name, value]) =>
      name in method.names && value !== undefined && !isPassedOver(lang, value)
    )
    const passedOver = Object.entries(defined(options)).filter(([name]) => !read.some(([other]) => other === name))
    const ours = (entries: ReadonlyArray<readonly [string, unknown]>): Fields =>
      Object.fromEntries(entries.map(([name, value]) => {
        const [key, convert] = method.names[name] ?? [name, same]
        return [key, convert(value)]
      }))
    return {
      action: method.make(args, ours(read)),
      dropped: passedOver.map(([name, value]) => ({
        name,
        value,
        given: document([method.make(args, ours([...read, [name, value]]))])
      }))
    }
  })

const audioOf = ({ args = [], kwargs = {} }: Step, { lang }: OlderVector): Result.Result<Fields, string> => {
  const names = ["audio_base64", "audio_type", "sample_rate"]
  const given = lang === "py" ? kwargs : Object.fromEntries(names.map((name, index) => [name, args[index]]))
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined || (lang === "node" && (args.length > 3 || Object.keys(kwargs).length > 0))) {
    return Result.fail(`playStream has no such argument ${unknown ?? ""}`)
  }
  return Result.succeed({ audio: given["audio_base64"], type: given["audio_type"], sampleRate: given["sample_rate"] })
}

/** The steps of a vector on our SDK. Fails with the name of a step that no builder has. */
export const tell = (vector: OlderVector): Result.Result<Told, string> =>
  Result.gen(function*() {
    let list: ReadonlyArray<unknown> = []
    const returned: Array<Told["returned"][number]> = []
    const dropped: Array<Told["dropped"][number]> = []
    for (const step of vector.calls) {
      const control = vector.onStream ? controls.get(step.method) : undefined
      const method = methodOf(step.method, vector)
      if (step.method === "PCMO") {
        const given = vector.onStream ? message(messages.run(pipelineOf(list))) : document(list)
        returned.push({ method: step.method, given })
        if (vector.onStream) list = []
      } else if (step.method === "clear") list = []
      else if (control !== undefined) returned.push({ method: step.method, given: message(control) })
      else if (vector.onStream && step.method === "playStream") {
        returned.push({ method: step.method, given: message(messages.playAudio(yield* audioOf(step, vector))) })
      } else if (method === undefined) return yield* Result.fail(`unknown step ${step.method}`)
      else {
        const made = yield* Result.mapError(call(method, step, vector), (why) => `${step.method}: ${why}`)
        list = [...list, made.action]
        dropped.push(...made.dropped)
      }
    }
    return { returned, last: document(list), dropped }
  })

/** The list that the steps of an older builder make, as it goes over the wire. */
export const olderDocument = (
  calls: ReadonlyArray<Step>,
  lang: OlderVector["lang"]
): Result.Result<ReadonlyArray<unknown>, string> =>
  Result.flatMap(tell({ lang, release: 10_200, onStream: false, calls, expected: {} }), ({ last }) => {
    const list: Result.Result<ReadonlyArray<unknown>, Issues> = last._tag === "Document"
      ? encodeDocument.encode(last.pipeline)
      : Result.succeed([])
    return Result.mapError(list, format)
  })

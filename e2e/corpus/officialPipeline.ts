/** The pipeline builders of the official clients: what their methods put into the list, without any check. */
import * as Result from "effect/Result"
import { type Fields, isPlain } from "./json.ts"
import type { Step, Vector } from "./load.ts"
import { olderDocument } from "./olderBuilders.ts"
import { isOlderClass } from "./olderVector.ts"

/** A builder that is handed over as it is, without being asked for its list. */
export class BuilderInstance {
  readonly actions: ReadonlyArray<unknown>
  constructor(actions: ReadonlyArray<unknown>) {
    this.actions = actions
  }
}

/** A parameter: its key in the action, its keyword where that differs, and whether it is left out when not given. */
interface Parameter {
  readonly key: string
  readonly keyword?: string
  readonly optional?: boolean
}

interface Method {
  readonly action: string
  readonly parameters: ReadonlyArray<Parameter>
}

const playGetInput: Method = {
  action: "play_get_input",
  parameters: [
    { key: "prompt" },
    { key: "input", keyword: "input_modes" },
    { key: "on_result" },
    { key: "dtmf", optional: true },
    { key: "retries", optional: true }
  ]
}

/** Source: PipelineBuilder of the official Node SDK 1.2.0 and Python SDK 1.2.2 (observed). */
const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["connect", { action: "connect", parameters: [{ key: "params" }, { key: "endpoints" }] }],
  ["play", { action: "play", parameters: [{ key: "file_name" }] }],
  ["play_get_input", playGetInput],
  ["param", { action: "param", parameters: [{ key: "data" }] }],
  [
    "record",
    {
      action: "record",
      parameters: [{ key: "format", keyword: "fmt", optional: true }, { key: "channels", optional: true }]
    }
  ],
  ["hangup", { action: "hangup", parameters: [] }],
  ["input", { action: "input", parameters: [{ key: "on_result" }, { key: "dtmf", optional: true }] }]
])

const methodOf = (name: string, lang: Vector["lang"]): Method | undefined =>
  name === "playGetInput" && lang === "node" ? playGetInput : methods.get(name)

type Argument = (json: unknown) => Result.Result<unknown, string>

const callMethod = (method: Method, step: Omit<Step, "method">, lang: Vector["lang"], argument: Argument) =>
  Result.gen(function*() {
    const { args = [], kwargs = {} } = step
    if (args.length > method.parameters.length) return yield* Result.fail(`${method.action} got too many arguments`)
    const action: { [key: string]: unknown } = { action: method.action }
    const keywords = new Set(Object.keys(kwargs))
    for (const [index, { key, keyword = key, optional = false }] of method.parameters.entries()) {
      const given = keywords.delete(keyword) ? yield* argument(kwargs[keyword]) : yield* argument(args[index])
      const left = lang === "py" ? given === null || given === undefined : given === undefined
      if (!(optional && left)) action[key] = given
    }
    for (const keyword of keywords) return yield* Result.fail(`${method.action} has no parameter ${keyword}`)
    return action
  })

/** The action that a function such as `record_action` returns. */
export const callFunction = (
  name: string,
  step: Omit<Step, "method">,
  argument: Argument
): Result.Result<Fields, string> => {
  const method = name.endsWith("_action") ? methods.get(name.replace(/_action$/, "")) : undefined
  return method === undefined ? Result.fail(`unknown function ${name}`) : callMethod(method, step, "py", argument)
}

export interface Built {
  /** What the steps that return a value returned. */
  readonly returned: ReadonlyArray<ReadonlyArray<unknown>>
  /** The list after the last step. */
  readonly actions: ReadonlyArray<unknown>
}

/** Runs the steps of a builder. Fails with the name of a step that no builder has. */
export const build = (
  seed: unknown,
  steps: ReadonlyArray<Step>,
  lang: Vector["lang"],
  argument: Argument
): Result.Result<Built, string> =>
  Result.gen(function*() {
    if (seed !== undefined && seed !== null && !Array.isArray(seed)) return yield* Result.fail("the seed is no array")
    let actions: ReadonlyArray<unknown> = Array.isArray(seed) ? seed : []
    const returned: Array<ReadonlyArray<unknown>> = []
    for (const step of steps) {
      const method = methodOf(step.method, lang)
      if (step.method === "clear") actions = []
      else if (step.method === "build" || (step.method === "PCMO" && lang === "node")) returned.push(actions)
      else if (method === undefined) return yield* Result.fail(`unknown builder method ${step.method}`)
      else actions = [...actions, yield* callMethod(method, step, lang, argument)]
    }
    return { returned, actions }
  })

/** What JSON has no word for. */
const beyondJson: ReadonlyMap<string, number | undefined> = new Map([
  ["$undefined", undefined],
  ["$nan", Number.NaN],
  ["$infinity", Number.POSITIVE_INFINITY],
  ["$neg_infinity", Number.NEGATIVE_INFINITY]
])

const instance = (json: Fields, lang: Vector["lang"]): Result.Result<unknown, string> =>
  Result.gen(function*() {
    const name = String(json["$class"])
    if (name !== "PipelineBuilder" && !isOlderClass(name)) return yield* Result.fail(`unknown class ${name}`)
    const { args = [], calls = [], take } = json
    const steps = Array.isArray(calls) ? calls.filter(isStep) : []
    if (!Array.isArray(args) || !Array.isArray(calls) || steps.length < calls.length) {
      return yield* Result.fail(`the steps of ${name} are of no known shape`)
    }
    if (isOlderClass(name)) {
      const list = yield* olderDocument(steps.filter(({ method }) => method !== take), lang)
      return take === undefined ? new BuilderInstance(list) : list
    }
    const decode = argumentOf(lang)
    const seed = yield* decode(args[0])
    const { actions, returned } = yield* build(
      seed,
      typeof take === "string" ? [...steps, { method: take }] : steps,
      lang,
      decode
    )
    if (take === undefined) return new BuilderInstance(actions)
    return returned.length === 0 ? yield* Result.fail(`${name}.${String(take)} returns no list`) : returned.at(-1)
  })

const isStep = (value: unknown): value is Step =>
  isPlain(value)
  && typeof value["method"] === "string"
  && (value["args"] === undefined || Array.isArray(value["args"]))
  && (value["kwargs"] === undefined || isPlain(value["kwargs"]))

/** The value that an encoded argument stands for. Fails on an encoding that is not known. */
export const argumentOf = (lang: Vector["lang"]) => (json: unknown): Result.Result<unknown, string> => {
  if (Array.isArray(json)) return Result.all(json.map(argumentOf(lang)))
  if (!isPlain(json)) return Result.succeed(json)
  if ("$class" in json) return instance(json, lang)
  const [key = "", ...others] = Object.keys(json)
  if (key.startsWith("$") && others.length === 0 && json[key] === true) {
    return beyondJson.has(key) ? Result.succeed(beyondJson.get(key)) : Result.fail(`unknown encoding ${key}`)
  }
  return Result.all(Object.fromEntries(Object.entries(json).map(([name, value]) => [name, argumentOf(lang)(value)])))
}

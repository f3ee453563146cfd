/** The arguments of an official client's call, told by name whatever form they were given in. */
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Result from "effect/Result"
import { defined, type Fields, isPlain } from "./json.ts"
import type { Vector } from "./load.ts"
import { argumentOf, BuilderInstance } from "./officialPipeline.ts"

/** What is asked of the platform. The methods that do the same on the wire share a name. */
export type Method = "agentCall" | "pipelineCall" | "directCall" | "flowCall" | "transfer" | "hangup"

export interface OfficialCall {
  readonly method: Method
  /** By the official names of the arguments. What was not given is not here. */
  readonly fields: Fields
  /** Arguments that the official client drops without a word. */
  readonly dropped: Fields
}

/** The first release that checks what it is given. */
export const firstChecked = 10_200

const parties = ["caller_id", "to_number"]
const extras = ["options", "variables"]

/** The arguments of each method, in the order of their positions. Source: REST reference of both clients (observed). */
export const positions: { readonly [method in Method]: ReadonlyArray<string> } = {
  agentCall: [...parties, "agent_id", ...extras, "app_id", "failover"],
  pipelineCall: [...parties, "app_id", "pipeline", ...extras, "agent_id"],
  directCall: [
    ...parties,
    "app_id",
    "call_options",
    "variables",
    "connect",
    "options",
    "strategy",
    "connect_options",
    "metadata"
  ],
  flowCall: ["flow_id", "org_id", ...parties, "app_id", ...extras],
  transfer: ["call_id", "pipeline"],
  hangup: ["call_id", "cause", "reason"]
}

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["ai.call", "agentCall"],
  ["pcmo.call", "pipelineCall"],
  ["voice.call", "directCall"],
  ["flow.call", "flowCall"],
  ["ai.transfer", "transfer"],
  ["pcmo.transfer", "transfer"],
  ["voice.transfer", "transfer"],
  ["ai.hangup", "hangup"],
  ["voice.hangup", "hangup"]
])

const named = (names: ReadonlyArray<string>, args: ReadonlyArray<unknown>): Fields =>
  Object.fromEntries(names.slice(0, args.length).map((name, index) => [name, args[index]]))

const pick = (fields: Fields, keep: (name: string, value: unknown) => boolean): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => keep(name, value)))

const given = (_name: string, value: unknown): boolean => value !== null && value !== undefined

/** The Node client takes the callee first here, unlike everybody else; a bundle of extras may stand in the fourth place. */
const nodeAgentCall = (args: ReadonlyArray<unknown>): Fields => {
  const names = ["to_number", "caller_id", "agent_id", ...extras, "app_id", "failover"]
  const [to, from, agentId, bundle, ...others] = args
  const bundled = ["options", "variables", "app_id", "failover"]
  return isPlain(bundle) && others.every((other) => other === undefined) && bundled.some((key) => key in bundle)
    ? { ...named(names, [to, from, agentId]), ...pick(bundle, (name) => bundled.includes(name)) }
    : named(names, args)
}

const causeLike = (value: unknown): boolean => typeof value === "string" && /^[A-Z0-9_]{1,64}$/.test(value)

/** The Node client guesses which of the two texts is the cause. */
const guessHangup = ({ call_id, cause, reason }: Fields): Fields => {
  if (given("reason", reason)) {
    const isCause = cause === undefined || causeLike(cause)
    return !isCause && causeLike(reason) ? { call_id, cause: reason, reason: cause } : { call_id, cause, reason }
  }
  return given("cause", cause) && !causeLike(cause) ? { call_id, reason: cause } : { call_id, cause }
}

/** Releases before the checks took numbers as people write them. */
const cleanPhone = (value: unknown): unknown => Result.getOrElse(PhoneNumber.parse(String(value)), () => value)

/** The Node client tells an object by its constructor, so that a member of this name hides it. */
const isNodeObject = (value: unknown): value is Fields => isPlain(value) && !Object.hasOwn(value, "constructor")

const nodeFields = (call: string, method: Method, args: ReadonlyArray<unknown>, release: number): Fields => {
  const [first, second] = args
  const takesObject = method !== "transfer" && method !== "hangup"
  const object = takesObject && isNodeObject(first) && second === undefined ? first : undefined
  const fields = object ?? (method === "agentCall" ? nodeAgentCall(args) : named(positions[method], args))
  switch (method) {
    case "agentCall": {
      const kept = pick(fields, (name, value) => parties.includes(name) || name === "agent_id" || given(name, value))
      return release < firstChecked
        ? { ...kept, caller_id: cleanPhone(kept["caller_id"]), to_number: cleanPhone(kept["to_number"]) }
        : kept
    }
    case "pipelineCall":
    case "flowCall":
      return pick(fields, given)
    case "directCall":
      return pick(fields, (name, value) => !["variables", "connect"].includes(name) || given(name, value))
    case "hangup": {
      const guessed = call === "voice.hangup" && release >= firstChecked ? guessHangup(fields) : fields
      return pick(guessed, (name, value) => name !== "reason" || given(name, value))
    }
    case "transfer":
      return fields
  }
}

const optionals = new Set([
  ...["options", "variables", "app_id", "failover", "agent_id", "call_options"],
  ...["connect", "strategy", "connect_options", "metadata", "reason"]
])

/** In Python, None is how an optional argument is not given. */
const pythonFields = (call: string, method: Method, args: ReadonlyArray<unknown>, kwargs: Fields): Fields => {
  const fields = { ...named(positions[method], args), ...kwargs }
  const required = method === "agentCall" ? "agent_id" : "app_id"
  const { pipeline } = fields
  const resolved = pipeline instanceof BuilderInstance && ["ai.transfer", "voice.transfer"].includes(call)
    ? { ...fields, pipeline: pipeline.actions }
    : fields
  const optional = (name: string) => optionals.has(name) && name !== required && positions[method].includes(name)
  return pick(resolved, (name, value) => !optional(name) || given(name, value))
}

const noFields: Fields = {}

/** The call of a vector. Fails when the client's method, or the form of an argument, is not known. */
export const read = ({ input, lang, release }: Vector): Result.Result<OfficialCall, string> =>
  Result.gen(function*() {
    const { call = "" } = input
    const method = methods.get(call)
    if (method === undefined) return yield* Result.fail(`unknown method ${call}`)
    const args = yield* Result.all((input.args ?? []).map(argumentOf(lang)))
    const kwargs = yield* Result.all(
      Object.fromEntries(Object.entries(input.kwargs ?? {}).map(([name, json]) => [name, argumentOf(lang)(json)]))
    )
    const known = positions[method]
    if (lang === "py" && args.length > known.length) return yield* Result.fail(`${call} got too many arguments`)
    if (lang === "node" && Object.keys(kwargs).length > 0) return yield* Result.fail(`${call} has no keywords in Node`)
    const all = lang === "node"
      ? nodeFields(call, method, args, release)
      : pythonFields(call, method, args, kwargs)
    const fields = defined(all)
    const drops = lang === "node" && (method === "agentCall" || method === "directCall")
    return drops
      ? {
        method,
        fields: pick(fields, (name) => known.includes(name)),
        dropped: pick(fields, (name) => !known.includes(name))
      }
      : { method, fields, dropped: noFields }
  })

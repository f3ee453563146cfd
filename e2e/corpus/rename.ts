/**
 * Official arguments and actions in the words of our SDK: names and units change, nothing is checked. What our SDK has
 * no name for keeps its own, so that the SDK has to refuse it.
 */
import * as Pipeline from "@effect-piopiy/sdk/Pipeline"
import * as Duration from "effect/Duration"
import { type Fields, isFields, isPlain } from "./json.ts"
import type { OfficialCall } from "./officialCall.ts"
import { BuilderInstance } from "./officialPipeline.ts"

/** Set before a name that happens to be one of ours, and before a tag: the platform does not know it. */
const foreignMark = "wire:"

/** A name as the official side wrote it. */
export const unmarked = (name: string): string => name.replace(foreignMark, "")

type Convert = (value: unknown) => unknown

interface Name {
  readonly ours: string
  readonly convert: Convert
}

const same: Convert = (value) => value

const to = (ours: string, convert: Convert = same): Name => ({ ours, convert })

/** A number of seconds. Other values must not turn into a duration by luck, as some texts and arrays would. */
const seconds: Convert = (value) => {
  if (typeof value === "number") return Duration.seconds(value)
  return typeof value === "boolean" || value === null || value === undefined ? value : `${foreignMark}${typeof value}`
}

/** Renames the members of an object; anything else is left as it is. `ours` lists further names that are taken. */
const renamed = (names: { readonly [wire: string]: Name }, ours: ReadonlyArray<string> = []): Convert => {
  const byWire = new Map(Object.entries(names))
  const taken = new Set([...ours, ...Object.values(names).map((name) => name.ours)])
  return (value) =>
    isPlain(value)
      ? Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          const name = byWire.get(key)
          if (name !== undefined) return [name.ours, name.convert(item)]
          return [taken.has(key) ? `${foreignMark}${key}` : key, item]
        })
      )
      : value
}

interface Case {
  readonly tag: string
  readonly rename: Convert
}

/** An object that the platform tells by the value of `key`, and our SDK by its tag. */
const tagged = (key: string, cases: { readonly [wireTag: string]: Case }): Convert => {
  const byTag = new Map(Object.entries(cases))
  const plainCase: Case = { tag: "", rename: renamed({}) }
  return (value) => {
    if (!isPlain(value)) return value
    const { [key]: wireTag, _tag: stray, ...members } = value
    const found = typeof wireTag === "string" ? byTag.get(wireTag) : undefined
    const tag = found?.tag ?? (typeof wireTag === "string" ? `${foreignMark}${wireTag}` : wireTag)
    const fields = (found ?? plainCase).rename(members)
    const strays = stray === undefined ? {} : { [`${foreignMark}_tag`]: stray }
    return isFields(fields) ? { ...fields, ...strays, _tag: tag } : fields
  }
}

const listOf = (convert: Convert): Convert => (value) => Array.isArray(value) ? value.map(convert) : value

const prompt = tagged("type", {
  file: { tag: "File", rename: renamed({ file_name: to("fileName") }) },
  say: {
    tag: "Say",
    rename: renamed({ say: to("text"), language: to("language"), voice_id: to("voiceId"), speed: to("speed") })
  }
})

const onResult = tagged("type", {
  url: { tag: "Url", rename: renamed({ url: to("url") }) },
  pcmo: { tag: "Stored", rename: renamed({ ref: to("ref") }) }
})

const dtmf = renamed({
  min_digits: to("minDigits"),
  max_digits: to("maxDigits"),
  first_digit_timeout: to("firstDigitTimeout", seconds),
  inter_digit_timeout: to("interDigitTimeout", seconds),
  finish_on_key: to("finishKey"),
  flush_buffer: to("flushBuffer")
})

const retries = renamed({
  max: to("max"),
  no_input_prompt: to("noInputPrompt", prompt),
  invalid_prompt: to("invalidPrompt", prompt)
})

const endpoint = tagged("type", {
  pstn: { tag: "Phone", rename: renamed({ number: to("number"), headers: to("headers") }) },
  sip: { tag: "Sip", rename: renamed({ uri: to("uri"), headers: to("headers") }) },
  agent: { tag: "Agent", rename: renamed({ id: to("agentId"), headers: to("headers") }) }
})

const dialNames = {
  max_duration_sec: to("maxDuration", seconds),
  ring_timeout_sec: to("ringTimeout", seconds),
  machine_detection: to("machineDetection"),
  recording: to("recording"),
  waiting_music: to("waitingMusic")
}
const connectKeys = [
  "_tag",
  "callerId",
  "endpoints",
  "strategy",
  "metadata",
  ...Object.values(dialNames).map(({ ours }) => ours)
]
const dialOptions = renamed(dialNames, connectKeys)

/** The members of `value` beside the others, or under its own name when it is no object. */
const spread = (name: string, value: unknown): Fields =>
  isPlain(value) ? value : value === undefined ? {} : { [name]: value }

const strategyAndMetadata = { strategy: to("strategy"), metadata: to("metadata") }

/** Options of a connect that stand in an object of their own on the wire, and not with us. */
const flattened = (names: { readonly [wire: string]: Name }): Convert => {
  const rename = renamed({ ...names, ...strategyAndMetadata }, connectKeys)
  return (value) => {
    if (!isPlain(value)) return value
    const { options, ...members } = value
    return { ...spread("params", rename(members)), ...spread("options", dialOptions(options)) }
  }
}

const connectParams = flattened({ caller_id: to("callerId") })
const connectMembers = renamed({ endpoints: to("endpoints", listOf(endpoint)) }, connectKeys)

const connect: Convert = (members) => {
  if (!isPlain(members)) return members
  const { params, ...others } = members
  return { ...spread("params", connectParams(params)), ...spread("connect", connectMembers(others)) }
}

const action = tagged("action", {
  connect: { tag: "Connect", rename: connect },
  play: { tag: "Play", rename: renamed({ file_name: to("fileName") }) },
  play_get_input: {
    tag: "PlayGetInput",
    rename: renamed({
      prompt: to("prompt", prompt),
      input: to("input"),
      on_result: to("onResult", onResult),
      dtmf: to("dtmf", dtmf),
      retries: to("retries", retries)
    })
  },
  input: { tag: "Input", rename: renamed({ on_result: to("onResult", onResult), dtmf: to("dtmf", dtmf) }) },
  param: { tag: "Param", rename: renamed({ data: to("data") }) },
  record: { tag: "Record", rename: renamed({ format: to("format"), channels: to("channels") }) },
  hangup: { tag: "Hangup", rename: renamed({}) }
})

type Combinator = (self: Pipeline.Empty | Pipeline.Pipeline) => Pipeline.Pipeline

/** The combinators as code without types calls them. */
interface Untyped {
  append(action: unknown): Combinator
  connect(options: unknown): Combinator
  play(fileName: unknown): Combinator
  playGetInput(options: unknown): Combinator
  input(options: unknown): Combinator
  param(data: unknown): Combinator
  record(options: unknown): Combinator
}
const untyped: Untyped = Pipeline

const hasOnly = (fields: Fields, ...names: ReadonlyArray<string>): boolean =>
  Object.keys(fields).every((name) => names.includes(name))

/** The combinator that a user would write for an action, or the bare action when it has members no combinator takes. */
const combinator = (renamedAction: unknown): Combinator => {
  if (!isFields(renamedAction)) return untyped.append(renamedAction)
  const { _tag: tag, ...options } = renamedAction
  switch (tag) {
    case "Connect":
      return untyped.connect(options)
    case "PlayGetInput":
      return untyped.playGetInput(options)
    case "Input":
      return untyped.input(options)
    case "Record":
      return untyped.record(options)
    case "Play":
      return hasOnly(options, "fileName") ? untyped.play(options["fileName"]) : untyped.append(renamedAction)
    case "Param":
      return hasOnly(options, "data") ? untyped.param(options["data"]) : untyped.append(renamedAction)
    case "Hangup":
      return hasOnly(options) ? Pipeline.hangup : untyped.append(renamedAction)
    default:
      return untyped.append(renamedAction)
  }
}

/** Actions of the wire as a pipeline of ours. */
export const pipeline = (actions: ReadonlyArray<unknown>): Pipeline.Empty | Pipeline.Pipeline =>
  actions.map(action).map(combinator).reduce<Pipeline.Empty | Pipeline.Pipeline>(
    (built, append) => append(built),
    Pipeline.empty
  )

const anyPipeline: Convert = (value) => {
  if (value instanceof BuilderInstance) return pipeline(value.actions)
  return Array.isArray(value) ? pipeline(value) : value
}

const callOptions = renamed({
  max_duration_sec: to("maxDuration", seconds),
  record: to("record"),
  ring_timeout_sec: to("ringTimeout", seconds)
})

const callNames = {
  caller_id: to("callerId"),
  to_number: to("to"),
  options: to("options", callOptions),
  variables: to("variables")
}

const agentCall = renamed({ ...callNames, agent_id: to("agentId") }, ["failover"])
const failover = renamed({ agent_id: to("agentId"), ...strategyAndMetadata, ...dialNames }, ["appId"])
const pipelineCall = renamed({
  ...callNames,
  app_id: to("appId"),
  pipeline: to("pipeline", anyPipeline),
  agent_id: to("agentId")
})
const flowCall = renamed({ ...callNames, flow_id: to("flowId"), org_id: to("orgId"), app_id: to("appId") })
const directCall = renamed({ ...callNames, app_id: to("appId") }, ["connect"])
const directConnect = flattened({})
const hangupOptions = renamed({ cause: to("cause"), reason: to("reason") })

/** The two ways to say a thing become one; the second, if both are used, keeps its own name. */
const directFields = (fields: Fields): Fields => {
  const { call_options, connect, connect_options, metadata, options, strategy, ...others } = fields
  const older = { strategy, options: connect_options, metadata }
  const olderGiven = Object.values(older).some((value) => value !== undefined)
  const leftOver = connect === undefined ? {} : { strategy, connect_options, metadata }
  return {
    ...others,
    options: options ?? call_options ?? undefined,
    ...(options === undefined ? {} : { call_options }),
    connect: connect ?? (olderGiven ? older : undefined),
    ...leftOver
  }
}

/** The arguments of our method that says the same. */
export const argumentsOf = ({ fields, method }: OfficialCall): ReadonlyArray<unknown> => {
  switch (method) {
    case "agentCall": {
      const { failover: second, ...others } = fields
      if (second === undefined) return [agentCall(others)]
      if (!isPlain(second)) return [{ ...spread("call", agentCall(others)), failover: second }]
      const { app_id, ...first } = others
      return [{
        ...spread("call", agentCall(first)),
        failover: { ...spread("failover", failover(second)), appId: app_id }
      }]
    }
    case "pipelineCall":
      return [pipelineCall(fields)]
    case "flowCall":
      return [flowCall(fields)]
    case "directCall": {
      const { connect: how, ...others } = directFields(fields)
      return [{ ...spread("call", directCall(others)), connect: directConnect(how) }]
    }
    case "transfer":
      return [fields["call_id"], anyPipeline(fields["pipeline"])]
    case "hangup": {
      const { call_id, ...others } = fields
      return Object.keys(others).length === 0 ? [call_id] : [call_id, hangupOptions(others)]
    }
  }
}

/**
 * The body that an official call stands for, by renaming alone: no check, no encoder of ours. And the other way, which
 * place of the body an official argument names.
 */
import * as Result from "effect/Result"
import { defined, type Fields, isPlain, type Path, places } from "./json.ts"
import type { Method, OfficialCall } from "./officialCall.ts"

const suffixes: { readonly [method in Method]: string } = {
  agentCall: "/voice/ai/call",
  pipelineCall: "/voice/pcmo/call",
  directCall: "/voice/pcmo/call",
  flowCall: "/voice/flow/call",
  transfer: "/voice/pcmo/transfer",
  hangup: "/voice/call/hangup"
}

/** The path below the base URL that a call is posted to. */
export const suffixOf = ({ fields, method }: OfficialCall): string =>
  method === "agentCall" && fields["failover"] !== undefined ? suffixes.pipelineCall : suffixes[method]

const connectOptions = ["max_duration_sec", "ring_timeout_sec", "machine_detection", "recording", "waiting_music"]

const without = (fields: Fields, ...names: ReadonlyArray<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))

const only = (fields: Fields, names: ReadonlyArray<string>): Fields =>
  defined(Object.fromEntries(names.map((name) => [name, fields[name]])))

/** Members that have no place in the body stay at the top under the argument's name, to be refused there. */
const leftOver = (name: string, value: unknown, known: ReadonlyArray<string>): Fields => {
  if (value === undefined) return {}
  if (!isPlain(value)) return { [name]: value }
  const unknown = without(value, ...known)
  return Object.keys(unknown).length === 0 ? {} : { [name]: unknown }
}

const withFailover = (fields: Fields): Fields => {
  const failover = isPlain(fields["failover"]) ? fields["failover"] : {}
  const options = only(failover, connectOptions)
  return {
    ...without(fields, "failover", "agent_id"),
    pipeline: [{
      action: "connect",
      params: defined({
        caller_id: fields["caller_id"],
        strategy: failover["strategy"],
        options: Object.keys(options).length === 0 ? undefined : options,
        metadata: failover["metadata"]
      }),
      endpoints: [
        defined({ type: "agent", id: fields["agent_id"] }),
        defined({ type: "agent", id: failover["agent_id"] })
      ]
    }],
    ...leftOver("failover", fields["failover"], ["agent_id", "strategy", "metadata", ...connectOptions])
  }
}

/** The second way to say a thing is left under its own name when the first is used as well. */
const direct = (fields: Fields): Fields => {
  const aliased = fields["options"] === undefined ? "call_options" : "options"
  const hasConnect = fields["connect"] !== undefined
  const connect: Fields = hasConnect
    ? isPlain(fields["connect"]) ? fields["connect"] : {}
    : defined({ strategy: fields["strategy"], options: fields["connect_options"], metadata: fields["metadata"] })
  const older = ["strategy", "connect_options", "metadata"]
  return {
    ...without(fields, "connect", aliased, ...(hasConnect ? [] : older)),
    ...(fields[aliased] === undefined || fields[aliased] === null ? {} : { options: fields[aliased] }),
    pipeline: [{
      action: "connect",
      params: defined({
        caller_id: fields["caller_id"],
        strategy: "sequential",
        ...only(connect, ["strategy", "options", "metadata"])
      }),
      endpoints: [defined({ type: "pstn", number: fields["to_number"] })]
    }],
    ...leftOver("connect", fields["connect"], ["strategy", "options", "metadata"])
  }
}

/** The body of a call by renaming. */
export const bodyOf = ({ fields, method }: OfficialCall): Fields => {
  switch (method) {
    case "agentCall":
      return fields["failover"] === undefined ? fields : withFailover(fields)
    case "directCall":
      return direct(fields)
    case "hangup":
      return { cause: "NORMAL_CLEARING", ...fields }
    default:
      return fields
  }
}

const isJsonValue = (value: unknown): boolean =>
  value === null
  || ["string", "boolean"].includes(typeof value)
  || (typeof value === "number" && Number.isFinite(value))
  || Array.isArray(value)
  || isPlain(value)

/** The places of a body that JSON cannot carry. A member that is undefined is as good as not there. */
export const beyondJson = (body: unknown): ReadonlyArray<Path> =>
  places(body)
    .filter(({ path, value }) =>
      !isJsonValue(value) && !(value === undefined && typeof path.at(-1) === "string" && path.length > 0)
    )
    .map(({ path }) => path)

/** The body as text, or the places that JSON cannot carry. */
export const toText = (body: unknown): Result.Result<string, ReadonlyArray<Path>> => {
  const beyond = beyondJson(body)
  return beyond.length > 0 ? Result.fail(beyond) : Result.succeed(JSON.stringify(body))
}

const connectAt: Path = ["pipeline", 0]
const paramsAt: Path = [...connectAt, "params"]
const optionsAt: Path = [...paramsAt, "options"]

const failoverPlace = (key: string | number): Path | undefined => {
  if (key === "agent_id") return [...connectAt, "endpoints", 1, "id"]
  if (key === "strategy" || key === "metadata") return [...paramsAt, key]
  return connectOptions.includes(String(key)) ? [...optionsAt, key] : undefined
}

/**
 * The places of the body that an argument, or a part of one, may stand for: its own name, which is where the unknown is
 * refused, and last the place where it goes when it is known.
 */
export const placesOf = (method: Method, path: Path): ReadonlyArray<Path> => {
  const [name, key, ...rest] = path
  const at = (place: Path | undefined, ...more: Path): ReadonlyArray<Path> =>
    place === undefined ? [path] : [path, [...place, ...more]]
  if (name === "body") return [path.slice(1)]
  if (method === "hangup") return [["options", ...path], path]
  if (method === "agentCall" && name === "failover") {
    return key === undefined ? at(connectAt) : at(failoverPlace(key), ...rest)
  }
  if (method === "agentCall" && name === "agent_id") return at([...connectAt, "endpoints", 0, "id"])
  if (method === "directCall") {
    const more = key === undefined ? [] : [key, ...rest]
    if (name === "call_options") return at(["options"], ...more)
    if (name === "connect_options") return at(optionsAt, ...more)
    if (name === "strategy" || name === "metadata") return at([...paramsAt, name], ...more)
    if (name === "connect") return key === undefined ? at(connectAt) : at([...paramsAt, key], ...rest)
  }
  return [path]
}

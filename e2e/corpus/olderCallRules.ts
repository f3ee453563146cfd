/** Differences of the older calls that are on purpose, each by its nature. */
import type { Difference } from "./compare.ts"
import { isFields } from "./json.ts"
import type { OlderCallVector } from "./olderCallVector.ts"

export interface OlderCallRule {
  readonly name: string
  readonly why: string
  /** The page below `docs/decisions` that tells more. */
  readonly page: string
  readonly applies: (vector: OlderCallVector, difference: Difference) => boolean
}

const page = "0112-older-calls.md"

const isPhoneText = (value: unknown): boolean => typeof value === "string" && /^[1-9]\d{6,15}$/.test(value)

const parse = (text: unknown): unknown =>
  typeof text === "string" && text.startsWith("{") ? JSON.parse(text) : undefined

/** Whether the second body is the first, recorded. */
const isRecorded = (expected: unknown, actual: unknown): boolean => {
  const [without, with_] = [parse(expected), parse(actual)]
  if (!isFields(without) || !isFields(with_) || !Array.isArray(with_["pcmo"])) return false
  const [first, ...rest] = with_["pcmo"]
  return JSON.stringify(first) === "{\"action\":\"record\"}"
    && JSON.stringify({ ...with_, pcmo: rest }) === JSON.stringify(without)
}

/** What the Python client writes into every bridge. */
const pythonDefaults: Readonly<Record<string, number>> = { duration: 5400, timeout: 40, loop: 1 }

export const olderCallRules: ReadonlyArray<OlderCallRule> = [
  {
    name: "numbers-are-given-as-text",
    why: "a phone number is a checked text here and a JSON number on the wire; the clients refuse text",
    page,
    applies: ({ args, call, error, request, returns }, { what }) =>
      what === "accepted" && request === undefined && /\bcall$/.test(call ?? "")
      && args.slice(0, 3).some(isPhoneText) && (returns === null || /\btype\b/.test(error?.message ?? ""))
  },
  {
    name: "durations-may-be-left-out",
    why: "the Node client asks for a duration and does not say so; ours sends the one that it sends elsewhere",
    page,
    applies: ({ args, call, error }, { what }) =>
      what === "accepted" && /\b(?:create|make)$/.test(call ?? "") && args.length === 3
      && /\banswer_url\b/.test(error?.message ?? "")
  },
  {
    name: "broken-methods-work",
    why: "some releases carry methods that fail in their own code before anything is sent",
    page,
    applies: ({ error, request }, { what }) =>
      what === "accepted" && request === undefined && /^(?:TypeError|ReferenceError)$/.test(error?.name ?? "")
      && /is not a function$|as a function$|is not defined$/.test(error?.message ?? "")
  },
  {
    name: "recording-is-a-step",
    why: "the clients drop `record` of a call, for which the body has no place; ours puts a step before all others",
    page,
    applies: (_vector, { actual, expected, path, what }) =>
      what === "dropped" && path.join() === "record" && isRecorded(expected, actual)
  },
  {
    name: "options-of-a-bridge-need-one",
    why: "the clients drop the options of a bridge when a document is given; ours refuses them",
    page,
    applies: ({ args, call }, { expected, path, what }) =>
      what === "dropped" && expected === "dropped" && /\bcall$/.test(call ?? "") && Array.isArray(args[2])
      && ["timeout", "loop", "ring_type"].includes(path.join())
  },
  {
    name: "a-reason-says-something",
    why: "the client drops an empty reason; ours refuses it",
    page,
    applies: ({ client }, { actual, path, what }) =>
      client === "calls" && what === "dropped" && path.join() === "reason" && actual === ""
  },
  {
    name: "streams-say-when-they-begin",
    why: "whether a stream waits for the answer is always sent, since sources disagree about its absence",
    page: "0110-older-call-documents.md",
    applies: (_vector, { actual, expected, path, what }) =>
      what === "body" && path[0] === "pcmo" && path.at(-1) === "stream_on_answer" && expected === undefined
      && actual === false
  },
  {
    name: "somebody-is-called",
    why: "the clients make an empty list a bridge to nobody; ours refuses it",
    page,
    applies: ({ args }, { path, what }) =>
      what === "refused" && path.join(".") === "pcmo.0.connect" && Array.isArray(args[2]) && args[2].length === 0
  },
  {
    name: "ids-are-spelled-as-documented",
    why: "the Node client calls the id of a leg `cmiuid`; the Python client and the documentation say `cmiuuid`",
    page,
    applies: ({ client, request }, { actual, expected, path, what }) => {
      const id = isFields(request?.body) ? request.body["cmiuid"] : undefined
      return client === "node" && what === "body" && id !== undefined
        && ((path.join() === "cmiuid" && expected === id && actual === undefined)
          || (path.join() === "cmiuuid" && expected === undefined && actual === id))
    }
  },
  {
    name: "calls-last-as-long-as-in-node",
    why: "without a duration, 4200 seconds are sent as by the Node client; the Python client sends 5400",
    page,
    applies: ({ client }, { actual, expected, path, what }) =>
      client === "py" && what === "body" && path.join() === "duration" && expected === 5400 && actual === 4200
  },
  {
    name: "defaults-are-the-platforms",
    why: "what nobody gave is not sent, and the platform's documented defaults hold; the Python client writes them",
    page: "0110-older-call-documents.md",
    applies: ({ args, client }, { actual, expected, path, what }) =>
      client === "py" && args[3] === undefined && what === "body" && path.slice(0, 2).join(".") === "pcmo.0"
      && path.length === 3 && expected === pythonDefaults[String(path[2])] && actual === undefined
  },
  {
    name: "gone-is-none",
    why: "that a call or a transfer is over is an answer to a question about it, and no error",
    page,
    applies: ({ call, client, error }, { actual, what }) =>
      client === "calls" && what === "outcome" && error?.status === 404 && actual === "none"
      && ["status", "transfer_status"].includes(call ?? "")
  }
]

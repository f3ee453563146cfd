/** The differences from the older builders that are on purpose, each by its nature. */
import type { Difference } from "./compare.ts"
import { getIn, isFields, type Path } from "./json.ts"
import type { OlderVector } from "./olderVector.ts"

export interface OlderRule {
  readonly name: string
  readonly why: string
  /** The page below `docs/decisions` that tells more. */
  readonly page: string
  readonly applies: (vector: OlderVector, difference: Difference) => boolean
}

const page = "0110-older-call-documents.md"

/** What an official builder writes for an option that nobody gave. */
const defaults: ReadonlyMap<string, ReadonlyArray<unknown>> = new Map<string, ReadonlyArray<unknown>>([
  ["duration", [5400]],
  ["timeout", [40, 5]],
  ["loop", [1]],
  ["max_digit", [1]],
  ["max_retry", [1, 3]],
  ["record", [false]],
  ["listen_mode", ["caller"]],
  ["voice_quality", ["8000", 8000]]
])

const last = ({ path }: Difference): string => String(path.at(-1))

/** The options that the steps of a vector were given. */
const optionsOf = ({ calls }: OlderVector): ReadonlyArray<readonly [string, unknown]> =>
  calls.flatMap(({ args = [] }) => args.filter(isFields).flatMap((options) => Object.entries(options)))

const gave = (vector: OlderVector, name: string): boolean =>
  optionsOf(vector).some(([key, value]) => key === name && value !== 0 && value !== "")

const isSent = ({ what }: Difference): boolean => what === "body" || what === "roads"

/** What an official builder returned at a place: that of a list begins with `pcmo`. */
const recordedAt = ({ expected }: OlderVector, path: Path): unknown => {
  const values = expected.results?.map(({ returns }) => returns) ?? [expected.result]
  const found = values.flatMap((value) => {
    const json: unknown = typeof value === "string" ? JSON.parse(value) : value
    const item = getIn({ pcmo: json }, path[0] === "pcmo" ? path : ["pcmo", ...path])
    return item === undefined ? [] : [item]
  })
  return found[0]
}

const isOlderThanChecks = ({ lang, release }: OlderVector): boolean => lang === "py" || release < 10_000

const phoneLike = /^[1-9][0-9]{6,15}$/

export const olderRules: ReadonlyArray<OlderRule> = [
  {
    name: "defaults-are-the-platforms",
    why:
      "what nobody gave is not sent unless another option is; the clients write their defaults into it at other times",
    page,
    applies: (vector, difference) =>
      difference.what === "body" && !gave(vector, last(difference))
      && (difference.actual === undefined
        ? defaults.get(last(difference))?.includes(difference.expected) === true
        : difference.expected === undefined && vector.release < 10_000
          && defaults.get(last(difference))?.includes(difference.actual) === true)
  },
  {
    name: "streams-say-when-they-begin",
    why: "sources disagree about a stream that does not say whether it waits for the answer, so ours always does",
    page,
    applies: (vector, difference) =>
      isSent(difference) && last(difference) === "stream_on_answer" && typeof difference.actual === "boolean"
      && (difference.expected === undefined || !gave(vector, "stream_on_answer"))
  },
  {
    name: "qualities-are-text",
    why: "the documentation writes the quality of a stream as text; the clients also pass numbers on",
    page,
    applies: (_vector, difference) =>
      isSent(difference) && last(difference) === "voice_quality" && typeof difference.expected === "number"
      && String(difference.expected) === difference.actual
  },
  {
    name: "numbers-are-numbers",
    why: "the older API takes phone numbers as JSON numbers; the Node client does not look into lists",
    page,
    applies: (_vector, difference) =>
      isSent(difference) && last(difference) === "number" && typeof difference.expected === "string"
      && String(difference.actual) === difference.expected
  },
  {
    name: "numbers-are-given-as-text",
    why: "our phone numbers are checked texts, so what the clients refuse as text is how ours are given",
    page,
    applies: ({ calls }, { what }) =>
      what === "accepted"
      && calls.every(({ args = [], method }) =>
        method === "PCMO"
        || (method === "call"
          && args.slice(0, 2).flat().every((one) => phoneLike.test(String(one)))
          && args.slice(0, 2).flat().some((one) => typeof one === "string"))
      )
  },
  {
    name: "users-may-be-text",
    why: "the documentation shows SIP users as text, which the Node client refuses",
    page,
    applies: ({ calls }, { what }) =>
      what === "accepted"
      && calls.every(({ args = [], method }) =>
        method === "PCMO"
        || (method === "forward" && [args[0]].flat().some((one) => typeof one === "string" && one !== ""))
      )
  },
  {
    name: "a-file-has-one-name",
    why: "the Python client sends a URL under both keys of a prompt; the URL counts",
    page,
    applies: (vector, difference) =>
      isSent(difference) && last(difference) === "file_name" && difference.actual === undefined
      && difference.expected === recordedAt(vector, [...difference.path.slice(0, -1), "file_url"])
  },
  {
    name: "least-digits-are-sent",
    why: "guides show the least number of digits and the builders drop it; ours sends it",
    page,
    applies: (vector, { actual, expected, what, ...difference }) =>
      what === "body" && difference.path.at(-1) === "min_digit" && expected === undefined
      && optionsOf(vector).some(([name, value]) => name === "min_digit" && value === actual)
  },
  {
    name: "the-way-of-ringing-is-said",
    why:
      "ringing one after another is the documented default, and sent when it was asked for; the clients leave it out",
    page,
    applies: (_vector, difference) =>
      difference.what === "body" && last(difference) === "ring_type" && difference.expected === undefined
      && difference.actual === "single"
  },
  {
    name: "unread-options-are-refused",
    why: "an option that does nothing, 0 where it means not given, or a record of a bridge is a mistake of the caller",
    page,
    applies: (_vector, { what }) => what === "dropped"
  },
  {
    name: "unknown-options-are-not-copied",
    why: "the first releases copied every option into the document; ours knows those that are documented",
    page,
    applies: (vector, difference) =>
      vector.release < 10_000 && !defaults.has(last(difference)) && gave(vector, last(difference))
      && ((isSent(difference) && difference.actual === undefined) || difference.what === "refused")
  },
  {
    name: "counts-begin-at-one",
    why: "no digits, attempts or seconds are never meant; the Python client sends them",
    page,
    applies: (vector, difference) =>
      difference.what === "refused" && defaults.has(last(difference)) && recordedAt(vector, difference.path) === 0
  },
  {
    name: "choices-are-checked",
    why: "a listen mode or a quality that nothing documents is a mistyping; the clients pass it on",
    page,
    applies: (vector, difference) => {
      const value = recordedAt(vector, difference.path)
      if (difference.what !== "refused") return false
      if (last(difference) === "listen_mode") return !["caller", "callee", "both"].includes(String(value))
      return last(difference) === "voice_quality" && !["8000", "16000", "32000"].includes(String(value))
    }
  },
  {
    name: "numbers-are-checked",
    why: "a number to dial has 7 to 16 digits; the clients dial true",
    page,
    applies: (vector, difference) =>
      difference.what === "refused" && ["number", "from"].includes(last(difference))
      && !phoneLike.test(String(recordedAt(vector, difference.path)))
  },
  {
    name: "files-are-mp3-or-wav",
    why: "the Node client of today refuses other files, and so do we; the Python client and older ones take any text",
    page,
    applies: (vector, difference) =>
      difference.what === "refused" && ["file_name", "file_url"].includes(last(difference))
      && isOlderThanChecks(vector)
      && !/\.(?:mp3|wav)(?:[?#].*)?$/i.test(String(recordedAt(vector, difference.path)))
  },
  {
    name: "files-may-have-a-query",
    why: "a signed URL ends in its signature; the Node client wants it to end in the kind of the file",
    page,
    applies: ({ calls, lang }, { what }) =>
      what === "accepted" && lang === "node"
      && calls.every(({ args = [], method }) =>
        method === "PCMO" || (method === "playMusic" && /^https?:\/\/[^?#]+\.(?:mp3|wav)[?#]/i.test(String(args[0])))
      )
  },
  {
    name: "addresses-are-those-of-the-web",
    why: "what the platform posts to or fetches is http or https; the clients take every scheme, or ftp",
    page,
    applies: (vector, difference) => {
      const value = String(recordedAt(vector, difference.path))
      return difference.what === "refused" && ["action_url", "file_url"].includes(last(difference))
        && /^[a-z][a-z0-9+.-]*:/i.test(value) && !/^https?:/i.test(value)
    }
  },
  {
    name: "streams-are-addressed-as-in-node",
    why:
      "the Node client refuses credentials, underscores and a query without a path; the Python client sees the scheme",
    page,
    applies: (vector, difference) =>
      difference.what === "refused" && last(difference) === "ws_url" && vector.lang === "py"
      && /^wss?:\/\//.test(String(recordedAt(vector, difference.path)))
  },
  {
    name: "audio-is-canonical-base64",
    why: "the Node client wants what encoding the bytes gives; the Python client takes looser forms",
    page,
    applies: (vector, difference) =>
      difference.what === "refused" && last(difference) === "audioData" && vector.lang === "py"
      && /^[A-Za-z0-9+/]+={0,2}$/.test(String(recordedAt(vector, difference.path)))
  },
  {
    name: "nothing-is-not-a-document",
    why: "a call without a step is a mistake, and so is a message that asks for nothing",
    page,
    applies: ({ expected }, { path, what }) =>
      what === "refused" && path.length === 1 && path[0] === "pcmo"
      && (expected.results?.map(({ returns }) => returns) ?? [expected.result]).some((value) =>
        value === "[]" || (Array.isArray(value) && value.length === 0)
      )
  },
  {
    name: "documents-are-values",
    why: "a list that was handed out does not change afterwards; that of the Node builder does",
    page,
    applies: ({ lang }, { path, what }) => what === "body" && path[0] === "later" && lang === "node"
  },
  {
    name: "no-such-step",
    why: "a step or an argument that a builder lacks is a type error with us, and nothing that could be run",
    page,
    applies: ({ expected }, { what }) =>
      what === "unsupported" && /^(?:TypeError|AttributeError)$/.test(expected.error?.name ?? "")
  }
]

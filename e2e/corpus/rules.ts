/**
 * The differences that are on purpose, each by its nature. A rule sees one difference at a time and says whether it is
 * of that nature; a vector is on purpose when a rule speaks for every difference it shows.
 */
import type { Difference } from "./compare.ts"
import { type Fields, formatPath, getIn, hasIn, isFields, mapDeep, parsePath, type Path } from "./json.ts"
import type { SimulatedResponse, Vector } from "./load.ts"
import { firstChecked, type OfficialCall, positions } from "./officialCall.ts"
import { BuilderInstance } from "./officialPipeline.ts"
import { type Course, verdictOf } from "./policy.ts"
import { related } from "./wanted.ts"

/** What is known about a vector when its differences are judged. */
export interface Seen {
  readonly vector: Vector
  readonly official?: OfficialCall
  /** The document on the wire: as recorded, or by renaming when nothing was sent. */
  readonly body?: unknown
  /** The body by renaming, which may hold what JSON cannot carry. */
  readonly renamed?: unknown
  readonly course?: Course
  readonly timeoutS?: number
  /** The places that each of our sides refused. */
  readonly refused: { readonly sdk: ReadonlyArray<Path>; readonly simulator: ReadonlyArray<Path> }
  /** Arguments of the official constructor that ours has no place for. */
  readonly unplaced?: ReadonlyArray<string>
  /** What the official constructor was told. */
  readonly client?: Fields
}

export interface Rule {
  readonly name: string
  readonly why: string
  /** The page below `docs/decisions` that tells more. */
  readonly page: string
  readonly applies: (seen: Seen, difference: Difference) => boolean
  /** Takes out of a document what the rule is about, so that the rest can be compared all the same. */
  readonly repair?: (document: unknown) => unknown
}

const older = ({ vector }: Seen): boolean => vector.release < firstChecked

/** What stands at the place of a difference, on the wire or among the official arguments. */
const at = ({ body, official }: Seen, { path }: Difference): unknown =>
  hasIn(body, path) ? getIn(body, path) : getIn(official?.fields, path)

const isEmptyObject = (value: unknown): boolean => isFields(value) && Object.keys(value).length === 0

const dashed = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The 32 digits of a UUID in a form that Python's parser takes. */
const looseUuid = (text: string): string | undefined => {
  const digits = text.replace("urn:", "").replace("uuid:", "").replaceAll(/^[{}]+|[{}]+$/g, "").replaceAll("-", "")
  return /^[0-9a-f]{32}$/i.test(digits) && !dashed.test(text) ? digits : undefined
}

const withDashes = (text: string): string => {
  const digits = looseUuid(text)
  return digits?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") ?? text
}

const members: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["pstn", ["number"]],
  ["sip", ["uri"]],
  ["agent", ["id"]],
  ["file", ["file_name"]],
  ["say", ["say", "language", "voice_id", "speed"]],
  ["url", ["url"]],
  ["pcmo", ["ref"]]
])
const families = [["pstn", "sip", "agent"], ["file", "say"], ["url", "pcmo"]]

/** The members of an object that belong to another type of its family. */
const membersOfOthers = (object: Fields): ReadonlyArray<string> => {
  const family = families.find((types) => types.includes(String(object["type"]))) ?? []
  const own = members.get(String(object["type"])) ?? []
  return family.flatMap((type) => members.get(type) ?? []).filter((key) => key in object && !own.includes(key))
}

const sleepsBeyond = (responses: ReadonlyArray<SimulatedResponse>, seconds: number): boolean =>
  responses.some((response) => (response.sleep ?? 0) >= seconds)

const isHowItWent = ({ what }: Difference): boolean => what === "outcome" || what === "attempts"

const refusedByBoth = ({ refused }: Seen, { path }: Difference): boolean =>
  [refused.sdk, refused.simulator].every((places) => places.some((place) => related(place, path)))

const isUsableUrl = (value: unknown): boolean => {
  if (typeof value !== "string" || !URL.canParse(value) || /[?#]/.test(value)) return false
  const { password, protocol, username } = new URL(value)
  return /^https?:$/.test(protocol) && username === "" && password === ""
}

const isUsableToken = (value: unknown): boolean => typeof value === "string" && /^[\x21-\x7e]+$/.test(value)

export const rules: ReadonlyArray<Rule> = [
  {
    name: "uuids-have-dashes",
    why:
      "one spelling of an id is taken; the Python client takes all, the Node client not even the prefix of the standard",
    page: "0101-uuids-have-dashes.md",
    applies: (seen, difference) => {
      const value = at(seen, difference)
      if (typeof value !== "string") return false
      return difference.what === "refused"
        ? looseUuid(value) !== undefined
        : difference.side === "simulator" && seen.vector.lang === "node"
          && (difference.what === "accepted" || difference.what === "field")
          && value.startsWith("urn:uuid:") && dashed.test(value.slice("urn:uuid:".length))
    },
    repair: (document) => mapDeep(document, { text: withDashes })
  },
  {
    name: "no-trailing-newline",
    why: "the Python client's patterns let one newline through at the end, which no number or name has",
    page: "0102-no-trailing-newline.md",
    applies: (seen, difference) => {
      const value = at(seen, difference)
      const ended = [value, difference.path.at(-1)].some((text) => typeof text === "string" && /[^\n]\n$/.test(text))
      return difference.what === "refused" && seen.vector.lang === "py" && ended
    },
    repair: (document) => mapDeep(document, { text: (text) => text.replace(/\n$/, "") })
  },
  {
    name: "unknown-arguments-are-refused",
    why: "the Node client drops unknown members of a call without a word, and with them what the caller meant",
    page: "0103-nothing-is-dropped.md",
    applies: ({ vector }, { what }) => what === "dropped" && vector.lang === "node"
  },
  {
    name: "members-of-another-type-are-refused",
    why: "a member without a meaning for its type, such as the uri of a phone, is a mistake of the caller",
    page: "0103-nothing-is-dropped.md",
    applies: ({ body }, { path, side, what }) => {
      const object = getIn(body, path.slice(0, -1))
      return side === "sdk" && what === "refused" && isFields(object)
        && membersOfOthers(object).includes(String(path.at(-1)))
    },
    repair: (document) =>
      mapDeep(document, {
        object: (object) => {
          const others = membersOfOthers(object)
          return Object.fromEntries(Object.entries(object).filter(([key]) => !others.includes(key)))
        }
      })
  },
  {
    name: "empty-connect-options-are-not-sent",
    why: "our connect has no object around its options, so there is none to send when none is given",
    page: "0103-nothing-is-dropped.md",
    applies: (_seen, { actual, expected, path, side, what }) =>
      side === "sdk" && what === "body" && path.slice(-2).join(".") === "params.options"
      && isEmptyObject(expected) && actual === undefined
  },
  {
    name: "undefined-is-not-given",
    why: "a member that is undefined is as good as left out, as it is in JSON; the Node client tells them apart",
    page: "0103-nothing-is-dropped.md",
    applies: ({ renamed }, { path, what }) =>
      what === "accepted" && path.length > 0 && hasIn(renamed, path) && getIn(renamed, path) === undefined
  },
  {
    name: "type-comes-first",
    why: "an object of unknown type is refused for its type, and nothing can be said of its other members",
    page: "0103-nothing-is-dropped.md",
    applies: ({ body }, { actual, path, what }) =>
      what === "field" && String(actual).split(", ").map(parsePath).some((refused) => {
        const object = getIn(body, refused.slice(0, -1))
        return ["type", "action"].includes(String(refused.at(-1)))
          && isFields(object) && Object.hasOwn(object, String(path.at(-1)))
      })
  },
  {
    name: "older-releases-send-empty-objects",
    why: "releases of the Node client before 1.2.0 send empty options and variables that nobody gave",
    page: "0104-older-releases.md",
    applies: (seen, { actual, expected, path, side, what }) =>
      older(seen) && seen.vector.lang === "node" && side !== "simulator" && what === "body"
      && path.length === 1 && ["options", "variables"].includes(String(path[0]))
      && isEmptyObject(expected) && actual === undefined
  },
  {
    name: "older-releases-drop-empty-objects",
    why: "releases of the Python client before 1.2.0 drop empty options and variables that were given",
    page: "0104-older-releases.md",
    applies: (seen, { actual, expected, path, side, what }) =>
      older(seen) && seen.vector.lang === "py" && side !== "simulator" && what === "body"
      && path.length === 1 && ["options", "variables"].includes(String(path[0]))
      && expected === undefined && isEmptyObject(actual)
  },
  {
    name: "older-releases-check-less",
    why: "releases before 1.2.0 send what later ones refuse; both of our sides refuse it, at the same place",
    page: "0104-older-releases.md",
    applies: (seen, difference) => older(seen) && difference.what === "refused" && refusedByBoth(seen, difference)
  },
  {
    name: "early-addresses",
    why: "the first bearer releases posted to addresses that the next ones corrected",
    page: "0104-older-releases.md",
    applies: ({ vector }, { side, what }) =>
      vector.release < 10_100 && (side === "simulator" ? what === "status" : what === "url")
      && /\/\/localhost[:/]|\/voice\/ai\/hangup$/.test(String(vector.expected.request?.url))
  },
  {
    name: "pipelines-are-checked",
    why: "the official builders emit anything; ours gives JSON only for a pipeline that the platform takes",
    page: "0105-pipelines-are-checked-values.md",
    applies: (seen, difference) =>
      seen.vector.kind === "pipeline" && difference.what === "refused" && refusedByBoth(seen, difference)
  },
  {
    name: "pipelines-are-values",
    why: "a built pipeline is a value that every call takes; some official calls ask for the bare list",
    page: "0105-pipelines-are-checked-values.md",
    applies: ({ official, vector }, { path, side, what }) =>
      vector.kind === "refusal" && side === "sdk" && what === "accepted" && formatPath(path) === "pipeline"
      && official?.fields["pipeline"] instanceof BuilderInstance
      && /^pipeline must be an array\.$/.test(vector.expected.error?.message ?? "")
  },
  {
    name: "builders-have-no-such-step",
    why: "a step that no builder has is a type error with us, and nothing that could be run",
    page: "0105-pipelines-are-checked-values.md",
    applies: ({ vector }, { what }) =>
      vector.kind === "pipeline" && what === "unsupported"
      && /^(?:TypeError|AttributeError)$/.test(vector.expected.error?.name ?? "")
  },
  {
    name: "never-ring-twice",
    why:
      "the official Python client repeats a call that may have been placed; nothing keeps the phone from ringing again",
    page: "0106-never-ring-twice.md",
    applies: ({ course, official, vector }, difference) =>
      isHowItWent(difference) && vector.lang === "py" && official !== undefined && course !== undefined
      && verdictOf(official.method, course.ending) === "ambiguous"
  },
  {
    name: "safe-failures-are-retried",
    why: "what cannot have taken effect, or does no harm twice, is tried again; the Node client never does",
    page: "0106-never-ring-twice.md",
    applies: ({ course, vector }, difference) =>
      isHowItWent(difference) && course !== undefined && course.attempts > (vector.expected.attempts ?? 1)
  },
  {
    name: "an-ended-call-is-ended",
    why: "a hangup that meets 404 when it is repeated has what it wanted; the Python client fails",
    page: "0106-never-ring-twice.md",
    applies: ({ course, official, vector }, { expected, what }) =>
      what === "outcome" && expected === 404 && vector.lang === "py" && official?.method === "hangup"
      && course !== undefined && course.attempts > 1 && course.ending.tag === "Success"
  },
  {
    name: "attempts-are-given-up",
    why: "every attempt has a time-out with us; the Node client waits for ever",
    page: "0106-never-ring-twice.md",
    applies: ({ timeoutS = 10, vector }, difference) =>
      isHowItWent(difference) && vector.lang === "node" && sleepsBeyond(vector.responses, timeoutS)
  },
  {
    name: "stand-in-is-a-rule-of-clients",
    why:
      "that an agent cannot stand in for itself is checked by clients, by its text; the platform takes one agent twice",
    page: "0107-rules-of-clients.md",
    applies: ({ body, official }, { path, side, what }) => {
      const ids = [0, 1].map((index) => getIn(body, ["pipeline", 0, "endpoints", index, "id"]))
      return official?.method === "agentCall" && typeof ids[0] === "string" && ids[0] === ids[1]
        && (side === "simulator"
          ? what === "accepted"
          : what === "refused" && formatPath(path) === "pipeline[0].endpoints[1].id")
    }
  },
  {
    name: "not-in-json",
    why: "what JSON has no word for cannot be sent to the simulator; the SDK refuses it before",
    page: "0107-rules-of-clients.md",
    applies: ({ renamed }, { path, what }) =>
      what === "inexpressible"
      || (what === "refused" && typeof getIn(renamed, path) === "number" && !Number.isFinite(getIn(renamed, path)))
  },
  {
    name: "numbers-are-javascript's",
    why:
      "JSON has one kind of number, so a whole one that Python calls a float is whole; beyond the exact ones none runs",
    page: "0107-rules-of-clients.md",
    applies: (seen, difference) => {
      const value = at(seen, difference)
      if (difference.what === "accepted" || difference.what === "field") {
        return seen.vector.lang === "py" && Number.isInteger(value)
          && /\bmust be an integer\.$/.test(seen.vector.expected.error?.message ?? "")
      }
      return difference.side === "simulator" && difference.what === "refused"
        && typeof value === "number" && value > Number.MAX_SAFE_INTEGER / 1000
    }
  },
  {
    name: "texts-count-as-javascript-does",
    why: "lengths are counted in UTF-16 units, as the Node client does; Python counts characters",
    page: "0107-rules-of-clients.md",
    applies: (seen, difference) => {
      const value = at(seen, difference)
      return difference.what === "refused" && seen.vector.lang === "py" && typeof value === "string"
        && [...value].length < value.length && value.length > 64 && [...value].length <= 256
    }
  },
  {
    name: "objects-are-told-by-kind",
    why: "the Node client tells an object by its constructor, and takes one with a key of that name for none",
    page: "0107-rules-of-clients.md",
    applies: ({ renamed, vector }, { path, what }) => {
      const value = getIn(renamed, path)
      return (what === "accepted" || what === "field") && vector.lang === "node" && isFields(value)
        && Object.hasOwn(value, "constructor")
        && /\bmust be an object\.$/.test(vector.expected.error?.message ?? "")
    }
  },
  {
    name: "no-such-parameter",
    why: "a parameter that a method does not have cannot be given to ours at all",
    page: "0107-rules-of-clients.md",
    applies: ({ official, vector }, { path, side, what }) =>
      (what === "accepted" || what === "field") && official !== undefined
      && (side === "simulator" || official.method === "transfer")
      && !positions[official.method].includes(String(path[0]))
      && /\bunexpected keyword argument\b/.test(vector.expected.error?.message ?? "")
  },
  {
    name: "one-options-object",
    why: "our layer takes one object, so there is no second argument that could be the secret of the older API",
    page: "0108-configuration-is-checked.md",
    applies: ({ unplaced = [], vector }, { what }) =>
      vector.kind === "construction" && what === "accepted" && unplaced.length > 0
  },
  {
    name: "configuration-is-checked",
    why: "a base URL that is none, or a token that no header can hold, is refused before the first call",
    page: "0108-configuration-is-checked.md",
    applies: ({ client = {} }, { path, side, what }) => {
      const place = String(path[0])
      const wrongToken = !isUsableToken(client["token"])
      if (side === "simulator") return what === "status" && wrongToken
      return what === "refused"
        && ((place === "token" && wrongToken)
          || (/^base_?url$/i.test(place) && client["base_url"] !== undefined && !isUsableUrl(client["base_url"])))
    }
  }
]

/** The rule that speaks for a difference, if one does. */
export const ruleFor = (seen: Seen, difference: Difference): Rule | undefined =>
  rules.find((rule) => rule.applies(seen, difference))

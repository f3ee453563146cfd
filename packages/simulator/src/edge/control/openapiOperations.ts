/** The operations of the emulated API, a row each: where, what for, with which bodies, and how it is known. */
import * as Messaging from "@effect-piopiy/sdk/wire/Messaging"
import * as RestCalls from "@effect-piopiy/sdk/wire/RestCalls"
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as reply from "../rest/reply.ts"
import * as examples from "./openapiExamples.ts"
import type * as legacy from "./openapiSchemasLegacy.ts"
import type * as v3 from "./openapiSchemasV3.ts"

/** @since 0.1.0 */
export type RequestName = keyof typeof v3.requests | keyof typeof legacy.requests
/** @since 0.1.0 */
export type ReplyName = keyof typeof v3.replies | keyof typeof legacy.replies

/**
 * How the platform refuses, by name: one status with the bodies that the simulator sends.
 *
 * @category constants
 * @since 0.1.0
 */
export const refusals = {
  BadRequest: {
    status: 400,
    about: "The body is at fault (assumed): the first problem in `message` and `field`, all of them in `problems`.",
    bodies: [reply.invalid([{ path: "to_number", message: "required, but missing" }]).body]
  },
  Unauthorized: {
    status: 401,
    about: "No account has this token (assumed).",
    bodies: [reply.unauthorized.body]
  },
  Forbidden: {
    status: 403,
    about: "The app is not active (documented), no worker of the agent is registered (documented), or nothing is left "
      + "on the account (assumed).",
    bodies: [reply.appNotActive.body, reply.agentNotRunning.body, reply.noBalance.body]
  },
  CallNotFound: {
    status: 404,
    about: "No call with this id is in progress (documented for the calls API).",
    bodies: [reply.callNotFound.body]
  },
  TransferNotFound: {
    status: 404,
    about: "No transfer has this request id, or it settled more than 15 minutes ago (assumed).",
    bodies: [reply.transferNotFound.body]
  },
  TransferInProgress: {
    status: 409,
    about: "Another transfer of the call is in progress, and this is its request id (documented for the calls API).",
    bodies: [reply.transferInProgress(examples.requestId).body]
  },
  TooLarge: { status: 413, about: "The body is longer than 1 MiB (assumed).", bodies: [] },
  UnsupportedMediaType: { status: 415, about: "The body is not said to be JSON (assumed).", bodies: [] },
  TooManyRequests: {
    status: 429,
    about: "Too many calls for now (assumed): the header `Retry-After` says after how many seconds to try again.",
    bodies: [reply.tooManyCalls.body, reply.channelsInUse().body, reply.tooFast().body]
  },
  Stopping: { status: 503, about: "The simulator is stopping.", bodies: [reply.stopping.body] }
} as const

/** @since 0.1.0 */
export type RefusalName = keyof typeof refusals

/**
 * The groups of operations, and where each lives on the platform.
 *
 * @category constants
 * @since 0.1.0
 */
export const groups = {
  Calls: `Placing, moving and ending calls with a bearer token. On the platform: ${RestV3.baseUrl}.`,
  "Live calls": `Acting on a live call by its id, with a bearer token. On the platform: ${RestV3.baseUrl}.`,
  "Older API": "Calls with an app id and a secret in the body, numbers as JSON numbers. On the platform: "
    + `${RestLegacy.hosts.rest} and ${RestLegacy.hosts.piopiy}. A failure is a reply of 200 with another \`code\`, unless `
    + "the simulator was told to answer with it as the HTTP status.",
  Messages:
    `Text messages, with the token of a login. On the platform: ${RestLegacy.hosts.rest}. The simulator writes them `
    + "into its journal and sends none."
} as const

/** @since 0.1.0 */
export type Group = keyof typeof groups

/**
 * One operation. Several `requests` are forms to choose from. `mark` says how well the request is known; what is less
 * well known of its reply stands in `about`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Operation {
  readonly id: string
  readonly method: "get" | "post"
  readonly path: string
  readonly group: Group
  readonly summary: string
  readonly about: string
  readonly mark: "documented" | "observed" | "assumed"
  readonly source: string
  readonly pathId?: { readonly name: "call_id" | "request_id"; readonly example: string }
  readonly requests?: ReadonlyArray<RequestName>
  readonly reply: ReplyName
  readonly replyExample?: unknown
  readonly refusals: ReadonlyArray<RefusalName>
}

const clients = "official Node SDK 1.2.0 and Python SDK 1.2.2"
const olderClients = "official Node SDK 1.0.8 and Python SDK 1.0.6"
const pipecat = "telecmi/pipecat-piopiy 0.1.0"
const guides = "doc.telecmi.com"

const ofBody = ["BadRequest", "Unauthorized", "TooLarge", "UnsupportedMediaType", "Stopping"] as const
const ofPlacing = [...ofBody, "Forbidden", "TooManyRequests"] as const
const ofTransfer = [...ofBody, "CallNotFound", "TransferInProgress"] as const
const ids = "That the reply carries ids is assumed; its `message` is documented."

const v3Path = (path: string): string => `${new URL(RestV3.baseUrl).pathname}${path}`

const placing = { method: "post", group: "Calls", mark: "observed", source: clients, refusals: ofPlacing } as const
const acting = { method: "post", group: "Calls", mark: "observed", source: clients, reply: "Accepted" } as const
const call = { name: "call_id", example: examples.callId } as const
const live = { group: "Live calls", source: pipecat } as const

const current: ReadonlyArray<Operation> = [
  {
    ...placing,
    id: "placeAgentCall",
    path: v3Path(RestV3.paths.aiCall),
    summary: "Place a call for an AI agent",
    about: `Rings \`to_number\` and connects who answers with the agent. ${ids}`,
    requests: ["AiCall"],
    reply: "Accepted"
  },
  {
    ...placing,
    id: "placeAgentCallAlias",
    path: v3Path(RestV3.paths.agentCall),
    summary: "Place a call for an AI agent, by another name",
    about: `Its name is documented; that it takes and does what \`/v3${RestV3.paths.aiCall}\` does is assumed.`,
    mark: "assumed",
    source: pipecat,
    requests: ["AiCall"],
    reply: "Accepted"
  },
  {
    ...placing,
    id: "placePipelineCall",
    path: v3Path(RestV3.paths.pcmoCall),
    summary: "Place a call that runs a pipeline",
    about: `Rings \`to_number\` and runs the pipeline once it is answered. ${ids}`,
    requests: ["PcmoCall"],
    reply: "Accepted"
  },
  {
    ...placing,
    id: "placeFlowCall",
    path: v3Path(RestV3.paths.flowCall),
    summary: "Place a call that runs a stored flow",
    about: `Rings \`to_number\` and runs the flow once it is answered. ${ids}`,
    requests: ["FlowCall"],
    reply: "Accepted"
  },
  {
    ...acting,
    id: "transferCall",
    path: v3Path(RestV3.paths.pcmoTransfer),
    summary: "Move a live call onto another pipeline",
    about: `The pipeline replaces the one that runs. ${ids}`,
    requests: ["PcmoTransfer"],
    replyExample: examples.queued,
    refusals: ofTransfer
  },
  {
    ...acting,
    id: "hangupCall",
    path: v3Path(RestV3.paths.hangup),
    summary: "End a live call",
    about: `Any cause of fitting length is taken. ${ids}`,
    requests: ["CallHangup"],
    replyExample: examples.queued,
    refusals: [...ofBody, "CallNotFound"]
  },
  {
    ...live,
    id: "getLiveCall",
    method: "get",
    path: v3Path(RestCalls.paths.call("{call_id}")),
    summary: "Ask for the state of a live call",
    about: "A call that has ended is not found. Two members of the reply are known; the words of `status` before the "
      + "answer are assumed.",
    mark: "documented",
    pathId: call,
    reply: "LiveCall",
    refusals: ["Unauthorized", "CallNotFound"]
  },
  {
    ...live,
    id: "transferLiveCall",
    method: "post",
    path: v3Path(RestCalls.paths.transfer("{call_id}")),
    summary: "Hand a live call over, warm or blind",
    about:
      "Warm: somebody is asked while the caller waits. Blind: the call goes on with another pipeline. One transfer of "
      + "a call at a time.",
    mark: "observed",
    pathId: call,
    requests: ["WarmTransfer", "BlindTransfer"],
    reply: "CallAccepted",
    refusals: ofTransfer
  },
  {
    ...live,
    id: "hangupLiveCall",
    method: "post",
    path: v3Path(RestCalls.paths.hangup("{call_id}")),
    summary: "End a live call by its id",
    about: "The cause is free text.",
    mark: "observed",
    pathId: call,
    requests: ["CallEnding"],
    reply: "CallAccepted",
    refusals: [...ofBody, "CallNotFound"]
  },
  {
    ...live,
    id: "getTransfer",
    method: "get",
    path: v3Path(RestCalls.paths.transferStatus("{request_id}")),
    summary: "Ask how far a transfer is",
    about: "Kept for 15 minutes after it has settled.",
    mark: "documented",
    pathId: { name: "request_id", example: examples.requestId },
    reply: "Transfer",
    refusals: ["Unauthorized", "TransferNotFound"]
  },
  {
    method: "get",
    group: "Calls",
    id: "getAccountBalance",
    path: v3Path("/balance"),
    summary: "Ask what is left on the account",
    about: "A page of the platform speaks of it and names no path; the answer is that of the older API.",
    mark: "assumed",
    source: "doc.piopiy.com",
    reply: "LegacyBalance",
    refusals: ["Unauthorized"]
  }
]

const { hosts, networks, queries } = RestLegacy

const older = { method: "post", group: "Older API", refusals: [] } as const

/** One operation for each network that it is for. */
const perNetwork = (
  url: (network: typeof networks.india | typeof networks.global) => string,
  row: (network: "India" | "Global") => Pick<Operation, "id" | "summary">,
  rest: Pick<Operation, "about" | "mark" | "source" | "requests" | "reply">
): ReadonlyArray<Operation> => [
  { ...older, ...row("India"), ...rest, path: new URL(url(networks.india)).pathname },
  { ...older, ...row("Global"), ...rest, path: new URL(url(networks.global)).pathname }
]

const query = (url: string, rest: Pick<Operation, "id" | "summary" | "about" | "requests" | "reply">): Operation => ({
  ...older,
  ...rest,
  mark: "documented",
  source: guides,
  path: new URL(url).pathname
})

const dials = "Rings `to` and runs `pcmo` once it is answered. Conflict: the pages call the code of the reply `code`, "
  + "official examples `cmi_code`; both are there."

const old: ReadonlyArray<Operation> = [
  ...perNetwork(
    ({ dialPcmo }) => dialPcmo,
    (network) => ({ id: `dialPcmo${network}`, summary: `Place a call with its actions (${network} network)` }),
    { about: dials, mark: "observed", source: olderClients, requests: ["LegacyDialPcmo"], reply: "LegacyDialled" }
  ),
  ...perNetwork(
    ({ dialPcmoV1 }) => dialPcmoV1,
    (network) => ({ id: `dialPcmoV1${network}`, summary: `The same at the first address (${network} network)` }),
    {
      about: "That the platform still takes it is assumed.",
      mark: "observed",
      source: "official Node SDK 0.8.1",
      requests: ["LegacyDialPcmo"],
      reply: "LegacyDialled"
    }
  ),
  ...perNetwork(
    ({ dialAnswerUrl }) => dialAnswerUrl,
    (network) => ({ id: `dialAnswerUrl${network}`, summary: `Place a call with an answer URL (${network} network)` }),
    {
      about: "Rings `to` and asks `answer_url` for the actions once it is answered.",
      mark: "observed",
      source: "official Node SDK 0.8.1 and Python SDK 0.7.1",
      requests: ["LegacyDialAnswerUrl"],
      reply: "LegacyDialled"
    }
  ),
  ...perNetwork(
    ({ callAction }) => callAction,
    (network) => ({ id: `callAction${network}`, summary: `Hold, resume or end a live call (${network} network)` }),
    {
      about:
        "The answer is not documented (assumed). Conflict: the Node client spells the id `cmiuid`; the simulator takes "
        + "both.",
      mark: "observed",
      source: olderClients,
      requests: ["LegacyCallAction"],
      reply: "LegacyReply"
    }
  ),
  query(queries.channels, {
    id: "getChannels",
    summary: "Ask how many calls are up",
    about: "The count is text in the sample.",
    requests: ["LegacyCredentials"],
    reply: "LegacyChannels"
  }),
  query(queries.cdrByCallId, {
    id: "getCdrByCallId",
    summary: "Ask for the record of a leg",
    about: "A call in progress has none.",
    requests: ["LegacyCdrByCallId"],
    reply: "LegacyCdrOfCall"
  }),
  query(queries.cdrByRequestId, {
    id: "getCdrByRequestId",
    summary: "Ask for the records of a call",
    about: "A call in progress has none.",
    requests: ["LegacyCdrByRequestId"],
    reply: "LegacyCdrsOfRequest"
  }),
  query(queries.balance, {
    id: "getBalance",
    summary: "Ask what is left on the account",
    about: "Documented for the contact centre of the same account.",
    requests: ["LegacyCredentials"],
    reply: "LegacyBalance"
  }),
  query(`${hosts.piopiy}/balance`, {
    id: "getBalanceIndia",
    summary: "Ask what is left on the account (India)",
    about: "Here the secret is called `token`, and the balance is text.",
    requests: ["LegacyIndianCredentials"],
    reply: "LegacyBalance"
  }),
  {
    ...query(Messaging.urls.login, {
      id: "login",
      summary: "Log a user in",
      about: "Gives the token that messages take. How long it lives is not stated.",
      requests: ["Login"],
      reply: "LoggedIn"
    }),
    group: "Messages"
  },
  {
    ...query(Messaging.urls.messages, {
      id: "sendMessage",
      summary: "Send a text message",
      about: "Conflict: the table of the page calls `to` text, its sample shows a number.",
      requests: ["Message"],
      reply: "LegacyReply"
    }),
    group: "Messages"
  }
]

/**
 * All operations, as the document lists them.
 *
 * @category constants
 * @since 0.1.0
 */
export const operations: ReadonlyArray<Operation> = [...current, ...old]

/** The parts of the pages that the code tells: tables of plans, assumptions, defaults, bounds, and examples that are tests. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Cdr from "../packages/simulator/src/core/call/Cdr.ts"
import { confirmTimeoutMs } from "../packages/simulator/src/core/call/consulting.ts"
import * as HangupCause from "../packages/simulator/src/core/call/HangupCause.ts"
import { defaultMaxDurationMs, defaultRingTimeoutMs } from "../packages/simulator/src/core/call/transition.ts"
import { assumptions, reportAssumptions } from "../packages/simulator/src/core/journal/Assumption.ts"
import { promptDurationMs, unknownFileMs } from "../packages/simulator/src/core/media/promptDuration.ts"
import * as AgentPlan from "../packages/simulator/src/core/scenario/AgentPlan.ts"
import * as NumberPlan from "../packages/simulator/src/core/scenario/NumberPlan.ts"
import { StreamProfile } from "../packages/simulator/src/core/stream/StreamProfile.ts"
import { defaults as callsDefaults } from "../packages/simulator/src/edge/rest/AdmissionCalls.ts"
import { defaults as legacyDefaults } from "../packages/simulator/src/edge/rest/AdmissionPcmoLegacy.ts"
import { defaults as pipelineDefaults } from "../packages/simulator/src/edge/rest/AdmissionPcmoV3.ts"
import { defaults as webhookDefaults } from "../packages/simulator/src/edge/webhook/HttpWebhooks.ts"
import { defaultBounds } from "../packages/simulator/src/engine/Journal.ts"
import { keptMs } from "../packages/simulator/src/engine/TransferBook.ts"
import { table as imports } from "./boundaries.ts"

const root = join(import.meta.dirname, "..")

const text = (path: string): string => readFileSync(join(root, path), "utf8")

/** A sign of the table inside a cell. */
const cell = (value: string): string => value.replaceAll("|", "\\|")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n")

const number = (value: number): string => value.toLocaleString("en-US")

const seconds = (ms: number): string => `${number(ms / 1000)} s`

const code = (value: string): string => `\`${value}\``

const numbers = (): string =>
  table(
    ["Last four digits", "The phone"],
    [...NumberPlan.rows, NumberPlan.otherwise].map(({ behaviour, digits }) => [code(digits), behaviour])
  )

const agents = (): string =>
  table(
    ["Agent id ends with", "The agent"],
    [...AgentPlan.rows, AgentPlan.otherwise].map(({ behaviour, suffix }) => [code(suffix), behaviour])
  )

/** When a leg or a call ends with a cause. */
const whenCaused: ReadonlyArray<readonly [cause: string, when: string]> = [
  [
    HangupCause.normalClearing,
    "a side hung up, the pipeline ended the call, or the call ended while this party was on the line"
  ],
  [HangupCause.userBusy, "the party is engaged"],
  [HangupCause.noAnswer, "it rang until the ring timeout"],
  [HangupCause.callRejected, "the person declined, or the answer URL refused a call from outside"],
  [HangupCause.unallocatedNumber, "no such number"],
  [HangupCause.destinationOutOfOrder, "the phone cannot be reached, or the agent has no worker"],
  [HangupCause.outgoingCallBarred, "the number is barred"],
  [HangupCause.networkOutOfOrder, "the network failed, or an agent dropped off"],
  [
    HangupCause.originatorCancel,
    "this party still rang when the call ended or was transferred, or hung up before it was picked up"
  ],
  [HangupCause.loseRace, "another endpoint of the same round answered first"],
  [HangupCause.allottedTimeout, "the maximum duration of the call, or of the connect, ran out"],
  [HangupCause.blindTransfer, "a transfer kept this party on the line, and the new pipeline needs it no more"],
  [HangupCause.attendedTransfer, "a warm transfer kept this party on the line until the human took the call over"],
  [HangupCause.temporaryFailure, "a callback had no usable reply, or a stored document is missing"],
  [HangupCause.systemShutdown, "the simulator stopped"]
]

const causes = (): string =>
  table(
    ["Cause", "When a leg or a call ends with it", "Never answered"],
    whenCaused.map(([cause, when]) => [code(cause), when, HangupCause.disposition(false, cause)])
  )

const assumptionTable = (): string =>
  table(
    ["Name", "What is assumed", "What would settle it"],
    Object.entries({ ...assumptions, ...reportAssumptions }).map((
      [name, { claim, settledBy }]
    ) => [code(name), claim, settledBy])
  )

/** The rules of the v3 wire: name, value, and the field that it is about. */
const rules: ReadonlyArray<readonly [name: string, rule: RegExp | Limits.Range | string | number, field: string]> = [
  ["phonePattern", Limits.phonePattern, "a phone number"],
  ["uuidPattern", Limits.uuidPattern, "a UUID"],
  [
    "urnUuidPattern",
    Limits.urnUuidPattern,
    "a UUID as the simulator takes it besides; the SDK never sends it (assumed that the platform takes it)"
  ],
  ["variableKeyPattern", Limits.variableKeyPattern, "a key of `variables`, `metadata` and the data of `param`"],
  ["resultUrlPattern", Limits.resultUrlPattern, "`on_result.url`"],
  ["callMaxDurationSec", Limits.callMaxDurationSec, "`options.max_duration_sec` of a call, seconds"],
  ["connectMaxDurationSec", Limits.connectMaxDurationSec, "`params.options.max_duration_sec` of a connect, seconds"],
  ["ringTimeoutSec", Limits.ringTimeoutSec, "`ring_timeout_sec` of a call and of a connect, seconds"],
  ["hangupCauseLength", Limits.hangupCauseLength, "`cause` of a hangup, characters"],
  ["hangupReasonLength", Limits.hangupReasonLength, "`reason` of a hangup, characters"],
  ["hangupCauseDefault", Limits.hangupCauseDefault, "`cause` when the caller names none: the clients send it"],
  ["speechSpeed", Limits.speechSpeed, "`speed` of a spoken prompt"],
  ["paramMaxEntries", Limits.paramMaxEntries, "entries of one `param`, at most"],
  ["paramMaxStringLength", Limits.paramMaxStringLength, "a string in a `param`, characters at most"],
  ["connectMaxAgents", Limits.connectMaxAgents, "agents in one connect, at most; nothing but agents after the first"],
  ["digitsMinimum", Limits.digitsMinimum, "`min_digits` and `max_digits`, at least"],
  [
    "digitTimeoutMinimum",
    Limits.digitTimeoutMinimum,
    "`first_digit_timeout` and `inter_digit_timeout`, at least (seconds: assumed)"
  ],
  ["finishOnKeyLength", Limits.finishOnKeyLength, "`finish_on_key`, characters"],
  ["retriesMaxMinimum", Limits.retriesMaxMinimum, "`retries.max`, at least"]
]

const shown = (rule: RegExp | Limits.Range | string | number): string => {
  if (rule instanceof RegExp) return code(rule.source.replaceAll("\\/", "/"))
  if (typeof rule === "object") return `${rule.minimum} to ${rule.maximum}`
  return typeof rule === "string" ? code(rule) : number(rule)
}

const ranges = (): string =>
  table(["Field", "Rule", "In `wire/Limits`"], rules.map(([name, rule, field]) => [field, shown(rule), code(name)]))

const timers = (): string =>
  table(
    ["Timer", "When nothing is said", "Starts", "Source of the default"],
    [
      [
        "ring timeout of the call",
        seconds(defaultRingTimeoutMs),
        "when the phone is dialed",
        "documented for the older API, assumed here; a direct call takes its connect's"
      ],
      [
        "ring timeout of a connect",
        seconds(pipelineDefaults.ringTimeoutMs),
        "when that endpoint is dialed",
        "documented for the older API, assumed here"
      ],
      [
        "maximum duration of the call",
        seconds(defaultMaxDurationMs),
        "when the phone that was called answers",
        "assumed: the longest that may be asked for"
      ],
      ["maximum duration of a connect", "none", "when the leg is bridged", "assumed"],
      [
        "first digit",
        seconds(pipelineDefaults.firstDigitTimeoutMs),
        "when the last prompt of the question has ended, at once without one",
        "documented for the older API, assumed here"
      ],
      [
        "between digits",
        seconds(pipelineDefaults.interDigitTimeoutMs),
        "with every digit but the last",
        "documented for the older API, assumed here"
      ],
      [
        "ring timeout of a warm transfer",
        seconds(callsDefaults.ringTimeoutMs),
        "when the human is dialed",
        "documented for the older API, assumed here; `timeout_sec: 0` counts as left out"
      ],
      [
        "the key of a warm transfer",
        seconds(confirmTimeoutMs),
        "when the human answers",
        "assumed"
      ],
      [
        "memory of a transfer that has settled",
        seconds(keptMs),
        "when it settles",
        "documented for the `calls` API"
      ],
      [
        "anything that is posted to you",
        seconds(Duration.toMillis(webhookDefaults.timeout)),
        "when its turn comes; waiting in the queue of its destination does not count",
        "assumed"
      ],
      [
        "a record, to be sent again",
        Cdr.attemptDelaysMs.slice(1).map(seconds).join(", then "),
        "when the attempt before has failed; after the last it is given up",
        "documented"
      ],
      [
        "a file that plays",
        seconds(unknownFileMs),
        "when it starts",
        "none: `files` of the configuration tells lengths"
      ],
      [
        "1,000 characters of speech at speed 1",
        seconds(
          promptDurationMs(
            { _tag: "Say", text: " ".repeat(1000), language: "en-US", voiceId: "", speed: 1 },
            new Map()
          )
        ),
        "when it starts; in proportion to length, divided by speed",
        "none"
      ]
    ]
  )

const onOff = (value: boolean): string => value ? "on" : "off"

const defaults = (): string =>
  table(
    ["Left out", "The simulator runs", "Source"],
    [
      [
        "`strategy` of a connect",
        pipelineDefaults.strategy.toLowerCase(),
        "what the official clients send for a direct call"
      ],
      ["`machine_detection` of a connect", onOff(pipelineDefaults.machineDetection), "none"],
      ["`recording.enabled` of a connect", onOff(pipelineDefaults.recordingEnabled), "none"],
      [
        "`format` and `channels` of a recording",
        `${pipelineDefaults.recordingFormat}, ${pipelineDefaults.recordingChannels}`,
        "none"
      ],
      ["what `input` collects", pipelineDefaults.inputModes.join(", "), "none: it has no key for it"],
      ["`min_digits`", String(pipelineDefaults.minDigits), "none"],
      [
        "`max_digits` without a finish key",
        `${pipelineDefaults.maxDigits}, or \`min_digits\` if that is more`,
        "documented for the older API"
      ],
      [
        "`max_digits` with a finish key",
        `${pipelineDefaults.maxDigitsWithFinishKey}, or \`min_digits\` if that is more`,
        "none"
      ],
      ["`finish_on_key`", "no key finishes", "none"],
      ["`flush_buffer`", onOff(pipelineDefaults.flushBuffer), "none"],
      ["`retries.max`", String(pipelineDefaults.retriesMax), "none"],
      ["`options.record` of a call", "off", "none"]
    ]
  )

const legacyDefaultTable = (): string => {
  const { dial, input, minDigit, onAnswer, playGetInput, strategy, listens, voiceQuality } = legacyDefaults
  return table(
    ["Left out", "The simulator runs", "Source"],
    [
      ["`duration` of a call", seconds(Limits.legacyDialDefaults.duration * 1000), "that of the action, assumed here"],
      [
        "`duration`, `timeout`, `loop` of `bridge` and `connect`",
        `${seconds(dial.duration * 1000)}, ${seconds(dial.timeout * 1000)}, ${dial.loop}`,
        "documented"
      ],
      ["`ring_type`", strategy === "Sequential" ? "one number after another" : "all at once", "documented"],
      [
        "`from` of `bridge` and `connect`",
        "the call's caller id; of a call from outside, the number that was dialed",
        "assumed; documented is a number of the platform's choice"
      ],
      ["`max_digit`, `timeout` of `input`", `${input.max_digit}, ${seconds(input.timeout * 1000)}`, "documented"],
      [
        "`max_digit`, `max_retry`, `timeout` of `play_get_input`",
        `${playGetInput.max_digit}, ${playGetInput.max_retry}, ${seconds(playGetInput.timeout * 1000)}`,
        "documented; the Python client sends 3 retries, both clients 5 s, as soon as an option is given"
      ],
      ["`min_digit`", String(minDigit), "assumed"],
      [
        "`listen_mode`, `voice_quality`, `stream_on_answer` of `stream`",
        `${listens}, ${voiceQuality}, ${String(onAnswer)}`,
        "observed; the last is a conflict of documents"
      ]
    ]
  )
}

/** The number of a constant that its module keeps to itself. */
const constant = (path: string, name: string): string => {
  const expression = new RegExp(`const ${name}(?:: number)? = (\\d[\\d_]*)(?: << (\\d+))?$`, "m").exec(text(path))
  if (expression === null) throw new Error(`${path} has no number called ${name}`)
  return number(Number(expression[1]?.replaceAll("_", "")) * 2 ** Number(expression[2] ?? 0))
}

const simulatorSource = "packages/simulator/src/"
const sdkSource = "packages/sdk/src/"

interface Bound {
  readonly what: string
  readonly file: string
  readonly name: string
  readonly at: string
}

const simulatorBounds: ReadonlyArray<Bound> = [
  {
    what: "calls in progress, of one tenant (`maxCalls`)",
    file: "engine/Switchboard.ts",
    name: "defaultMaxCalls",
    at: "`429 too_many_calls` with `Retry-After: 1`"
  },
  {
    what: "legs that one call may have had",
    file: "core/call/hunting.ts",
    name: "legsCap",
    at: "a connect that needs more reaches nobody, and the pipeline goes on"
  },
  {
    what: "digits typed ahead of a question",
    file: "core/call/collecting.ts",
    name: "typedAheadCap",
    at: "further ones are ignored: `buffer-full`"
  },
  {
    what: "answered questions in a record",
    file: "core/call/collecting.ts",
    name: "inputsCap",
    at: "the oldest goes"
  },
  {
    what: "settled transfers in a record",
    file: "core/call/transferring.ts",
    name: "transfersCap",
    at: "the oldest goes"
  },
  {
    what: "actions of one pipeline",
    file: "edge/rest/AdmissionValues.ts",
    name: "maximumActions",
    at: "`400 invalid_request`, an invalid reply, an invalid configuration"
  },
  {
    what: "endpoints of one connect",
    file: "edge/rest/AdmissionValues.ts",
    name: "maximumEndpoints",
    at: "the same"
  },
  {
    what: "variables of a call as it is placed or warmly transferred, and metadata of a connect",
    file: "edge/rest/AdmissionValues.ts",
    name: "maximumVariables",
    at: "the same"
  },
  {
    what: "variables of one call, when a `param` adds some",
    file: "core/call/running.ts",
    name: "variablesCap",
    at: "that `param` changes nothing"
  },
  {
    what: "bytes of a request",
    file: "edge/rest/body.ts",
    name: "maxBodyBytes",
    at: "`413 too_large`"
  },
  {
    what: "levels of nested JSON in a request or reply",
    file: "edge/rest/Admission.ts",
    name: "maximumDepth",
    at: "refused with that one problem"
  },
  {
    what: "problems told of one request",
    file: "edge/rest/Admission.ts",
    name: "maximumProblems",
    at: "the last one says that there are more"
  },
  {
    what: "callbacks under way to one destination (scheme, host and port), and reports to one URL",
    file: "engine/Outbox.ts",
    name: "underWay",
    at: "further ones wait"
  },
  {
    what: "callbacks that wait for one destination",
    file: "engine/Outbox.ts",
    name: "questionsWaiting",
    at: "the delivery fails with `QueueFull`, and the call ends"
  },
  {
    what: "reports (live events, records, envelopes) that wait for one URL",
    file: "engine/Outbox.ts",
    name: "reportsWaiting",
    at: "the delivery fails with `QueueFull`; a record is sent again later"
  },
  {
    what: "records that wait to be sent again, of one tenant",
    file: "engine/Outbox.ts",
    name: "recordsWaiting",
    at: "given up: `QueueFull`"
  },
  {
    what: "tenants that are created at run time",
    file: "engine/Rooms.ts",
    name: "maxTenants",
    at: "refused: `TooMany`; those that are idle for 15 minutes go"
  },
  {
    what: "scenarios that run at once for whoever asks over HTTP",
    file: "edge/control/api/runs.ts",
    name: "maxRuns",
    at: "`429 too_many`"
  },
  {
    what: "milliseconds that an outage may last which is asked for over HTTP",
    file: "edge/control/api/FaultsApi.ts",
    name: "longestMs",
    at: "`400 invalid_request`"
  },
  {
    what: "numbers that are scripted at run time, of one tenant",
    file: "engine/Parties.ts",
    name: "maxScripts",
    at: "refused: `TooManyScripts`"
  },
  {
    what: "fault rules of one tenant",
    file: "engine/Faults.ts",
    name: "maxRules",
    at: "`TooManyRules`, or an invalid configuration"
  },
  {
    what: "requests that a fault leaves without an answer, of one tenant",
    file: "engine/Faults.ts",
    name: "maxHanging",
    at: "the connection of a further one breaks off at once"
  },
  {
    what: "bytes of a reply to a callback",
    file: "edge/webhook/HttpWebhooks.ts",
    name: "maxReplyBytes",
    at: "the delivery fails with `TooLarge`, and the call ends"
  },
  {
    what: "characters of a callback's body, and of its reply, that the journal keeps",
    file: "edge/webhook/HttpWebhooks.ts",
    name: "keptCharacters",
    at: "cut"
  },
  {
    what: "entries in one answer of `/_sim/journal` without `limit`",
    file: "edge/control/journalPage.ts",
    name: "defaultLimit",
    at: "`next` says where to go on"
  },
  {
    what: "entries in one answer of `/_sim/journal`",
    file: "edge/control/journalPage.ts",
    name: "maxLimit",
    at: "a larger `limit` is `400 invalid_request`"
  },
  {
    what: "ended calls in `/_sim/calls`",
    file: "edge/control/callPages.ts",
    name: "listedRecords",
    at: "the newest are listed"
  },
  {
    what: "milliseconds for the head of a request",
    file: "node/SimulatorServer.ts",
    name: "headersTimeoutMs",
    at: "408, and the connection is closed"
  },
  {
    what: "milliseconds for a whole request",
    file: "node/SimulatorServer.ts",
    name: "requestTimeoutMs",
    at: "the same"
  },
  {
    what: "characters of a list of actions that an app sends on a stream",
    file: "core/stream/StreamCodec.ts",
    name: "maxListLength",
    at: "it is ignored"
  },
  {
    what: "characters of all such lists in a call, each counted as at least 1,024",
    file: "engine/MediaEngine.ts",
    name: "longestLists",
    at: "further ones are ignored"
  },
  {
    what: "stretches in which one voice on a stream is known to sound",
    file: "core/media/Spans.ts",
    name: "maximumSpans",
    at: "what sounds later is heard and recorded, and not measured"
  },
  {
    what: "interrupts of one stream that are known, and prompts of the platform on it",
    file: "core/media/Ledger.ts",
    name: "maximumMarks",
    at: "further ones take effect, and are not listed"
  },
  {
    what: "audio sockets that a server dials or has open",
    file: "node/StreamDialer.ts",
    name: "defaultMaximumSockets",
    at: "the stream fails: `TooMany`"
  },
  {
    what: "milliseconds that an app has to answer a close, and to let go of a connection that it closed",
    file: "node/StreamDialer.ts",
    name: "closeGraceMs",
    at: "it is cut off"
  },
  {
    what: "bytes that wait for an app which pings",
    file: "node/StreamDialer.ts",
    name: "pongBacklogBytes",
    at: "its pings are not answered"
  },
  {
    what: "bytes of an app that a network has under way to the platform",
    file: "engine/NetworkPath.ts",
    name: "windowBytes",
    at: "the app is held back until half of them have come"
  },
  {
    what: "milliseconds that a close waits for what a network still holds",
    file: "engine/NetworkPath.ts",
    name: "longestCloseMs",
    at: "the rest is dropped"
  },
  {
    what: "milliseconds of mp3 or ogg in one message",
    file: "node/AudioDecoders.ts",
    name: "longestMs",
    at: "it is undecodable"
  },
  {
    what: "milliseconds that decoding one may take",
    file: "node/AudioDecoders.ts",
    name: "patienceMs",
    at: "the same, and the thread that decodes is ended"
  }
]

const sdkBounds: ReadonlyArray<Bound> = [
  {
    what: "problems in one `InvalidRequest`",
    file: "internal/fields.ts",
    name: "maximumIssues",
    at: "one more says that there are more"
  },
  { what: "levels of nesting in a value", file: "internal/plainData.ts", name: "maximumDepth", at: "refused" },
  {
    what: "parts (objects, arrays, texts, numbers) in a value",
    file: "internal/plainData.ts",
    name: "maximumParts",
    at: "refused"
  },
  { what: "characters of the platform's text in an error", file: "internal/scrub.ts", name: "maximumLength", at: "cut" }
]

const boundRows = (source: string, bounds: ReadonlyArray<Bound>): ReadonlyArray<ReadonlyArray<string>> =>
  bounds.map(({ at, file, name, what }) => [constant(source + file, name), what, at])

const boundsHead = ["Bound", "Of what", "At the bound"]

const simulatorBoundTable = (): string =>
  table(boundsHead, [
    ...boundRows(simulatorSource, simulatorBounds),
    [
      number(defaultBounds.entries),
      "journal entries in memory, of one tenant (`maxEntries`)",
      "whole ended calls go, oldest first, and requests from before; calls in progress stay, beyond the bound if they "
      + "must, and so does the newest tenth"
    ],
    [number(defaultBounds.records), "records of ended calls, of one tenant (`maxRecords`)", "the oldest goes"]
  ])

const importTable = (): string => table(["Rule", "When it is broken"], imports.map(({ fix, rule }) => [rule, fix]))

/** A file as a block of code. */
const block = (path: string): string => `\`\`\`ts\n${text(path).trimEnd()}\n\`\`\``

const streamProfile = (): string =>
  table(
    ["In `streams`", "What it is"],
    Object.entries(StreamProfile.fields).map(([name, field]) => [
      code(name),
      Schema.resolveAnnotations(field)?.description ?? ""
    ])
  )

/** What each page, from `docs/`, has from the code. */
export const parts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "../README.md": {
    "a call": () => block("e2e/docs/readme/calls.ts"),
    "a webhook": () => block("e2e/docs/readme/webhooks.ts"),
    "the simulator": () => block("e2e/docs/readme/simulator.test.ts")
  },
  "../packages/sdk/README.md": {
    "a call": () => block("e2e/docs/packages/sdk.ts"),
    pipelines: () => block("e2e/docs/readme/pipelines.ts"),
    "a human": () => block("e2e/docs/readme/handOff.ts"),
    "the older API": () => block("e2e/docs/readme/olderApi.ts"),
    streams: () => block("e2e/docs/packages/sdkStreams.ts")
  },
  "../packages/simulator/README.md": { "in a test": () => block("e2e/docs/packages/simulator.test.ts") },
  "architecture.md": { imports: importTable },
  "protocol.md": { ranges, defaults, assumptions: assumptionTable },
  "timing.md": { timers },
  "scenarios.md": { numbers, agents, causes, "older defaults": legacyDefaultTable },
  "limits.md": {
    "choices for streams": streamProfile,
    "bounds of the simulator": simulatorBoundTable,
    "bounds of the SDK": () => table(boundsHead, boundRows(sdkSource, sdkBounds))
  },
  "testing.md": {
    "a bot": () => block("e2e/docs/testing/bot.ts"),
    "its test": () => block("e2e/docs/testing/bot.test.ts"),
    retries: () => block("e2e/docs/testing/retries.test.ts"),
    webhooks: () => block("e2e/docs/testing/webhooks.test.ts"),
    timing: () => block("e2e/docs/testing/timing.test.ts"),
    "barge-in": () => block("e2e/docs/testing/bargeIn.test.ts"),
    strict: () => block("e2e/docs/testing/strict.test.ts"),
    fronts: () => block("e2e/docs/testing/fronts.test.ts"),
    promises: () => block("e2e/docs/testing/promises.test.ts"),
    "the control API": () => block("e2e/docs/testing/server.test.ts")
  }
}

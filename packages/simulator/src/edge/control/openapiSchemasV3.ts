/** The components of the OpenAPI document that the current (v3) API and the "calls" API are made of. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as PcmoV3 from "@effect-piopiy/sdk/wire/PcmoV3"
import * as RestCalls from "@effect-piopiy/sdk/wire/RestCalls"
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as Scalars from "@effect-piopiy/sdk/wire/Scalars"
import { type Component, length, told, whole } from "./openapiComponents.ts"
import * as examples from "./openapiExamples.ts"

const speed = { speed: { ...Limits.speechSpeed, description: "1 is normal." } }

const actions = {
  Connect: {
    schema: PcmoV3.Connect,
    about: "Dials endpoints and joins the first that answers.",
    example: examples.connect,
    facts: { endpoints: told("At most two agents, and no other endpoint after an agent.") }
  },
  Play: { schema: PcmoV3.Play, about: "Plays a file, by name or URL.", example: examples.play },
  PlayGetInput: {
    schema: PcmoV3.PlayGetInput,
    about: "Plays a prompt and collects digits or speech.",
    example: examples.playGetInput,
    facts: { input: { uniqueItems: true } }
  },
  Input: { schema: PcmoV3.Input, about: "Collects digits with no prompt.", example: examples.input },
  Param: {
    schema: PcmoV3.Param,
    about: "Attaches data to the call.",
    example: examples.param,
    facts: {
      data: {
        type: "object",
        maxProperties: Limits.paramMaxEntries,
        description: `Texts of at most ${Limits.paramMaxStringLength} characters.`
      }
    }
  },
  Record: { schema: PcmoV3.Record, about: "Records from here on.", example: { action: "record", format: "mp3" } },
  Hangup: { schema: PcmoV3.Hangup, about: "Ends the call.", example: { action: "hangup" } }
} satisfies Record<string, Component>

/**
 * What requests are made of. Objects are closed: an unknown key is refused.
 *
 * @category constants
 * @since 0.1.0
 */
export const requests = {
  PhoneNumber: {
    schema: Scalars.Phone,
    about: "7 to 16 digits with country code, no + and no spaces.",
    example: "919840000001",
    more: { pattern: Limits.phonePattern.source }
  },
  Uuid: {
    schema: Scalars.Uuid,
    about: "A UUID with dashes.",
    example: examples.agentId,
    more: { pattern: Limits.uuidPattern.source }
  },
  NonEmptyText: { schema: Scalars.NonEmpty, about: "At least one character.", example: "x", more: { minLength: 1 } },
  Variables: {
    schema: Scalars.Variables,
    about: "Names with texts, numbers or booleans.",
    example: examples.variables,
    more: { propertyNames: { pattern: Limits.variableKeyPattern.source } }
  },
  CallOptions: {
    schema: Scalars.CallOptions,
    about: "Limits of a whole call, and whether it is recorded.",
    example: { max_duration_sec: 600, record: true, ring_timeout_sec: 30 },
    facts: {
      max_duration_sec: whole(Limits.callMaxDurationSec, "Longest talk, in seconds."),
      ring_timeout_sec: whole(Limits.ringTimeoutSec, "Longest ringing, in seconds.")
    }
  },
  ConnectOptions: {
    schema: PcmoV3.ConnectOptions,
    about: "Limits of the connected leg.",
    example: { max_duration_sec: 600, ring_timeout_sec: 30, recording: { enabled: true } },
    facts: {
      max_duration_sec: whole(Limits.connectMaxDurationSec, "Longest talk, in seconds."),
      ring_timeout_sec: whole(Limits.ringTimeoutSec, "Longest ringing of an endpoint, in seconds."),
      machine_detection: told("Whether an answering machine counts as no answer."),
      waiting_music: told("What the caller hears while endpoints ring.")
    }
  },
  PstnEndpoint: {
    schema: PcmoV3.PstnEndpoint,
    about: "A phone.",
    example: { type: "pstn", number: "914400000011" }
  },
  SipEndpoint: {
    schema: PcmoV3.SipEndpoint,
    about: "A SIP address.",
    example: { type: "sip", uri: "sip:desk@example.com" }
  },
  AgentEndpoint: {
    schema: PcmoV3.AgentEndpoint,
    about: "An AI agent.",
    example: { type: "agent", id: examples.agentId }
  },
  Endpoint: {
    schema: PcmoV3.Endpoint,
    about: "Whom a `connect` dials.",
    example: { type: "pstn", number: "914400000011" },
    chosenBy: "type"
  },
  FilePrompt: {
    schema: PcmoV3.FilePrompt,
    about: "A prompt that plays a file.",
    example: { type: "file", file_name: "menu.wav" },
    facts: speed
  },
  SayPrompt: { schema: PcmoV3.SayPrompt, about: "A prompt that is spoken.", example: examples.prompt, facts: speed },
  Prompt: {
    schema: PcmoV3.Prompt,
    about: "What the caller hears before the platform listens.",
    example: examples.prompt,
    chosenBy: "type"
  },
  Dtmf: {
    schema: PcmoV3.Dtmf,
    about: "How digits are collected.",
    example: { min_digits: 1, max_digits: 4, first_digit_timeout: 5, inter_digit_timeout: 2, finish_on_key: "#" },
    facts: {
      min_digits: whole({ minimum: Limits.digitsMinimum }, "That it exceeds max_digits is not checked."),
      max_digits: whole({ minimum: Limits.digitsMinimum }, "Collection ends with so many."),
      first_digit_timeout: whole({ minimum: Limits.digitTimeoutMinimum }, "Seconds (assumed)."),
      inter_digit_timeout: whole({ minimum: Limits.digitTimeoutMinimum }, "Seconds (assumed)."),
      finish_on_key: length(Limits.finishOnKeyLength, "One key, or none.")
    }
  },
  Retries: {
    schema: PcmoV3.Retries,
    about: "What happens when nothing, or nothing valid, is entered.",
    example: { max: 1, no_input_prompt: examples.prompt },
    facts: { max: whole({ minimum: Limits.retriesMaxMinimum }, "How often the prompt is played again.") }
  },
  UrlResult: {
    schema: PcmoV3.UrlResult,
    about: "Posts the result to a URL, whose reply is the pipeline that replaces the rest.",
    example: examples.toUrl,
    facts: { url: { pattern: Limits.resultUrlPattern.source } }
  },
  StoredResult: {
    schema: PcmoV3.StoredResult,
    about: "Goes on with a pipeline stored on the platform. What `ref` names is assumed.",
    example: { type: "pcmo", ref: "after-menu" }
  },
  OnResult: {
    schema: PcmoV3.OnResult,
    about: "Where input goes once it is collected.",
    example: examples.toUrl,
    chosenBy: "type"
  },
  ...actions,
  Action: {
    schema: PcmoV3.Action,
    about: "One step of a pipeline.",
    example: examples.connect,
    chosenBy: "action"
  },
  Pipeline: {
    schema: PcmoV3.Pipeline,
    about: "At least one action, run in order.",
    example: [examples.connect, { action: "hangup" }]
  },
  AiCall: { schema: RestV3.AiCall, about: "A call that an AI agent takes.", example: examples.aiCall },
  PcmoCall: {
    schema: RestV3.PcmoCall,
    about: "A call that runs a pipeline.",
    example: examples.pcmoCall,
    facts: { app_id: told("Any text, an empty one included.") }
  },
  FlowCall: { schema: RestV3.FlowCall, about: "A call that runs a stored flow.", example: examples.flowCall },
  PcmoTransfer: {
    schema: RestV3.PcmoTransfer,
    about: "A live call, and the pipeline it goes on with.",
    example: { call_id: examples.callId, pipeline: [examples.connect] }
  },
  CallHangup: {
    schema: RestV3.Hangup,
    about: "A live call to end.",
    example: { call_id: examples.callId, cause: "NORMAL_CLEARING" },
    facts: {
      cause: length(Limits.hangupCauseLength, `${Limits.hangupCauseDefault} when absent.`),
      reason: length(Limits.hangupReasonLength, "Why, in your own words.")
    }
  },
  WarmTransfer: {
    schema: RestCalls.WarmTransfer,
    about: "Somebody is asked while the caller waits. Exactly one of `to_number` and `sip_uri`.",
    example: examples.warmTransfer,
    facts: {
      timeout_sec: whole({ minimum: 0 }, "Longest ringing, in seconds."),
      confirm: told("Whether who is called must press 1."),
      transfer_summary: told("For a SIP user it also travels as the header X-Transfer-Summary."),
      sip_headers: { propertyNames: { pattern: "^[Xx]-." } }
    }
  },
  BlindConnect: {
    schema: RestCalls.BlindConnect,
    about: "A `connect` that may lack its caller id.",
    example: { action: "connect", params: {}, endpoints: [{ type: "pstn", number: "914400000011" }] }
  },
  BlindTransfer: {
    schema: RestCalls.BlindTransfer,
    about: "The call goes on with another pipeline.",
    example: { pipeline: [examples.connect] }
  },
  CallEnding: { schema: RestCalls.Hangup, about: "How a call ends.", example: { cause: RestCalls.hangupCauseDefault } }
} satisfies Record<string, Component>

/**
 * What replies are made of. Objects are open: other keys may come along.
 *
 * @category constants
 * @since 0.1.0
 */
export const replies = {
  Accepted: { schema: RestV3.Accepted, about: "A request that was taken.", example: examples.accepted },
  CallAccepted: { schema: RestCalls.Accepted, about: "A request that was taken.", example: examples.queued },
  Refused: {
    schema: RestV3.Refused,
    about: "A request that was not taken. The simulator adds `field` and `problems` when the body is at fault.",
    example: { error: "app_not_active" }
  },
  LiveCall: {
    schema: RestCalls.Call,
    about: "The state of a live call.",
    example: { call_id: examples.callId, status: "answered" }
  },
  Transfer: {
    schema: RestCalls.Transfer,
    about: "How far a transfer is.",
    example: { request_id: examples.requestId, call_id: examples.callId, status: "queued" }
  }
} satisfies Record<string, Component>

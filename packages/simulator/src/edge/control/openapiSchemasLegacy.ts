/** The components of the OpenAPI document that the older API and text messages are made of. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Messaging from "@effect-piopiy/sdk/wire/Messaging"
import * as PcmoLegacy from "@effect-piopiy/sdk/wire/PcmoLegacy"
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as Schema from "effect/Schema"
import { type Component, told, whole } from "./openapiComponents.ts"
import * as examples from "./openapiExamples.ts"

const legacyCount = (description: string) => whole({ minimum: Limits.legacyCountMinimum }, description)
/** The pattern of the wire without its flag, which JSON Schema has none of. */
const webUrl = { format: "uri", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]" }
const dialling = {
  duration: legacyCount("Longest talk, in seconds; 5400 when absent."),
  timeout: legacyCount("Longest ringing of an attempt, in seconds; 40 when absent."),
  loop: legacyCount("How often all of them are tried; once when absent."),
  ring_type: told("One after another, or all at once.")
}
const digits = {
  action_url: told("Where the digits are posted; its reply replaces the rest."),
  max_digit: legacyCount("1 when absent."),
  min_digit: legacyCount("Shown in guides, dropped by the official builders.")
}
const app = { appid: whole({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, "A number, not text.") }
const longestCall = { duration: legacyCount("Longest call, in seconds.") }

/** Those of the Indian variant of the balance (documented: doc.telecmi.com). */
const IndianCredentials = Schema.Struct({
  appid: RestLegacy.Credentials.fields.appid,
  token: RestLegacy.Credentials.fields.secret
})

const legacyActions = {
  LegacyPlay: {
    schema: PcmoLegacy.Play,
    about: "Plays a file that was uploaded (`file_name`) or one of yours (`file_url`); one of them is required.",
    example: examples.legacyPlay,
    facts: {
      file_name: told("Ends in .mp3 or .wav."),
      file_url: { format: "uri", description: "Ends in .mp3 or .wav." }
    }
  },
  LegacySpeak: { schema: PcmoLegacy.Speak, about: "Speaks a text.", example: { action: "speak", text: "Hello" } },
  LegacyParam: {
    schema: PcmoLegacy.Param,
    about: "Attaches a text to the call, which comes back as `extra_params` of later callbacks.",
    example: { action: "param", text: "order 17" }
  },
  LegacyRecord: { schema: PcmoLegacy.Record, about: "Records from here on.", example: { action: "record" } },
  LegacyHangup: { schema: PcmoLegacy.Hangup, about: "Ends the call.", example: { action: "hangup" } },
  LegacyBridge: {
    schema: PcmoLegacy.Bridge,
    about: "Dials phones and joins the caller with the first that answers.",
    example: examples.legacyBridge,
    facts: dialling
  },
  LegacyConnect: {
    schema: PcmoLegacy.Connect,
    about: "Dials SIP users and joins the caller with the first that answers.",
    example: examples.legacyConnect,
    facts: dialling
  },
  LegacyInput: {
    schema: PcmoLegacy.Input,
    about: "Collects digits without a prompt.",
    example: examples.legacyInput,
    facts: { ...digits, timeout: legacyCount("Longest wait for a digit, in seconds; 5 when absent.") }
  },
  LegacyPlayGetInput: {
    schema: PcmoLegacy.PlayGetInput,
    about:
      "Plays a prompt and collects digits. The prompt is named by `file_name` or `file_url`, one of which is required.",
    example: examples.legacyPlayGetInput,
    facts: {
      ...digits,
      max_retry: legacyCount("How often the prompt is played; once when absent."),
      timeout: legacyCount("Longest wait between digits, in seconds; 1 when absent.")
    }
  },
  LegacyStream: {
    schema: PcmoLegacy.Stream,
    about: "Opens a WebSocket that carries the audio of the call.",
    example: examples.legacyStream,
    facts: {
      ws_url: { pattern: Limits.streamUrlPattern.source },
      stream_on_answer: told("Whether the stream waits for the answer.")
    }
  }
} satisfies Record<string, Component>

/**
 * What requests are made of, beside the scalars of the current API.
 *
 * @category constants
 * @since 0.1.0
 */
export const requests = {
  LegacyPhoneNumber: {
    schema: PcmoLegacy.PhoneNumber,
    about: "A phone number as a JSON number, with country code.",
    example: 919_840_000_001,
    more: { type: "integer", ...Limits.legacyNumber }
  },
  WebUrl: {
    schema: PcmoLegacy.Url,
    about: "A web address that begins with http:// or https://.",
    example: examples.url,
    more: webUrl
  },
  LegacySipUser: {
    schema: PcmoLegacy.SipUser,
    about: "A SIP user of the account.",
    example: 101,
    more: {
      anyOf: [{ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, { type: "string", minLength: 1 }]
    }
  },
  ...legacyActions,
  LegacyAction: {
    schema: PcmoLegacy.Action,
    about: "One step of the older API.",
    example: examples.legacyBridge,
    chosenBy: "action"
  },
  LegacyPipeline: {
    schema: PcmoLegacy.Pipeline,
    about: "At least one action, run in order.",
    example: [{ action: "speak", text: "Hello" }, examples.legacyBridge]
  },
  LegacyDialPcmo: {
    schema: RestLegacy.DialPcmo,
    about: "`to` is dialled, and `pcmo` runs once it answers.",
    example: examples.dialPcmo,
    facts: { ...app, ...longestCall, extra_params: told("Comes back in callbacks.") }
  },
  LegacyDialAnswerUrl: {
    schema: RestLegacy.DialAnswerUrl,
    about: "`to` is dialled, and `answer_url` is asked what to do once it answers.",
    example: examples.dialAnswerUrl,
    facts: { ...app, ...longestCall }
  },
  LegacyCallAction: {
    schema: RestLegacy.CallAction,
    about: "What is done to a live call. Some clients spell the id `cmiuid`.",
    example: { ...examples.credentials, cmiuuid: examples.callId, action: "hold" },
    facts: app
  },
  LegacyCredentials: {
    schema: RestLegacy.Credentials,
    about: "An app id with its secret.",
    example: examples.credentials,
    facts: app
  },
  LegacyIndianCredentials: {
    schema: IndianCredentials,
    about: "An app id with its secret, which is called `token` here.",
    example: { appid: examples.credentials.appid, token: examples.credentials.secret },
    facts: app
  },
  LegacyCdrByCallId: {
    schema: RestLegacy.CdrByCallId,
    about: "Asks for the record of one leg.",
    example: { ...examples.credentials, cmiuuid: examples.callId },
    facts: app
  },
  LegacyCdrByRequestId: {
    schema: RestLegacy.CdrByRequestId,
    about: "Asks for the records of all legs of a call.",
    example: { ...examples.credentials, request_id: examples.legacyRequestId },
    facts: app
  },
  Login: { schema: Messaging.Login, about: "A user of the contact centre.", example: examples.login },
  Message: {
    schema: Messaging.Message,
    about: "A text message, with the token of a login.",
    example: { token: "token-of-the-login", text: "Your order is on its way", to: 919_840_000_001 }
  }
} satisfies Record<string, Component>

/**
 * What replies are made of.
 *
 * @category constants
 * @since 0.1.0
 */
export const replies = {
  LegacyReply: {
    schema: RestLegacy.Reply,
    about: "Whether the request was taken: 200, or a failure.",
    example: { code: 200, cmi_code: 200 }
  },
  LegacyDialled: { schema: RestLegacy.Dialled, about: "A call that was placed.", example: examples.dialled },
  LegacyChannels: {
    schema: RestLegacy.Channels,
    about: "How many calls are up.",
    example: { code: 200, channel: "2" }
  },
  LegacyCallRecord: { schema: RestLegacy.CallRecord, about: "The record of one leg.", example: examples.callRecord },
  LegacyCdrOfCall: {
    schema: RestLegacy.CdrOfCall,
    about: "The record of one leg.",
    example: { code: 200, cdr: examples.callRecord }
  },
  LegacyCdrsOfRequest: {
    schema: RestLegacy.CdrsOfRequest,
    about: "One record per leg.",
    example: { code: 200, count: 1, cdr: [examples.callRecord] }
  },
  LegacyBalance: {
    schema: RestLegacy.Balance,
    about: "What is left on the account. `expire` is in milliseconds since 1970.",
    example: { code: 200, balance: 100, sms: 50, expire: 1_900_000_000_000 }
  },
  LoggedIn: {
    schema: Messaging.LoggedIn,
    about: "A login with its token.",
    example: { code: 200, token: "token-of-the-login" }
  }
} satisfies Record<string, Component>

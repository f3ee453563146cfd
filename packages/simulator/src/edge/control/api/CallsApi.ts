/** Operations on calls: acting for the people on the phone, and settling how a number behaves. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Digits, Party, Sound } from "../../../core/scenario/Party.ts"
import { wire } from "./Refusals.ts"
import { Visiting } from "./Visiting.ts"

const id = { id: Schema.NonEmptyString }
const leg = Schema.optionalKey(
  Schema.NonEmptyString.annotate({
    description: "A leg by its id in the call (callee1), its uuid or its number; left out, the caller's."
  })
)

/**
 * What came of acting: the call as it stands in the same moment.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Acted = Schema.Struct({
  callId: Schema.String,
  nowMs: Schema.Natural,
  state: Schema.String.annotate({ description: "The state of the call; Ended when it is over." })
}).annotate({ identifier: "Acted" })
/** @since 0.1.0 */
export type Acted = typeof Acted.Type

const refusals = [wire.callNotFound, wire.legNotFound, wire.cannotAct] as const

const press = HttpApiEndpoint.post("press", "/calls/:id/press", {
  params: id,
  payload: Schema.Struct({ digits: Digits, leg }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Press keys",
  description: "A person on the line presses keys, one after another. Keys that nobody asks for are ignored."
}))

const say = HttpApiEndpoint.post("say", "/calls/:id/say", {
  params: id,
  payload: Schema.Struct({ voice: Sound, leg }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Make a sound",
  description: "A person makes a sound that audio streams carry, when what is being said is over."
}))

const speak = HttpApiEndpoint.post("speak", "/calls/:id/speak", {
  params: id,
  payload: Schema.Struct({ text: Schema.NonEmptyString, leg }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Say words",
  description: "A person says words where speech is asked for, as they were recognised."
}))

const answer = HttpApiEndpoint.post("answer", "/calls/:id/answer", {
  params: id,
  payload: Schema.Struct({ leg }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Answer a phone",
  description: "A person whose phone rings answers, and stays until somebody hangs up."
}))

const reject = HttpApiEndpoint.post("reject", "/calls/:id/reject", {
  params: id,
  payload: Schema.Struct({ leg, cause: Schema.optionalKey(Schema.NonEmptyString) }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Refuse a call",
  description: "A person whose phone rings refuses, with CALL_REJECTED unless a cause is given."
}))

const hangUp = HttpApiEndpoint.post("hangUp", "/calls/:id/hangup", {
  params: id,
  payload: Schema.Struct({ leg }),
  success: Acted,
  error: refusals
}).annotateMerge(OpenApi.annotations({
  summary: "Hang up a phone",
  description: "A person hangs up; whoever calls in and still waits gives up."
}))

/**
 * The operations that this API serves itself.
 *
 * @category groups
 * @since 0.1.0
 */
export const CallsApi = HttpApiGroup.make("calls").add(press, say, speak, answer, reject, hangUp).middleware(Visiting)
  .annotateMerge(OpenApi.annotations({
    title: "Calls in progress",
    description: "Seeing calls, letting phones call in, and acting as a person on the phone. Everything happens in the "
      + "tenant's present moment, and what comes of it has happened when the answer arrives."
  }))

const number = { number: Schema.NonEmptyString }

const script = HttpApiEndpoint.put("script", "/parties/:number", {
  params: number,
  payload: Party.annotate({ identifier: "Party" }),
  success: HttpApiSchema.NoContent,
  error: wire.tooMany
}).annotateMerge(OpenApi.annotations({
  summary: "Script a number",
  description: "Whoever has this number, or this user part of a SIP address, behaves so from its next call on."
}))

const unscript = HttpApiEndpoint.delete("unscript", "/parties/:number", {
  params: number,
  success: HttpApiSchema.NoContent,
  error: wire.noSuchScript
}).annotateMerge(OpenApi.annotations({
  summary: "End a script",
  description: "The number behaves again as configured, or by the number plan."
}))

/**
 * @category groups
 * @since 0.1.0
 */
export const PartiesApi = HttpApiGroup.make("parties").add(script, unscript).middleware(Visiting).annotateMerge(
  OpenApi.annotations({ title: "People", description: "How phones behave, beyond the number plan." })
)

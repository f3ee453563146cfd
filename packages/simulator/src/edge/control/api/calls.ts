/** Serves the operations on calls and on people. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Call from "../../../core/call/Call.ts"
import type { Acting } from "../../../engine/Acting.ts"
import type { Refusal } from "../../../engine/Refusal.ts"
import type { Acted } from "./CallsApi.ts"
import { served } from "./ControlApi.ts"
import { CallNotFound, CannotAct, InvalidRequest, LegNotFound, NoSuchScript, TooMany } from "./Refusals.ts"
import { Visitor } from "./Visiting.ts"

const refusal = ({ message, why }: Refusal) => {
  switch (why) {
    case "LegNotFound":
      return new LegNotFound({ message })
    case "LegNotAnswered":
    case "LegNotRinging":
    case "NobodyListens":
      return new CannotAct({ message, why })
    case "NoSuchKey":
      return new InvalidRequest({ message, problems: [{ path: "digits", message }] })
    default:
      return new CallNotFound({ message: "no call of this tenant with this id is in progress; see /_sim/calls" })
  }
}

/** Acts on a call of the tenant, and says how it stands then. Ids are read in any case. */
const act = (id: string, perform: (acting: Acting["Service"], callId: string) => Effect.Effect<void, Refusal>) =>
  Visitor.use(({ tenant: { acting, switchboard, time } }) => {
    const callId = id.toLowerCase()
    return perform(acting, callId).pipe(
      Effect.mapError(refusal),
      Effect.andThen(switchboard.find(callId)),
      Effect.map((found): Acted => ({
        callId,
        nowMs: time.nowMs(),
        state: found._tag === "Live" ? Call.label(found.call) : "Ended"
      }))
    )
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const callsLayer = HttpApiBuilder.group(served, "calls", (handlers) =>
  handlers.handleAll({
    press: ({ params, payload: { digits, leg } }) => act(params.id, ({ press }, call) => press(call, digits, leg)),
    say: ({ params, payload: { leg, voice } }) => act(params.id, ({ say }, call) => say(call, voice, leg)),
    speak: ({ params, payload: { leg, text } }) => act(params.id, ({ speak }, call) => speak(call, text, leg)),
    answer: ({ params, payload: { leg } }) => act(params.id, ({ answer }, call) => answer(call, leg)),
    reject: ({ params, payload: { cause, leg } }) => act(params.id, ({ reject }, call) => reject(call, leg, cause)),
    hangUp: ({ params, payload: { leg } }) => act(params.id, ({ hangUp }, call) => hangUp(call, leg))
  }))

/**
 * @category layers
 * @since 0.1.0
 */
export const partiesLayer = HttpApiBuilder.group(served, "parties", (handlers) =>
  handlers.handleAll({
    script: ({ params, payload }) =>
      Visitor.use(({ tenant: { acting } }) => acting.script(params.number, payload)).pipe(
        Effect.mapError(({ message }) => new TooMany({ message, what: "scripts" }))
      ),
    unscript: ({ params }) =>
      Effect.flatMap(Visitor.use(({ tenant: { acting } }) => acting.unscript(params.number)), (wasThere) =>
        wasThere
          ? Effect.void
          : new NoSuchScript({
            message: "this number is not scripted: it behaves as configured, or by the number plan"
          }))
  }))

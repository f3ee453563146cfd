/** Acting as a person on a call in progress: keys, words, sounds, answering, leaving. Each act is journalled. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Call from "../core/call/Call.ts"
import * as HangupCause from "../core/call/HangupCause.ts"
import type { Act } from "../core/journal/Entry.ts"
import type { Party, Sound } from "../core/scenario/Party.ts"
import type { Happening } from "./happening.ts"
import { Journal } from "./Journal.ts"
import { MediaEngine } from "./MediaEngine.ts"
import { Parties } from "./Parties.ts"
import { Refusal } from "./Refusal.ts"
import { Switchboard } from "./Switchboard.ts"

/**
 * Somebody who acts. `leg` is a leg by its id in the call (`caller`, `callee1` ...), its uuid, or the number of its phone; left
 * out, the first leg, of the phone that was called or that called in.
 *
 * Everything happens at once, in the tenant's present moment, and what comes of it has happened when the effect ends. What
 * the call makes of it is as for any party: keys that nobody asks for are ignored, say. All fail with `CallNotFound`, and
 * with `LegNotFound` when no leg that has not ended is meant.
 *
 * @category services
 * @since 0.1.0
 */
export class Acting extends Context.Service<Acting, {
  /** Presses keys, one after another. Fails with `LegNotAnswered`, and with `NoSuchKey` unless all are 0 to 9, *, #, A to D. */
  readonly press: (callId: string, digits: string, leg?: string) => Effect.Effect<void, Refusal>
  /** Makes a sound on audio streams, when what is being said is over. Fails with `LegNotAnswered`, `NobodyListens`. */
  readonly say: (callId: string, sound: Sound, leg?: string) => Effect.Effect<void, Refusal>
  /** Says words where speech is asked for, as they were recognised. Fails with `LegNotAnswered`. */
  readonly speak: (callId: string, text: string, leg?: string) => Effect.Effect<void, Refusal>
  /** Answers a phone that rings, which then stays until it is hung up. Fails with `LegNotRinging`. */
  readonly answer: (callId: string, leg?: string) => Effect.Effect<void, Refusal>
  /** Refuses a phone that rings, with `CALL_REJECTED` unless a cause is given. Fails with `LegNotRinging`. */
  readonly reject: (callId: string, leg?: string, cause?: string) => Effect.Effect<void, Refusal>
  /** Hangs up; whoever calls in and still waits gives up. Fails with `LegNotAnswered`. */
  readonly hangUp: (callId: string, leg?: string) => Effect.Effect<void, Refusal>
  /**
   * Whoever has a number, with or without `+`, or the user part of a SIP address, behaves so from its next call on. Fails
   * with `TooManyScripts` beyond 10,000 numbers.
   */
  readonly script: (number: string, party: Party) => Effect.Effect<void, Refusal>
  /** Ends a script: the number behaves again as configured, or by the number plan. Whether there was one. */
  readonly unscript: (number: string) => Effect.Effect<boolean>
}>()("@effect-piopiy/simulator/Acting") {}

const keys = /^[0-9*#A-D]+$/

const refuse = (why: Refusal["why"]) => Effect.fail(new Refusal({ why }))

/** As parties are looked up: a number in digits, a SIP address by its user part. */
const plain = (number: string): string => number.replace(/^(\+|sips?:)/, "").split("@")[0] ?? ""

const isMeant = ({ endpoint, legId, uuid }: Call.Leg, leg: string): boolean =>
  legId === leg || uuid === leg || (endpoint._tag === "Pstn" && endpoint.number === plain(leg))

const isOnLine = ({ answeredAt }: Call.Leg): boolean => answeredAt !== undefined

/** Whether it is the phone that calls in, which nobody can answer. */
const callsIn = (call: Call.Call, { legId }: Call.Leg): boolean => Call.isInbound(call) && legId === Call.callerLegId

const make = Effect.gen(function*() {
  const switchboard = yield* Switchboard
  const parties = yield* Parties
  const media = yield* MediaEngine
  const journal = yield* Journal

  const find = Effect.fnUntraced(function*(callId: string, leg: string) {
    const found = yield* switchboard.find(callId)
    if (found._tag !== "Live") return yield* refuse("CallNotFound")
    const meant = found.call.legs.findLast((one) => Call.isLive(one) && isMeant(one, leg))
    return meant === undefined ? yield* refuse("LegNotFound") : { call: found.call, leg: meant }
  })

  const onLine = (callId: string, leg: string) =>
    Effect.filterOrElse(find(callId, leg), (found) => isOnLine(found.leg), () => refuse("LegNotAnswered"))

  const ringing = (callId: string, leg: string) =>
    Effect.filterOrElse(
      find(callId, leg),
      (found) => !isOnLine(found.leg) && !callsIn(found.call, found.leg),
      () => refuse("LegNotRinging")
    )

  const write = (callId: string, legId: string, act: Act): number =>
    journal.append({ _tag: "Acted", callId, legId, act })

  const tell = (callId: string, legId: string, act: Act, happenings: ReadonlyArray<Happening>) =>
    Effect.suspend(() => {
      const seq = write(callId, legId, act)
      // The call may be over after the first of them, and the rest goes nowhere, as on a line that is dead.
      return Effect.ignore(Effect.forEach(happenings, (happening) => switchboard.tell(callId, happening, seq)))
    })

  /** The party's own plan is off, and this happens instead. */
  const instead = (callId: string, legId: string, act: Act, happening: Happening) =>
    Effect.suspend(() => {
      parties.takeOver(`${callId}/${legId}`)
      return tell(callId, legId, act, [happening])
    })

  return Acting.of({
    press: Effect.fn("Acting.press")(function*(callId: string, digits: string, leg = Call.callerLegId) {
      const { leg: { legId } } = yield* onLine(callId, leg)
      if (!keys.test(digits)) return yield* refuse("NoSuchKey")
      const pressed = [...digits].map((digit) => ({ _tag: "DigitPressed", legId, digit }) as const)
      yield* tell(callId, legId, { _tag: "Presses", digits }, pressed)
    }),
    say: Effect.fn("Acting.say")(function*(callId: string, sound: Sound, leg = Call.callerLegId) {
      const { leg: { legId } } = yield* onLine(callId, leg)
      if (!media.say(callId, legId, sound)) return yield* refuse("NobodyListens")
      write(callId, legId, { _tag: "Says", sound })
    }),
    speak: Effect.fn("Acting.speak")(function*(callId: string, text: string, leg = Call.callerLegId) {
      const { leg: { legId } } = yield* onLine(callId, leg)
      yield* tell(callId, legId, { _tag: "Speaks", text }, [{ _tag: "SpeechHeard", legId, text }])
    }),
    answer: Effect.fn("Acting.answer")(function*(callId: string, leg = Call.callerLegId) {
      const { leg: { legId } } = yield* ringing(callId, leg)
      yield* instead(callId, legId, { _tag: "Answers" }, { _tag: "LegAnswered", legId, by: "Person" })
    }),
    reject: Effect.fn("Acting.reject")(
      function*(callId: string, leg = Call.callerLegId, cause = HangupCause.callRejected) {
        const { leg: { legId } } = yield* ringing(callId, leg)
        yield* instead(callId, legId, { _tag: "Rejects", cause }, { _tag: "LegRejected", legId, cause })
      }
    ),
    hangUp: Effect.fn("Acting.hangUp")(function*(callId: string, leg = Call.callerLegId) {
      const { call, leg: meant } = yield* find(callId, leg)
      const { legId } = meant
      if (!isOnLine(meant) && !callsIn(call, meant)) return yield* refuse("LegNotAnswered")
      yield* instead(
        callId,
        legId,
        { _tag: "HangsUp" },
        isOnLine(meant)
          ? { _tag: "LegHungUp", legId, cause: HangupCause.normalClearing }
          : { _tag: "LegRejected", legId, cause: HangupCause.originatorCancel }
      )
    }),
    script: Effect.fn("Acting.script")(function*(number: string, party: Party) {
      if (!parties.script(plain(number), party)) return yield* refuse("TooManyScripts")
      journal.append({ _tag: "Scripted", number: plain(number), party })
    }),
    unscript: (number) =>
      Effect.sync(() => {
        const wasThere = parties.unscript(plain(number))
        if (wasThere) journal.append({ _tag: "Scripted", number: plain(number) })
        return wasThere
      })
  })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Acting, never, Switchboard | Parties | MediaEngine | Journal> = Layer.effect(
  Acting,
  make
)

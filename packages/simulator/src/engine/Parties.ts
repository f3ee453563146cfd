/** The simulated people, machines and agents: each dialed leg is somebody who rings, answers, presses keys, leaves. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HangupCause from "../core/call/HangupCause.ts"
import type { Line } from "../core/media/Carrier.ts"
import type { Endpoint } from "../core/pcmo/Program.ts"
import * as AgentPlan from "../core/scenario/AgentPlan.ts"
import * as NumberPlan from "../core/scenario/NumberPlan.ts"
import type { Party, Utterance } from "../core/scenario/Party.ts"
import type { Happening } from "./happening.ts"
import { type Scheduled, Timeline } from "./Timeline.ts"

/**
 * The people on the phone.
 *
 * @category services
 * @since 0.1.0
 */
export class Parties extends Context.Service<Parties, {
  /** Whether an agent has a worker, so that it can be called at all. */
  readonly isRunning: (agentId: string) => boolean
  /**
   * Starts a party; what it does is told to `tell`. Its whole behaviour is scheduled at once, so parties that are due at
   * the same moment act in the order in which they were dialed.
   */
  readonly dial: (key: string, legId: string, endpoint: Endpoint, tell: (happening: Happening) => void) => void
  /** Somebody calls in and waits to be picked up. One whose plan is to refuse gives up at the time of the refusal. */
  readonly receive: (key: string, legId: string, endpoint: Endpoint, tell: (happening: Happening) => void) => void
  /** Whoever called in is picked up: what it does on the line follows. */
  readonly pickUp: (key: string) => void
  /** Asks a party for input: its next answer follows. */
  readonly ask: (key: string) => void
  /** Stops whatever a party was about to answer. */
  readonly hush: (key: string) => void
  /** What is said of the line of a party. */
  readonly line: (key: string) => Line | undefined
  /** What a party says on the line, in order. */
  readonly speaks: (key: string) => ReadonlyArray<Utterance>
  /** Somebody acts for the party: of what it was about to do, only its answers to questions are left. */
  readonly takeOver: (key: string) => void
  /**
   * Whoever has this number, or user part of a SIP address, behaves so from its next call on. Whether there is room: 10,000
   * numbers are scripted at most.
   */
  readonly script: (number: string, party: Party) => boolean
  /** Behaves as before it was scripted. Whether it was. */
  readonly unscript: (number: string) => boolean
  /** The leg is over: the party does nothing more. */
  readonly release: (key: string) => void
}>()("@effect-piopiy/simulator/Parties") {}

/**
 * Behaviour for particular numbers, before the number plan is asked. Keys are digits as on the wire.
 *
 * @category models
 * @since 0.1.0
 */
export type People = Readonly<Record<string, Party>>

/** @since 0.1.0 */
export const maxScripts = 10_000

interface OnTheLine {
  readonly party: Party
  readonly legId: string
  readonly tell: (happening: Happening) => void
  readonly moves: Array<Scheduled>
  answers: Array<Scheduled>
  asked: number
}

const userPart = (uri: string): string => uri.replace(/^sips?:/, "").split("@")[0] ?? ""

const make = (people: People) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const onTheLine = new Map<string, OnTheLine>()
    const scripts = new Map<string, Party>()

    const configured = (number: string): Party | undefined => Object.hasOwn(people, number) ? people[number] : undefined
    const byNumber = (number: string): Party => scripts.get(number) ?? configured(number) ?? NumberPlan.party(number)

    const behind = (endpoint: Endpoint): Party => {
      switch (endpoint._tag) {
        case "Pstn":
          return byNumber(endpoint.number)
        case "Sip":
          return byNumber(userPart(endpoint.uri))
        case "Agent":
          return AgentPlan.row(endpoint.id).party
      }
    }

    const dial = (key: string, legId: string, endpoint: Endpoint, tell: (happening: Happening) => void): void => {
      const party = behind(endpoint)
      const now = timeline.nowMs()
      const moves: Array<Scheduled> = []
      const after = (ms: number, label: string, happening: Happening) =>
        moves.push(timeline.at(now + ms, label, () => tell(happening)))
      if (party.ringsAfterMs !== undefined) after(party.ringsAfterMs, "party rings", { _tag: "LegRinging", legId })
      const { outcome } = party
      if (outcome._tag === "Rejects") {
        after(outcome.afterMs, "party refuses", { _tag: "LegRejected", legId, cause: outcome.cause })
      }
      if (outcome._tag === "Answers") {
        after(outcome.afterMs, "party answers", { _tag: "LegAnswered", legId, by: outcome.by })
        if (party.hangsUp !== undefined) {
          const { afterMs, cause } = party.hangsUp
          after(outcome.afterMs + afterMs, "party hangs up", { _tag: "LegHungUp", legId, cause })
        }
      }
      onTheLine.set(key, { party, legId, tell, moves, answers: [], asked: 0 })
    }

    const receive = (key: string, legId: string, endpoint: Endpoint, tell: (happening: Happening) => void): void => {
      const party = behind(endpoint)
      const { outcome } = party
      const moves: Array<Scheduled> = []
      if (outcome._tag === "Rejects") {
        const givesUp = { _tag: "LegRejected", legId, cause: HangupCause.originatorCancel } as const
        moves.push(timeline.at(timeline.nowMs() + outcome.afterMs, "party gives up", () => tell(givesUp)))
      }
      onTheLine.set(key, { party, legId, tell, moves, answers: [], asked: 0 })
    }

    const takeOver = (key: string): void => {
      for (const move of onTheLine.get(key)?.moves.splice(0) ?? []) timeline.cancel(move)
    }

    const pickUp = (key: string): void => {
      const somebody = onTheLine.get(key)
      if (somebody === undefined) return
      takeOver(key)
      const { legId, party: { hangsUp }, tell } = somebody
      if (hangsUp === undefined) return
      const leaves = { _tag: "LegHungUp", legId, cause: hangsUp.cause } as const
      somebody.moves.push(timeline.at(timeline.nowMs() + hangsUp.afterMs, "party hangs up", () => tell(leaves)))
    }

    const hush = (key: string): void => {
      const somebody = onTheLine.get(key)
      if (somebody === undefined) return
      for (const answer of somebody.answers) timeline.cancel(answer)
      somebody.answers = []
    }

    const ask = (key: string): void => {
      hush(key)
      const somebody = onTheLine.get(key)
      const answer = somebody?.party.answers[somebody.asked]
      if (somebody === undefined) return
      somebody.asked += 1
      const { legId, tell } = somebody
      const now = timeline.nowMs()
      if (answer?._tag === "Says") {
        const { text } = answer
        somebody.answers.push(
          timeline.at(now + answer.afterMs, "party speaks", () => tell({ _tag: "SpeechHeard", legId, text }))
        )
      }
      if (answer?._tag === "Presses") {
        somebody.answers = [...answer.digits].map((digit, index) =>
          timeline.at(now + answer.afterMs + index * answer.gapMs, "party presses a key", () =>
            tell({ _tag: "DigitPressed", legId, digit }))
        )
      }
    }

    const release = (key: string): void => {
      hush(key)
      takeOver(key)
      onTheLine.delete(key)
    }

    return Parties.of({
      isRunning: (agentId) =>
        AgentPlan.row(agentId).running,
      dial,
      receive,
      pickUp,
      ask,
      hush,
      line: (key) =>
        onTheLine.get(key)?.party.line,
      speaks: (key) => onTheLine.get(key)?.party.speaks ?? [],
      takeOver,
      script: (number, party) => {
        if (scripts.size >= maxScripts && !scripts.has(number)) return false
        scripts.set(number, party)
        return true
      },
      unscript: (number) => scripts.delete(number),
      release
    })
  })

/**
 * Parties by the number plan and the agent plan, with exceptions.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (people: People = {}): Layer.Layer<Parties, never, Timeline> => Layer.effect(Parties, make(people))

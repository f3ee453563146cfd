/** Journals written by hand, a call in a line. */
import type { CallCommand } from "../../../src/core/call/CallCommand.ts"
import type { CallEvent } from "../../../src/core/call/CallEvent.ts"
import { check, type Verdict } from "../../../src/core/expect/check.ts"
import type { Evidence, Heard } from "../../../src/core/expect/Evidence.ts"
import type { Expectation } from "../../../src/core/expect/Expectation.ts"
import type { Assumption } from "../../../src/core/journal/Assumption.ts"
import type { Delivered, Draft, Entry } from "../../../src/core/journal/Entry.ts"

export const own = "914400000001"
export const asha = "919840007101"
export const ravi = "919840007102"

/** Numbers entries, and dates them as it is told. */
export class Pen {
  readonly entries: Array<Entry> = []

  write(at: number, draft: Draft): this {
    this.entries.push({ ...draft, seq: this.entries.length + 1, at, tenant: "t" })
    return this
  }

  turn(
    callId: string,
    event: CallEvent,
    commands: ReadonlyArray<CallCommand> = [],
    assumes?: ReadonlyArray<Assumption>
  ): this {
    return this.write(event.at, {
      _tag: "Turned",
      callId,
      causedBy: 0,
      event,
      from: "",
      to: "Somewhere",
      commands,
      ...(assumes === undefined ? {} : { assumes })
    })
  }

  /** A call that the API placed dials a phone. */
  placed(callId: string, to: string, at = 0, kind: "Pipeline" | "Inbound" = "Pipeline"): this {
    return this.turn(callId, {
      _tag: "Originated",
      at,
      callId,
      requestId: `request-${callId}`,
      kind,
      callerId: own,
      to,
      program: [],
      record: false,
      variables: {}
    }, [dial("caller", to)])
  }

  rang(callId: string, at: number, legId = "caller"): this {
    return this.turn(callId, { _tag: "LegRinging", at, legId })
  }

  pressed(callId: string, at: number, digit: string): this {
    return this.turn(callId, { _tag: "DigitPressed", at, legId: "caller", digit })
  }

  asked(callId: string, at: number): this {
    const commands: ReadonlyArray<CallCommand> = [{ _tag: "OpenInput", legId: "caller", attempt: 1, modes: ["dtmf"] }]
    return this.turn(callId, { _tag: "PlaybackFinished", at, playbackId: "p" }, commands)
  }

  posted(callId: string, at: number, more: Partial<Delivered> = {}): this {
    return this.write(at, {
      _tag: "Delivered",
      callId,
      causedBy: 1,
      deliveryId: "input1",
      url: "http://app.test/menu",
      notice: {
        _tag: "Digits",
        callId,
        callerId: own,
        to: asha,
        digits: "1",
        extraParams: ""
      },
      attempt: 1,
      durationMs: 0,
      status: 200,
      outcome: "Empty",
      ...more
    })
  }

  evidence(streams: Evidence["streams"] = () => []): Evidence {
    return { entries: this.entries, streams, nowMs: this.entries.at(-1)?.at ?? 0 }
  }

  /** What comes of an expectation. */
  check(expectation: Expectation, heard: ReadonlyArray<Heard> = []): Verdict {
    return check(expectation, this.evidence(() => heard))
  }
}

export const pen = () => new Pen()

export const dial = (legId: string, number: string): CallCommand => ({
  _tag: "DialLeg",
  legId,
  endpoint: { _tag: "Pstn", number },
  callerId: own
})

/** What a message says before the journal. */
export const headOf = ({ message }: Pick<Verdict, "message">): string => message.split("\n\n")[0] ?? ""

/** The journal of a message: its lines without the heading. */
export const ladderOf = ({ message }: Pick<Verdict, "message">): ReadonlyArray<string> =>
  message.split("\n").filter((line) => line.includes("│") || line.trim() === "...")

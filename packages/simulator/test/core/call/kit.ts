/**
 * A call on the bench. It folds events through the machine, obeys the commands in a little world of its own, and lets
 * a test speak in plain words: the caller answers, presses `12#`, waits three seconds, hangs up.
 *
 * Every turn is checked: the state stays valid and the world can do what it is asked.
 */
import { assert } from "@effect/vitest"
import * as Call from "../../../src/core/call/Call.ts"
import type { CallCommand, CommandOf, IgnoredBecause } from "../../../src/core/call/CallCommand.ts"
import type { CallEvent, DeliveryFailure, EventOf, Originated, Reply } from "../../../src/core/call/CallEvent.ts"
import type { CallRecord } from "../../../src/core/call/CallRecord.ts"
import { type Outcome, transition } from "../../../src/core/call/transition.ts"
import type { Endpoint, Program } from "../../../src/core/pcmo/Program.ts"
import { invariants } from "./invariants.ts"
import { askUrl, callerNumber, ownNumber } from "./programs.ts"
import * as World from "./World.ts"

type OmitAt<E> = E extends CallEvent ? Omit<E, "at"> : never
/** An event without its moment. */
export type Happening = OmitAt<CallEvent>

/** Somebody on the call: the caller, or whom the latest leg to that endpoint reaches. */
export type Who = "caller" | Endpoint

export interface Bench {
  call: Call.Call
  now: number
  readonly world: World.World
  readonly events: Array<CallEvent>
  readonly turns: Array<Outcome>

  readonly feed: (happening: Happening) => ReadonlyArray<CallCommand>
  readonly wait: (ms: number) => void
  readonly fire: (timer: string) => ReadonlyArray<CallCommand>

  readonly ring: (who: Who) => void
  readonly answer: (who: Who, by?: EventOf<"LegAnswered">["by"]) => ReadonlyArray<CallCommand>
  readonly reject: (who: Who, cause: string) => ReadonlyArray<CallCommand>
  readonly hangUp: (who: Who, cause?: string) => ReadonlyArray<CallCommand>
  readonly press: (digits: string) => ReadonlyArray<CallCommand>
  readonly say: (text: string) => ReadonlyArray<CallCommand>
  readonly finishPlayback: () => ReadonlyArray<CallCommand>
  readonly reply: (reply: Reply) => ReadonlyArray<CallCommand>
  readonly failReply: (why: DeliveryFailure) => ReadonlyArray<CallCommand>
  readonly found: (program: Program) => ReadonlyArray<CallCommand>
  readonly missing: () => ReadonlyArray<CallCommand>
  readonly transfer: (program: Program) => ReadonlyArray<CallCommand>
  readonly hold: (hold: EventOf<"HoldRequested">["hold"]) => ReadonlyArray<CallCommand>
  readonly hangUpByApi: (cause: string, reason?: string) => ReadonlyArray<CallCommand>

  readonly label: () => string
  readonly leg: (who: Who) => Call.Leg
  /** How long each armed timer has left. */
  readonly timers: () => Readonly<Record<string, number>>
  /** What sounds now, by file name or text. */
  readonly playing: () => string | undefined
  /** All that was ever asked for, of one kind. */
  readonly asked: <Tag extends CallCommand["_tag"]>(tag: Tag) => ReadonlyArray<CommandOf<Tag>>
  readonly assumed: () => ReadonlyArray<string>
  readonly record: () => CallRecord
}

/** The tags of commands, in order. */
export const tags = (commands: ReadonlyArray<CallCommand>): ReadonlyArray<string> =>
  commands.map((command) => command._tag)

/** Why a turn changed nothing, if so. */
export const ignored = (commands: ReadonlyArray<CallCommand>): IgnoredBecause | undefined => {
  const [first] = commands
  return first?._tag === "Ignored" ? first.why : undefined
}

const newest = <A>(running: Map<string, A>): string => {
  const name = [...running.keys()].at(-1)
  assert(name !== undefined, "there is one")
  return name
}

/** A bench whose call has not begun. */
export const bench = (): Bench => {
  const world = World.make()
  const asked = <Tag extends CallCommand["_tag"]>(tag: Tag): ReadonlyArray<CommandOf<Tag>> =>
    self.turns.flatMap((turn) => turn.commands).filter((command): command is CommandOf<Tag> => command._tag === tag)
  const idOf = (who: Who): string => self.leg(who).legId

  const self: Bench = {
    call: Call.initial,
    now: 0,
    world,
    events: [],
    turns: [],

    feed: (happening) => {
      const event: CallEvent = { ...happening, at: self.now }
      const before = self.call
      const outcome = transition(before, event)
      World.turn(world, event, outcome.commands)
      self.events.push(event)
      self.turns.push(outcome)
      self.call = outcome.call
      if (ignored(outcome.commands) !== undefined) assert.strictEqual(outcome.call, before)
      assert.strictEqual([...invariants(self.call), ...world.faults].join("\n"), "")
      return outcome.commands
    },
    wait: (ms) => {
      const until = self.now + ms
      for (;;) {
        const [next] = [...world.timers.values()].filter((timer) => timer.dueAt <= until)
          .sort((a, b) => a.dueAt - b.dueAt || a.generation - b.generation)
        if (next === undefined) break
        self.now = next.dueAt
        self.feed({ _tag: "TimerFired", timer: next.timer, generation: next.generation })
      }
      self.now = until
    },
    fire: (name) => {
      const armed = world.timers.get(name)
      assert(armed !== undefined, `${name} is armed`)
      self.now = armed.dueAt
      return self.feed({ _tag: "TimerFired", timer: name, generation: armed.generation })
    },

    ring: (who) => void self.feed({ _tag: "LegRinging", legId: idOf(who) }),
    answer: (who, by) => self.feed({ _tag: "LegAnswered", legId: idOf(who), by: by ?? "Person" }),
    reject: (who, cause) => self.feed({ _tag: "LegRejected", legId: idOf(who), cause }),
    hangUp: (who, cause) => self.feed({ _tag: "LegHungUp", legId: idOf(who), cause: cause ?? "NORMAL_CLEARING" }),
    press: (digits) =>
      [...digits].flatMap((digit) => self.feed({ _tag: "DigitPressed", legId: Call.callerLegId, digit })),
    say: (text) => self.feed({ _tag: "SpeechHeard", legId: Call.callerLegId, text }),
    finishPlayback: () => self.feed({ _tag: "PlaybackFinished", playbackId: newest(world.playbacks) }),
    reply: (reply) => self.feed({ _tag: "WebhookReplied", deliveryId: newest(world.deliveries), reply }),
    failReply: (why) => self.feed({ _tag: "WebhookFailed", deliveryId: newest(world.deliveries), why }),
    found: (program) => self.feed({ _tag: "StoredFound", lookupId: newest(world.lookups), program }),
    missing: () => self.feed({ _tag: "StoredMissing", lookupId: newest(world.lookups) }),
    transfer: (program) => self.feed({ _tag: "TransferRequested", requestId: "transfer", program }),
    hold: (hold) => self.feed({ _tag: "HoldRequested", requestId: "hold", hold }),
    hangUpByApi: (cause, reason) =>
      self.feed({
        _tag: "HangupRequested",
        requestId: "hangup",
        cause,
        ...(reason === undefined ? {} : { reason }),
        by: "Api"
      }),

    label: () => Call.label(self.call),
    leg: (who) => {
      const found = who === "caller"
        ? Call.leg(self.call, Call.callerLegId)
        : self.call.legs.findLast((leg) =>
          leg.legId !== Call.callerLegId && JSON.stringify(leg.endpoint) === JSON.stringify(who)
        )
      assert(found !== undefined, `${JSON.stringify(who)} has a leg`)
      return found
    },
    timers: () => Object.fromEntries([...world.timers].map(([name, timer]) => [name, timer.dueAt - self.now])),
    playing: () => {
      const [sounding] = world.playbacks.values()
      if (sounding === undefined) return undefined
      return sounding.prompt._tag === "File" ? sounding.prompt.name : sounding.prompt.text
    },
    asked,
    assumed: () => [...new Set(self.turns.flatMap((turn) => turn.assumes))],
    record: () => {
      const [written] = world.records
      assert(written !== undefined, "the record is written")
      return written
    }
  }
  return self
}

/** A call that has been placed: the caller's phone is being dialed. */
export const place = (program: Program, options: Partial<Omit<Originated, "_tag" | "at" | "program">> = {}): Bench => {
  const self = bench()
  self.feed({
    _tag: "Originated",
    callId: "call-1",
    requestId: "request-1",
    kind: "Pipeline",
    callerId: "914440000000",
    to: callerNumber,
    record: false,
    variables: {},
    ...options,
    program
  })
  return self
}

/** A call from outside, whose answer URL is asked unless it brings its own program. */
export const received = (program: Program = [askUrl], options: Parameters<typeof place>[1] = {}): Bench =>
  place(program, { kind: "Inbound", callerId: callerNumber, to: ownNumber, ...options })

/** A call from outside that was picked up after two seconds, with what the answer URL replied. */
export const pickedUp = (program: Program, options: Parameters<typeof place>[1] = {}): Bench => {
  const self = received([askUrl], options)
  self.wait(2000)
  self.reply({ _tag: "NewProgram", program })
  return self
}

/** A call that the caller answered after two seconds. */
export const answered = (program: Program, options: Parameters<typeof place>[1] = {}): Bench => {
  const self = place(program, options)
  self.wait(2000)
  self.answer("caller")
  return self
}

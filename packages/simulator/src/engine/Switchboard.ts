/**
 * Places calls and carries them through: each call has a mailbox, and handles one event, with every command that comes
 * of it, before the next.
 *
 * A mailbox is drained where an event arrives, without a pause, so neither another fiber nor an interruption can come
 * between an event and its commands.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Call from "../core/call/Call.ts"
import type { CallRecord } from "../core/call/CallRecord.ts"
import * as HangupCause from "../core/call/HangupCause.ts"
import { transition } from "../core/call/transition.ts"
import type { Program } from "../core/pcmo/Program.ts"
import * as Seed from "../core/Seed.ts"
import { conservative, type StreamProfile } from "../core/stream/StreamProfile.ts"
import { Account } from "./Account.ts"
import { CommandRunner } from "./CommandRunner.ts"
import type { Happening } from "./happening.ts"
import { Journal } from "./Journal.ts"
import { MediaEngine } from "./MediaEngine.ts"
import { Outbox } from "./Outbox.ts"
import { Parties } from "./Parties.ts"
import { Refusal } from "./Refusal.ts"
import { Timeline } from "./Timeline.ts"
import * as TransferBook from "./TransferBook.ts"

/**
 * A call that was asked for: what `Originated` says, without the ids, which the switchboard gives, the rate, which is
 * the account's, and the rules of streams, which are the tenant's.
 *
 * @category models
 * @since 0.1.0
 */
export type CallRequest = Omit<
  Call.Call["origin"],
  "_tag" | "at" | "callId" | "requestId" | "rateMicros" | "streamRules"
>

/**
 * What became of a call.
 *
 * @category models
 * @since 0.1.0
 */
export type Whereabouts =
  | { readonly _tag: "Live"; readonly call: Call.Call }
  | { readonly _tag: "Ended"; readonly record: CallRecord; readonly evicted: boolean }
  | { readonly _tag: "Unknown" }

/**
 * The calls of a tenant. `causedBy` is the `seq` of the journal entry that led to the request.
 *
 * @category services
 * @since 0.1.0
 */
export class Switchboard extends Context.Service<Switchboard, {
  /**
   * Fails with `Stopping`, `TooManyCalls`, or as the account refuses (`AppNotActive`, `NoBalance`, `ChannelsInUse`,
   * `TooFast`), then with `AgentNotRunning`. What the account has let through counts towards its calls per second even
   * when the agent does not run.
   */
  readonly originate: (
    request: CallRequest,
    causedBy: number
  ) => Effect.Effect<{ readonly callId: string; readonly requestId: string }, Refusal>
  /** Fails with `CallNotFound`, and with `TransferInProgress` while another transfer of the call is. */
  readonly transfer: (callId: string, program: Program, causedBy: number) => Effect.Effect<string, Refusal>
  /** Fails with `CallNotFound`. */
  readonly hangup: (
    callId: string,
    ending: { readonly cause: string; readonly reason?: string },
    causedBy: number
  ) => Effect.Effect<string, Refusal>
  /** Fails with `CallNotFound`, and with `NotBridged` while nobody talks. */
  readonly hold: (callId: string, hold: "On" | "Off" | "Toggle", causedBy: number) => Effect.Effect<string, Refusal>
  /** The call in progress that a leg belongs to, by the leg's uuid. Fails with `CallNotFound`. */
  readonly callOfLeg: (uuid: string) => Effect.Effect<string, Refusal>
  /** How a transfer stands, by its request id. Fails with `TransferNotFound`. */
  readonly findTransfer: (requestId: string) => Effect.Effect<TransferBook.Transfer, Refusal>
  /** Something that a party does, told by whoever plays it. Fails with `CallNotFound`. */
  readonly tell: (callId: string, happening: Happening, causedBy: number) => Effect.Effect<void, Refusal>
  readonly live: Effect.Effect<ReadonlyArray<Call.Call>>
  readonly find: (callId: string) => Effect.Effect<Whereabouts>
  /** Ends the calls in progress with their records, and goes on taking others. */
  readonly endAll: Effect.Effect<void>
  /** Takes no more calls, ends those in progress with their records, and stops the outbox. */
  readonly stop: Effect.Effect<void>
}>()("@effect-piopiy/simulator/Switchboard") {}

interface Mailbox {
  call: Call.Call
  readonly waiting: Array<{ readonly happening: Happening; readonly causedBy: number }>
  draining: boolean
}

/**
 * How many calls may be in progress at once; a further one is refused.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultMaxCalls = 10_000

/**
 * What a switchboard is made with. Calls carry `streamRules` only where they are not those of the conservative profile.
 *
 * @category models
 * @since 0.1.0
 */
export interface SwitchboardOptions {
  readonly seed: number
  readonly maxCalls: number
  readonly streams?: StreamProfile
}

/** What the calls have to know of a profile. */
const streamRules = (profile: StreamProfile = conservative): Pick<Call.Call["origin"], "streamRules"> => {
  const { bridgeKeepsStream, lossGraceMs } = profile
  return bridgeKeepsStream === conservative.bridgeKeepsStream && lossGraceMs === conservative.lossGraceMs
    ? {}
    : { streamRules: { bridgeKeepsStream, lossGraceMs } }
}

const make = (options: SwitchboardOptions) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const journal = yield* Journal
    const parties = yield* Parties
    const runner = yield* CommandRunner
    const account = yield* Account
    const outbox = yield* Outbox
    const media = yield* MediaEngine
    const mailboxes = new Map<string, Mailbox>()
    const transfers = TransferBook.make()
    const counts = { call: 0, request: 0 }
    const rules = streamRules(options.streams)
    let stopping = false

    const id = (kind: "call" | "request"): string => {
      counts[kind] += 1
      return Seed.uuid(options.seed, kind, counts[kind])
    }

    const legacyRequestId = (): string => {
      counts.request += 1
      return Seed.alphanumeric(options.seed, "request", counts.request)
    }

    const turn = (callId: string, mailbox: Mailbox, happening: Happening, causedBy: number): void => {
      const event = { ...happening, at: timeline.nowMs() }
      const before = mailbox.call
      const { assumes, call, commands } = transition(before, event)
      mailbox.call = call
      const seq = journal.append({
        _tag: "Turned",
        callId,
        causedBy,
        event,
        from: Call.label(before),
        to: Call.label(call),
        commands,
        ...(assumes.length === 0 ? {} : { assumes })
      })
      const last = commands.at(-1)
      const record = last?._tag === "WriteRecord" ? last.record : undefined
      if (record !== undefined) account.charge(record)
      outbox.turned(before, call, record, seq)
      media.turned(call, event)
      for (const command of commands) {
        if (command._tag === "SettleTransfer") TransferBook.settle(transfers, callId, command.transfer)
        runner.run(callId, command, seq, (next) => post(callId, next, seq))
      }
    }

    const drop = (callId: string, mailbox: Mailbox): void => {
      mailboxes.delete(callId)
      mailbox.waiting.length = 0
      if (mailbox.call.transfer !== undefined) TransferBook.forget(transfers, mailbox.call.transfer.requestId)
      runner.release(mailbox.call)
    }

    /** A defect in one call must not stop the others: it is journalled, and that call is dropped. */
    const turnSafely = (callId: string, mailbox: Mailbox, happening: Happening, causedBy: number): void => {
      try {
        turn(callId, mailbox, happening, causedBy)
        if (mailbox.call.phase === "Ended") drop(callId, mailbox)
      } catch (defect) {
        journal.append({ _tag: "Broke", callId, causedBy, message: String(defect) })
        drop(callId, mailbox)
      }
    }

    const post = (callId: string, happening: Happening, causedBy: number): void => {
      const mailbox = mailboxes.get(callId)
      if (mailbox === undefined) return
      mailbox.waiting.push({ happening, causedBy })
      if (mailbox.draining) return
      mailbox.draining = true
      for (let next = mailbox.waiting.shift(); next !== undefined; next = mailbox.waiting.shift()) {
        turnSafely(callId, mailbox, next.happening, next.causedBy)
      }
      mailbox.draining = false
    }

    const whenLive = <A>(callId: string, run: () => A): Effect.Effect<A, Refusal> =>
      Effect.suspend(() => mailboxes.has(callId) ? Effect.sync(run) : Effect.fail(new Refusal({ why: "CallNotFound" })))

    const originate = Effect.fnUntraced(function*(request: CallRequest, causedBy: number) {
      if (stopping) return yield* new Refusal({ why: "Stopping" })
      if (mailboxes.size >= options.maxCalls) return yield* new Refusal({ why: "TooManyCalls" })
      const refused = account.admit(mailboxes.size, request.kind)
      if (refused !== undefined) return yield* refused
      if (request.kind === "Agent" && request.agentId !== undefined && !parties.isRunning(request.agentId)) {
        return yield* new Refusal({ why: "AgentNotRunning" })
      }
      const callId = id("call")
      const requestId = request.kind === "Legacy" ? legacyRequestId() : id("request")
      mailboxes.set(callId, { call: Call.initial, waiting: [], draining: false })
      const { rateMicros } = account
      post(callId, { _tag: "Originated", callId, requestId, ...request, rateMicros, ...rules }, causedBy)
      return { callId, requestId }
    })

    const transfer = (callId: string, program: Program, causedBy: number): Effect.Effect<string, Refusal> =>
      Effect.suspend(() => {
        const mailbox = mailboxes.get(callId)
        if (mailbox === undefined) return Effect.fail(new Refusal({ why: "CallNotFound" }))
        const running = mailbox.call.transfer
        if (running !== undefined) {
          return Effect.fail(new Refusal({ why: "TransferInProgress", requestId: running.requestId }))
        }
        const requestId = id("request")
        TransferBook.begin(transfers, requestId, callId)
        post(callId, { _tag: "TransferRequested", requestId, program }, causedBy)
        return Effect.succeed(requestId)
      })

    const hold = (callId: string, on: "On" | "Off" | "Toggle", causedBy: number): Effect.Effect<string, Refusal> =>
      Effect.suspend(() => {
        const mailbox = mailboxes.get(callId)
        if (mailbox === undefined) return Effect.fail(new Refusal({ why: "CallNotFound" }))
        if (!Call.isBridged(mailbox.call)) return Effect.fail(new Refusal({ why: "NotBridged" }))
        const requestId = id("request")
        post(callId, { _tag: "HoldRequested", requestId, hold: on }, causedBy)
        return Effect.succeed(requestId)
      })

    const callOfLeg = (uuid: string): Effect.Effect<string, Refusal> =>
      Effect.suspend(() => {
        if (mailboxes.has(uuid)) return Effect.succeed(uuid)
        for (const [callId, { call }] of mailboxes) {
          if (call.legs.some((leg) => leg.uuid === uuid && Call.isLive(leg))) return Effect.succeed(callId)
        }
        return Effect.fail(new Refusal({ why: "CallNotFound" }))
      })

    const findTransfer = (requestId: string): Effect.Effect<TransferBook.Transfer, Refusal> =>
      Effect.suspend(() => {
        const found = TransferBook.find(transfers, requestId, timeline.nowMs())
        return found === undefined
          ? Effect.fail(new Refusal({ why: "TransferNotFound" }))
          : Effect.succeed(found)
      })

    const end = (
      callId: string,
      by: "Api" | "Platform",
      ending: { readonly cause: string; readonly reason?: string },
      causedBy: number
    ): string => {
      const requestId = id("request")
      post(callId, { _tag: "HangupRequested", requestId, ...ending, by }, causedBy)
      return requestId
    }

    const find = (callId: string): Whereabouts => {
      const mailbox = mailboxes.get(callId)
      if (mailbox !== undefined) return { _tag: "Live", call: mailbox.call }
      const record = journal.record(callId)
      return record === undefined
        ? { _tag: "Unknown" }
        : { _tag: "Ended", record, evicted: journal.isEvicted(callId) }
    }

    const endAll = Effect.sync(() => {
      for (const callId of [...mailboxes.keys()]) {
        end(callId, "Platform", { cause: HangupCause.systemShutdown, reason: "the simulator stopped" }, 0)
      }
    })

    return Switchboard.of({
      originate,
      transfer,
      hold,
      callOfLeg,
      hangup: (callId, ending, causedBy) => whenLive(callId, () => end(callId, "Api", ending, causedBy)),
      tell: (callId, happening, causedBy) => whenLive(callId, () => post(callId, happening, causedBy)),
      findTransfer,
      live: Effect.sync(() => [...mailboxes.values()].map((mailbox) => mailbox.call)),
      find: (callId) => Effect.sync(() => find(callId)),
      endAll,
      stop: Effect.sync(() => {
        stopping = true
      }).pipe(Effect.andThen(endAll), Effect.andThen(outbox.stop))
    })
  })

/**
 * An empty switchboard.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: SwitchboardOptions
): Layer.Layer<Switchboard, never, Timeline | Journal | Parties | CommandRunner | Account | Outbox | MediaEngine> =>
  Layer.effect(Switchboard, make(options))

/**
 * The state of one call: plain, immutable data, rebuilt at any time by folding its events.
 */
import type {
  Collect,
  Connect,
  Consult,
  Endpoint,
  OpenStream,
  Program,
  Prompt,
  RecordingFormat,
  Variables
} from "../pcmo/Program.ts"
import type { EndedBy, Originated } from "./CallEvent.ts"
import type { InputRecord, RecordingRecord, StreamEnd, TransferReason, TransferRecord } from "./CallRecord.ts"
import type { HangupCause } from "./HangupCause.ts"

/** The leg of the phone that the call itself dialed, or that called in. */
export const callerLegId = "caller"

/**
 * One party's connection within a call. `legId` is unique in the call, `uuid` everywhere; the first leg's is the call's
 * own id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Leg {
  readonly legId: string
  readonly uuid: string
  readonly endpoint: Endpoint
  readonly state: "Dialing" | "Ringing" | "Answered" | "Bridged" | "Ended"
  readonly startedAt: number
  readonly ringingAt?: number
  readonly answeredAt?: number
  readonly answeredBy?: "Person" | "Machine" | "Agent"
  readonly bridgedAt?: number
  readonly endedAt?: number
  readonly hangupCause?: HangupCause
  readonly variables?: Variables
}

/**
 * An audio stream: being dialed, open since `openedAt`, or ended.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallStream {
  readonly streamId: string
  readonly stream: OpenStream
  readonly startedAt: number
  readonly openedAt?: number
  readonly endedAt?: number
  readonly end?: StreamEnd
}

/**
 * The bridge with `legId`, which is the caller's own leg in a direct call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Talking {
  readonly _tag: "Talking"
  readonly connect: Connect
  readonly round: number
  readonly legId: string
}

/**
 * A conversation that a warm transfer interrupts, and what was left to run after it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Held {
  readonly talking: Talking
  readonly program: Program
  readonly nextStep: number
}

/**
 * What a running call is busy with.
 *
 * `Hunting` rings the endpoints of round `round`, counted through all attempts. `Consulting` asks `legId` to take the
 * call over, and waits for a key of it once `confirming`; `held` is there while the party of before is still on the line.
 * `Streaming` has nothing left to run, and stays up for an audio stream, or for a while after the last one was lost.
 *
 * @category models
 * @since 0.1.0
 */
export type Activity =
  | { readonly _tag: "Waiting" }
  | { readonly _tag: "Playing"; readonly playbackId: string }
  | { readonly _tag: "Hunting"; readonly connect: Connect; readonly round: number; readonly musicId?: string }
  | Talking
  | {
    readonly _tag: "Consulting"
    readonly consult: Consult
    readonly legId: string
    readonly confirming: boolean
    readonly musicId?: string
    readonly held?: Held
  }
  | {
    readonly _tag: "Collecting"
    readonly collect: Collect
    readonly attempt: number
    readonly entry: string
    readonly playbackId?: string
    readonly prompts: ReadonlyArray<Prompt>
  }
  | { readonly _tag: "AwaitingReply"; readonly deliveryId: string }
  | { readonly _tag: "AwaitingStored"; readonly lookupId: string }
  | { readonly _tag: "Streaming" }

/**
 * A call. `extraParams` is the text that comes back in callbacks of the older API. `onHold` says that the parties of the
 * bridge do not hear each other. `transfer` is the one that is in progress, with what came of the endpoint tried last;
 * `retainedLegId` is the party that it keeps on the line until it reaches somebody.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  readonly phase: "New" | "Calling" | "Running" | "Ended"
  readonly origin: Originated
  readonly legs: ReadonlyArray<Leg>
  readonly activity: Activity
  readonly program: Program
  readonly nextStep: number
  readonly variables: Variables
  readonly extraParams?: string
  readonly onHold: boolean
  readonly typedAhead: string
  readonly timers: Readonly<Record<string, number>>
  readonly sequence: number
  readonly retainedLegId?: string
  readonly transfer?: { readonly requestId: string; readonly failure?: TransferReason }
  readonly transfers: ReadonlyArray<TransferRecord>
  readonly inputs: ReadonlyArray<InputRecord>
  readonly recordings: ReadonlyArray<RecordingRecord>
  readonly streams: ReadonlyArray<CallStream>
  readonly ending?: {
    readonly at: number
    readonly cause: HangupCause
    readonly reason?: string
    readonly by: EndedBy
  }
}

/**
 * A call before its first event.
 *
 * @category constructors
 * @since 0.1.0
 */
export const initial: Call = {
  phase: "New",
  origin: {
    _tag: "Originated",
    at: 0,
    callId: "",
    requestId: "",
    kind: "Pipeline",
    callerId: "",
    to: "",
    program: [],
    record: false,
    variables: {}
  },
  legs: [],
  activity: { _tag: "Waiting" },
  program: [],
  nextStep: 0,
  variables: {},
  onHold: false,
  typedAhead: "",
  timers: {},
  sequence: 0,
  transfers: [],
  inputs: [],
  recordings: [],
  streams: []
}

/** The format of a recording that was asked for without one (assumed). */
export const plainRecording: RecordingFormat = { format: "mp3", channels: "single" }

/**
 * Whether the call came from a phone that dialed a number of the platform.
 *
 * @category getters
 * @since 0.1.0
 */
export const isInbound = (call: Call): boolean => call.origin.kind === "Inbound"

/**
 * Whether the call speaks the older vocabulary, in its programs and its callbacks.
 *
 * @category getters
 * @since 0.1.0
 */
export const isLegacy = (call: Call): boolean => call.origin.kind === "Legacy" || isInbound(call)

/**
 * The number of the phone on the first leg.
 *
 * @category getters
 * @since 0.1.0
 */
export const ownNumber = (call: Call): string => isInbound(call) ? call.origin.callerId : call.origin.to

/**
 * The leg by its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const leg = (call: Call, legId: string): Leg | undefined => call.legs.find((leg) => leg.legId === legId)

/**
 * Whether somebody talks with the caller, who can be put on hold.
 *
 * @category getters
 * @since 0.1.0
 */
export const isBridged = (call: Call): boolean => leg(call, callerLegId)?.state === "Bridged"

/**
 * The streams that have not ended.
 *
 * @category getters
 * @since 0.1.0
 */
export const liveStreams = (call: Call): ReadonlyArray<CallStream> =>
  call.streams.filter(({ endedAt }) => endedAt === undefined)

/**
 * Whether the leg has not ended.
 *
 * @category getters
 * @since 0.1.0
 */
export const isLive = (leg: Leg): boolean => leg.state !== "Ended"

/**
 * Where a call stands, in one word: its phase, or what it does while it runs.
 *
 * @category getters
 * @since 0.1.0
 */
export const label = (call: Call): string => call.phase === "Running" ? call.activity._tag : call.phase

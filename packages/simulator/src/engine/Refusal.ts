/** Why the switchboard does not take a request. */
import * as Data from "effect/Data"

/**
 * Why nobody can act so for a person on the phone. `LegNotFound`: the call has no such leg, or it has ended.
 * `LegNotAnswered`: it is not on the line yet. `LegNotRinging`: it is, or it is the one who calls. `NobodyListens`: no
 * audio stream of the call is open. `NoSuchKey`: a key that no phone has. `TooManyScripts`: the bound on numbers that
 * are scripted is reached.
 *
 * @category errors
 * @since 0.1.0
 */
export type ActRefusal =
  | "LegNotFound"
  | "LegNotAnswered"
  | "LegNotRinging"
  | "NobodyListens"
  | "NoSuchKey"
  | "TooManyScripts"

const acts: Readonly<Record<ActRefusal, string>> = {
  LegNotFound: "the call has no such leg, or it has ended: name one by its id, its uuid or its number",
  LegNotAnswered: "this leg is not on the line: wait until it has answered, or answer it",
  LegNotRinging: "nobody can answer or refuse this leg: it is on the line, or it is the one who calls",
  NobodyListens: "no audio stream of this call is open, so nobody would hear it",
  NoSuchKey: "expected keys of a phone: 0 to 9, *, #, A to D",
  TooManyScripts: "10000 numbers are scripted: end some of the scripts"
}

const words: Readonly<Record<string, string>> = {
  ...acts,
  CallNotFound: "no such call is in progress: it never was, or it has ended"
}

/**
 * `AgentNotRunning`: the agent has no worker (documented as 403). `CallNotFound`: no such call is in progress.
 * `TransferInProgress`: another transfer of the call is, by its request id. `TransferNotFound`: no transfer has this
 * request id, or it settled too long ago. `NotBridged`: nobody talks on this call, so nobody can be put on hold.
 * `TooManyCalls`: the bound on calls in progress is reached. `Stopping`: the simulator takes no more calls.
 * Of the account: `AppNotActive` (documented as 403), `NoBalance`, `ChannelsInUse` and `TooFast`, the last two for now:
 * `retryAfterMs` says how long. Of who acts for a person on the phone: {@link ActRefusal}.
 *
 * @category errors
 * @since 0.1.0
 */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly why:
    | "AgentNotRunning"
    | "CallNotFound"
    | "TransferInProgress"
    | "TransferNotFound"
    | "NotBridged"
    | ActRefusal
    | "TooManyCalls"
    | "AppNotActive"
    | "NoBalance"
    | "ChannelsInUse"
    | "TooFast"
    | "Stopping"
  readonly requestId?: string
  readonly retryAfterMs?: number
}> {
  override get message(): string {
    return words[this.why] ?? this.why
  }
}

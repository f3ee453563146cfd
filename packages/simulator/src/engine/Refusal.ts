/** Why the switchboard does not take a request. */
import * as Data from "effect/Data"

/**
 * `AgentNotRunning`: the agent has no worker (documented as 403). `CallNotFound`: no such call is in progress.
 * `TransferInProgress`: another transfer of the call is, by its request id. `TransferNotFound`: no transfer has this
 * request id, or it settled too long ago. `NotBridged`: nobody talks on this call, so nobody can be put on hold.
 * `TooManyCalls`: the bound on calls in progress is reached. `Stopping`: the simulator takes no more calls.
 * Of the account: `AppNotActive` (documented as 403), `NoBalance`, `ChannelsInUse` and `TooFast`, the last two for now:
 * `retryAfterMs` says how long.
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
    | "TooManyCalls"
    | "AppNotActive"
    | "NoBalance"
    | "ChannelsInUse"
    | "TooFast"
    | "Stopping"
  readonly requestId?: string
  readonly retryAfterMs?: number
}> {}

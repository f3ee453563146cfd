/** Why the switchboard does not take a request. */
import * as Data from "effect/Data"

/**
 * `AgentNotRunning`: the agent has no worker (documented as 403). `CallNotFound`: no such call is in progress.
 * `TransferInProgress`: another transfer of the call is, by its request id. `TransferNotFound`: no transfer has this
 * request id, or it settled too long ago. `TooManyCalls`: the bound on calls in progress is reached. `Stopping`: the simulator takes no more calls.
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
    | "TooManyCalls"
    | "Stopping"
  readonly requestId?: string
}> {}

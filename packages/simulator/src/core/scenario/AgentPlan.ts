/**
 * How AI agents behave with no scripting: by the last four characters of the agent id.
 *
 * The plan is the simulator's own. That an agent without a worker is refused at placing is documented
 * (`403 ai_agent_not_running`); inside a connect it fails like a phone that cannot be reached (assumed).
 */
import * as HangupCause from "../call/HangupCause.ts"
import type * as Party from "./Party.ts"

/**
 * One row of the plan.
 *
 * @category models
 * @since 0.1.0
 */
export interface Row {
  readonly suffix: string
  readonly behaviour: string
  readonly running: boolean
  readonly party: Party.Party
}

const ringsAfterMs = 100

const agent = (hangsUp?: Party.Party["hangsUp"]): Party.Party => ({
  ringsAfterMs,
  outcome: { _tag: "Answers", afterMs: 300, by: "Agent" },
  answers: [],
  ...(hangsUp === undefined ? {} : { hangsUp })
})

const rejects = (cause: string): Party.Party => ({ outcome: { _tag: "Rejects", afterMs: 100, cause }, answers: [] })

/**
 * The rows, in the order in which they are tried.
 *
 * @category constants
 * @since 0.1.0
 */
export const rows: ReadonlyArray<Row> = [
  {
    suffix: "f001",
    behaviour: "is not running: an agent call is refused, a connect goes on to the next endpoint",
    running: false,
    party: rejects(HangupCause.destinationOutOfOrder)
  },
  { suffix: "f002", behaviour: "is busy", running: true, party: rejects(HangupCause.userBusy) },
  {
    suffix: "f003",
    behaviour: "joins, and drops off the call 3 s later",
    running: true,
    party: agent({ afterMs: 3000, cause: HangupCause.networkOutOfOrder })
  },
  {
    suffix: "f004",
    behaviour: "rings and never joins",
    running: true,
    party: { ringsAfterMs, outcome: { _tag: "KeepsRinging" }, answers: [] }
  },
  {
    suffix: "f005",
    behaviour: "joins, and hangs up 5 s later",
    running: true,
    party: agent({ afterMs: 5000, cause: HangupCause.normalClearing })
  }
]

/** Any agent that no row names. */
export const otherwise: Row = {
  suffix: "other",
  behaviour: "joins after 300 ms and stays on the line",
  running: true,
  party: agent()
}

/**
 * The row of an agent.
 *
 * @category folding
 * @since 0.1.0
 */
export const row = (agentId: string): Row => rows.find((row) => agentId.toLowerCase().endsWith(row.suffix)) ?? otherwise

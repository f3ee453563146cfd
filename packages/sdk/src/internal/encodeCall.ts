/** The bodies of the v3 requests: one table each, from a request of this package to the platform's JSON. */
import type { Issue } from "../Issue.ts"
import * as Limits from "../wire/Limits.ts"
import * as RestV3 from "../wire/RestV3.ts"
import { connectOptions, pipeline } from "./encodePipeline.ts"
import { constant, field, inline, required, type Row, seconds, struct } from "./fields.ts"
import * as judge from "./judge.ts"
import { attempt, getIn } from "./plainData.ts"

const options: Row = field(
  "options",
  "options",
  struct([
    field("maxDuration", "max_duration_sec", seconds),
    field("record", "record"),
    field("ringTimeout", "ring_timeout_sec", seconds)
  ])
)

const parties: ReadonlyArray<Row> = [field("callerId", "caller_id"), field("to", "to_number")]

const extras: ReadonlyArray<Row> = [options, field("variables", "variables")]

/** A call to an AI agent, without another agent that stands in. */
export const agentCall = judge.encode(struct([...parties, field("agentId", "agent_id"), ...extras]), RestV3.AiCall)

/** Whether a request names another agent that stands in. */
export const hasFailover = (request: unknown): boolean =>
  attempt(() => getIn(request, ["failover"]) !== undefined, false)

/** The one connect of a call that is made of nothing else. */
const connect = "pipeline.0"

const sameAgent = (request: unknown): ReadonlyArray<Issue> => {
  const agentId = getIn(request, ["agentId"])
  return typeof agentId === "string" && agentId === getIn(request, ["failover", "agentId"])
    ? [{
      path: "failover.agentId",
      wirePath: "pipeline[0].endpoints[1].id",
      message: "Expected another agent than the first: the same one cannot stand in for itself"
    }]
    : []
}

/** A call to an AI agent with another that stands in: the platform takes it as a pipeline of one connect. */
export const agentCallWithFailover = judge.encode(
  struct([
    ...parties,
    constant(`${connect}.action`, "connect"),
    required("callerId", `${connect}.params.caller_id`),
    constant(`${connect}.endpoints.0.type`, "agent"),
    field("agentId", `${connect}.endpoints.0.id`),
    constant(`${connect}.endpoints.1.type`, "agent"),
    inline("failover", [
      field("appId", "app_id"),
      field("agentId", `${connect}.endpoints.1.id`),
      ...connectOptions(`${connect}.params`)
    ]),
    ...extras
  ]),
  RestV3.PcmoCall,
  sameAgent
)

/** A call that runs a pipeline. */
export const pipelineCall = judge.encode(
  struct([
    ...parties,
    field("appId", "app_id"),
    field("pipeline", "pipeline", pipeline),
    ...extras,
    field("agentId", "agent_id")
  ]),
  RestV3.PcmoCall
)

/** A call that joins the two numbers: a pipeline of one connect, tried in sequence unless told otherwise. */
export const directCall = judge.encode(
  struct([
    ...parties,
    field("appId", "app_id"),
    constant(`${connect}.action`, "connect"),
    required("callerId", `${connect}.params.caller_id`),
    constant(`${connect}.params.strategy`, "sequential"),
    constant(`${connect}.endpoints.0.type`, "pstn"),
    field("to", `${connect}.endpoints.0.number`),
    inline("connect", connectOptions(`${connect}.params`)),
    ...extras
  ]),
  RestV3.PcmoCall
)

/** A call that runs a flow made on the platform. */
export const flowCall = judge.encode(
  struct([
    field("flowId", "flow_id"),
    field("orgId", "org_id"),
    ...parties,
    field("appId", "app_id"),
    ...extras
  ]),
  RestV3.FlowCall
)

/** A live call that goes on with another pipeline. */
export const transfer = judge.encode(
  struct([field("callId", "call_id"), field("pipeline", "pipeline", pipeline)]),
  RestV3.PcmoTransfer
)

/** The end of a live call. Without a cause, the normal one is sent. */
export const hangup = judge.encode(
  struct([
    constant("cause", Limits.hangupCauseDefault),
    field("callId", "call_id"),
    inline("options", [field("cause", "cause"), field("reason", "reason")])
  ]),
  RestV3.Hangup
)

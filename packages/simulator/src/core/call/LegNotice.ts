/** What live events and records tell of a leg alike. */
import type { Endpoint, Variables } from "../pcmo/Program.ts"
import { callerLegId } from "./Call.ts"

/**
 * A leg, as the customer is told of it. `appId` is the account's, `from` the number that calls, `to` the number, SIP user
 * or agent that is called. `conversationId` is the same for all legs of a call. Of a call that came in, `requestId` is
 * absent.
 *
 * @category models
 * @since 0.1.0
 */
export interface LegNotice {
  readonly callId: string
  readonly uuid: string
  readonly leg: "first" | "further"
  readonly direction: "inbound" | "outbound"
  readonly appId: number
  readonly conversationId: string
  readonly requestId?: string
  readonly from: string
  readonly to: string
  readonly extraParams: string
}

/**
 * The call that a leg belongs to: what a call in progress and its record have in common.
 *
 * @category models
 * @since 0.1.0
 */
export interface OfCall {
  readonly callId: string
  readonly requestId: string
  readonly direction: "inbound" | "outbound"
  readonly callerId: string
  readonly to: string
  readonly variables: Variables
  readonly extraParams?: string
}

const textOf = (endpoint: Endpoint): string => {
  switch (endpoint._tag) {
    case "Pstn":
      return endpoint.number
    case "Sip":
      return endpoint.uri.replace(/^sips?:/, "").replace(/@.*$/, "")
    case "Agent":
      return endpoint.id
  }
}

/**
 * What is told of a leg. Source: pages of live events and records of the older API (documented): `conversation_uuid` is
 * the request id of a call that was placed, and the first leg's id of one that came in. That `from` is the same on all
 * legs, that `to` names a SIP user or an agent, and that calls of the current API bring their variables as
 * `extra_params`, is assumed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (
  call: OfCall,
  leg: { readonly legId: string; readonly uuid: string; readonly endpoint: Endpoint },
  appId: number
): LegNotice => {
  const inbound = call.direction === "inbound"
  const first = leg.legId === callerLegId
  return {
    callId: call.callId,
    uuid: leg.uuid,
    leg: first ? "first" : "further",
    direction: call.direction,
    appId,
    conversationId: inbound ? call.callId : call.requestId,
    ...(inbound ? {} : { requestId: call.requestId }),
    from: call.callerId,
    to: inbound && first ? call.to : textOf(leg.endpoint),
    extraParams: call.extraParams ?? JSON.stringify(call.variables)
  }
}

/** Whom a connect dials. */
import type * as Schema from "effect/Schema"
import type * as AgentId from "./AgentId.ts"
import { build } from "./internal/canonical.ts"
import * as encodePipeline from "./internal/encodePipeline.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"

/**
 * Headers that go with an endpoint; the platform does not say what it does with them. Any JSON object is accepted.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export type Headers = Readonly<Record<string, Schema.Json>>

/**
 * A phone.
 *
 * @category models
 * @since 0.1.0
 */
export interface Phone {
  readonly _tag: "Phone"
  readonly number: PhoneNumber.PhoneNumber
  readonly headers?: Headers
}

/**
 * A SIP address.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sip {
  readonly _tag: "Sip"
  readonly uri: string
  readonly headers?: Headers
}

/**
 * An AI agent. A connect takes at most two, after every other endpoint; the second stands in for the first (documented).
 *
 * @category models
 * @since 0.1.0
 */
export interface Agent {
  readonly _tag: "Agent"
  readonly agentId: AgentId.AgentId
  readonly headers?: Headers
}

/**
 * An endpoint of a connect.
 *
 * @category models
 * @since 0.1.0
 */
export type Endpoint = Phone | Sip | Agent

/**
 * A phone to dial.
 *
 * @category constructors
 * @since 0.1.0
 */
export const phone = (number: PhoneNumber.PhoneNumber, headers?: Headers): Phone =>
  build(encodePipeline.endpoint, "Phone", { number, ...given(headers) })

/**
 * Any text is taken as a URI, as the official clients do.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sip = (uri: string, headers?: Headers): Sip =>
  build(encodePipeline.endpoint, "Sip", { uri, ...given(headers) })

/**
 * An AI agent to connect.
 *
 * @category constructors
 * @since 0.1.0
 */
export const agent = (agentId: AgentId.AgentId, headers?: Headers): Agent =>
  build(encodePipeline.endpoint, "Agent", { agentId, ...given(headers) })

const given = (headers: Headers | undefined): { readonly headers?: Headers } => headers === undefined ? {} : { headers }

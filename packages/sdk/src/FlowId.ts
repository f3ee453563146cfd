/** Ids of flows, and of the organisations that own them. */
import * as Schema from "effect/Schema"
import { Uuid } from "./wire/Scalars.ts"

/**
 * The id of a flow made on the platform: a UUID with dashes, in either case.
 *
 * Source: official Node SDK 1.2.0 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const FlowId = Uuid.pipe(Schema.brand("@effect-piopiy/sdk/FlowId"))

/**
 * A checked flow id.
 *
 * @category models
 * @since 0.1.0
 */
export type FlowId = typeof FlowId.Type

/**
 * One from a constant. Throws when it is not one: decode {@link FlowId} for input.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (text: string): FlowId => FlowId.make(text)

/**
 * The id of the organisation that owns a flow: a UUID with dashes, in either case.
 *
 * Source: official Node SDK 1.2.0 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const OrgId = Uuid.pipe(Schema.brand("@effect-piopiy/sdk/OrgId"))

/**
 * A checked organisation id.
 *
 * @category models
 * @since 0.1.0
 */
export type OrgId = typeof OrgId.Type

/**
 * An organisation id from a constant. Throws when it is not one: decode {@link OrgId} for input.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeOrg = (text: string): OrgId => OrgId.make(text)

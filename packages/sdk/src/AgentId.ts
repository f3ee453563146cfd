/** Ids of AI agents. */
import * as Schema from "effect/Schema"
import { Uuid } from "./wire/Scalars.ts"

/**
 * The id of an AI agent: a UUID with dashes, in either case.
 *
 * Source: official Node SDK 1.2.0 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const AgentId = Uuid.pipe(Schema.brand("@effect-piopiy/sdk/AgentId"))

/**
 * A checked agent id.
 *
 * @category models
 * @since 0.1.0
 */
export type AgentId = typeof AgentId.Type

/**
 * One from a constant. Throws when it is not one: decode {@link AgentId} for input.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (text: string): AgentId => AgentId.make(text)

/** Ids that the platform gives: one for each call, one for each thing asked of a call. */
import * as Schema from "effect/Schema"
import { NonEmpty, Uuid } from "./wire/Scalars.ts"

/**
 * The id of a call: a UUID with dashes, in either case.
 *
 * Source: official Node SDK 1.2.0 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const CallId = Uuid.pipe(Schema.brand("@effect-piopiy/sdk/CallId"))

/**
 * A checked call id.
 *
 * @category models
 * @since 0.1.0
 */
export type CallId = typeof CallId.Type

/**
 * A call id from a constant. Throws when it is not one: decode {@link CallId} for input.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (text: string): CallId => CallId.make(text)

/**
 * The id of a request that the platform queued: any text that is not empty. Assumed: replies of the "calls" API on the
 * same host carry one, whose form is not described.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RequestId = NonEmpty.pipe(Schema.brand("@effect-piopiy/sdk/RequestId"))

/**
 * A checked request id.
 *
 * @category models
 * @since 0.1.0
 */
export type RequestId = typeof RequestId.Type

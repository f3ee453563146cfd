/** Ids of voice apps. */
import * as Schema from "effect/Schema"

/**
 * The id of the voice app that a call belongs to: any string, an empty one included.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category schemas
 * @since 0.1.0
 */
export const AppId = Schema.String.pipe(Schema.brand("@effect-piopiy/sdk/AppId"))

/**
 * A checked app id.
 *
 * @category models
 * @since 0.1.0
 */
export type AppId = typeof AppId.Type

/**
 * An app id from a text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (text: string): AppId => AppId.make(text)

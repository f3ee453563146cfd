/** Named values that travel with a call. */

/**
 * Values that the platform hands on: `variables` of a call, `metadata` of a connect, the data of a param. Keys are
 * letters, digits and underscores and do not begin with a digit; numbers are finite.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export type Variables = Readonly<Record<string, string | number | boolean>>

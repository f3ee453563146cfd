/** Where collected input goes. */
import { build } from "./internal/canonical.ts"
import * as encodePipeline from "./internal/encodePipeline.ts"

/**
 * The result is posted to a URL, and the pipeline in the reply replaces the rest. Callback and reply are assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Url {
  readonly _tag: "Url"
  readonly url: string
}

/**
 * The result goes to a pipeline stored on the platform. What a reference names is assumed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stored {
  readonly _tag: "Stored"
  readonly ref: string
}

/**
 * One of the two ways that a result takes.
 *
 * @category models
 * @since 0.1.0
 */
export type OnResult = Url | Stored

/**
 * Any text that begins with `http://` or `https://`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const url = (address: string): Url => build(encodePipeline.onResult, "Url", { url: address })

/**
 * A pipeline stored on the platform, by its reference.
 *
 * @category constructors
 * @since 0.1.0
 */
export const stored = (ref: string): Stored => build(encodePipeline.onResult, "Stored", { ref })

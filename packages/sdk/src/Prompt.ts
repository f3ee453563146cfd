/** What a caller hears before the platform listens. */
import { build } from "./internal/canonical.ts"
import * as encodePipeline from "./internal/encodePipeline.ts"

/**
 * Plays a file: a name uploaded to the platform, or a URL.
 *
 * @category models
 * @since 0.1.0
 */
export interface File {
  readonly _tag: "File"
  readonly fileName: string
}

/**
 * What is said, and how. All four are required.
 *
 * Source: official Node SDK 1.2.0 and Python SDK 1.2.2 (observed).
 *
 * @category models
 * @since 0.1.0
 */
export interface SayOptions {
  readonly text: string
  /** A language tag such as `en-US`; which ones exist is not published. */
  readonly language: string
  readonly voiceId: string
  /** 0.5 to 2, 1 being normal. */
  readonly speed: number
}

/**
 * Speaks a text.
 *
 * @category models
 * @since 0.1.0
 */
export interface Say extends SayOptions {
  readonly _tag: "Say"
}

/**
 * A prompt.
 *
 * @category models
 * @since 0.1.0
 */
export type Prompt = File | Say

/**
 * A prompt that plays a file.
 *
 * @category constructors
 * @since 0.1.0
 */
export const file = (fileName: string): File => build(encodePipeline.prompt, "File", { fileName })

/**
 * A prompt that is spoken.
 *
 * @category constructors
 * @since 0.1.0
 */
export const say = (options: SayOptions): Say => build(encodePipeline.prompt, "Say", options)

/** A problem found in a value before it is sent, or in a document that was received. */

/**
 * One problem: where it is and what to do about it.
 *
 * `path` locates it in the value as this package spells it (`pipeline[0].ringTimeout`), `wirePath` in the JSON as the
 * platform spells it (`pipeline[0].params.options.ring_timeout_sec`). `message` says what was expected and the shape of
 * what came; it never repeats a text, so it holds no phone number and no token.
 *
 * @category models
 * @since 0.1.0
 */
export interface Issue {
  readonly path: string
  readonly wirePath: string
  readonly message: string
}

/**
 * All problems of one value, at least one.
 *
 * @category models
 * @since 0.1.0
 */
export type Issues = readonly [Issue, ...Array<Issue>]

/**
 * One line per issue: its path, then its message.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (issues: ReadonlyArray<Issue>): string =>
  issues.map((issue) => (issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`)).join("\n")

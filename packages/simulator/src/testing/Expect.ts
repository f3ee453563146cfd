/** Expectations as effects, for tests that use `assert` of Effect, or no matchers at all. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Expectation, Verdict } from "../index.ts"
import { Simulator } from "../Simulator.ts"
import type { World } from "../World.ts"

/**
 * What was expected did not come to pass. The message says what happened instead, and shows the journal around it.
 *
 * @category errors
 * @since 0.1.0
 */
export class ExpectationFailed extends Data.TaggedError("ExpectationFailed")<{
  readonly expectation: Expectation.Expectation
  readonly verdict: Verdict.Verdict
}> {
  override get message(): string {
    return this.verdict.message
  }
}

/**
 * Holds what has happened by now against an expectation, on the default tenant or on another `world`. Fails with
 * {@link ExpectationFailed}.
 *
 * @category testing
 * @since 0.1.0
 */
export const expect = Effect.fn("expect")(function*(
  expectation: Expectation.Expectation,
  options: { readonly world?: World } = {}
) {
  const world = options.world ?? (yield* Simulator)
  const verdict = Verdict.check(expectation, yield* world.evidence())
  if (!verdict.pass) return yield* new ExpectationFailed({ expectation, verdict })
})

/** What an answer is that never comes: the connection breaks off, or was never there. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * Dying with this ends the connection of a request without an answer. Whoever serves does it: over sockets the server, in
 * memory the client. `Refused` stands for a connection that nobody takes.
 *
 * @category errors
 * @since 0.1.0
 */
export class Severed extends Schema.TaggedError<Severed>()("Severed", {
  how: Schema.Literals(["Broken", "Refused"])
}) {
  override get message(): string {
    return this.how === "Broken" ? "the connection broke off" : "nobody listens"
  }
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const broken: Effect.Effect<never> = Effect.die(new Severed({ how: "Broken" }))
/**
 * @category constructors
 * @since 0.1.0
 */
export const refused: Effect.Effect<never> = Effect.die(new Severed({ how: "Refused" }))

/**
 * How a request died of its connection, if it did.
 *
 * @category getters
 * @since 0.1.0
 */
export const find = <E>(cause: Cause.Cause<E>): Severed | undefined => {
  for (const reason of cause.reasons) {
    if (reason._tag === "Die" && reason.defect instanceof Severed) return reason.defect
  }
  return undefined
}

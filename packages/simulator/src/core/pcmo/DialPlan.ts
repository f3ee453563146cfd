/** In which order the endpoints of a connect ring. */
import type { Connect, Endpoint } from "./Program.ts"

/**
 * The rounds of a connect: the endpoints of a round ring at once, a round starts when the one before has failed.
 *
 * `Sequential` has one endpoint a round (documented). `Simultaneous` rings the phones and SIP users in one round
 * (documented), then each agent in a round of its own, since agents stand in for each other (assumed).
 *
 * @category folding
 * @since 0.1.0
 */
export const rounds = (connect: Connect): ReadonlyArray<ReadonlyArray<Endpoint>> => {
  if (connect.strategy === "Sequential") return connect.endpoints.map((endpoint) => [endpoint])
  const phones = connect.endpoints.filter((endpoint) => endpoint._tag !== "Agent")
  const agents = connect.endpoints.filter((endpoint) => endpoint._tag === "Agent")
  return [...(phones.length === 0 ? [] : [phones]), ...agents.map((agent) => [agent])]
}

/**
 * The endpoints that ring in a round, counted through all attempts; nobody once the attempts are used up. Each attempt
 * goes through all the rounds (assumed).
 *
 * @category folding
 * @since 0.1.0
 */
export const round = (
  connect: Connect,
  index: number,
  all: ReturnType<typeof rounds> = rounds(connect)
): ReadonlyArray<Endpoint> | undefined =>
  index < all.length * (connect.attempts ?? 1) ? all[index % all.length] : undefined

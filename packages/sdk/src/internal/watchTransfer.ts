/** Asking again and again how far a transfer is, until it has settled. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type * as CallId from "../CallId.ts"
import type { Issues } from "../Issue.ts"
import { type Operation, PiopiyError, Reason } from "../PiopiyError.ts"
import type { Transfer, Watch as WatchOptions } from "../Transfer.ts"
import * as RestCalls from "../wire/RestCalls.ts"
import * as checkConfig from "./checkConfig.ts"
import * as rest from "./rest.ts"

type Ask = (requestId: CallId.RequestId) => Effect.Effect<Option.Option<Transfer>, PiopiyError>

interface Watch {
  readonly every: Duration.Duration
  readonly within: Duration.Duration
}

const { pollEverySec, pollForSec } = RestCalls.transferWatch

/** How to watch, or every problem of it. */
export const readOptions = (options: WatchOptions = {}): Result.Result<Watch, Issues> => {
  const reader = checkConfig.makeReader(options, ["options"])
  return reader.finish({
    every: reader.optional("every", checkConfig.checkDuration, Duration.seconds(pollEverySec)),
    within: reader.optional("within", checkConfig.checkDuration, Duration.seconds(pollForSec))
  })
}

const outcomeUnknown = (operation: Operation, why: string) =>
  new PiopiyError({ operation, reason: Reason.OutcomeUnknown({ why }), attempts: 1 })

const operation = "Calls.transferUpdates"

/** The first state of the transfer, each change, and no more once it has settled. A question that failed is asked again. */
const changes = (
  ask: Ask,
  requestId: CallId.RequestId,
  { every, within }: Watch
): Stream.Stream<Transfer, PiopiyError> => {
  const from = Effect.fnUntraced(function*(deadline: bigint, last: Option.Option<Transfer>) {
    if (Option.exists(last, ({ status }) => status !== "queued")) return undefined
    for (let asked = Option.isSome(last);; asked = true) {
      if (asked) yield* Effect.sleep(every)
      const answer = yield* Effect.result(ask(requestId))
      if (Result.isSuccess(answer)) {
        if (Option.isNone(answer.success)) {
          return yield* outcomeUnknown(operation, "the platform does not know this transfer, or no more")
        }
        const now = answer.success.value
        if (!Option.exists(last, ({ status }) => status === now.status)) return [now, Option.some(now)] as const
      } else if (answer.failure.verdict !== "safe") return yield* answer.failure
      if ((yield* Clock.monotonicTimeNanos) + Duration.toNanosUnsafe(every) > deadline) {
        return yield* Result.isFailure(answer)
          ? answer.failure
          : outcomeUnknown(operation, `the transfer has not settled within ${Duration.format(within)}`)
      }
    }
  })
  return Stream.unwrap(Effect.map(Clock.monotonicTimeNanos, (startedAt) => {
    const deadline = startedAt + Duration.toNanosUnsafe(within)
    return Stream.unfold(Option.none<Transfer>(), (last) => from(deadline, last))
  }))
}

/** The updates of a transfer. */
export const updates = (
  ask: Ask,
  requestId: CallId.RequestId,
  options?: WatchOptions
): Stream.Stream<Transfer, PiopiyError> =>
  Stream.unwrap(
    rest.operate(operation, () => readOptions(options), (watch) => Effect.succeed(changes(ask, requestId, watch)))
  )

/** How a transfer that is queued ends. Whatever keeps that from being known leaves its outcome unknown. */
export const settled = (
  ask: Ask,
  requestId: Option.Option<CallId.RequestId>,
  watch: Watch
): Effect.Effect<Transfer, PiopiyError> => {
  if (Option.isNone(requestId)) {
    return Effect.fail(
      outcomeUnknown("Calls.handOff", "the transfer is queued, and the platform gave no id to ask for")
    )
  }
  return Stream.runLast(changes(ask, requestId.value, watch)).pipe(
    Effect.mapError(({ reason }) => {
      const why = reason._tag === "OutcomeUnknown" ? reason.why : `asking about the transfer failed (${reason._tag})`
      return outcomeUnknown("Calls.handOff", `request ${requestId.value} is queued, but ${why}`)
    }),
    Effect.flatMap(Option.match({ onNone: () => Effect.die("a transfer has a state"), onSome: Effect.succeed }))
  )
}

/** Serves the operations that judge. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as check from "../../../core/expect/check.ts"
import { onTheWall } from "../../../engine/ScenarioTime.ts"
import * as ScenarioReport from "../../../ScenarioReport.ts"
import { Simulator } from "../../../Simulator.ts"
import { served } from "./ControlApi.ts"
import { JournalEntry } from "./PagesApi.ts"
import { TimedOut, TooMany } from "./Refusals.ts"
import { Visitor } from "./Visiting.ts"
import { invalid } from "./visits.ts"

/** How long a scenario may run, in real time, and how many may at once. */
const longestRun = "60 seconds"
const maxRuns = 4

const readEntries = Schema.decodeUnknownEffect(Schema.Array(JournalEntry))

const tooMany = new TooMany({
  what: "scenarios",
  message: `${maxRuns} scenarios run already: try again when one has come to its end`
})

const timedOut = new TimedOut({
  message:
    `the scenario did not come to its end within ${longestRun}: give it a manual clock, or run it with piopiy-sim run`
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = HttpApiBuilder.group(
  served,
  "runs",
  Effect.fnUntraced(function*(handlers) {
    const simulator = yield* Simulator
    const runs = Semaphore.makeUnsafe(maxRuns)
    return handlers.handleAll({
      expect: ({ payload }) =>
        Visitor.use(({ tenant }) =>
          Effect.map(simulator.of(tenant).evidence(), (evidence) => check.check(payload, evidence))
        ),
      scenario: Effect.fnUntraced(function*({ payload, query: { journal, seed } }) {
        const inTime = yield* simulator.scenario(payload, seed === undefined ? {} : { seed }).pipe(
          Effect.mapError(({ message, reason }) =>
            invalid(reason._tag === "InvalidConfig" ? reason.problems : [{ path: "", message }])
          ),
          Effect.timeoutOption(longestRun),
          onTheWall,
          runs.withPermitsIfAvailable(1)
        )
        if (Option.isNone(inTime)) return yield* tooMany
        if (Option.isNone(inTime.value)) return yield* timedOut
        const { broken: _, entries, ...report } = inTime.value.value
        return {
          ...report,
          passed: ScenarioReport.passed(inTime.value.value),
          failures: ScenarioReport.failures(inTime.value.value),
          ...(journal === "true" ? { entries: yield* Effect.orDie(readEntries(entries)) } : {})
        }
      })
    })
  })
)

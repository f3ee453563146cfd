/** What came of running a scenario. */
import type { Expectation } from "./core/expect/Expectation.ts"
import type { Entry } from "./core/journal/Entry.ts"
import type * as ClockMode from "./engine/ClockMode.ts"

/**
 * What came of an expectation. `message` says why, whichever it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Judged {
  readonly expectation: Expectation
  readonly pass: boolean
  readonly message: string
}

/**
 * What came of a run. `broken` tells what kept it from going as the scenario says: steps that could not be done, time
 * that stood still, a simulator that broke; below that, the journal around it. `remarks` are no failures: faults that
 * never fired, above all. `entries` is the journal, of one tenant after the other. `virtualMs` is how long it took in the
 * time of the tenant, `realMs` on the wall.
 *
 * @category models
 * @since 0.1.0
 */
export interface ScenarioReport {
  readonly name: string
  readonly seed: number
  readonly clock: ClockMode.Setting
  readonly broken: ReadonlyArray<string>
  readonly verdicts: ReadonlyArray<Judged>
  readonly remarks: ReadonlyArray<string>
  readonly entries: ReadonlyArray<Entry>
  readonly virtualMs: number
  readonly realMs: number
}

/**
 * Everything that failed, in the words of the report.
 *
 * @category getters
 * @since 0.1.0
 */
export const failures = ({ broken, verdicts }: ScenarioReport): ReadonlyArray<string> => [
  ...broken,
  ...verdicts.flatMap(({ message, pass }) => pass ? [] : [message])
]

/**
 * Whether nothing failed.
 *
 * @category getters
 * @since 0.1.0
 */
export const passed = (report: ScenarioReport): boolean => failures(report).length === 0

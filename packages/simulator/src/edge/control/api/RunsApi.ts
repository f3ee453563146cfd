/** Operations that judge: what a tenant's journal comes to, and whole scenarios. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Expectation } from "../../../core/expect/Expectation.ts"
import * as ClockMode from "../../../engine/ClockMode.ts"
import { Scenario } from "../../../Scenario.ts"
import { JournalEntry } from "./PagesApi.ts"
import { wire } from "./Refusals.ts"
import { Visiting } from "./Visiting.ts"

/**
 * What came of an expectation. `message` says why, whichever it is. When it `isMoot` there was nothing to be judged.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Judgement = Schema.Struct({
  pass: Schema.Boolean,
  message: Schema.String,
  isMoot: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "Judgement" })
/** @since 0.1.0 */
export type Judgement = typeof Judgement.Type

const expect = HttpApiEndpoint.post("expect", "/expect", { payload: Expectation, success: Judgement }).annotateMerge(
  OpenApi.annotations({
    summary: "Hold a tenant to an expectation",
    description:
      "Judges what has happened by now. The message tells what happened instead and what came nearest, with the "
      + "journal around it."
  })
)

/**
 * What came of a scenario. `failures` is empty when it passed; `remarks` are no failures; `entries` is the journal, where
 * it was asked for.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ScenarioResult = Schema.Struct({
  name: Schema.String,
  passed: Schema.Boolean,
  seed: Schema.Natural,
  clock: ClockMode.Setting,
  failures: Schema.Array(Schema.String),
  verdicts: Schema.Array(Schema.Struct({ expectation: Expectation, pass: Schema.Boolean, message: Schema.String })),
  remarks: Schema.Array(Schema.String),
  virtualMs: Schema.Natural,
  realMs: Schema.Natural,
  entries: Schema.optionalKey(Schema.Array(JournalEntry))
}).annotate({ identifier: "ScenarioResult" })
/** @since 0.1.0 */
export type ScenarioResult = typeof ScenarioResult.Type

const scenario = HttpApiEndpoint.post("scenario", "/scenarios", {
  query: {
    seed: Schema.optionalKey(Schema.NumberFromString.check(
      Schema.isInt(),
      Schema.isBetween({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER
      })
    )),
    journal: Schema.optionalKey(
      Schema.Literals(["true", "false"]).annotate({
        description: "Whether the answer has the journal (default false)."
      })
    ),
    tenant: Schema.optionalKey(Schema.String)
  },
  payload: Scenario.annotate({ identifier: "Scenario" }),
  success: ScenarioResult,
  error: [wire.tooMany, wire.timedOut]
}).annotateMerge(OpenApi.annotations({
  summary: "Run a scenario",
  description:
    "Runs it on a platform of its own in the same process, for a minute of real time at most, four at a time. "
    + "The app under test is one that runs already, at `app.url`; no programs are started."
}))

/**
 * @category groups
 * @since 0.1.0
 */
export const RunsApi = HttpApiGroup.make("runs").add(expect, scenario).middleware(Visiting).annotateMerge(
  OpenApi.annotations({ title: "Expectations and scenarios", description: "Judging what happened." })
)

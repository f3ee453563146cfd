/** A scenario: who does what when, the app under test, what goes wrong, and what is expected. Plain data. */
import * as Schema from "effect/Schema"
import { Expectation } from "../expect/Expectation.ts"
import { Rule } from "../fault/Fault.ts"
import { Millis, Step } from "./Step.ts"

/** The host by which URLs of a scenario mean the app under test, wherever it is. */
export const appHost = "app.test"

const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

/**
 * The app under test: one that runs at a URL, or a command that starts it, in the folder of the file. The command finds
 * the port it is to listen on in `PORT`, and is waited for until that port answers a GET of `ready`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const App = Schema.Struct({
  url: optional(
    "Where it runs already. Either this or command.",
    Schema.String.check(
      Schema.isPattern(/^https?:\/\/[^/?#\s]+\/?$/, {
        message: "Expected a URL without a path, as http://127.0.0.1:3000"
      })
    )
  ),
  command: optional("What starts it, word by word. Either this or url.", Schema.NonEmptyArray(Schema.NonEmptyString)),
  ready: optional(
    "The path that is asked for until something answers (default /).",
    Schema.String.check(Schema.isPattern(/^\/\S*$/, { message: "Expected a path, as /health" }))
  ),
  env: optional(
    "Environment variables for the command, beside those of the run.",
    Schema.Record(Schema.String, Schema.String)
  )
})
/** @since 0.1.0 */
export type App = typeof App.Type

/**
 * The keys of a scenario, all but `config` and `clock`, which are those of a simulator.
 *
 * @category schemas
 * @since 0.1.0
 */
export const fields = {
  $schema: optional("Where scenario.schema.json lies, for editors; means nothing else.", Schema.String),
  name: Schema.NonEmptyString.annotate({ description: "What the summary calls it." }),
  about: optional("What it shows, for readers.", Schema.String),
  seed: optional("Seed of ids and of chance (default 1).", Schema.Natural),
  app: optional(`The app under test. URLs with the host ${appHost} lead to it.`, App),
  faults: optional("What goes wrong.", Schema.Array(Rule)),
  steps: Schema.Array(Step).annotate({ description: "What is done, and when." }),
  expect: optional("What must hold once the run is over.", Schema.Array(Expectation)),
  lastsMs: optional(
    "How long the run lasts. Left out, until all steps are done and all calls have ended, an hour at most.",
    Millis
  )
}

/**
 * A scenario without its `config` and `clock`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Scenario = Schema.Struct(fields)
/** @since 0.1.0 */
export type Scenario = typeof Scenario.Type

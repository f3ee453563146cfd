/** `piopiy-sim numbers`: who is behind which number and agent id. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as AgentPlan from "../core/scenario/AgentPlan.ts"
import * as NumberPlan from "../core/scenario/NumberPlan.ts"

/**
 * The plan as data, the rows in the order in which they are tried.
 *
 * @category getters
 * @since 0.1.0
 */
export const plan = {
  numbers: [...NumberPlan.rows, NumberPlan.otherwise].map(({ behaviour, digits }) => ({ endsWith: digits, behaviour })),
  agents: [...AgentPlan.rows, AgentPlan.otherwise].map(({ behaviour, suffix }) => ({ endsWith: suffix, behaviour }))
}

const table = (rows: ReadonlyArray<{ readonly endsWith: string; readonly behaviour: string }>): string =>
  rows.map(({ behaviour, endsWith }) => `  ${endsWith.padEnd(7)} ${behaviour}`).join("\n")

const text = `Phones, by the last four digits of the number (n is a digit):
${table(plan.numbers)}

AI agents, by the last four characters of the agent id:
${table(plan.agents)}`

export const numbers = Command.make(
  "numbers",
  { json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Print the plan as JSON")) },
  ({ json }) => Console.log(json ? JSON.stringify(plan, null, 2) : text)
).pipe(Command.withDescription("Print how phones and agents behave, by number and id"))

/** Flags whose value is a secret that a request carries. */
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"

/** A token that a request can carry. */
const isToken = (token: Redacted.Redacted<string>): boolean => /^[!-~]+$/.test(Redacted.value(token))

const variable = (name: string): string => `PIOPIY_SIM_${name.toUpperCase().replaceAll("-", "_")}`

const inEnvironment = "from the environment"

const fromEnvironment = (name: string) =>
  Config.map(Config.String(variable(name)), (token) => Redacted.make(token, { label: inEnvironment }))

/** Whether a value is a token that no flag asked for: who has it in the environment has it there for every command. */
export const isFromEnvironment = (value: unknown): boolean =>
  Redacted.isRedacted(value) && value.label === inEnvironment

/**
 * A flag that may be left out, whose value is a token. Left out, it is read from the environment: `--admin-token` from
 * `PIOPIY_SIM_ADMIN_TOKEN`.
 */
export const tokenFlag = (name: string, description: string) =>
  Flag.optional(
    Flag.Redacted(name).pipe(
      Flag.withDescription(`${description}; or in ${variable(name)}`),
      Flag.withFallbackConfig(fromEnvironment(name)),
      Flag.filter(isToken, () => "a token of visible ASCII characters, not empty")
    )
  )

/** The first account by flags, which go before what the file says of it. */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AccountConfig from "../AccountConfig.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import { tokenFlag } from "./tokenFlag.ts"

const url = (name: string, description: string) =>
  Flag.optional(Flag.String(name).pipe(Flag.withMetavar("URL"), Flag.withDescription(description)))
const count = (name: string, description: string) =>
  Flag.optional(Flag.Int(name).pipe(Flag.withDescription(description)))

export const flags = {
  token: tokenFlag("token", `Bearer token of the account, instead of ${SimulatorConfig.defaultToken}`),
  appId: count("app-id", "App id of the account in the older API, instead of 1000001"),
  appSecret: tokenFlag("app-secret", "Secret of the app id, instead of sim-secret"),
  balance: Flag.optional(
    Flag.Finite("balance").pipe(
      Flag.withDescription(`What the calls of the account consume, instead of ${AccountConfig.defaultBalance}`)
    )
  ),
  channels: count("channels", "Calls that the account may have in progress at once"),
  callsPerSecond: count("calls-per-second", "Calls that the account may place within any second"),
  inactive: Flag.Boolean("inactive").pipe(
    Flag.withDefault(false),
    Flag.withDescription("The app is not active: every call is refused")
  ),
  eventsUrl: url("events-url", "Where live events go"),
  envelopeUrl: url("envelope-url", "Where events of the current API go, in a form that is assumed"),
  cdrUrl: url("cdr-url", "Where the record of each leg that has ended goes"),
  answerUrl: url("answer-url", "Whom calls from outside are announced to"),
  signingSecret: tokenFlag("signing-secret", "Signs whatever goes to URLs; the platform signs nothing")
}

const given = (values: Readonly<Record<string, Option.Option<unknown>>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => Option.isSome(value) ? [[key, value.value] as const] : [])
  )

/**
 * A configuration with what the flags say of its first account. Fails with `InvalidConfig`, by the path that the flag
 * sets (`accounts[0].balance`).
 */
export const apply = (options: Command.Command.Config.Infer<typeof flags>, config: SimulatorConfig.SimulatorConfig) => {
  const [first, ...others] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  const { answerUrl, appId, balance, callsPerSecond, cdrUrl, channels, envelopeUrl, eventsUrl } = options
  const account = given({
    token: Option.map(options.token, Redacted.value),
    appId,
    appSecret: Option.map(options.appSecret, Redacted.value),
    balance,
    channels,
    callsPerSecond,
    active: options.inactive ? Option.some(false) : Option.none(),
    answerUrl
  })
  const webhooks = given({
    events: eventsUrl,
    cdr: cdrUrl,
    envelope: envelopeUrl,
    signingSecret: Option.map(options.signingSecret, Redacted.value)
  })
  return SimulatorConfig.decode({
    ...config,
    accounts: [{ ...first, ...account, webhooks: { ...first.webhooks, ...webhooks } }, ...others]
  })
}

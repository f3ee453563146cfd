/** An account as a configuration describes it, and what becomes of whatever it leaves out. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Rule } from "./core/fault/Fault.ts"
import * as Admission from "./edge/rest/Admission.ts"
import * as AdmissionValues from "./edge/rest/AdmissionValues.ts"
import type { AccountOptions } from "./engine/Account.ts"
import { Setting } from "./engine/ClockMode.ts"
import { maxRules } from "./engine/Faults.ts"
import type { Webhooks } from "./engine/Outbox.ts"
import type { AnswerUrls } from "./engine/Tenants.ts"
import type { Problem } from "./SimulatorError.ts"

/** The app id of the first account; the next ones count on from it. */
export const defaultAppId = 1_000_001
/** The secret of an account that names none. */
export const defaultAppSecret = "sim-secret"
/** The password of the user `101_<app id>`, whom an account without a secret and users of its own has. */
export const defaultPassword = "sim-password"
/** In the account's currency. */
export const defaultBalance = 1_000_000
/** Of a started minute of an answered leg, in the account's currency: the rate of a documented record. */
export const defaultRatePerMinute = 0.45

const secret = (what: string) =>
  Schema.String.check(Schema.isPattern(/^\S+$/u, { message: `Expected a ${what} without spaces, not empty` }))

/** What a header can carry. */
const Token = Schema.String.check(
  Schema.isPattern(/^[!-~]+$/u, { message: "Expected a token of visible ASCII characters, not empty" })
)

const Url = Schema.String.check(
  Schema.makeFilter((text) => /^https?:\/\//iu.test(text) && URL.canParse(text), {
    message: "Expected an http or https URL",
    toJsonSchema: () => ({ format: "uri", pattern: "^[hH][tT][tT][pP][sS]?://" })
  })
)

const atMost = (maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum }))
/** A whole number, 1 or more. */
export const countTo = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

/** A key that may be left out, with what editors say about it. */
export const optional = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema.annotate({ description }))

/** Fault rules, as many as a tenant takes. */
export const Rules = Schema.Array(Rule).check(Schema.isMaxLength(maxRules))

const User = Schema.Struct({ id: Schema.NonEmptyString, password: secret("password") })

/**
 * One account. Only `token` must be there. Each key says in its description what it does and what it is when left out.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AccountConfig = Schema.Struct({
  token: Token.annotate({ description: "The bearer token." }),
  name: optional(
    "How /_sim and the journal call the account; left out, the first is default, the next tenant-1 and on.",
    Schema.NonEmptyString
  ),
  seed: optional("Seed of the account's ids, instead of the common one.", Schema.Natural),
  clock: optional(
    "How the account's time passes: live (the default), so many times as fast (scaled, up to 1000), or manual, by hand.",
    Setting
  ),
  appId: optional(
    "The app id of the older API; left out, the first account has 1000001, the next 1000002 and on.",
    countTo(Number.MAX_SAFE_INTEGER)
  ),
  appSecret: optional("The secret of the app id (default sim-secret).", secret("secret")),
  active: optional("Whether the app is active (default true). One that is not refuses every call.", Schema.Boolean),
  balance: optional(
    "What calls consume, in the account's currency, to six decimals (default 1000000).",
    atMost(1_000_000_000)
  ),
  ratePerMinute: optional(
    "What a started minute of an answered leg takes off the balance (default 0.45).",
    atMost(1_000_000)
  ),
  channels: optional("Calls in progress at once; left out, maxCalls is the only limit.", countTo(1_000_000)),
  callsPerSecond: optional("Calls placed within any second; left out, there is no limit.", countTo(10_000)),
  users: optional(
    "Who logs in to send messages; left out, 101_<appId> with sim-password, or nobody when appSecret is given.",
    Schema.Array(User)
  ),
  answerUrl: optional("Whom calls from outside are announced to.", Url),
  numbers: optional(
    "By the number that is dialed from outside: an answer URL that goes before the account's.",
    Schema.Record(Schema.String, Schema.Struct({ answerUrl: Url }))
  ),
  faults: optional("What goes wrong on this account, and when.", Rules),
  webhooks: optional(
    "Where notices go; those without a URL are not sent.",
    Schema.Struct({
      events: optional("Live events.", Url),
      cdr: optional("The record of each leg that has ended.", Url),
      envelope: optional("The notices of the current API, whose form is assumed.", Url),
      signingSecret: optional(
        "Signs everything that goes out, which the platform itself does not do.",
        secret("secret")
      )
    })
  )
}).annotate({ identifier: "Account" })
/** @since 0.1.0 */
export type AccountConfig = typeof AccountConfig.Type

/**
 * The account's own side: credentials, money, limits, users. `index` is its place among the accounts.
 *
 * @category constructors
 * @since 0.1.0
 */
export const account = (config: AccountConfig, index: number): AccountOptions => {
  const appId = config.appId ?? defaultAppId + index
  const users = config.users
    ?? (config.appSecret === undefined ? [{ id: `101_${appId}`, password: defaultPassword }] : [])
  return {
    appId,
    appSecret: Redacted.make(config.appSecret ?? defaultAppSecret),
    active: config.active ?? true,
    balance: config.balance ?? defaultBalance,
    ratePerMinute: config.ratePerMinute ?? defaultRatePerMinute,
    ...(config.channels === undefined ? {} : { channels: config.channels }),
    ...(config.callsPerSecond === undefined ? {} : { callsPerSecond: config.callsPerSecond }),
    users: users.map(({ id, password }) => ({ id, password: Redacted.make(password) }))
  }
}

/**
 * Where the account's notices go.
 *
 * @category constructors
 * @since 0.1.0
 */
export const webhooks = ({ webhooks: { signingSecret, ...urls } = {} }: AccountConfig): Webhooks => ({
  ...urls,
  ...(signingSecret === undefined ? {} : { signingSecret: Redacted.make(signingSecret) })
})

/**
 * Whom its calls from outside are announced to. A key of `numbers` that is no phone number becomes a problem below
 * `under`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const answerUrls = (config: AccountConfig, under: string, problems: Array<Problem>): AnswerUrls => {
  const byNumber = new Map<string, string>()
  for (const [number, { answerUrl }] of Object.entries(config.numbers ?? {})) {
    Result.match(AdmissionValues.phone(number, Admission.at(`${under}.numbers`, number)), {
      onFailure: (found) => problems.push(...found),
      onSuccess: () => byNumber.set(number, answerUrl)
    })
  }
  return { byNumber, ...(config.answerUrl === undefined ? {} : { otherwise: config.answerUrl }) }
}

/**
 * Every URL of an account, with its place below `under`.
 *
 * @category getters
 * @since 0.1.0
 */
export const urls = (
  { answerUrl, numbers = {}, webhooks: { cdr, envelope, events } = {} }: AccountConfig,
  under: string
): ReadonlyArray<{ readonly path: string; readonly url: string }> =>
  Object.entries({
    [`${under}.answerUrl`]: answerUrl,
    ...Object.fromEntries(
      Object.entries(numbers).map(([number, { answerUrl }]) =>
        [`${Admission.at(`${under}.numbers`, number)}.answerUrl`, answerUrl] as const
      )
    ),
    [`${under}.webhooks.events`]: events,
    [`${under}.webhooks.cdr`]: cdr,
    [`${under}.webhooks.envelope`]: envelope
  }).flatMap(([path, url]) => url === undefined ? [] : [{ path, url }])

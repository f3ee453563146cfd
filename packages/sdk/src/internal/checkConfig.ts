/** What the configurations of this package have in common, checked. Options are of unknown origin throughout. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Issue, Issues } from "../Issue.ts"
import { type Operation, PiopiyError, Reason } from "../PiopiyError.ts"
import type { RequestLimits } from "../RequestLimits.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import { toDuration } from "./fields.ts"
import { attempt, formatPath, getIn, isRecord, type Path } from "./plainData.ts"

/** How requests are sent, whatever the credentials are. */
export interface Sending {
  readonly timeoutOf: (operation: Operation) => Duration.Duration
  readonly retryPolicy: RetryPolicy.RetryPolicy
  readonly limit: RequestLimits["run"]
}

/** A value as it is used, or what was expected of it. */
type Check<A> = (value: unknown) => Result.Result<A, string>

/** Takes options apart and keeps what is wrong with them. */
export interface Reader {
  /** The option as `check` reads it. One that is left out, or wrong, is `otherwise`. */
  readonly optional: <A>(key: string, check: Check<A>, otherwise: A) => A
  readonly required: <A>(key: string, check: Check<A>, otherwise: A) => A
  /** Takes apart options that belong to these, under a key of their own. Their problems are problems of these. */
  readonly within: (key: string, options: unknown) => Reader
  /** What was made of the options when nothing was wrong with them, or every problem of them. Unknown keys are some. */
  readonly finish: <A>(made: A) => Result.Result<A, Issues>
}

/** `at` is the place of the options among the arguments. Problems are added to `issues`. */
export const makeReader = (options: unknown, at: Path = [], issues: Array<Issue> = []): Reader => {
  const known: Array<string> = []
  const refuse = (below: Path, message: string) => {
    const path = formatPath([...at, ...below])
    issues.push({ path, wirePath: path, message })
  }
  if (!isRecord(options)) refuse([], "Expected an object of options")
  const required = <A>(key: string, check: Check<A>, otherwise: A): A => {
    known.push(key)
    const read = attempt(() => check(getIn(options, [key])), Result.fail("a value that can be read"))
    if (Result.isSuccess(read)) return read.success
    refuse([key], `Expected ${read.failure}`)
    return otherwise
  }
  return {
    required,
    optional: (key, check, otherwise) =>
      required(key, (value) => (value === undefined ? Result.succeed(otherwise) : check(value)), otherwise),
    within: (key, inner) => makeReader(inner, [...at, key], issues),
    finish: (made) => {
      const given = attempt(() => isRecord(options) ? Object.entries(options) : [], [])
      const unknown = given.filter(([key, value]) => value !== undefined && !known.includes(key))
      for (const [key] of unknown) refuse([key], `Expected only ${known.join(", ")}: remove this key`)
      const [first, ...rest] = issues
      return first === undefined ? Result.succeed(made) : Result.fail([first, ...rest])
    }
  }
}

/** A configuration, or reason `InvalidConfig`. */
export const configured = <A>(operation: Operation, made: Result.Result<A, Issues>): Effect.Effect<A, PiopiyError> =>
  Effect.fromResult(
    Result.mapError(
      made,
      (issues) => new PiopiyError({ operation, reason: Reason.InvalidConfig({ issues }), attempts: 0 })
    )
  )

const checkSecret: Check<Redacted.Redacted<string>> = (value) =>
  isSecret(value)
    ? Result.succeed(value)
    : Result.fail("Redacted text, not empty, of printable characters without spaces")

const isSecret = (value: unknown): value is Redacted.Redacted<string> => {
  const text: unknown = Redacted.isRedacted(value) ? Redacted.value(value) : undefined
  return typeof text === "string" && /^[\x21-\x7e]+$/.test(text)
}

/** A secret that a header and a JSON body can carry. */
export const secret = (reader: Reader, key: string): Redacted.Redacted<string> =>
  reader.required(key, checkSecret, Redacted.make(""))

/** An address that paths are appended to, without a trailing slash. */
export const checkBaseUrl: Check<string> = (value) => {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined
  if (typeof value !== "string" || url === undefined || !/^https?:$/.test(url.protocol)) {
    return Result.fail("a URL that begins with http:// or https://")
  }
  return url.username === "" && url.password === "" && !/[?#]/.test(value)
    ? Result.succeed(value.replace(/\/+$/, ""))
    : Result.fail("a URL without credentials, query and fragment: secrets have options of their own")
}

const isAbove = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0

/** A time that is longer than none and ends. */
export const checkDuration: Check<Duration.Duration> = (value) => {
  const duration = Option.filter(toDuration(value), (one) => isAbove(Duration.toMillis(one)))
  return Result.fromOption(duration, () => "a duration above zero, such as \"10 seconds\"")
}

const checkTimeouts: Check<ReadonlyMap<string, Duration.Duration>> = (value) => {
  if (!isRecord(value)) return Result.fail("durations by the names of operations")
  const read = Object.entries(value).filter(([, one]) => one !== undefined)
  const timeouts = new Map(read.flatMap(([name, one]) => {
    const checked = checkDuration(one)
    return Result.isSuccess(checked) ? [[name, checked.success]] : []
  }))
  return timeouts.size === read.length
    ? Result.succeed(timeouts)
    : Result.fail("durations above zero, such as { \"Calls.status\": \"2 seconds\" }")
}

const delays = ["baseDelay", "maxDelay", "maxElapsed", "maxRetryAfter"]

const isPolicy = (value: unknown): value is RetryPolicy.RetryPolicy =>
  isRecord(value) && isAbove(value["maxAttempts"]) && typeof value["onAttempt"] === "function"
  && typeof value["retryAmbiguousAndMaybeRingTwice"] === "boolean"
  && delays.every((key) => Duration.isDuration(value[key]))

const checkPolicy: Check<RetryPolicy.RetryPolicy> = (value) =>
  isPolicy(value) ? Result.succeed(value) : Result.fail("a policy, such as RetryPolicy.standard")

const checkDelay: Check<Duration.Duration> = (value) => {
  const duration = Option.filter(toDuration(value), (one) => Duration.toMillis(one) >= 0)
  return Result.fromOption(duration, () => "a duration, such as \"10 seconds\"")
}

const expecting = (expected: string, is: (value: unknown) => boolean): Check<unknown> => (value) =>
  is(value) ? Result.succeed(value) : Result.fail(expected)

/** Notes what `RetryPolicy.make` was given and could not use. */
const checkPolicyOptions = (reader: Reader): void => {
  reader.optional("maxAttempts", expecting("a number", (value) => typeof value === "number"), undefined)
  for (const key of delays) reader.optional(key, checkDelay, Duration.zero)
  const isBoolean = expecting("true or false", (value) => typeof value === "boolean")
  reader.optional("retryAmbiguousAndMaybeRingTwice", isBoolean, undefined)
  reader.optional("onAttempt", expecting("a function", (value) => typeof value === "function"), undefined)
  reader.finish(undefined)
}

const isRun = (value: unknown): value is RequestLimits["run"] => typeof value === "function"

/** The limits of one day at most, and in whole numbers where requests are counted. */
const limitsHold = (options: unknown): boolean =>
  isRecord(options)
  && Object.entries(options).every(([key, value]) => {
    if (value === undefined) return ["perSecond", "concurrency", "waiting"].includes(key)
    if (key === "perSecond") return isAbove(value) && 1 / Number(value) < 86_400
    return ["concurrency", "waiting"].includes(key) && isAbove(value) && Number.isSafeInteger(value)
  })

const checkLimits: Check<RequestLimits["run"]> = (value) => {
  const run = getIn(value, ["run"])
  return isRun(run) && limitsHold(getIn(value, ["options"]))
    ? Result.succeed(run)
    : Result.fail("RequestLimits.make of perSecond above zero, concurrency and waiting as whole numbers above zero")
}

const unlimited: RequestLimits["run"] = (send) => send

/** How requests are sent, from the options that all configurations share. */
export const sending = (reader: Reader): Sending => {
  const timeout = reader.optional("timeout", checkDuration, Duration.seconds(10))
  const timeouts = reader.optional("timeouts", checkTimeouts, new Map<string, Duration.Duration>())
  const retryPolicy = reader.optional("retryPolicy", checkPolicy, RetryPolicy.standard)
  if (retryPolicy.options !== undefined) checkPolicyOptions(reader.within("retryPolicy", retryPolicy.options))
  return {
    timeoutOf: (operation) => timeouts.get(operation) ?? timeout,
    retryPolicy,
    limit: reader.optional("limits", checkLimits, unlimited)
  }
}

/** The options of a stream server, checked. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Reason, StreamError } from "../StreamError.ts"
import type * as StreamSession from "../StreamSession.ts"
import * as checkConfig from "./checkConfig.ts"
import type * as guard from "./guard.ts"

/** The options with their defaults. `url` has no slash at its end. */
export interface Config extends guard.Limits {
  readonly url: string
  readonly path: `/${string}`
  readonly admission: "token" | "anyone"
  readonly sampleRate: 8000 | 16_000 | 32_000
  readonly maxSessions: number
  readonly maxTokens: number
  readonly tokenLifetime: Duration.Duration
  readonly finishTimeout: Duration.Duration
  readonly drainTimeout: Duration.Duration
  readonly session: Pick<StreamSession.Options, "frameCapacity" | "lead">
}

/** What the platform takes as a `ws_url` (observed), but for a query: paths are appended. */
const checkUrl = (value: unknown): Result.Result<string, string> =>
  typeof value === "string"
    && /^wss?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/[^\s?#]*)?$/.test(value)
    ? Result.succeed(value.replace(/\/+$/, ""))
    : Result.fail("a URL that begins with ws:// or wss://, without credentials, query and fragment")

export const checkPath = (value: unknown): Result.Result<`/${string}`, string> =>
  typeof value === "string" && /^(?:\/[\w.~-]+)+\/?$/.test(value)
    ? Result.succeed(`/${value.replace(/^\/|\/$/g, "")}` as const)
    : Result.fail("a path such as \"/stream\", of letters, digits, dashes, dots and underscores")

const checkAdmission = (value: unknown): Result.Result<"token" | "anyone", string> =>
  value === "token" || value === "anyone" ? Result.succeed(value) : Result.fail("\"token\" or \"anyone\"")

const checkRate = (value: unknown): Result.Result<8000 | 16_000 | 32_000, string> =>
  value === 8000 || value === 16_000 || value === 32_000
    ? Result.succeed(value)
    : Result.fail("8000, 16000 or 32000")

const checkCount = (value: unknown): Result.Result<number, string> =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0
    ? Result.succeed(value)
    : Result.fail("a whole number above zero")

/** A time that may be none, but ends. */
const checkWait = (value: unknown): Result.Result<Duration.Duration, string> =>
  value === 0 ? Result.succeed(Duration.zero) : checkConfig.checkDuration(value)

/** The configuration, or `InvalidConfig` with every problem of it. */
export const read = (options: unknown): Effect.Effect<Config, StreamError> => {
  const reader = checkConfig.makeReader(options)
  const duration = (key: string, otherwise: Duration.Input) =>
    reader.optional(key, checkConfig.checkDuration, Duration.fromInputUnsafe(otherwise))
  const frameCapacity = reader.optional<number | undefined>("frameCapacity", checkCount, undefined)
  const lead = reader.optional<Duration.Duration | undefined>("lead", checkConfig.checkDuration, undefined)
  const config: Config = {
    url: reader.required("url", checkUrl, ""),
    path: reader.optional("path", checkPath, "/stream"),
    admission: reader.optional("admission", checkAdmission, "token"),
    sampleRate: reader.optional("sampleRate", checkRate, 8000),
    maxSessions: reader.optional("maxSessions", checkCount, 200),
    maxTokens: reader.optional("maxTokens", checkCount, 10_000),
    tokenLifetime: duration("tokenLifetime", "5 minutes"),
    maxMessageBytes: reader.optional("maxMessageBytes", checkCount, 65_536),
    firstMessageTimeout: duration("firstMessageTimeout", "30 seconds"),
    pingInterval: duration("pingInterval", "30 seconds"),
    sendTimeout: duration("sendTimeout", "10 seconds"),
    finishTimeout: duration("finishTimeout", "30 seconds"),
    drainTimeout: reader.optional("drainTimeout", checkWait, Duration.seconds(20)),
    session: { ...(frameCapacity === undefined ? {} : { frameCapacity }), ...(lead === undefined ? {} : { lead }) }
  }
  return Effect.fromResult(
    Result.mapError(reader.finish(config), (issues) => new StreamError({ reason: Reason.InvalidConfig({ issues }) }))
  )
}

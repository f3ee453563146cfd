/**
 * Text messages. They are sent in the name of a user of the contact centre, whose id and password are logged in for a
 * token: no endpoint takes the app id and secret, or the bearer token, for that.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as checkConfig from "./internal/checkConfig.ts"
import { phoneNumber } from "./internal/encodeLegacyPipeline.ts"
import { field, struct } from "./internal/fields.ts"
import * as judge from "./internal/judge.ts"
import * as legacy from "./internal/legacy.ts"
import * as readLegacy from "./internal/readLegacy.ts"
import * as replyErrors from "./internal/replyErrors.ts"
import * as rest from "./internal/rest.ts"
import { without } from "./internal/scrub.ts"
import type * as PhoneNumber from "./PhoneNumber.ts"
import type { SendingOptions } from "./PiopiyConfig.ts"
import type { PiopiyError } from "./PiopiyError.ts"
import * as Messaging from "./wire/Messaging.ts"

/**
 * A text message.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sms {
  readonly to: PhoneNumber.PhoneNumber
  /** Not empty. How long it may be is not published. */
  readonly text: string
}

/**
 * Sends text messages. Provide it with {@link layer}.
 *
 * @category services
 * @since 0.1.0
 */
export class Notifications extends Context.Service<Notifications, {
  /**
   * Sends a text message. It logs in at the first message, keeps the token, and logs in once more when the platform does
   * not take it any longer. A message is not sent again when its outcome is unknown: it could arrive twice. Fails with
   * `InvalidRequest` before anything is sent, `Unauthorized` when the user cannot log in, `Forbidden`
   * for a country that is not allowed, `Rejected` with status 422 for a sender that is not valid, and as `Calls` does. Source:
   * `/v2/user/login`, `/v2/messages` (documented).
   */
  readonly sms: (message: Sms) => Effect.Effect<void, PiopiyError>
}>()("@effect-piopiy/sdk/Notifications") {}

/**
 * Who sends messages.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends SendingOptions {
  /** Such as `101_2222223`: the extension and the app id. */
  readonly userId: string
  readonly password: Redacted.Redacted<string>
  /** One address in place of `https://rest.telecmi.com`, such as that of a simulator; the path `/v2` follows it. */
  readonly baseUrl?: string
}

const checkUserId = (value: unknown): Result.Result<string, string> =>
  typeof value === "string" && /^[\x21-\x7e]+$/.test(value)
    ? Result.succeed(value)
    : Result.fail("the id of a user, such as \"101_2222223\"")

const configure = (options: Options) => {
  const reader = checkConfig.makeReader(options)
  const config = {
    userId: reader.required("userId", checkUserId, ""),
    password: checkConfig.secret(reader, "password"),
    baseUrl: reader.optional(
      "baseUrl",
      (value) => Result.map(checkConfig.checkBaseUrl(value), Option.some),
      Option.none<string>()
    ),
    ...checkConfig.sending(reader)
  }
  return checkConfig.configured("Notifications.make", reader.finish(config))
}

const { token: _token, ...message } = Messaging.Message.fields

const encodeSms = judge.encode(
  struct([field("text", "text"), field("to", "to", phoneNumber)]),
  Schema.Struct(message)
)

const { badToken, invalidSender, notAllowed } = Messaging.failureCodes

/** What a code means here, in the words of HTTP. */
const codes = (code: number): number => {
  if (code === badToken) return 401
  if (code === notAllowed) return 403
  return code === invalidSender || code < 400 ? 422 : code
}

const make = Effect.fnUntraced(function*(options: Options) {
  const config = yield* configure(options)
  const ask = yield* legacy.make(config)
  const password = Redacted.value(config.password)
  const scrub = without([password])
  const oneAtATime = yield* Semaphore.make(1)
  let token: string | undefined

  const login = rest.operate("Notifications.login", () => Result.void, (_, running) =>
    ask<string>({
      running,
      url: Messaging.urls.login,
      body: { id: config.userId, password },
      scrub,
      meaning: (reply) => replyErrors.decoded(reply, scrub, readLegacy.login)
    }))

  /** The token in use, or another one than `refused`. Whoever needs one at the same time waits for the same login. */
  const tokenOtherThan = (refused: string | undefined) =>
    oneAtATime.withPermit(Effect.suspend(() =>
      token !== undefined && token !== refused
        ? Effect.succeed(token)
        : Effect.tap(login, (fresh) =>
          Effect.sync(() => {
            token = fresh
          }))
    ))

  const send = (running: rest.Running, token: string, body: object) =>
    ask<void>({
      running,
      url: Messaging.urls.messages,
      body: { token, ...body },
      scrub: without([password, token]),
      codes,
      meaning: (reply) => replyErrors.taken(reply, () => undefined)
    })

  const sms = (message: Sms) =>
    rest.operate("Notifications.sms", () => encodeSms(message), (body, running) => {
      const tokenFor = (refused: string | undefined) => rest.inside(running, tokenOtherThan(refused))
      return Effect.flatMap(tokenFor(undefined), (first) =>
        Effect.catchReason(
          send(running, first, body),
          "PiopiyError",
          "Unauthorized",
          () => Effect.flatMap(tokenFor(first), (second) => send(running, second, body))
        ))
    })

  return Notifications.of({ sms })
})

/**
 * The live service for one user. Fails with reason `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Notifications, PiopiyError, HttpClient.HttpClient> =>
  Layer.effect(Notifications, make(options))

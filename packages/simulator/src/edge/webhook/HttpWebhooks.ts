/** Delivers notices over HTTP, each bounded in time and size. How many go out at a time is the outbox's affair. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { DeliveryFailure } from "../../core/call/CallEvent.ts"
import type { Notice } from "../../core/call/Notice.ts"
import { change } from "../../core/fault/change.ts"
import { type Posting, type Receipt, WebhookPort } from "../../engine/WebhookPort.ts"
import * as hosts from "./hosts.ts"
import * as notices from "./notices.ts"
import * as replies from "./replies.ts"
import * as signature from "./signature.ts"

/**
 * How webhooks go out. `allows` says which URLs may be sent to, `resolve` looks a host name up, so that a name which
 * leads to a forbidden address is caught. `around` is what is done around each exchange, within its time-out.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebhookOptions {
  readonly timeout: Duration.Duration
  readonly allows: (url: URL) => boolean
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>>
  readonly around: <A>(exchange: Effect.Effect<A>) => Effect.Effect<A>
}

/**
 * Five seconds for the whole exchange (assumed, as for the older answer URL), this machine only, no look-ups.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults: WebhookOptions = {
  timeout: Duration.seconds(5),
  allows: hosts.allows([]),
  resolve: () => Effect.succeed([]),
  around: (exchange) => exchange
}

/** A longer reply fails with `TooLarge`. */
const maxReplyBytes = 1 << 20
/** How much of a body and of a reply the journal keeps. */
const keptCharacters = 4096

class TooLarge extends Schema.TaggedError<TooLarge>()("TooLarge", {}) {}

const failed = (why: DeliveryFailure): Receipt => ({ _tag: "Failed", why })

/** Statuses whose replies have no body to be read. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

const readText = Effect.fnUntraced(function*(response: HttpClientResponse.HttpClientResponse) {
  if (bodiless.has(response.status)) return ""
  const decoder = new TextDecoder()
  const { text } = yield* Stream.runFoldEffect(
    response.stream,
    () => ({ bytes: 0, text: "" }),
    (sum, chunk) =>
      sum.bytes + chunk.byteLength > maxReplyBytes
        ? Effect.fail(new TooLarge())
        : Effect.succeed({
          bytes: sum.bytes + chunk.byteLength,
          text: sum.text + decoder.decode(chunk, { stream: true })
        })
  )
  return text + decoder.decode()
})

const receipt = (notice: Notice, status: number, text: string): Receipt => {
  const replyText = text.slice(0, keptCharacters)
  return status < 200 || status > 299
    ? { _tag: "Failed", why: "Status", status, replyText }
    : { _tag: "Replied", status, reply: replies.read(notice, text), replyText }
}

const make = (options: WebhookOptions) =>
  Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient

    const request = Effect.fnUntraced(function*(url: URL, body: string, { signingSecret }: Posting) {
      const unsigned = HttpClientRequest.post(url).pipe(
        HttpClientRequest.setHeader("user-agent", "piopiy-simulator"),
        HttpClientRequest.bodyText(body, "application/json")
      )
      if (signingSecret === undefined) return unsigned
      const now = yield* Clock.currentTimeMillis
      const signed = yield* signature.make(Redacted.value(signingSecret), body, now)
      return HttpClientRequest.setHeader(unsigned, signature.header, signed)
    })

    const exchange = (url: URL, body: string, posting: Posting): Effect.Effect<Receipt> =>
      request(url, body, posting).pipe(
        Effect.flatMap(client.execute),
        Effect.flatMap((response) =>
          Effect.map(readText(response), (text) => receipt(posting.notice, response.status, text))
        ),
        Effect.catchTag("TooLarge", () => Effect.succeed(failed("TooLarge"))),
        Effect.orElseSucceed(() => failed("NoReply"))
      )

    const send = (url: URL, posting: Posting): Effect.Effect<Receipt> => {
      const told = notices.body(posting.notice, posting.originEpochMs)
      const body = JSON.stringify(posting.changes === undefined ? told : change(told, posting.changes))
      const withBody = (receipt: Receipt): Receipt => ({ ...receipt, body: body.slice(0, keptCharacters) })
      return options.resolve(url.hostname).pipe(
        Effect.flatMap((addresses) =>
          addresses.every((address) => hosts.allowsAddress(url.hostname, address))
            ? Effect.map(exchange(url, body, posting), withBody)
            : Effect.succeed(failed("Forbidden"))
        ),
        options.around,
        Effect.timeoutOption(options.timeout),
        Effect.map(Option.getOrElse(() => withBody(failed("TimedOut"))))
      )
    }

    const deliver = (posting: Posting): Effect.Effect<Receipt> => {
      const url = URL.parse(posting.url)
      return url === null || !options.allows(url) ? Effect.succeed(failed("Forbidden")) : send(url, posting)
    }

    return WebhookPort.of({ deliver })
  })

/**
 * The way out over an `HttpClient`, which must not follow redirects.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: WebhookOptions = defaults): Layer.Layer<WebhookPort, never, HttpClient.HttpClient> =>
  Layer.effect(WebhookPort, make(options))

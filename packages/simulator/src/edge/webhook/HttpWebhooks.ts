/** Delivers notices over HTTP: bounded in time, size and number, one destination never in the way of another. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { InputNotice } from "../../core/call/CallCommand.ts"
import { type Receipt, WebhookPort } from "../../engine/WebhookPort.ts"
import * as hosts from "./hosts.ts"
import * as inputNotice from "./inputNotice.ts"

/**
 * How webhooks go out. `allows` says which URLs may be sent to, `resolve` looks a host name up, so that a name which
 * leads to a forbidden address is caught.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebhookOptions {
  readonly timeout: Duration.Duration
  readonly allows: (url: URL) => boolean
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>>
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
  resolve: () => Effect.succeed([])
}

/** Deliveries under way to one destination at a time. */
const inFlight = 16
/** Deliveries that may wait for one destination; a further one fails with `QueueFull`. */
const waiting = 256
/** A longer reply fails with `TooLarge`. */
const maxReplyBytes = 1 << 20
/** How much of a reply the journal keeps. */
const keptReplyCharacters = 4096

class TooLarge extends Schema.TaggedError<TooLarge>()("TooLarge", {}) {}

const failed = (why: Extract<Receipt, { readonly _tag: "Failed" }>["why"]): Receipt => ({ _tag: "Failed", why })

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

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

const receipt = (status: number, text: string): Receipt => {
  const replyText = text.slice(0, keptReplyCharacters)
  if (status < 200 || status > 299) return { _tag: "Failed", why: "Status", status, replyText }
  const reply = text.trim() === ""
    ? { _tag: "Empty" } as const
    : Result.match(parse(text), {
      onFailure: () => ({ _tag: "Invalid", problems: ["the reply is not JSON"] }) as const,
      onSuccess: inputNotice.readReply
    })
  return { _tag: "Replied", status, reply, replyText }
}

interface Lane {
  readonly gate: Semaphore.Semaphore
  load: number
}

const make = (options: WebhookOptions) =>
  Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    const lanes = new Map<string, Lane>()

    const inLane = (origin: string, delivery: Effect.Effect<Receipt>): Effect.Effect<Receipt> =>
      Effect.suspend(() => {
        const lane = lanes.get(origin) ?? { gate: Semaphore.makeUnsafe(inFlight), load: 0 }
        if (lane.load >= inFlight + waiting) return Effect.succeed(failed("QueueFull"))
        lane.load += 1
        lanes.set(origin, lane)
        return lane.gate.withPermits(1)(delivery).pipe(Effect.ensuring(Effect.sync(() => {
          lane.load -= 1
          if (lane.load === 0) lanes.delete(origin)
        })))
      })

    const exchange = (url: URL, notice: InputNotice): Effect.Effect<Receipt> =>
      HttpClientRequest.post(url).pipe(
        HttpClientRequest.setHeader("user-agent", "piopiy-simulator"),
        HttpClientRequest.bodyJsonUnsafe(inputNotice.body(notice)),
        client.execute,
        Effect.flatMap((response) => Effect.map(readText(response), (text) => receipt(response.status, text))),
        Effect.catchTag("TooLarge", () => Effect.succeed(failed("TooLarge"))),
        Effect.orElseSucceed(() => failed("NoReply"))
      )

    const send = (url: URL, notice: InputNotice): Effect.Effect<Receipt> =>
      options.resolve(url.hostname).pipe(
        Effect.flatMap((addresses) =>
          addresses.every((address) => hosts.allowsAddress(url.hostname, address))
            ? exchange(url, notice)
            : Effect.succeed(failed("Forbidden"))
        ),
        Effect.timeoutOption(options.timeout),
        Effect.map(Option.getOrElse(() => failed("TimedOut")))
      )

    const deliver = (text: string, notice: InputNotice): Effect.Effect<Receipt> => {
      const url = URL.parse(text)
      return url === null || !options.allows(url)
        ? Effect.succeed(failed("Forbidden"))
        : inLane(url.origin, send(url, notice))
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

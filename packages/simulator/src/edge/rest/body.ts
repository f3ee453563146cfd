/** Reads a request body as JSON, or says in the platform's shape why it is none. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import * as reply from "./reply.ts"

/** A larger body is refused with 413. */
export const maxBodyBytes = 1 << 20

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

const tooLarge = reply.unreadable(413, "too_large", `the body is longer than ${maxBodyBytes} bytes: send a shorter one`)
const notJson = reply.unreadable(400, "invalid_json", "the body is not JSON")
const wrongType = reply.unreadable(415, "unsupported_media_type", "send the body as 'Content-Type: application/json'")

const isJson = (contentType: string | undefined): boolean =>
  contentType === undefined || /^application\/(?:[a-z0-9.+-]+\+)?json\b/i.test(contentType)

/**
 * The JSON of the body. Fails with the refusal: 415 for another type, 413 past the bound, 400 for no JSON.
 *
 * @category reading
 * @since 0.1.0
 */
export const json = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  if (!isJson(request.headers["content-type"])) return yield* Effect.fail(wrongType)
  const text = yield* request.text.pipe(
    Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.bytes(maxBodyBytes)),
    Effect.mapError((error) =>
      error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge" ? tooLarge : notJson
    )
  )
  return yield* Effect.mapError(parse(text), () => notJson)
})

/**
 * {@link json} of a body that says its type. A web page may post without saying one, and need not ask first, so this is
 * for requests that get by without a header of their own: no page of another host may start calls.
 *
 * @category reading
 * @since 0.1.0
 */
export const jsonSaid = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<unknown, reply.Refused> =>
  request.headers["content-type"] === undefined ? Effect.fail(wrongType) : json(request)

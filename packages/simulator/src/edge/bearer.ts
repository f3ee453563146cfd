/** The bearer token of a request. */
import type * as HttpServerRequest from "effect/http/HttpServerRequest"

const pattern = /^bearer +(\S+) *$/i

/** What follows `Bearer` in the `Authorization` header, if anything does. */
export const bearerToken = (request: HttpServerRequest.HttpServerRequest): string | undefined =>
  pattern.exec(request.headers["authorization"] ?? "")?.[1]

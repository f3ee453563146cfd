/** Host names that lead elsewhere, so that a journal need not say on which port an app happened to listen. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { StreamPort } from "../engine/StreamPort.ts"

/**
 * By host name: the origin that is meant, as `http://127.0.0.1:3000`. The name `*` stands for all hosts that have none.
 *
 * @category models
 * @since 0.1.0
 */
export type Aliases = Readonly<Record<string, string>>

const everyHost = "*"

/** The origin that a host stands for, if it does for any. */
const originOf = (aliases: Aliases, host: string): string | undefined =>
  [host, everyHost].flatMap((name) => Object.hasOwn(aliases, name) ? aliases[name] ?? [] : [])[0]

/** Whether no host is left that leads to itself. */
export const areAll = (aliases: Aliases): boolean => originOf(aliases, everyHost) !== undefined

/** The URL that is meant; a socket goes to the same host and port, in its own protocol. */
const meant = (aliases: Aliases, text: string): string => {
  const url = URL.parse(text)
  const origin = url === null ? null : URL.parse(originOf(aliases, url.hostname) ?? "")
  if (url === null || origin === null) return text
  const isSocket = url.protocol.startsWith("ws")
  const protocol = origin.protocol === "https:" ? (isSocket ? "wss:" : "https:") : (isSocket ? "ws:" : "http:")
  return `${protocol}//${origin.host}${url.pathname}${url.search}`
}

/**
 * A client that goes where the names lead.
 *
 * @category clients
 * @since 0.1.0
 */
export const client = (aliases: Aliases) => (self: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.mapRequest(self, (request) => HttpClientRequest.setUrl(request, meant(aliases, request.url)))

/**
 * Sockets that go where the names lead.
 *
 * @category layers
 * @since 0.1.0
 */
export const streams = (aliases: Aliases): Layer.Layer<StreamPort, never, StreamPort> =>
  Layer.effect(
    StreamPort,
    Effect.map(StreamPort, (port) =>
      StreamPort.of({
        dial: (dial, listener) => port.dial({ ...dial, url: meant(aliases, dial.url) }, listener)
      }))
  )

/**
 * Looks a host up, unless it is one of the names: where those lead has been judged.
 *
 * @category resolving
 * @since 0.1.0
 */
export const resolving =
  (aliases: Aliases, resolve: (host: string) => Effect.Effect<ReadonlyArray<string>>) =>
  (host: string): Effect.Effect<ReadonlyArray<string>> =>
    originOf(aliases, host) === undefined ? resolve(host) : Effect.succeed([])

/** How the command line reaches a simulator that runs elsewhere. */
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import { SimulatorError } from "../SimulatorError.ts"
import { isFromEnvironment, tokenFlag } from "./tokenFlag.ts"

/** Where the simulator is, without a path, as whom it is spoken to, and which account is looked at, by its name. */
export interface Connection {
  readonly url: string
  readonly token: Option.Option<Redacted.Redacted<string>>
  readonly adminToken: Option.Option<Redacted.Redacted<string>>
  readonly tenant: Option.Option<string>
}

export const defaultUrl = `http://${SimulatorServer.defaultHost}:${SimulatorServer.defaultPort}`

export const urlFlag = Flag.String("url").pipe(
  Flag.withDescription("Where the simulator listens"),
  Flag.filter((url) => /^https?:\/\/[^/?#\s]+\/?$/.test(url), () => `a URL without a path, as ${defaultUrl}`),
  Flag.map((url) => url.replace(/\/$/, ""))
)

export const adminTokenFlag = tokenFlag("admin-token", "Token that /_sim asks for, if it was started with one")

export const tenantFlag = (description: string) =>
  Flag.optional(Flag.String("tenant").pipe(Flag.withMetavar("NAME"), Flag.withDescription(description)))

export const lookedAt = "Name of the account to look at, with --admin-token or where no token is asked for"

/**
 * As whom to look in: a token that a flag gives goes before an admin token that is in the environment for all commands, and
 * so does an account that a flag names before the token there.
 */
export const lookingIn = <A extends Connection>(connection: A): A => {
  const { adminToken, tenant, token } = connection
  if (Option.isSome(tenant) && Option.exists(token, isFromEnvironment)) return { ...connection, token: Option.none() }
  return Option.exists(token, (given) => !isFromEnvironment(given)) && Option.exists(adminToken, isFromEnvironment)
    ? { ...connection, adminToken: Option.none() }
    : connection
}

/** What it takes to have one there. */
const startCommand = (url: string): string => {
  const { port } = new URL(url)
  return port === String(SimulatorServer.defaultPort) ? "piopiy-sim serve" : `piopiy-sim serve --port ${port || 80}`
}

const noServer = ({ url }: Connection): SimulatorError =>
  new SimulatorError({ reason: { _tag: "NoServer", url, start: startCommand(url) } })

const Refusal = Schema.Struct({ error: Schema.String, message: Schema.String })

const refused = (response: HttpClientResponse.HttpClientResponse, { url }: Connection) =>
  response.json.pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Refusal)),
    Effect.orElseSucceed(() => ({ error: "unexpected", message: `is ${url} a simulator?` })),
    Effect.flatMap(({ error, message }) =>
      Effect.fail(new SimulatorError({ reason: { _tag: "RequestRefused", status: response.status, error, message } }))
    )
  )

/** How long an answer may take to begin. */
const answersWithin = "10 seconds"

/** Each request has a connection of its own, so that a simulator that stops does not wait for an idle one. */
const send = (connection: Connection, request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.execute(HttpClientRequest.setHeader(request, "connection", "close")).pipe(
    Effect.mapError(() => noServer(connection)),
    Effect.timeoutOrElse({ duration: answersWithin, orElse: () => Effect.fail(noServer(connection)) }),
    Effect.filterOrElse((response) => response.status === 200, (response) => refused(response, connection))
  )

const read = <A>(
  schema: Schema.Codec<A, unknown>,
  connection: Connection,
  request: HttpClientRequest.HttpClientRequest
) =>
  Effect.flatMap(send(connection, request), (response) =>
    response.json.pipe(
      Effect.flatMap(Schema.decodeUnknownEffect(schema)),
      Effect.catch(() => refused(response, connection))
    ))

const control = (connection: Connection, path: string): HttpClientRequest.HttpClientRequest => {
  const whole = HttpClientRequest.get(`${connection.url}/_sim${path}`)
  const request = Option.match(connection.tenant, {
    onNone: () => whole,
    onSome: (name) => HttpClientRequest.setUrlParam(whole, "tenant", name)
  })
  return Option.match(Option.orElse(connection.adminToken, () => connection.token), {
    onNone: () => request,
    onSome: (token) => HttpClientRequest.bearerToken(request, token)
  })
}

const Standing = Schema.Struct({ nowMs: Schema.Int, originEpochMs: Schema.Finite, last: Schema.Int })

/** How far the journal is, and which run it belongs to. Fails with `NoServer`, `RequestRefused`. */
export const standing = (connection: Connection) =>
  read(Schema.toCodecJson(Standing), connection, control(connection, "/journal?limit=0"))

/** The record of an ended call, as it is. Fails with `NoServer`, `RequestRefused`. */
export const record = (connection: Connection, callId: string) =>
  read(Schema.Unknown, connection, control(connection, `/calls/${callId}/cdr`))

/**
 * Both voices of a call over time, as text or as SVG, with the stream that is named or the first. Fails with `NoServer`,
 * `RequestRefused`.
 */
export const timeline = (
  connection: Connection,
  { callId, format, stream }: {
    readonly callId: string
    readonly format: "text" | "svg"
    readonly stream: Option.Option<string>
  }
) => {
  const request = control(connection, `/calls/${encodeURIComponent(callId)}/timeline.svg`).pipe(
    HttpClientRequest.setUrlParams({
      format,
      ...Option.match(stream, { onNone: () => ({}), onSome: (id) => ({ stream: id }) })
    })
  )
  return Effect.flatMap(send(connection, request), ({ text }) => Effect.mapError(text, () => noServer(connection)))
}

/** An entry as it arrived. */
export interface Arrival {
  readonly seq: number
  readonly text: string
}

/** The server sends a comment every 15 s; a connection this silent is none. */
const silentFor = "45 seconds"

/** The journal as it grows, by a query; ends when the connection does. Fails with `NoServer`, `RequestRefused`. */
export const follow = (connection: Connection, query: string) =>
  send(connection, control(connection, `/journal?format=sse&${query}`)).pipe(
    Effect.map(({ stream }) =>
      stream.pipe(
        Stream.timeout(silentFor),
        Stream.decodeText(),
        Stream.pipeThroughChannel(Sse.decode()),
        Stream.map(({ data, id }): Arrival => ({ seq: Number(id), text: data })),
        Stream.catch(() => Stream.empty)
      )
    ),
    Stream.unwrap
  )

/** Whom to call, and what is to happen then. */
export interface Placing {
  readonly to: string
  readonly from: string
  readonly what: { readonly agentId: string } | { readonly pipeline: unknown }
}

const Placed = Schema.Struct({ call_id: Schema.String })

/** Places a call, and gives its id. Fails with `NoServer`, `RequestRefused`. */
export const place = (connection: Connection, { from, to, what }: Placing) => {
  const [path, rest] = "agentId" in what
    ? [RestV3.paths.aiCall, { agent_id: what.agentId }] as const
    : [RestV3.paths.pcmoCall, { app_id: "piopiy-sim", pipeline: what.pipeline }] as const
  const request = HttpClientRequest.post(`${connection.url}/v3${path}`).pipe(
    HttpClientRequest.bearerToken(Option.getOrElse(connection.token, () => SimulatorConfig.defaultToken)),
    HttpClientRequest.bodyJsonUnsafe({ caller_id: from, to_number: to, ...rest })
  )
  return Effect.map(read(Schema.toCodecJson(Placed), connection, request), ({ call_id }) => call_id)
}

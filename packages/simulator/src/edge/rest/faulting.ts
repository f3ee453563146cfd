/** Carries out the faults of requests: what the platform does of its own accord comes as an effect, and may be left. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { RequestFault } from "../../core/fault/Fault.ts"
import type { RequestPoint } from "../../engine/Faults.ts"
import { pause } from "../../engine/pause.ts"
import type { Tenant } from "../../engine/Tenants.ts"
import { maskedProblemsIn } from "../schemaProblems.ts"
import * as Severed from "../Severed.ts"
import * as hosts from "../webhook/hosts.ts"
import * as reply from "./reply.ts"

/**
 * The header by which a request asks for a fault of its own, as JSON.
 *
 * @category constants
 * @since 0.1.0
 */
export const header = "x-sim-fault"

const readFault = Schema.decodeUnknownEffect(Schema.fromJsonString(RequestFault))

const refused = (message: string): reply.Refused => reply.unreadable(400, "invalid_fault", `${header}: ${message}`)

/** In memory there is no address. */
const isFromHere = ({ remoteAddress }: HttpServerRequest.HttpServerRequest): boolean =>
  Option.match(remoteAddress, { onNone: () => true, onSome: hosts.isLoopback })

/**
 * The fault that a request asks for itself, if it does. Fails with 400 when it is none, or when the request comes from
 * another machine.
 *
 * @category reading
 * @since 0.1.0
 */
export const asked = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<RequestFault | undefined, reply.Refused> => {
  const text = request.headers[header]
  if (text === undefined) return Effect.undefined
  if (!isFromHere(request)) return Effect.fail(refused("is taken from this machine alone: add a fault rule instead"))
  return Effect.mapError(
    readFault(text, { onExcessProperty: "error" }),
    (error) =>
      refused(
        maskedProblemsIn(error).map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("; ")
      )
  )
}

const numberKeys = ["caller_id", "to_number", "from", "to"]
const callKeys = ["call_id", "cmiuuid", "cmiuid"]

const valuesOf = (json: unknown, keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  Predicate.isObject(json)
    ? keys.flatMap((key) => {
      const value: unknown = Object.hasOwn(json, key) ? json[key] : undefined
      return typeof value === "string" || typeof value === "number" ? [String(value)] : []
    })
    : []

/** The call that an id stands for, and its numbers. */
const callOf = Effect.fnUntraced(function*({ switchboard }: Tenant, id: string) {
  const callId = yield* Effect.orElseSucceed(switchboard.callOfLeg(id), () => id)
  const found = yield* switchboard.find(callId)
  if (found._tag === "Unknown") return { numbers: [] }
  const { callerId, to } = found._tag === "Live" ? found.call.origin : found.record
  return { callId, numbers: [callerId, to] }
})

/**
 * What a rule may ask of a request. The numbers are those of its body, and those of the call that it is about; `id` is
 * what stands in its path. A body that nobody can read says nothing.
 *
 * @category reading
 * @since 0.1.0
 */
export const point = Effect.fnUntraced(function*(
  tenant: Tenant,
  request: { readonly operation: string; readonly causedBy: number; readonly id: string; readonly json: unknown }
) {
  const { causedBy, id, json, operation } = request
  const [callId] = [...(id === "" ? [] : [id]), ...valuesOf(json, callKeys)]
  const call = callId === undefined ? { numbers: [] } : yield* callOf(tenant, callId.toLowerCase())
  const read: RequestPoint = { operation, causedBy, ...call, numbers: [...valuesOf(json, numberKeys), ...call.numbers] }
  return read
})

const garbage = "<!doctype html>\n<html><title>Error</title><p>Something went wrong."

/** The bytes of a reply; those of the API all have some. */
const bytesOf = ({ body }: HttpServerResponse.HttpServerResponse): Uint8Array =>
  body._tag === "Uint8Array" ? body.body : new Uint8Array()

/** The reply with its bytes coming otherwise. */
const withBytes = (
  response: HttpServerResponse.HttpServerResponse,
  stream: Stream.Stream<Uint8Array, Severed.Severed>
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.stream(stream, {
    status: response.status,
    headers: response.headers,
    contentType: response.headers["content-type"] ?? "application/json",
    contentLength: bytesOf(response).byteLength
  })

const cut = Effect.fail(new Severed.Severed({ how: "Broken" }))

const truncated = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const bytes = bytesOf(response)
  const half = Stream.succeed(bytes.subarray(0, Math.floor(bytes.byteLength / 2)))
  // What has been handed over is to be on its way before the connection breaks off.
  return withBytes(response, Stream.concat(half, Stream.fromEffect(Effect.andThen(Effect.yieldNow, cut))))
}

/** The most pieces that a slow reply comes in. */
const pieces = 20

const slow = (
  response: HttpServerResponse.HttpServerResponse,
  ms: number,
  { faults, timeline }: Tenant
): HttpServerResponse.HttpServerResponse => {
  const bytes = bytesOf(response)
  const count = Math.min(pieces, bytes.byteLength)
  const place = (index: number): number => Math.round((bytes.byteLength * index) / count)
  const stream = Stream.suspend(() => {
    const begun = timeline.nowMs()
    return Stream.mapEffect(Stream.range(0, count - 1), (index) => {
      const dueMs = begun + (count < 2 ? ms : Math.round((ms * index) / (count - 1)))
      const piece = Effect.succeed(bytes.subarray(place(index), place(index + 1)))
      if (dueMs <= timeline.nowMs()) return piece
      const wait = pause(timeline, dueMs - timeline.nowMs(), "a slow reply goes on")
      return Effect.andThen(Effect.raceFirst(wait, Effect.andThen(faults.severed, cut)), piece)
    })
  })
  return withBytes(response, stream)
}

/**
 * Answers a request as the fault has it. `act` is what the platform does and answers without one; `say` puts a refusal
 * into the words of the API.
 *
 * Dies with `Severed` where the connection breaks off.
 *
 * @category answering
 * @since 0.1.0
 */
export const befall = (
  fault: RequestFault,
  { act, say, tenant }: {
    readonly act: Effect.Effect<HttpServerResponse.HttpServerResponse>
    readonly say: (refused: reply.Refused) => HttpServerResponse.HttpServerResponse
    readonly tenant: Tenant
  }
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const { faults, timeline } = tenant
  const unlessSevered = (wait: Effect.Effect<void>): Effect.Effect<void> =>
    Effect.raceFirst(wait, Effect.andThen(faults.severed, Severed.broken))
  const actIf = (effect: "before" | "after"): Effect.Effect<unknown> => effect === "after" ? act : Effect.void
  switch (fault._tag) {
    case "Status": {
      const { body, effect, retryAfterS, status } = fault
      const headers: Record<string, string> = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) }
      const answer = body === undefined
        ? say({ ...reply.unreadable(status, "fault", "a fault that the simulator was told to have"), headers })
        : HttpServerResponse.jsonUnsafe(body, { status, headers })
      return Effect.as(actIf(effect), answer)
    }
    case "Delay":
      // The platform goes on, whether or not the client still waits.
      return unlessSevered(pause(timeline, fault.ms, "a request is delayed")).pipe(
        Effect.andThen(act),
        Effect.forkDetach({ startImmediately: true }),
        Effect.flatMap(Fiber.join)
      )
    case "NoAnswer":
      return Effect.andThen(actIf(fault.effect), Effect.andThen(unlessSevered(faults.hang), Severed.broken))
    case "Reset":
      return Effect.andThen(actIf(fault.effect), Severed.broken)
    case "Truncated":
      return Effect.map(act, truncated)
    case "Garbage":
      return Effect.map(act, ({ status }) => HttpServerResponse.text(garbage, { status, contentType: "text/html" }))
    case "SlowBody":
      return Effect.map(act, (response) => slow(response, fault.ms, tenant))
  }
}

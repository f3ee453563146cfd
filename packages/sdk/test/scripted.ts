import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Piopiy from "../src/Piopiy.ts"
import type * as PiopiyConfig from "../src/PiopiyConfig.ts"

/** What the platform does with one request. */
export type Step =
  | {
    readonly status: number
    readonly json?: unknown
    readonly text?: string
    readonly headers?: Record<string, string>
  }
  /** The transport fails with this cause. */
  | { readonly fails: unknown }
  /** The reply begins and breaks off. */
  | { readonly breaksOff: number }
  /** No reply ever comes. */
  | "silence"

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  /** Milliseconds on the test clock. */
  readonly at: number
}

export const token = "secret-token"

const bodyOf = (request: HttpClientRequest.HttpClientRequest): string =>
  request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

const broken = (status: number) =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("{\"mess"))
        controller.error(new Error("terminated"))
      }
    }),
    { status }
  )

const respond = (request: HttpClientRequest.HttpClientRequest, step: Step) => {
  if (step === "silence") return Effect.never
  if ("fails" in step) {
    const reason = new HttpClientError.TransportError({ request, cause: step.fails })
    return Effect.fail(new HttpClientError.HttpClientError({ reason }))
  }
  if ("breaksOff" in step) return Effect.succeed(HttpClientResponse.fromWeb(request, broken(step.breaksOff)))
  const text = "json" in step ? JSON.stringify(step.json) : step.text ?? ""
  const init = { status: step.status, headers: step.headers ?? {} }
  return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(text === "" ? null : text, init)))
}

/**
 * A platform that follows a script, one step a request, the last one over and over; it keeps what was sent. `services` is
 * given it as its HTTP client.
 */
export const platform = <A, E>(
  steps: readonly [Step, ...Array<Step>],
  services: Layer.Layer<A, E, HttpClient.HttpClient>
) =>
  Effect.sync(() => {
    const requests: Array<Sent> = []
    const http = HttpClient.make((request) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const step = steps[Math.min(requests.length, steps.length - 1)] ?? steps[0]
        const { body, headers, method, url } = { ...request, body: bodyOf(request) }
        requests.push({ method, url, headers: { ...headers }, body, at })
        return respond(request, step)
      })
    )
    return { requests, layer: Layer.provide(services, Layer.succeed(HttpClient.HttpClient, http)) }
  })

/** The same for the v3 API. */
export const scripted = (steps: readonly [Step, ...Array<Step>], options: Partial<PiopiyConfig.Options> = {}) =>
  platform(steps, Piopiy.layer({ token: Redacted.make(token), ...options }))

/** Our SDK, called as an official client was, over a transport that keeps what is sent and answers as recorded. */
import * as Calls from "@effect-piopiy/sdk/Calls"
import type * as Issue from "@effect-piopiy/sdk/Issue"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import type * as PiopiyError from "@effect-piopiy/sdk/PiopiyError"
import * as Pipeline from "@effect-piopiy/sdk/Pipeline"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import type { Fields } from "./json.ts"
import type { SimulatedResponse, Vector } from "./load.ts"
import type { Method, OfficialCall } from "./officialCall.ts"
import { argumentsOf, pipeline as toPipeline } from "./rename.ts"

/** A request as our SDK sent it, header names in lower case. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly text: string
  /** Milliseconds on the test clock. */
  readonly at: number
}

export interface Exchange {
  readonly sent: ReadonlyArray<Sent>
  readonly outcome: Result.Result<unknown, PiopiyError.PiopiyError>
  /** When the first attempt was given up, if it was. */
  readonly givenUpAt: number | undefined
}

/** How the client under test is set up. */
export interface Client {
  readonly options: Fields
  readonly maxAttempts: number
  /** Arguments of the official constructor that ours has no place for. */
  readonly unplaced: ReadonlyArray<string>
}

const constructorPositions: { readonly [lang in Vector["lang"]]: ReadonlyArray<string> } = {
  node: ["token", "secret"],
  py: ["token", "base_url", "timeout", "max_retries", "backoff_factor"]
}

/** What the official constructor was told, by name. */
export const constructorArguments = ({ input, lang }: Vector): Fields => {
  const args = input.construct ?? []
  const known = constructorPositions[lang].slice(0, args.length)
  return { ...Object.fromEntries(known.map((name, index) => [name, args[index]])), ...input.construct_kwargs }
}

/** The options of our layer that say what the official constructor was told. Fails on an argument that is not known. */
export const clientOf = (vector: Vector): Result.Result<Client, string> => {
  const known = constructorPositions[vector.lang]
  const given = constructorArguments(vector)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) return Result.fail(`unknown constructor argument ${unknown}`)
  const { backoff_factor: backoff, base_url: baseUrl, max_retries: retries, secret, timeout, token } = given
  const maxAttempts = typeof retries === "number" ? { maxAttempts: retries + 1 } : {}
  const baseDelay = typeof backoff === "number" ? { baseDelay: Duration.seconds(backoff) } : {}
  const retryPolicy = RetryPolicy.make({ ...maxAttempts, ...baseDelay })
  return Result.succeed({
    options: {
      token: Redacted.make(token),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(timeout === undefined ? {} : { timeout: typeof timeout === "number" ? Duration.seconds(timeout) : timeout }),
      retryPolicy
    },
    maxAttempts: retryPolicy.maxAttempts,
    unplaced: secret === undefined ? [] : ["secret"]
  })
}

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

const failWith = (request: HttpClientRequest.HttpClientRequest, code: string, syscall: string) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code, syscall }) })
    })
  )

const reply = (request: HttpClientRequest.HttpClientRequest, response: SimulatedResponse) => {
  if (response.destroy === true || response.close === true) return failWith(request, "ECONNRESET", "read")
  const text = "json" in response ? JSON.stringify(response.json) : response.text ?? ""
  return Effect.succeed(
    HttpServerResponse.toClientResponse(
      HttpServerResponse.text(text, { status: response.status ?? 200, headers: response.headers ?? {} }),
      { request }
    )
  )
}

/** What the world does to every request: the transport fails with this code. */
export type Environment = { readonly code: string; readonly syscall: string } | undefined

/** Long enough for every wait of a client, its retries included. */
const mostSeconds = 300

/** Runs under a clock of its own that moves on whenever nothing else is left to do. */
const settle = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    for (let second = 0; second < mostSeconds && fiber.pollUnsafe() === undefined; second += 1) {
      yield* TestClock.adjust("1 second")
    }
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer(), { local: true }))

/** The SDK as code without types calls it. */
interface UntypedPiopiy {
  layer(options: unknown): Layer.Layer<Calls.Calls, PiopiyError.PiopiyError, HttpClient.HttpClient>
}
type Answer = Effect.Effect<unknown, PiopiyError.PiopiyError>
interface UntypedCalls {
  placeAgentCall(call: unknown): Answer
  placePipelineCall(call: unknown): Answer
  placeDirectCall(call: unknown): Answer
  placeFlowCall(call: unknown): Answer
  transfer(callId: unknown, pipeline: unknown): Answer
  hangup(callId: unknown, options?: unknown): Answer
}
interface UntypedPipeline {
  encode(pipeline: unknown): Result.Result<unknown, Issue.Issues>
}
const piopiy: UntypedPiopiy = Piopiy
const untypedPipeline: UntypedPipeline = Pipeline

const call = (calls: UntypedCalls, method: Method, args: ReadonlyArray<unknown>): Answer => {
  const [first, second] = args
  switch (method) {
    case "agentCall":
      return calls.placeAgentCall(first)
    case "pipelineCall":
      return calls.placePipelineCall(first)
    case "directCall":
      return calls.placeDirectCall(first)
    case "flowCall":
      return calls.placeFlowCall(first)
    case "transfer":
      return calls.transfer(first, second)
    case "hangup":
      return calls.hangup(first, second)
  }
}

const answered: SimulatedResponse = { status: 200, json: { message: "queued" } }

/** Runs what is asked of our SDK. Without recorded responses the platform takes everything. */
export const exchangeOf = (
  program: Effect.Effect<unknown, PiopiyError.PiopiyError, HttpClient.HttpClient>,
  responses: ReadonlyArray<SimulatedResponse>,
  environment?: Environment
): Effect.Effect<Exchange> =>
  Effect.suspend(() => {
    const sent: Array<Sent> = []
    let givenUpAt: number | undefined
    const http = HttpClient.make((request) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const response = responses[Math.min(sent.length, responses.length - 1)] ?? answered
        sent.push({ method: request.method, url: request.url, headers: request.headers, text: textOf(request), at })
        if (environment !== undefined) return failWith(request, environment.code, environment.syscall)
        const giveUp = Effect.map(Clock.currentTimeMillis, (now) => {
          givenUpAt ??= now
        })
        return response.sleep === undefined
          ? reply(request, response)
          : Effect.sleep(Duration.seconds(response.sleep)).pipe(
            Effect.andThen(reply(request, response)),
            Effect.onInterrupt(() => giveUp)
          )
      })
    )
    return program.pipe(
      Effect.provideService(HttpClient.HttpClient, http),
      Effect.result,
      settle,
      Effect.map((outcome) => ({ sent, outcome, givenUpAt }))
    )
  })

/** Makes a call on our SDK. */
export const exchange = (
  client: Client,
  official: OfficialCall,
  responses: ReadonlyArray<SimulatedResponse>,
  environment?: Environment
): Effect.Effect<Exchange> =>
  exchangeOf(
    Effect.flatMap(Calls.Calls, (calls) => call(calls, official.method, argumentsOf(official))).pipe(
      Effect.provide(piopiy.layer(client.options), { local: true })
    ),
    responses,
    environment
  )

/** Builds a client and nothing else. */
export const construct = (client: Client): Effect.Effect<Result.Result<void, PiopiyError.PiopiyError>> =>
  Effect.void.pipe(
    Effect.provide(
      Layer.provide(
        piopiy.layer(client.options),
        Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.never))
      ),
      { local: true }
    ),
    Effect.result
  )

/** Actions of the wire through our builders, and back to the wire. */
export const rebuilt = (actions: ReadonlyArray<unknown>): Result.Result<unknown, Issue.Issues> =>
  untypedPipeline.encode(toPipeline(actions))

/** Actions of the wire through our reader of pipelines, and back to the wire. */
export const reread = (actions: unknown): Result.Result<unknown, Issue.Issues> =>
  Result.flatMap(Pipeline.decode(actions), untypedPipeline.encode)

/** The simulator, asked directly: recorded bytes go in, its judgement comes out. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as InProcess from "../../packages/simulator/src/testing/InProcess.ts"
import type { Judgement } from "./compare.ts"
import { getIn, isFields, parsePath } from "./json.ts"
import type { RecordedRequest, Vector } from "./load.ts"

/** The account of bodies that no official client ever sent. */
const ownToken = "corpus"

export interface Simulator {
  /** Sends a recorded request byte for byte. */
  readonly resend: (request: RecordedRequest) => Effect.Effect<Judgement>
  /** Sends a body to the path below the base URL. */
  readonly judge: (suffix: string, text: string) => Effect.Effect<Judgement>
}

const textOf = (value: unknown): string => typeof value === "string" ? value : ""

const judgementOf = (status: number, body: unknown): Judgement => {
  const problems = getIn(body, ["problems"])
  return {
    status,
    error: textOf(getIn(body, ["error"])),
    refused: (Array.isArray(problems) ? problems : []).filter(isFields).map((problem) => ({
      path: parsePath(textOf(problem["path"])),
      message: textOf(problem["message"])
    }))
  }
}

const send = (http: HttpClient.HttpClient, request: HttpClientRequest.HttpClientRequest): Effect.Effect<Judgement> =>
  http.execute(request).pipe(
    Effect.flatMap((response) => Effect.map(response.json, (body) => judgementOf(response.status, body))),
    Effect.catch((error) => Effect.succeed(judgementOf(0, { error: error.message })))
  )

const host = "https://rest.piopiy.com/v3"

/** Recorded paths may stand below another base URL; the platform's own begins with `/voice`. */
const suffixOf = (url: string): string => /\/voice\/.*$/.exec(url)?.[0] ?? new URL(url).pathname

const bearer = (headers: { readonly [name: string]: string }): string =>
  /^Bearer (\S+)$/.exec(Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "")
    ?.[1]
    ?? ""

const make = (http: HttpClient.HttpClient): Simulator => ({
  resend: ({ body, body_text: text, headers, method, url }) => {
    const post = method === "GET" ? HttpClientRequest.get : HttpClientRequest.post
    return send(
      http,
      post(`${host}${suffixOf(url)}`).pipe(
        HttpClientRequest.bodyText(text ?? JSON.stringify(body)),
        HttpClientRequest.setHeaders(headers)
      )
    )
  },
  judge: (suffix, text) =>
    send(
      http,
      HttpClientRequest.post(`${host}${suffix}`).pipe(
        HttpClientRequest.bearerToken(ownToken),
        HttpClientRequest.bodyText(text, "application/json")
      )
    )
})

/** A simulator with an account for every token that occurs, and room for every call. Its time stands still. */
export const start = Effect.fnUntraced(function*(vectors: ReadonlyArray<Vector>) {
  const tokens = new Set(vectors.flatMap(({ expected }) => bearer(expected.request?.headers ?? {})))
  const accounts = [ownToken, ...[...tokens].filter((token) => token !== "" && token !== ownToken)] as const
  const [first, ...others] = accounts.map((token) => ({ token }))
  const config = { accounts: [first ?? { token: ownToken }, ...others] as const, maxCalls: vectors.length * 3 + 100 }
  const context = yield* Effect.orDie(Layer.build(InProcess.layer({ config })))
  return make(Context.get(context, HttpClient.HttpClient))
})

import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as Action from "../src/Action.ts"
import * as AgentId from "../src/AgentId.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Piopiy from "../src/Piopiy.ts"
import * as Pipeline from "../src/Pipeline.ts"
import { scripted, token } from "./scripted.ts"

describe("layerConfig", () => {
  const seen: Array<string> = []
  const http = HttpClient.make((request) =>
    Effect.sync(() => {
      seen.push(`${request.url} ${request.headers["authorization"]}`)
      return HttpClientResponse.fromWeb(request, Response.json({ message: "queued" }))
    })
  )

  it.effect("reads token, base URL and time-out from the environment", () =>
    Effect.gen(function*() {
      yield* Calls.Calls.use((calls) => calls.hangup(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345"))).pipe(
        Effect.provide(Piopiy.layerConfig.pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({
            PIOPIY_TOKEN: "from-env",
            PIOPIY_BASE_URL: "http://127.0.0.1:1/v3/",
            PIOPIY_TIMEOUT: "3 seconds"
          })))
        ))
      )
      assert.deepStrictEqual(seen, ["http://127.0.0.1:1/v3/voice/call/hangup Bearer from-env"])
    }))

  it.effect("fails when there is no token", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Layer.build(Piopiy.layerConfig.pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
      )))
      assert.strictEqual(error._tag, "ConfigError")
    }))
})

describe("layerFetch", () => {
  it.effect("asks fetch not to follow redirects, and reports one", () =>
    Effect.gen(function*() {
      const modes: Array<string | undefined> = []
      const fetch: typeof globalThis.fetch = (_url, init) => {
        modes.push(init?.redirect)
        return Promise.resolve(new Response(null, { status: 302, headers: { location: "https://elsewhere.example" } }))
      }
      const error = yield* Calls.Calls.use((calls) =>
        calls.transfer(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345"), Pipeline.make([Action.hangup]))
      ).pipe(
        Effect.provide(Piopiy.layerFetch({ token: Redacted.make(token) })),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.flip
      )
      assert.deepStrictEqual(modes, ["manual"])
      assert.strictEqual(error._tag === "PiopiyError" ? error.reason._tag : "", "UnexpectedReply")
    }))
})

describe("spans", () => {
  it.effect("hold ids, and neither numbers nor the token", () =>
    Effect.gen(function*() {
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const callId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
      const platform = yield* scripted([{ status: 200, json: { message: "call_queued", call_id: callId } }])
      yield* Calls.Calls.use((calls) =>
        calls.placeAgentCall({
          callerId: PhoneNumber.make("919999999999"),
          to: PhoneNumber.make("918888888888"),
          agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
        })
      ).pipe(Effect.provide(platform.layer), Effect.provideService(Tracer.Tracer, tracer))
      const own = spans.find((span) => span.name === "Calls.placeAgentCall")
      assert.strictEqual(own?.attributes.get("piopiy.call_id"), callId)
      assert.strictEqual(own?.attributes.get("piopiy.agent_id"), "bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
      const shown = JSON.stringify(spans.map((span) => [span.name, [...span.attributes]]))
      assert.notMatch(shown, /99999|88888/)
      assert.notInclude(shown, token)
    }))
})

import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import * as Action from "../src/Action.ts"
import * as AgentId from "../src/AgentId.ts"
import * as CallId from "../src/CallId.ts"
import * as Calls from "../src/Calls.ts"
import * as LegacyCalls from "../src/LegacyCalls.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import * as Piopiy from "../src/Piopiy.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { platform, scripted, token } from "./scripted.ts"

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

describe("layer", () => {
  it.effect("is an account of its own, also inside another one", () => {
    const tokens: Array<string | undefined> = []
    const http = HttpClient.make((request) =>
      Effect.sync(() => {
        tokens.push(request.headers["authorization"])
        return HttpClientResponse.fromWeb(request, Response.json({ message: "queued" }))
      })
    )
    const account = (name: string) => Piopiy.layer({ token: Redacted.make(name) })
    const hangup = Calls.Calls.use((calls) => calls.hangup(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")))
    return Effect.gen(function*() {
      yield* hangup
      yield* hangup.pipe(Effect.provide(account("inner")))
      assert.deepStrictEqual(tokens, ["Bearer outer", "Bearer inner"])
    }).pipe(Effect.provide(account("outer")), Effect.provideService(HttpClient.HttpClient, http))
  })

  it.effect("answers with a message that holds no token, and not more of it than anybody reads", () => {
    const http = HttpClient.make((request) =>
      Effect.sync(() =>
        HttpClientResponse.fromWeb(
          request,
          Response.json({ message: `${request.headers["authorization"]} ${"x".repeat(5000)}` })
        )
      )
    )
    return Effect.gen(function*() {
      const { message } = yield* Calls.Calls.use((calls) =>
        calls.hangup(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345"))
      )
      assert.notInclude(message, "very-secret")
      assert.isBelow(message.length, 600)
    }).pipe(
      Effect.provide(Piopiy.layer({ token: Redacted.make("very-secret") })),
      Effect.provideService(HttpClient.HttpClient, http)
    )
  })
})

describe("layerLegacyConfig", () => {
  const provider = (values: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromUnknown(values))

  it.effect("reads app id, secret, base URL and time-out from the environment", () =>
    Effect.gen(function*() {
      const { layer, requests } = yield* platform([{ status: 200, json: { code: 200 } }], Piopiy.layerLegacyConfig)
      yield* LegacyCalls.LegacyCalls.use((calls) => calls.hold(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")))
        .pipe(
          Effect.provide(Layer.provide(
            layer,
            provider({
              PIOPIY_APP_ID: "2223123",
              PIOPIY_APP_SECRET: "from-env",
              PIOPIY_LEGACY_BASE_URL: "http://127.0.0.1:1",
              PIOPIY_TIMEOUT: "3 seconds"
            })
          ))
        )
      assert.strictEqual(requests[0]?.url, "http://127.0.0.1:1/v1/call/global_action")
      assert.include(requests[0]?.body, "\"appid\":2223123,\"secret\":\"from-env\"")
    }))

  it.effect("fails when a credential is not there, or is none", () =>
    Effect.gen(function*() {
      const { layer } = yield* platform([{ status: 200 }], Piopiy.layerLegacyConfig)
      for (const values of [{}, { PIOPIY_APP_ID: "5" }, { PIOPIY_APP_ID: "x", PIOPIY_APP_SECRET: "s" }]) {
        const missing = yield* Effect.flip(Layer.build(Layer.provide(layer, provider(values))))
        assert.strictEqual(missing._tag, "ConfigError")
      }
      const unusable = { PIOPIY_APP_ID: "-5", PIOPIY_APP_SECRET: "a b", PIOPIY_LEGACY_BASE_URL: "x" }
      const error = yield* Effect.flip(Layer.build(Layer.provide(layer, provider(unusable))))
      const reason = error._tag === "PiopiyError" ? error.reason : undefined
      const issues = reason?._tag === "InvalidConfig" ? reason.issues : []
      assert.deepStrictEqual(issues.map(({ path }) => path), ["appId", "appSecret", "baseUrl"])
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

describe("layerConfigFetch", () => {
  it.effect("sends over fetch as the environment says", () =>
    Effect.gen(function*() {
      const sent: Array<string> = []
      const fetch: typeof globalThis.fetch = (url, init) => {
        sent.push(`${String(url)} ${new Headers(init?.headers).get("authorization")}`)
        return Promise.resolve(Response.json({ message: "queued" }))
      }
      const environment = { PIOPIY_TOKEN: "from-env", PIOPIY_BASE_URL: "http://127.0.0.1:1/v3" }
      yield* Calls.Calls.use((calls) => calls.hangup(CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345"))).pipe(
        Effect.provide(
          Piopiy.layerConfigFetch.pipe(
            Layer.provideMerge(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
          )
        ),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      assert.deepStrictEqual(sent, ["http://127.0.0.1:1/v3/voice/call/hangup Bearer from-env"])
    }))
})

describe("layerLegacyConfigFetch", () => {
  it.effect("sends over fetch as the environment says", () =>
    Effect.gen(function*() {
      const sent: Array<string> = []
      const fetch: typeof globalThis.fetch = (url) => {
        sent.push(String(url))
        return Promise.resolve(Response.json({ code: 200, channel: "2" }))
      }
      const environment = {
        PIOPIY_APP_ID: "2223123",
        PIOPIY_APP_SECRET: "from-env",
        PIOPIY_LEGACY_BASE_URL: "http://127.0.0.1:1"
      }
      const count = yield* LegacyCalls.LegacyCalls.use((calls) => calls.channels).pipe(
        Effect.provide(
          Piopiy.layerLegacyConfigFetch.pipe(
            Layer.provideMerge(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
          )
        ),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      assert.strictEqual(count, 2)
      assert.deepStrictEqual(sent, ["http://127.0.0.1:1/v2/piopiy/get_channels"])
    }))
})

describe("spans", () => {
  const callId = "c4d0e5f6-a7b8-12c9-d3e4-f56789012345"
  const place = Calls.Calls.use((calls) =>
    calls.placeAgentCall({
      callerId: PhoneNumber.make("919999999999"),
      to: PhoneNumber.make("918888888888"),
      agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
    })
  )

  /** Keeps the spans of what runs under it. */
  const recorder = () => {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    return { spans, recorded: Effect.provideService(Tracer.Tracer, tracer) }
  }

  /** A span and its parent, by name. */
  const named = ({ name, parent }: Tracer.NativeSpan) => {
    const above = Option.getOrUndefined(parent)
    return [name, above?._tag === "Span" ? above.name : "none"]
  }

  it.effect("are one an operation, which holds ids, and neither numbers nor the token", () =>
    Effect.gen(function*() {
      const { recorded, spans } = recorder()
      const platform = yield* scripted([{ status: 200, json: { message: "call_queued", call_id: callId } }])
      yield* place.pipe(Effect.provide(platform.layer), recorded)
      assert.deepStrictEqual(spans.map(({ kind, name }) => [name, kind]), [["Calls.placeAgentCall", "client"]])
      assert.deepStrictEqual(Object.fromEntries(spans[0]?.attributes ?? []), {
        "piopiy.agent_id": "bdd32bcb-767c-40a5-be4a-5f45eeb348a6",
        "http.request.method": "POST",
        "piopiy.attempts": 1,
        "http.response.status_code": 200,
        "piopiy.call_id": callId
      })
      const [request] = platform.requests
      assert.notProperty(request?.headers, "traceparent")
    }))

  it.effect("hold an event for each attempt that failed", () =>
    Effect.gen(function*() {
      const { recorded, spans } = recorder()
      const platform = yield* scripted([{ status: 429, json: { error: "919876543210" } }, { status: 200 }])
      const fiber = yield* Effect.forkChild(place.pipe(Effect.provide(platform.layer), recorded))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(spans.flatMap(({ events }) => events.map(([name, , attributes]) => [name, attributes])), [
        ["piopiy.attempt_failed", { "piopiy.attempt": 1, "piopiy.reason": "RateLimited" }]
      ])
      assert.strictEqual(spans[0]?.attributes.get("piopiy.attempts"), 2)
      assert.strictEqual(spans[0]?.status._tag, "Ended")
    }))

  it.effect("are the parents of what the transport and the hook of the policy begin", () =>
    Effect.gen(function*() {
      const { recorded, spans } = recorder()
      const http = HttpClient.make((request) =>
        Effect.withSpan(Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({}))), "transport")
      )
      const onAttempt = () => Effect.withSpan(Effect.void, "hook")
      const services = Piopiy.layer({ token: Redacted.make(token), retryPolicy: RetryPolicy.make({ onAttempt }) })
      yield* place.pipe(
        Effect.provide(Layer.provide(services, Layer.succeed(HttpClient.HttpClient, http))),
        Effect.withSpan("outside"),
        recorded
      )
      assert.deepStrictEqual(spans.map(named), [
        ["outside", "none"],
        ["Calls.placeAgentCall", "outside"],
        ["transport", "Calls.placeAgentCall"],
        ["hook", "Calls.placeAgentCall"]
      ])
    }))

  it.effect("of the questions about a transfer that is handed off are below that of the hand-off", () =>
    Effect.gen(function*() {
      const { recorded, spans } = recorder()
      const platform = yield* scripted([
        { status: 200, json: { message: "queued", call_id: callId, request_id: "req-1" } },
        { status: 200, json: { request_id: "req-1", call_id: callId, status: "completed" } }
      ])
      yield* Calls.Calls.use((calls) =>
        calls.handOff(CallId.make(callId), { to: { _tag: "Phone", number: PhoneNumber.make("918888888888") } })
      ).pipe(Effect.provide(platform.layer), recorded)
      assert.deepStrictEqual(spans.map(named), [
        ["Calls.handOff", "none"],
        ["Calls.transferStatus", "Calls.handOff"]
      ])
    }))
})

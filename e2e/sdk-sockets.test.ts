/** What the SDK knows about a request when the network fails, proven over real sockets on both transports. */
import * as AgentId from "@effect-piopiy/sdk/AgentId"
import * as CallId from "@effect-piopiy/sdk/CallId"
import * as Calls from "@effect-piopiy/sdk/Calls"
import * as LegacyCalls from "@effect-piopiy/sdk/LegacyCalls"
import * as PhoneNumber from "@effect-piopiy/sdk/PhoneNumber"
import * as Piopiy from "@effect-piopiy/sdk/Piopiy"
import type { PiopiyError } from "@effect-piopiy/sdk/PiopiyError"
import * as RetryPolicy from "@effect-piopiy/sdk/RetryPolicy"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as servers from "./sockets/servers.ts"

const transports: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici]
]

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const place = Calls.Calls.use((calls) =>
  calls.placeAgentCall({
    callerId: PhoneNumber.make("919999999999"),
    to: PhoneNumber.make("918888888888"),
    agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
  })
)
const hangup = Calls.Calls.use((calls) => calls.hangup(callId))

const ok = servers.reply("200 OK", "{\"message\":\"queued\"}")
const queued: servers.Behaviour = (socket) => socket.write(ok)

describe.each(transports)("over %s", (_, transport) => {
  const services = (baseUrl: string, timeout: Duration.Input) =>
    Piopiy.layer({
      baseUrl,
      timeout,
      token: Redacted.make("secret-token"),
      retryPolicy: RetryPolicy.make({ baseDelay: "1 millis" })
    }).pipe(Layer.provide(transport))

  const outcome = <A>(
    program: Effect.Effect<A, PiopiyError, Calls.Calls>,
    baseUrl: string,
    timeout: Duration.Input = "5 seconds"
  ) => Effect.result(program).pipe(Effect.provide(services(baseUrl, timeout)))

  const failure = <A>(
    program: Effect.Effect<A, PiopiyError, Calls.Calls>,
    baseUrl: string,
    timeout: Duration.Input = "5 seconds"
  ) => Effect.flip(program).pipe(Effect.provide(services(baseUrl, timeout)))

  const at = ({ port }: servers.Peer, scheme = "http") => `${scheme}://127.0.0.1:${port}/v3`

  describe("nothing was sent", () => {
    it.live("when the connection is refused", () =>
      Effect.gen(function*() {
        const error = yield* failure(place, `http://127.0.0.1:${yield* servers.closedPort}/v3`)
        assert.deepStrictEqual(error._tag === "PiopiyError" && error.reason, { _tag: "NotSent", code: "ECONNREFUSED" })
        assert.strictEqual(error._tag === "PiopiyError" && error.attempts, 3)
      }))

    it.live("when the name of the host is unknown", () =>
      Effect.gen(function*() {
        const error = yield* failure(place, "https://no-such-host.invalid/v3", "10 seconds")
        assert.strictEqual(error.reason._tag, "NotSent")
        assert.include(["ENOTFOUND", "EAI_AGAIN"], error.reason._tag === "NotSent" ? error.reason.code : "")
      }))

    it.live.each(
      [
        ["selfSigned", "DEPTH_ZERO_SELF_SIGNED_CERT"],
        ["expired", "CERT_HAS_EXPIRED"],
        ["otherName", "ERR_TLS_CERT_ALTNAME_INVALID"]
      ] as const
    )("when the certificate is wrong: %s", ([certificate, code]) =>
      Effect.gen(function*() {
        yield* servers.trusted
        const peer = yield* servers.secure(certificate, queued)
        const error = yield* failure(place, at(peer, "https"))
        assert.deepStrictEqual(error.reason, { _tag: "NotSent", code })
        assert.lengthOf(peer.requests, 0)
        assert.strictEqual(peer.connections.opened, 3)
      }))
  })

  it.live("a good certificate is taken", () =>
    Effect.gen(function*() {
      yield* servers.trusted
      const peer = yield* servers.secure("good", queued)
      assert.isTrue(Result.isSuccess(yield* outcome(place, at(peer, "https"))))
      assert.lengthOf(peer.requests, 1)
    }))

  describe("the outcome is unknown", () => {
    const half = servers.reply("200 OK", "{\"message\":\"queued\"}").slice(0, -8)
    const cases: ReadonlyArray<readonly [string, servers.Behaviour]> = [
      ["when the connection is reset before any reply", (socket) => socket.resetAndDestroy()],
      ["when the connection is closed before any reply", (socket) => socket.end()],
      ["when the connection is reset amid the reply", (socket) => socket.write(half, () => socket.resetAndDestroy())],
      ["when the connection is closed amid the reply", (socket) => socket.end(half)],
      [
        "when the connection is closed amid the head of the reply",
        (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-")
      ],
      ["when the reply is not HTTP", (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
      ["when no reply comes", () => {}],
      ["when the reply stops half way", (socket) => socket.write(half)]
    ]

    it.live.each(cases)("%s", ([, behave]) =>
      Effect.gen(function*() {
        const placed = yield* servers.plain(behave)
        const error = yield* failure(place, at(placed), "300 millis")
        assert.strictEqual(error.reason._tag, "OutcomeUnknown")
        assert.strictEqual(error.verdict, "ambiguous")
        assert.lengthOf(placed.requests, 1)
        const ended = yield* servers.plain(behave)
        const other = yield* failure(hangup, at(ended), "300 millis")
        assert.strictEqual(other.reason._tag, "OutcomeUnknown")
        assert.strictEqual(other.verdict, "safe")
        assert.lengthOf(ended.requests, 3)
      }))

    it.live("when the TLS handshake is cut off", () =>
      Effect.gen(function*() {
        const peer = yield* servers.slamming
        const error = yield* failure(place, at(peer, "https"))
        assert.strictEqual(error.reason._tag, "OutcomeUnknown")
        assert.strictEqual(peer.connections.opened, 1)
      }))

    it.live("when a connection that was used before is reset", () =>
      Effect.gen(function*() {
        const peer = yield* servers.plain((socket, { number }) =>
          number === 1 ? socket.write(ok) : socket.resetAndDestroy()
        )
        const error = yield* failure(Effect.andThen(place, place), at(peer))
        assert.strictEqual(error.reason._tag, "OutcomeUnknown")
        assert.lengthOf(peer.requests, 2)
      }))
  })

  it.live.each(["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"])(
    "a redirect is not followed, wherever it leads: %s",
    (status) =>
      Effect.gen(function*() {
        const elsewhere = yield* servers.plain(queued)
        for (const port of [elsewhere.port, yield* servers.closedPort]) {
          const location = `http://127.0.0.1:${port}/v3/voice/ai/call`
          const peer = yield* servers.plain((socket) => socket.write(servers.reply(status, "", { location })))
          const error = yield* failure(place, at(peer))
          assert.strictEqual(error.reason._tag, "UnexpectedReply")
          assert.strictEqual(error.verdict, "ambiguous")
          assert.lengthOf(peer.requests, 1)
        }
        assert.strictEqual(elsewhere.connections.opened, 0)
      })
  )

  it.live("Retry-After is waited for, then the request is sent again", () =>
    Effect.gen(function*() {
      const busy = servers.reply("429 Too Many Requests", "{}", { "retry-after": "1" })
      const peer = yield* servers.plain((socket, { number }) => socket.write(number === 1 ? busy : ok))
      const startedAt = yield* Clock.monotonicTimeNanos
      assert.isTrue(Result.isSuccess(yield* outcome(place, at(peer))))
      assert.isAtLeast(Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1e6, 995)
      assert.lengthOf(peer.requests, 2)
    }))

  it.live.each(["500 Oops", "502 Bad Gateway", "503 Busy", "504 Late"])(
    "after %s a call is not placed again, and a hangup is",
    (status) =>
      Effect.gen(function*() {
        const peer = yield* servers.plain((socket) => socket.write(servers.reply(status, "<html>")))
        const error = yield* failure(place, at(peer))
        assert.strictEqual(error.reason._tag, "Unavailable")
        assert.lengthOf(peer.requests, 1)
        yield* failure(hangup, at(peer))
        assert.lengthOf(peer.requests, 4)
      })
  )

  it.live("a hangup whose retry finds the call gone has succeeded", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain((socket, { number }) =>
        number === 1
          ? socket.resetAndDestroy()
          : socket.write(servers.reply("404 Not Found", "{\"error\":\"CALL_NOT_FOUND\"}"))
      )
      assert.isTrue(Result.isSuccess(yield* outcome(hangup, at(peer))))
      assert.lengthOf(peer.requests, 2)
    }))

  it.live.each(
    [
      ["before the reply", () => {}],
      ["amid the reply", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")]
    ] as ReadonlyArray<readonly [string, servers.Behaviour]>
  )("an interruption %s aborts the request", ([, behave]) =>
    Effect.gen(function*() {
      const peer = yield* servers.plain(behave)
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.forkChild(place)
        yield* until(() => peer.requests.length === 1)
        yield* Effect.sleep("50 millis")
        yield* Fiber.interrupt(fiber)
        yield* until(() => peer.connections.closed > 0)
      }).pipe(Effect.provide(services(at(peer), "30 seconds")))
      yield* Effect.sleep("50 millis")
      assert.lengthOf(peer.requests, 1)
    }))

  it.live("a reply that says it is long is not read, and leaves the outcome open", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2097152\r\n\r\n{"))
      const error = yield* failure(place, at(peer))
      assert.deepStrictEqual([error.reason._tag, error.verdict], ["OutcomeUnknown", "ambiguous"])
      assert.lengthOf(peer.requests, 1)
    }))

  it.live("a chunked reply is read", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"mes\r\n")
        socket.write("d\r\nsage\":\"\u00e9ti\"}\r\n0\r\n\r\n")
      })
      const placed = yield* place.pipe(Effect.provide(services(at(peer), "5 seconds")))
      assert.strictEqual(placed.message, "\u00e9ti")
    }))

  it.live("a reply without a body is success", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain((socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"))
      const placed = yield* place.pipe(Effect.provide(services(at(peer), "5 seconds")))
      assert.strictEqual(placed.message, "")
    }))

  it.live("a time-out aborts the request", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain(() => {})
      yield* Effect.gen(function*() {
        yield* Effect.flip(place)
        yield* until(() => peer.connections.closed > 0)
      }).pipe(Effect.provide(services(at(peer), "200 millis")))
      assert.lengthOf(peer.requests, 1)
    }))

  it.live("the older API says in the body what failed", () =>
    Effect.gen(function*() {
      const peer = yield* servers.plain((socket) => socket.write(servers.reply("200 OK", "{\"code\":420}")))
      const legacy = Piopiy.layerLegacy({
        appId: 2223123,
        appSecret: Redacted.make("s"),
        baseUrl: `http://127.0.0.1:${peer.port}`
      }).pipe(Layer.provide(transport))
      const error = yield* LegacyCalls.LegacyCalls.use((calls) => Effect.flip(calls.hold(callId))).pipe(
        Effect.provide(legacy)
      )
      assert.strictEqual(error.reason._tag, "Unauthorized")
      assert.match(peer.requests[0] ?? "", /^POST \/v1\/call\/global_action HTTP\/1\.1/)
    }))
})

/** Waits until something is so; the time-out of the test bounds it. */
const until = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => isSo() ? Effect.void : Effect.andThen(Effect.sleep("5 millis"), until(isSo)))

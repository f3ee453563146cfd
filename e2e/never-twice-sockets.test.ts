/** The proof that no phone rings twice, over real connections: a part of the table, and what only a network can do. */
import { RetryPolicy } from "@effect-piopiy/sdk"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as neverTwice from "./neverTwice.ts"
import { counted, expected, outage, outcomesOf, some, tableFor } from "./neverTwiceTable.ts"
import * as servers from "./sockets/servers.ts"

/** Where the platform is not, and who is there instead. */
interface Unreached {
  readonly url: string
  readonly peer?: servers.Peer
}

/** What may be told apart over sockets: all of the table but what takes long, with a short time-out. */
const timeoutMs = 1500
const overSockets = tableFor(timeoutMs).filter(({ name }) =>
  !["there are too many for five seconds", "the reply is slow", "the platform is slow"].includes(name)
)

const quick: neverTwice.Approach = {
  name: "the standard policy, quicker",
  retryPolicy: RetryPolicy.make({ baseDelay: "20 millis" })
}

describe.each<readonly [string, Layer.Layer<HttpClient.HttpClient>]>([
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici]
])("over sockets, with %s,", (_, transport) => {
  const at = (url: string, timeout: Duration.Input = timeoutMs) =>
    Layer.provide(neverTwice.sdk(quick, { url, timeout }), transport)

  const world = Layer.unwrap(Effect.map(SimulatorServer.SimulatorServer, ({ url }) => at(url))).pipe(
    Layer.provideMerge(SimulatorServer.layer({ port: 0, config: neverTwice.config }))
  )

  const time = { setUp: Effect.sleep("100 millis"), runOut: Effect.sleep("3 seconds") }

  it.live("a phone rings once at most, and the caller knows what can be known", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({
        faults: overSockets,
        often: "once",
        approach: quick,
        intents: some,
        time
      })
      assert.deepStrictEqual(
        cells.map(neverTwice.line),
        some.flatMap((intent) => overSockets.map((row) => expected(intent, row, outcomesOf(intent, row).once)))
      )
    }).pipe(Effect.provide(world)))

  const lost: ReadonlyArray<readonly [string, Effect.Effect<Unreached, never, Scope.Scope>]> = [
    ["the connection is refused", Effect.map(servers.closedPort, (port) => ({ url: `http://127.0.0.1:${port}` }))],
    ["nobody knows the name", Effect.succeed({ url: "https://no-such-host.invalid" })],
    [
      "the certificate is wrong",
      Effect.map(
        servers.secure("selfSigned", (socket) => socket.end()),
        (peer) => ({ url: `https://127.0.0.1:${peer.port}`, peer })
      )
    ]
  ]

  it.live.each(lost)("nothing is sent, which the caller is told, when %s", ([, place]) =>
    Effect.gen(function*() {
      const { peer, url } = yield* place
      const carryOut = Effect.forEach(some, ({ carryOut }, index) =>
        Effect.result(carryOut(neverTwice.phonesOf(index), neverTwice.noCall)), { concurrency: "unbounded" })
      // A name server may take its time.
      const results = yield* Effect.provide(carryOut, at(url, "10 seconds"))
      assert.deepStrictEqual(
        results.map(neverTwice.told),
        some.map(() =>
          "NotSent, safe"
        )
      )
      for (const result of results) assert.strictEqual(Result.isFailure(result) && result.failure.attempts, 3)
      assert.deepStrictEqual(peer?.requests ?? [], [])
    }))

  it.live("a phone rings once when the platform was down and has come back", () =>
    Effect.gen(function*() {
      const cells = yield* neverTwice.matrix({
        faults: counted,
        often: "always",
        approach: quick,
        intents: some.filter(({ rings }) => rings === "customer"),
        time: { ...time, runOut: Effect.void },
        before: outage("10 millis")
      })
      assert.deepStrictEqual(cells.map(({ acted, result }) => [acted, neverTwice.told(result)]), [[1, "done"], [
        1,
        "done"
      ]])
    }).pipe(Effect.provide(world)))
})

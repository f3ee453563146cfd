import { Calls } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { eventually } from "./processes.ts"
import {
  App,
  app,
  config,
  connection,
  connectToColleague,
  jsonReply,
  page,
  requestHead,
  runMenu,
  silentServer,
  stay,
  world
} from "./world.ts"

describe("rough clients", () => {
  it.live("that leave in the middle of a request place no call and harm nobody", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const calls = yield* Calls.Calls
      for (let client = 0; client < 20; client++) {
        const socket = yield* connection
        socket.write(requestHead(500) + "{\"caller_id\":\"9144")
        if (client % 2 === 0) socket.destroy()
        else socket.resetAndDestroy()
      }
      yield* eventually(
        "all requests to be seen",
        Effect.map(
          simulator.journal(),
          (entries) => entries.filter(({ _tag }) => _tag === "Requested").length > 0 ? true : undefined
        )
      )
      yield* stay(calls)
      assert.lengthOf(yield* simulator.live, 1)
      assert.lengthOf((yield* simulator.journal()).filter(({ _tag }) => _tag === "Broke"), 0)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("that send nonsense get an error and no call", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const socket = yield* connection
      const reply = { text: "" }
      socket.setEncoding("utf8").on("data", (text: string) => {
        reply.text += text
      })
      socket.write("nonsense\r\n\r\n")
      yield* eventually("an answer", Effect.sync(() => reply.text === "" ? undefined : reply.text))
      assert.match(reply.text, /^HTTP\/1\.1 400 /)
      assert.deepEqual(yield* simulator.live, [])
      assert.strictEqual((yield* page("/_sim/health")).status, 200)
      assert.strictEqual((yield* page("/%E0%A4%A")).status, 404)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live.each([1 << 20, (1 << 20) + 1])(
    "with a body of %i bytes are answered by its length",
    (length) =>
      Effect.gen(function*() {
        const { url } = yield* SimulatorServer.SimulatorServer
        const answer = yield* HttpClientRequest.post(`${url}/v3/voice/pcmo/call`).pipe(
          HttpClientRequest.bearerToken("sim-token"),
          HttpClientRequest.bodyText("{}".padEnd(length, " "), "application/json"),
          HttpClient.execute
        )
        assert.strictEqual(answer.status, length > 1 << 20 ? 413 : 400)
        assert.include(yield* answer.text, length > 1 << 20 ? "too_large" : "invalid_request")
      }).pipe(Effect.provide(world()))
  )

  it.live("that never say how long their body is are cut off at the same length", () =>
    Effect.gen(function*() {
      const { url } = yield* SimulatorServer.SimulatorServer
      const chunk = new TextEncoder().encode(" ".repeat(65_536))
      const answer = yield* HttpClientRequest.post(`${url}/v3/voice/pcmo/call`).pipe(
        HttpClientRequest.bearerToken("sim-token"),
        HttpClientRequest.bodyStream(Stream.take(Stream.forever(Stream.succeed(chunk)), 40), {
          contentType: "application/json"
        }),
        HttpClient.execute,
        Effect.map(({ status }) => status),
        Effect.orElseSucceed(() => "cut off")
      )
      assert.oneOf(answer, [413, "cut off"])
      const simulator = yield* Simulator.Simulator
      const refused = (yield* simulator.journal()).find((entry) => entry._tag === "Refused")
      assert.deepEqual([refused?.status, refused?.error], [413, "too_large"])
    }).pipe(Effect.provide(world())))

  it.live("that read the journal slowly hold nobody up, and get all of it", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const { url } = yield* App
      yield* Effect.forEach(Array.from({ length: 150 }), () => runMenu(`${url}/menu`), { concurrency: 100 })
      const expected = (yield* simulator.journal({ limit: 10_000 })).map((entry) => `${JSON.stringify(entry)}\n`).join(
        ""
      )
      assert.isAbove(expected.length, 250_000)
      const socket = yield* connection
      socket.pause()
      socket.write(
        "GET /_sim/journal?format=ndjson&limit=10000 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
      )
      const before = yield* Clock.currentTimeMillis
      const { record } = yield* runMenu(`${url}/menu`)
      assert.strictEqual(record.disposition, "Answered")
      assert.strictEqual((yield* page("/_sim/health")).status, 200)
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 3000)
      const reply = { text: "", over: false }
      socket.setEncoding("utf8").on("data", (text: string) => {
        reply.text += text
      }).on("end", () => {
        reply.over = true
      })
      socket.resume()
      const body = yield* eventually(
        "the whole journal",
        Effect.sync(() => reply.over ? reply.text.slice(reply.text.indexOf("\r\n\r\n") + 4) : undefined)
      )
      assert.isTrue(body.startsWith(expected))
    }).pipe(Effect.scoped, Effect.provide([world(), app(() => jsonReply(connectToColleague))])))
})

describe("a server that stops", () => {
  it.live("ends calls and has their records in its file, even if a client holds on", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const path = `${yield* files.makeTempDirectoryScoped()}/calls.ndjson`
      const before = yield* Effect.gen(function*() {
        const calls = yield* Calls.Calls
        yield* Effect.forEach(Array.from({ length: 30 }), () => stay(calls), { concurrency: 10 })
        const socket = yield* connection
        socket.write(requestHead(500) + "{")
        return yield* Clock.currentTimeMillis
      }).pipe(Effect.scoped, Effect.provide(world({ journalFile: path })))
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 3000)
      const text = yield* files.readFileString(path)
      assert.lengthOf(text.match(/"_tag":"WriteRecord"/g) ?? [], 30)
      assert.lengthOf(text.match(/"endedBy":"Platform"/g) ?? [], 30)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.live("has every record in its file, even if the journal keeps few entries", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const path = `${yield* files.makeTempDirectoryScoped()}/calls.ndjson`
      yield* Effect.gen(function*() {
        const calls = yield* Calls.Calls
        yield* Effect.forEach(Array.from({ length: 60 }), () => stay(calls), { concurrency: 10 })
      }).pipe(Effect.provide(world({ journalFile: path, config: { ...config, maxEntries: 20 } })))
      const text = yield* files.readFileString(path)
      assert.lengthOf(text.match(/"_tag":"WriteRecord"/g) ?? [], 60)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.live("frees its port", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.provide(SimulatorServer.SimulatorServer, SimulatorServer.layer({ port: 0 }))
      const again = yield* Effect.provide(
        SimulatorServer.SimulatorServer,
        SimulatorServer.layer({ port: Number(new URL(url).port) })
      )
      assert.strictEqual(again.url, url)
    }))
})

describe("two servers in one program", () => {
  it.live("listen on two ports, and each answers on its own", () =>
    Effect.gen(function*() {
      const memo = yield* Layer.makeMemoMap
      const scope = yield* Effect.scope
      const built = yield* Effect.forEach([1, 2], (seed) =>
        Layer.buildWithMemoMap(SimulatorServer.layer({ port: 0, config: { seed } }), memo, scope))
      const urls = built.map((context) =>
        Context.get(context, SimulatorServer.SimulatorServer).url
      )
      assert.strictEqual(new Set(urls).size, 2)
      for (const [index, url] of urls.entries()) {
        const response = yield* HttpClient.get(`${url}/_sim/journal?limit=1`)
        assert.strictEqual(response.status, 200)
        assert.include(yield* response.text, `"seed":${index + 1}`)
      }
    }).pipe(Effect.provide(FetchHttpClient.layer)))
})

describe("a server that does not start", () => {
  const reasonOf = (options: SimulatorServer.ServerOptions) =>
    Effect.map(Effect.flip(Effect.scoped(Layer.build(SimulatorServer.layer(options)))), ({ reason }) => reason)

  it.live("says that its port is taken", () =>
    Effect.gen(function*() {
      const port = yield* silentServer
      const reason = yield* reasonOf({ port })
      assert(reason._tag === "CannotListen")
      assert.deepEqual([reason.host, reason.port], ["127.0.0.1", port])
    }).pipe(Effect.scoped))

  it.live("says that its journal file cannot be written", () =>
    Effect.gen(function*() {
      const reason = yield* reasonOf({ port: 0, journalFile: "/nowhere/calls.ndjson" })
      assert(reason._tag === "FileUnreadable")
      assert.strictEqual(reason.path, "/nowhere/calls.ndjson")
    }))

  it.live("asks for tokens of its own when it is to listen beyond this machine", () =>
    Effect.gen(function*() {
      const reason = yield* reasonOf({ port: 0, host: "0.0.0.0" })
      assert(reason._tag === "InvalidConfig")
      assert.deepEqual(reason.problems.map(({ path }) => path), ["--admin-token", "--token", "--app-secret"])
    }))

  it.live("listens on the loopback address of the sixth version, and says so in brackets", () =>
    Effect.gen(function*() {
      const { url } = yield* SimulatorServer.SimulatorServer
      assert.match(url, /^http:\/\/\[::1\]:\d+$/)
      assert.strictEqual((yield* page("/_sim/health")).status, 200)
    }).pipe(
      Effect.provide(Layer.merge(SimulatorServer.layer({ port: 0, host: "::1" }), FetchHttpClient.layer)),
      Effect.catchTag(
        "SimulatorError",
        (error) =>
          error.reason._tag === "CannotListen" && /EADDRNOTAVAIL|EAFNOSUPPORT/.test(error.reason.detail)
            ? Effect.void
            : Effect.fail(error)
      )
    ))
})

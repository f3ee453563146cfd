/** What a simulator on a port shows while it runs, to readers of every speed, and how long it waits for senders. */
import { Calls } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { connect as openSocket, type Socket } from "node:net"
import { eventually } from "./processes.ts"
import { appId, config, connection, office, page, requestHead, stay, world } from "./world.ts"

/** What a raw connection has received, and whether it is over. */
const reading = (socket: Socket) => {
  const received = { text: "", closed: false }
  socket.setEncoding("utf8").on("data", (text: string) => {
    received.text += text
  }).on("close", () => {
    received.closed = true
  })
  return received
}

const follow = (headers = "") => `GET /_sim/journal?format=sse HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`

const received = (what: string, reader: { readonly text: string }, text: string) =>
  eventually(what, Effect.sync(() => reader.text.includes(text) ? true : undefined))

const over = (reader: { readonly closed: boolean }) =>
  eventually("the end of the connection", Effect.sync(() => reader.closed ? true : undefined))

const idsIn = (text: string): ReadonlyArray<number> =>
  Array.from(text.matchAll(/^id: (\d+)$/gm), ([, id]) => Number(id))

const followers = Effect.map(
  page("/_sim/metrics"),
  ({ text }) => Number(/^piopiy_sim_journal_followers\{tenant="default"\} (\d+)$/m.exec(text)?.[1])
)

const hasFollowers = (count: number) =>
  eventually(`${count} followers`, Effect.map(followers, (now) => now === count ? true : undefined))

/** Places a call to a busy phone, with as many characters attached as wanted. */
const placeBusy = (characters: number) =>
  Effect.flatMap(SimulatorServer.SimulatorServer, ({ url }) =>
    HttpClientRequest.post(`${url}/v3/voice/pcmo/call`).pipe(
      HttpClientRequest.bearerToken("sim-token"),
      HttpClientRequest.bodyJsonUnsafe({
        caller_id: office,
        to_number: "919840007001",
        app_id: appId,
        pipeline: [{ action: "hangup" }],
        variables: { note: "x".repeat(characters) }
      }),
      HttpClient.execute,
      Effect.map(({ status }) => assert.strictEqual(status, 200))
    ))

describe("the journal as events", () => {
  it.live("goes on after Last-Event-ID when a reader comes back", () =>
    Effect.gen(function*() {
      yield* placeBusy(1)
      const first = yield* connection
      const before = reading(first)
      first.write(follow())
      yield* received("the record", before, "USER_BUSY")
      first.destroy()
      yield* hasFollowers(0)
      yield* placeBusy(1)
      const seen = idsIn(before.text).at(-1) ?? 0
      const second = yield* connection
      const after = reading(second)
      second.write(follow(`last-event-id: ${seen}\r\n`))
      yield* received("the next record", after, "USER_BUSY")
      assert.deepEqual(idsIn(before.text), Array.from({ length: seen }, (_, index) => index + 1))
      assert.strictEqual(idsIn(after.text)[0], seen + 1)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("keeps no more than a batch for a reader that stands still: it misses what was evicted, and nobody waits", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const socket = yield* connection
      const slow = reading(socket)
      socket.pause()
      socket.write(follow())
      yield* hasFollowers(1)
      const attached = 100_000
      // They would wait for ever, as the reader stands until they are over.
      yield* Effect.forEach(Array.from({ length: 250 }), () => placeBusy(attached), { concurrency: 20 })
      yield* eventually(
        "the last call to end",
        Effect.map(simulator.live, (live) => live.length === 0 ? true : undefined)
      )
      const newest = (yield* simulator.journal()).at(-1)?.seq ?? 0
      socket.resume()
      yield* received("the newest entry", slow, `\nid: ${newest}\n`)
      const ids = idsIn(slow.text)
      assert.deepEqual(ids, ids.toSorted((a, b) => a - b))
      assert.strictEqual(ids.at(-1), newest)
      assert.isBelow(ids.length, newest)
      // Each call has two entries with what was attached. Half of it is more than sockets and the journal hold.
      assert.isBelow(slow.text.length, 250 * attached)
    }).pipe(Effect.scoped, Effect.provide(world({ config: { ...config, maxEntries: 100 } }))))

  it.live("lets go of readers that vanish, however they do", () =>
    Effect.gen(function*() {
      const sockets = yield* Effect.forEach([0, 1, 2, 3], () => connection)
      for (const socket of sockets) {
        reading(socket)
        socket.write(follow())
      }
      yield* hasFollowers(4)
      for (const [index, socket] of sockets.entries()) {
        if (index % 2 === 0) socket.destroy()
        else socket.resetAndDestroy()
      }
      yield* hasFollowers(0)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.live("ends with the record of the last call when the server stops, which it does at once", () =>
    Effect.gen(function*() {
      const [reader, before] = yield* Effect.gen(function*() {
        const calls = yield* Calls.Calls
        // Outlives the server, as a client does.
        const { url } = yield* SimulatorServer.SimulatorServer
        const socket = openSocket(Number(new URL(url).port), "127.0.0.1")
        const reader = reading(socket)
        socket.write(follow())
        yield* stay(calls)
        yield* received("an event", reader, "Originated")
        return [reader, yield* Clock.currentTimeMillis] as const
      }).pipe(Effect.provide(world()))
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 900)
      yield* over(reader)
      assert.include(reader.text, "SYSTEM_SHUTDOWN")
      assert.isTrue(reader.text.endsWith("\r\n0\r\n\r\n"))
    }))

  it.live("does not keep a server from stopping whose reader stands still", () =>
    Effect.gen(function*() {
      const before = yield* Effect.gen(function*() {
        const socket = yield* connection
        socket.pause()
        socket.write(follow())
        yield* hasFollowers(1)
        yield* Effect.forEach(Array.from({ length: 150 }), () => placeBusy(100_000), { concurrency: 20 })
        return yield* Clock.currentTimeMillis
      }).pipe(Effect.provide(world()))
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 3000)
    }).pipe(Effect.scoped))
})

describe("slow senders", () => {
  it.live.each(
    [
      ["a head", { headersTimeout: "200 millis" }, "POST /v3/voice/pcmo/call HTTP/1.1\r\nhost: platform\r\nx-slow"],
      ["a head", { requestTimeout: "200 millis" }, "POST /v3/voice/pcmo/call HTTP/1.1\r\nhost: platform\r\nx-slow"],
      ["a body", { requestTimeout: "200 millis" }, requestHead(500) + "{\"caller_id\":\"9144"]
    ] as const
  )("of %s are cut off with 408 after %j, and place no call", ([, options, text]) =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const socket = yield* connection
      const answer = reading(socket)
      socket.write(text)
      yield* over(answer)
      assert.match(answer.text, /^HTTP\/1\.1 408 /)
      assert.deepEqual(yield* simulator.live, [])
      assert.strictEqual((yield* page("/_sim/health")).status, 200)
    }).pipe(Effect.scoped, Effect.provide(world(options))))

  it.live("of a body have longer than those of a head, and may take it", () =>
    Effect.gen(function*() {
      const head = yield* connection
      const slowHead = reading(head)
      head.write("GET /_sim/health HTTP/1.1\r\nhost: x")
      const body = yield* connection
      const slowBody = reading(body)
      body.write(requestHead(2) + "{")
      yield* over(slowHead)
      assert.isFalse(slowBody.closed)
      body.write("}")
      yield* received("an answer", slowBody, "invalid_request")
    }).pipe(Effect.scoped, Effect.provide(world({ headersTimeout: "200 millis", requestTimeout: "10 seconds" }))))

  it.live("do not make a long answer short: events go on beyond the time for a request", () =>
    Effect.gen(function*() {
      const calls = yield* Calls.Calls
      const socket = yield* connection
      const events = reading(socket)
      socket.write(follow())
      yield* received("the first event", events, "id: 1\n")
      const slow = yield* connection
      const cutOff = reading(slow)
      slow.write(requestHead(500))
      yield* over(cutOff)
      yield* stay(calls)
      yield* received("a later event", events, "Originated")
      assert.isFalse(events.closed)
    }).pipe(Effect.scoped, Effect.provide(world({ requestTimeout: "200 millis" }))))

  it.live("may be waited for without an end", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* page("/_sim/health")).status, 200)
    }).pipe(Effect.provide(world({ requestTimeout: "Infinity", headersTimeout: "Infinity" }))))
})

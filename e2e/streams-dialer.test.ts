/** The dialer of audio sockets over real connections, beyond what every way out owes: see `streamPortContract.ts`. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import type { Socket } from "node:net"
import { closed, dialer, dialTo, failed, opened, opening, webSocketServer } from "./dialing.ts"
import { eventually } from "./processes.ts"
import * as servers from "./sockets/servers.ts"

const frame = new Uint8Array(320)

/** A server that answers every request with a text. */
const answering = (text: string) => servers.plain((socket) => socket.end(text))

const url = ({ port }: { readonly port: number }) => `ws://127.0.0.1:${port}/stream`

/** The bytes that accept a handshake. */
const acceptance = (request: string): string => {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? ""
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** A server that accepts and then does as it is told with the bare connection. */
const bare = (then: (socket: Socket) => void) =>
  servers.plain((socket, { text }) => {
    socket.write(acceptance(text))
    then(socket)
  })

/** Waits until no connection to a server is left. */
const released = ({ connections }: servers.Peer) =>
  eventually(
    "every connection to be closed",
    Effect.sync(() => connections.opened > 0 && connections.opened === connections.closed ? true : undefined)
  )

/** How long an effect takes, in milliseconds. */
const took = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    const result = yield* effect
    return [(yield* Clock.currentTimeMillis) - before, result] as const
  })

describe("a socket that is dialed", () => {
  it.live("asks for a plain WebSocket: no subprotocol, no extension, no credentials", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer({ perMessageDeflate: true })
      yield* opening(server.url)
      const { headers } = yield* server.peer
      const own = ["connection", "host", "sec-websocket-key", "sec-websocket-version", "upgrade"]
      assert.deepStrictEqual(Object.keys(headers).toSorted(), own)
      yield* opening(server.url, { offersDeflate: true })
      assert.match(String((yield* server.peer).headers["sec-websocket-extensions"]), /^permessage-deflate/)
    }))

  it.live("is told of a message that comes with the acceptance, after it is open", () =>
    Effect.gen(function*() {
      const server = yield* servers.plain((socket, { text }) => {
        socket.write(Buffer.concat([Buffer.from(acceptance(text)), Buffer.from([0x81, 0x02, 0x68, 0x69])]))
      })
      const { line, next } = yield* opening(url(server))
      assert.deepStrictEqual(yield* next, { _tag: "Message", message: "hi" })
      line.close(1006, "")
    }))
})

describe("a URL that must not be dialed", () => {
  it.live("is refused without a connection", () =>
    Effect.gen(function*() {
      const port = yield* dialer()
      const urls = ["ws://10.0.0.1/", "ws://169.254.169.254/", "ws://user:secret@127.0.0.1/", "http://127.0.0.1/", "x"]
      for (const one of urls) {
        const { next, rest } = yield* dialTo(port, one)
        assert.deepStrictEqual(yield* rest, [])
        assert.deepStrictEqual(yield* next, failed({ why: "Forbidden" }), one)
      }
    }))

  it.live("is judged by where its name leads, and dialed there and nowhere else", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const allows = () => true
      const named = (addresses: ReadonlyArray<string>) =>
        Effect.gen(function*() {
          const port = yield* dialer({ allows, resolve: () => Effect.succeed(addresses) })
          return yield* (yield* dialTo(port, `ws://bot.example.com:${server.port}/stream`)).next
        })
      assert.deepStrictEqual(yield* named(["127.0.0.1", "169.254.169.254"]), failed({ why: "Forbidden" }))
      assert.deepStrictEqual(yield* named([]), failed({ why: "NoConnection" }))
      assert.deepStrictEqual(yield* named(["127.0.0.1"]), opened)
      assert.strictEqual((yield* server.peer).headers["host"], `bot.example.com:${server.port}`)
      const local = yield* dialer({ resolve: () => Effect.succeed(["192.0.2.1"]) })
      const { next } = yield* dialTo(local, `ws://localhost:${server.port}/`)
      assert.deepStrictEqual(yield* next, failed({ why: "Forbidden" }))
    }))
})

describe("a handshake", () => {
  const refusals = [
    [401, servers.reply("401 Unauthorized", "{}")],
    [200, servers.reply("200 OK", "hello")]
  ] as const
  for (const [status, reply] of refusals) {
    it.live(`that is answered with ${status} fails with it, and leaves no connection`, () =>
      Effect.gen(function*() {
        const server = yield* answering(reply)
        const { next } = yield* dialTo(yield* dialer(), url(server))
        assert.deepStrictEqual(yield* next, failed({ why: "Refused", status }))
        yield* released(server)
      }))
  }

  it.live("is not redirected", () =>
    Effect.gen(function*() {
      const elsewhere = yield* webSocketServer()
      const server = yield* answering(servers.reply("302 Found", "", { location: elsewhere.url }))
      const { next } = yield* dialTo(yield* dialer(), url(server))
      assert.deepStrictEqual(yield* next, failed({ why: "Refused", status: 302 }))
      assert.lengthOf(server.requests, 1)
      assert.isFalse(
        yield* Effect.map(Effect.timeoutOption(elsewhere.peer, "50 millis"), ({ _tag }) => _tag === "Some")
      )
    }))

  const nonsense = [
    ["bytes that are no HTTP", "nonsense\r\n\r\n"],
    ["half a reply", "HTTP/1.1 101 Swi"],
    ["a wrong key", `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n`],
    ["headers without end", `HTTP/1.1 101 X\r\n${"x: y\r\n".repeat(50_000)}`],
    ["an extension that was not offered", "extension"]
  ] as const
  for (const [what, reply] of nonsense) {
    it.live(`that is answered with ${what} is no connection`, () =>
      Effect.gen(function*() {
        const server = yield* servers.plain((socket, { text }) =>
          socket.end(
            reply === "extension"
              ? acceptance(text).replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
              : reply
          )
        )
        const { next } = yield* dialTo(yield* dialer(), url(server))
        assert.deepStrictEqual(yield* next, failed({ why: "NoConnection" }))
        yield* released(server)
      }))
  }

  it.live("with nobody, or with one who slams the door, is no connection", () =>
    Effect.gen(function*() {
      const port = yield* dialer()
      for (const one of [{ port: yield* servers.closedPort }, yield* servers.slamming]) {
        const { next } = yield* dialTo(port, url(one))
        assert.deepStrictEqual(yield* next, failed({ why: "NoConnection" }))
      }
    }))

  it.live("over TLS asks for a certificate that is trusted", () =>
    Effect.gen(function*() {
      const port = yield* dialer()
      for (const certificate of ["expired", "selfSigned", "otherName", "good"] as const) {
        const server = yield* servers.secure(certificate, (socket, { text }) => socket.write(acceptance(text)))
        const { next } = yield* dialTo(port, `wss://localhost:${server.port}/stream`)
        assert.deepStrictEqual(yield* next, failed({ why: "NoConnection" }), certificate)
        assert.lengthOf(server.requests, 0)
      }
      yield* servers.trusted
      const server = yield* servers.secure("good", (socket, { text }) => socket.write(acceptance(text)))
      const { next } = yield* dialTo(port, `wss://localhost:${server.port}/stream`)
      assert.deepStrictEqual(yield* next, opened)
      const plain = yield* webSocketServer()
      const mistaken = yield* dialTo(port, plain.url.replace("ws:", "wss:"))
      assert.deepStrictEqual(yield* mistaken.next, failed({ why: "NoConnection" }))
    }))

  it.live("that is answered with a byte now and then is given up at its deadline", () =>
    Effect.gen(function*() {
      const server = yield* servers.plain((socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nx: ")
        const timer = setInterval(() => socket.write("y"), 20)
        socket.on("close", () => clearInterval(timer))
      })
      const { next } = yield* dialTo(yield* dialer(), url(server), { handshakeMs: 150 })
      const [elapsed, told] = yield* took(next)
      assert.deepStrictEqual(told, failed({ why: "TimedOut" }))
      assert.isAtLeast(elapsed, 140)
      assert.isBelow(elapsed, 1500)
      yield* released(server)
    }))

  it.live("has its deadline over a name that takes its time, too", () =>
    Effect.gen(function*() {
      const port = yield* dialer({ resolve: () => Effect.never })
      const { next } = yield* dialTo(port, "ws://localhost/", { handshakeMs: 50 })
      assert.deepStrictEqual(yield* next, failed({ why: "TimedOut" }))
    }))

  it.live("that the platform gives up leaves no connection, and none is made when it was not under way", () =>
    Effect.gen(function*() {
      const server = yield* servers.plain(() => {})
      const port = yield* dialer()
      const { line, next } = yield* dialTo(port, url(server))
      yield* eventually("the request", Effect.sync(() => server.requests.length > 0 ? true : undefined))
      const other = yield* dialTo(port, url(server))
      for (const dialed of [line, other.line]) dialed.close(1000, "bye")
      for (const told of [next, other.next]) assert.deepStrictEqual(yield* told, closed("Platform", 1000, "bye"))
      yield* released(server)
      assert.strictEqual(server.connections.opened, 1)
    }))

  it.live("beyond the number of sockets that may be open fails, until one is over", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const port = yield* dialer({ maximumSockets: 2 })
      const first = yield* dialTo(port, server.url)
      const second = yield* dialTo(port, server.url)
      assert.deepStrictEqual([yield* first.next, yield* second.next], [opened, opened])
      const third = yield* dialTo(port, server.url)
      assert.deepStrictEqual(yield* third.rest, [])
      assert.deepStrictEqual(yield* third.next, failed({ why: "TooMany" }))
      first.line.close(1000, "")
      assert.deepStrictEqual(yield* first.next, closed("Platform", 1000))
      const told = Effect.flatMap(dialTo(port, server.url), (fourth) => fourth.next)
      yield* eventually("a place", Effect.map(told, ({ _tag }) => _tag === "Opened" ? true : undefined))
    }))
})

describe("a close", () => {
  it.live("by the app without a code is told as 1005", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { next } = yield* opening(server.url)
      ;(yield* server.peer).webSocket.close()
      assert.deepStrictEqual(yield* next, closed("App", 1005))
    }))

  it.live("by an app that does not let go of the connection is told after two seconds", () =>
    Effect.gen(function*() {
      const stuck: Array<Socket> = []
      const server = yield* bare((socket) => {
        stuck.push(socket.pause())
        socket.write(Uint8Array.of(0x88, 0x02, 0x0f, 0xa0))
      })
      const { next } = yield* opening(url(server))
      const [elapsed, told] = yield* took(next)
      assert.deepStrictEqual(told, closed("App", 4000))
      assert.isAtLeast(elapsed, 1900)
      assert.isBelow(elapsed, 4000)
      for (const socket of stuck) socket.resume()
      yield* released(server)
    }))

  it.live("that the app does not answer is final after two seconds", () =>
    Effect.gen(function*() {
      const server = yield* bare(() => {})
      const { line, next } = yield* opening(url(server))
      line.close(1000, "")
      const [elapsed, told] = yield* took(next)
      assert.deepStrictEqual(told, closed("Platform", 1000))
      assert.isAtLeast(elapsed, 1900)
      assert.isBelow(elapsed, 4000)
      yield* released(server)
    }))

  const losses: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
    ["resets", (socket) => socket.resetAndDestroy()],
    ["ends its half", (socket) => socket.end()],
    ["ends within a frame", (socket) => socket.end(Uint8Array.of(0x82, 0x7e, 0x10))]
  ]
  for (const [what, behave] of losses) {
    it.live(`without a frame, as when the app ${what}, is told as 1006`, () =>
      Effect.gen(function*() {
        const server = yield* webSocketServer()
        const { next } = yield* opening(server.url)
        behave((yield* server.peer).socket)
        assert.deepStrictEqual(yield* next, closed("Network", 1006))
      }))
  }

  it.live("comes with 1001 for every socket when the dialer ends, and nothing is left", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const hanging = yield* servers.plain(() => {})
      const scope = yield* Scope.make()
      const port = yield* Scope.provide(dialer(), scope)
      const open = yield* Effect.forEach([1, 2, 3], () => dialTo(port, server.url))
      for (const { next } of open) assert.deepStrictEqual(yield* next, opened)
      const peers = yield* Effect.forEach(open, () => server.peer)
      const waiting = yield* dialTo(port, url(hanging))
      yield* eventually("the request", Effect.sync(() => hanging.requests.length > 0 ? true : undefined))
      const codes: Array<number> = []
      for (const { webSocket } of peers) webSocket.on("close", (code) => codes.push(code))
      const [elapsed] = yield* took(Scope.close(scope, Exit.void))
      assert.isBelow(elapsed, 1000)
      for (const { next } of [...open, waiting]) assert.deepStrictEqual(yield* next, closed("Platform", 1001))
      yield* released(hanging)
      yield* eventually("the closes", Effect.sync(() => codes.length === 3 ? true : undefined))
      assert.deepStrictEqual(codes, [1001, 1001, 1001])
    }))
})

describe("frames", () => {
  const violations: ReadonlyArray<readonly [string, ReadonlyArray<number>, number]> = [
    ["masked", [0x82, 0x81, 0, 0, 0, 0, 1], 1002],
    ["with a reserved bit", [0xc2, 0x01, 0], 1002],
    ["of an unknown kind", [0x83, 0x00], 1002],
    ["that go on with nothing", [0x80, 0x00], 1002],
    ["of a ping that is too long", [0x89, 0x7e, 0x00, 0x80], 1002],
    ["of a close with half a code", [0x88, 0x01, 0x03], 1002],
    ["of a close with a code that cannot be", [0x88, 0x02, 0x03, 0xee], 1002],
    ["of text that is no UTF-8", [0x81, 0x02, 0xff, 0xff], 1007],
    ["that say they are longer than anything", [0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 1009],
    ["above the limit, before they are there", [0x82, 0x7f, 0, 0, 0, 0, 0x00, 0x10, 0x00, 0x01], 1009]
  ]
  for (const [what, bytes, code] of violations) {
    it.live(`${what} end the stream with ${code}`, () =>
      Effect.gen(function*() {
        const written: Array<Buffer> = []
        const server = yield* bare((socket) => {
          socket.on("data", (more: Buffer) => written.push(more))
          socket.write(Uint8Array.from(bytes))
        })
        const { next } = yield* opening(url(server))
        assert.deepStrictEqual(yield* next, closed("Platform", code))
        const sent = Buffer.concat(written)
        assert.strictEqual(sent[0], 0x88)
        const mask = sent.subarray(2, 6)
        const told = [6, 7].map((index) => (sent[index] ?? 0) ^ (mask[index - 6] ?? 0))
        assert.strictEqual((told[0] ?? 0) * 256 + (told[1] ?? 0), code)
      }))
  }

  it.live("that break the protocol end a stream that is held after what had come before", () =>
    Effect.gen(function*() {
      const texts = ["one", "two", "three"]
      const server = yield* bare((socket) => {
        const frames = texts.map((text) => Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]))
        socket.write(Buffer.concat([...frames, Buffer.of(0x83, 0x00)]))
      })
      const { next } = yield* opening(url(server), { onMessage: (line) => line.hold?.(true) })
      for (const text of texts) assert.deepStrictEqual(yield* next, { _tag: "Message", message: text })
      assert.deepStrictEqual(yield* next, closed("Platform", 1002))
    }))

  it.live("in parts are told as one message as long as the limit, and end the stream with one byte more", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const part = new Uint8Array(1024)
      for (const extra of [0, 1]) {
        const { messages, next } = yield* opening(server.url, { maxMessageBytes: 4 * part.length, counts: true })
        const { webSocket } = yield* server.peer
        for (let sent = 1; sent < 4; sent += 1) webSocket.send(part, { fin: false })
        webSocket.send(new Uint8Array(part.length + extra), { fin: true })
        webSocket.close(1000)
        assert.deepStrictEqual(yield* next, extra === 0 ? closed("App", 1000) : closed("Platform", 1009))
        assert.strictEqual(messages(), extra === 0 ? 1 : 0)
      }
    }))

  it.live("that unpack to more than the limit end the stream", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer({ perMessageDeflate: { threshold: 0 } })
      const { next } = yield* opening(server.url, { offersDeflate: true })
      ;(yield* server.peer).webSocket.send(new Uint8Array(64 << 20))
      assert.deepStrictEqual(yield* next, closed("Platform", 1009))
    }))

  it.live("a million at once are all told, and leave the loop its turns", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { messages, next } = yield* opening(server.url, { counts: true })
      const { socket, webSocket } = yield* server.peer
      const tiny = Buffer.alloc(20_000, Uint8Array.of(0x81, 0x00))
      let turns = 0
      const timer = setInterval(() => turns += 1, 1)
      yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(timer)))
      for (let block = 0; block < 100; block += 1) socket.write(tiny)
      webSocket.close(1000)
      assert.deepStrictEqual(yield* next, closed("App", 1000))
      assert.strictEqual(messages(), 1_000_000)
      assert.isAbove(turns, 3)
    }))
})

describe("a peer that never reads", () => {
  it.live("can be closed all the same, and then nothing waits for it", () =>
    Effect.gen(function*() {
      const stuck: Array<Socket> = []
      const server = yield* bare((socket) => stuck.push(socket.pause()))
      const { line, next } = yield* opening(url(server))
      let sent = 0
      while (line.bufferedBytes() < 1 << 20 && sent < 1 << 28) {
        for (let index = 0; index < 1000; index += 1) line.send(frame)
        sent += 1000 * frame.length
        yield* Effect.yieldNow
      }
      assert.isAtLeast(line.bufferedBytes(), 1 << 20)
      line.close(1000, "")
      assert.deepStrictEqual(yield* next, closed("Platform", 1000))
      assert.strictEqual(line.bufferedBytes(), 0)
      for (const socket of stuck) socket.resume()
      yield* released(server)
    }))

  it.live("cannot fill the memory with answers to its pings", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const { line } = yield* opening(server.url)
      const { socket } = yield* server.peer
      socket.pause()
      const pings = Buffer.alloc(127 * 1000, Buffer.concat([Uint8Array.of(0x89, 0x7d), new Uint8Array(125)]))
      for (let block = 0; block < 300; block += 1) {
        socket.write(pings)
        yield* Effect.sleep("1 millis")
      }
      assert.isAtMost(line.bufferedBytes(), 1 << 17)
      line.close(1006, "")
    }))
})

describe("pings", () => {
  it.live("go to a peer that is silent, and one that answers none in time is cut off", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer({ autoPong: false })
      for (const [times, least] of [[{ pingMs: 80 }, 150], [{ pingMs: 80, pongTimeoutMs: 400 }, 470]] as const) {
        const { next } = yield* opening(server.url, times)
        const [elapsed, told] = yield* took(next)
        assert.deepStrictEqual(told, closed("Network", 1006))
        assert.isAtLeast(elapsed, least)
        assert.isBelow(elapsed, 2000)
      }
    }))

  it.live("keep a stream on which only silence comes, and are spared to one who talks", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      const silent = yield* opening(server.url, { pingMs: 100 })
      const silentPeer = yield* server.peer
      const talking = yield* opening(server.url, { pingMs: 100, counts: true })
      const talkingPeer = yield* server.peer
      const pings = { silent: 0, talking: 0 }
      silentPeer.webSocket.on("ping", () => pings.silent += 1)
      talkingPeer.webSocket.on("ping", () => pings.talking += 1)
      const timer = setInterval(() => talkingPeer.webSocket.send(frame), 5)
      yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(timer)))
      yield* Effect.sleep("900 millis")
      assert.isAtLeast(pings.silent, 3)
      assert.isAtMost(pings.talking, 1)
      assert.deepStrictEqual([yield* silent.rest, yield* talking.rest], [[], []])
    }))

  it.live("of the app are answered", () =>
    Effect.gen(function*() {
      const server = yield* webSocketServer()
      yield* opening(server.url)
      const { webSocket } = yield* server.peer
      const pong = Effect.callback<string>((resume) => {
        webSocket.on("pong", (data) => resume(Effect.succeed(String(data))))
        webSocket.ping("there?")
      })
      assert.strictEqual(yield* pong, "there?")
    }))
})

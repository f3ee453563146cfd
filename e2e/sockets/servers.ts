/** Servers that behave badly on purpose, on loopback, and count what reaches them. */
import * as Effect from "effect/Effect"
import { createServer, type Server, type Socket } from "node:net"
import * as tls from "node:tls"
import { authority, certificates } from "./certificates.ts"

/** What one request is met with; requests count from 1. */
export type Behaviour = (socket: Socket, request: { readonly number: number; readonly text: string }) => void

export interface Peer {
  readonly port: number
  /** Whole requests that came, over all connections. */
  readonly requests: ReadonlyArray<string>
  /** Connections that were opened, and that have been closed since. */
  readonly connections: { opened: number; closed: number }
}

/** The text of a reply. */
export const reply = (
  status: string,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): string =>
  [
    `HTTP/1.1 ${status}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    body
  ].join("\r\n")

/** A request that is whole, and what follows it. */
const split = (text: string): readonly [string, string] | undefined => {
  const head = text.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0)
  const end = head + 4 + length
  return text.length < end ? undefined : [text.slice(0, end), text.slice(end)]
}

/** Splits the bytes of a connection into requests. */
const attend = (socket: Socket, requests: Array<string>, behave: Behaviour): void => {
  let rest = ""
  socket.on("data", (bytes) => {
    rest += bytes.toString("latin1")
    for (let parts = split(rest); parts !== undefined; parts = split(rest)) {
      requests.push(parts[0])
      rest = parts[1]
      behave(socket, { number: requests.length, text: parts[0] })
    }
  })
}

const listening = (server: Server): Effect.Effect<number> =>
  Effect.callback((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Serves until the scope ends. Open connections are cut then. */
const serve = (make: () => Server, requests: Array<string>) =>
  Effect.gen(function*() {
    const connections = { opened: 0, closed: 0 }
    const open = new Set<Socket>()
    const server = make()
    server.on("connection", (socket: Socket) => {
      connections.opened += 1
      open.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        connections.closed += 1
        open.delete(socket)
      })
    })
    yield* Effect.addFinalizer(() =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of open) socket.destroy()
      })
    )
    const peer: Peer = { port: yield* listening(server), requests, connections }
    return peer
  })

/** A server over plain TCP. */
export const plain = (behave: Behaviour) => {
  const requests: Array<string> = []
  return serve(() => createServer((socket) => attend(socket, requests, behave)), requests)
}

/** A server that closes as soon as the first byte comes, whatever it is. */
export const slamming = serve(() => createServer((socket) => socket.once("data", () => socket.destroy())), [])

export type Certificate = keyof typeof certificates

/** A server over TLS, with a certificate that is fine or not. */
export const secure = (certificate: Certificate, behave: Behaviour) => {
  const requests: Array<string> = []
  const make = () =>
    tls.createServer(certificates[certificate], (socket) => {
      socket.on("error", () => {})
      attend(socket, requests, behave)
    })
  return serve(() => make().on("tlsClientError", () => {}), requests)
}

/** Trusts the authority that signed the certificates of the tests, until the scope ends. */
export const trusted = Effect.acquireRelease(
  Effect.sync(() => {
    const before = tls.getCACertificates("default")
    tls.setDefaultCACertificates([...before, authority])
    return before
  }),
  (before) => Effect.sync(() => tls.setDefaultCACertificates(before))
)

/** A port where nobody listens. */
export const closedPort = Effect.scoped(Effect.map(plain(() => {}), ({ port }) => port))

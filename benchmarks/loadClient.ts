/**
 * Sends the same request over and over, and times each: `node loadClient.ts URL PATH BODY`. A line of stdin with
 * `COUNT CONNECTIONS` sends so many and is answered by how that went. It speaks HTTP by hand over plain sockets, so that
 * the client is not what is measured.
 */
import { connect, type Socket } from "node:net"
import { argv, stdin } from "node:process"
import { createInterface } from "node:readline"

const [url = "", path = "", body = ""] = argv.slice(2)
const { hostname, port } = new URL(url)
const request = Buffer.from(
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    "Authorization: Bearer sim-token",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body
  ].join("\r\n")
)

/** How long a reply is, head included, once its head is there. */
const lengthOf = (text: string): number | undefined => {
  const head = text.indexOf("\r\n\r\n")
  const length = /^content-length: *(\d+)\r?$/im.exec(text.slice(0, head + 2))?.[1]
  return head < 0 || length === undefined ? undefined : head + 4 + Number(length)
}

interface Turn {
  left: number
  refused: number
  readonly millis: Array<number>
}

/** Keeps one connection busy until the turn has no request left. Replies are ASCII, so characters are bytes. */
const keepBusy = (socket: Socket, turn: Turn): Promise<void> =>
  new Promise((resolve, reject) => {
    let sentAt = 0
    let text = ""
    const next = (): void => {
      if (turn.left === 0) {
        socket.off("data", read)
        return resolve()
      }
      turn.left -= 1
      text = ""
      sentAt = performance.now()
      socket.write(request)
    }
    const read = (chunk: Buffer): void => {
      text += chunk.toString("latin1")
      const length = lengthOf(text)
      if (length === undefined || text.length < length) return
      turn.millis.push(performance.now() - sentAt)
      if (!text.startsWith("HTTP/1.1 200")) turn.refused += 1
      next()
    }
    socket.on("data", read).once("error", reject)
    next()
  })

const sockets: Array<Socket> = []

const send = async (count: number, connections: number) => {
  while (sockets.length < connections) sockets.push(connect({ host: hostname, port: Number(port), noDelay: true }))
  const turn: Turn = { left: count, refused: 0, millis: [] }
  const from = performance.now()
  await Promise.all(sockets.slice(0, connections).map((socket) => keepBusy(socket, turn)))
  const seconds = (performance.now() - from) / 1000
  const sorted = Float64Array.from(turn.millis).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { perSecond: count / seconds, p50: at(0.5), p99: at(0.99), refused: turn.refused }
}

for await (const line of createInterface({ input: stdin })) {
  const [count = 0, connections = 1] = line.split(" ").map(Number)
  console.log(JSON.stringify(await send(count, connections)))
}
for (const socket of sockets) socket.destroy()

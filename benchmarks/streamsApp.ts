/**
 * The app at the other end of live streams: `node streamsApp.ts`. It prints its address, and sends every frame back as
 * audio to be played. A line of stdin with `begin` lets the noting begin; a line with the moment of the sender's grid, in
 * milliseconds of the machine's monotonic clock, ends it and is answered by how late the frames came.
 */
import { hrtime, stdin } from "node:process"
import { createInterface } from "node:readline"
import { WebSocketServer } from "ws"

const frameMs = 20

/** Of each stream, when its frames came. */
const streams = new Set<Array<number>>()
let isNoting = false

const nowMs = (): number => {
  const [seconds, nanos] = hrtime()
  return seconds * 1000 + nanos / 1e6
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false }, () => {
  const address = server.address()
  if (address !== null && typeof address === "object") {
    console.log(JSON.stringify({ url: `ws://127.0.0.1:${address.port}/stream` }))
  }
})

server.on("connection", (socket) => {
  const arrivals: Array<number> = []
  streams.add(arrivals)
  socket.on("message", (frame, isBinary) => {
    if (isNoting) arrivals.push(nowMs())
    if (!isBinary || !(frame instanceof Buffer)) return
    const data = { audioDataType: "raw", sampleRate: 8000, audioData: frame.toString("base64") }
    socket.send(JSON.stringify({ type: "streamAudio", data }))
  })
  socket.on("close", () => streams.delete(arrivals))
})

/**
 * How late each frame came. The number of the first is that of the turn before the earliest that any can have been sent
 * in: of hundreds of frames one came within 20 ms.
 */
const latenessOf = (arrivals: ReadonlyArray<number>, gridMs: number): ReadonlyArray<number> => {
  const firstMs = arrivals.reduce((least, at, index) => Math.min(least, at - index * frameMs), Number.POSITIVE_INFINITY)
  const first = Math.floor((firstMs - gridMs) / frameMs)
  return arrivals.map((at, index) => at - gridMs - (first + index) * frameMs)
}

const middleOf = (figures: ReadonlyArray<number>): number => figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? 0

const summary = (gridMs: number) => {
  const all = [...streams].map((arrivals) => latenessOf(arrivals, gridMs))
  const sorted = Float64Array.from(all.flat()).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const part = (from: number, to: number): number =>
    middleOf(all.flatMap((one) => one.slice(Math.floor(one.length * from), Math.floor(one.length * to))))
  const share = 0.1
  return {
    streams: all.length,
    frames: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    drift: part(1 - share, 1) - part(0, share)
  }
}

for await (const line of createInterface({ input: stdin })) {
  if (line === "begin") {
    for (const arrivals of streams) arrivals.length = 0
    isNoting = true
    console.log("{}")
  } else {
    isNoting = false
    console.log(JSON.stringify(summary(Number(line))))
  }
}
server.close()
for (const socket of server.clients) socket.terminate()

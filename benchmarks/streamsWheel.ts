/**
 * The least that paces audio: plain sockets, and one wheel that turns every 20 ms on absolute moments, the way that
 * `streamLive` measures the simulator against. `node streamsWheel.ts`. A line of stdin with `COUNT URL` dials so many
 * sockets; one with `cost` is answered by the CPU time so far, the moment of the grid, and how late the
 * wheel itself was.
 */
import { cpuUsage, exit, hrtime, stdin } from "node:process"
import { createInterface } from "node:readline"
import { WebSocket } from "ws"

const frameMs = 20
const frame = Buffer.alloc(320, 1)

const nowMs = (): number => {
  const [seconds, nanos] = hrtime()
  return seconds * 1000 + nanos / 1e6
}

const gridMs = nowMs()
const sockets: Array<WebSocket> = []
let lateness: Array<number> = []
let received = 0
let turn = 0

const sleep = (): void => {
  setTimeout(run, Math.max(0, Math.ceil(gridMs + turn * frameMs - nowMs())))
}

const run = (): void => {
  for (let late = nowMs() - gridMs - turn * frameMs; late >= 0; late = nowMs() - gridMs - turn * frameMs) {
    lateness.push(late)
    turn += 1
    for (const socket of sockets) socket.send(frame)
  }
  sleep()
}

const dial = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.once("error", reject)
    socket.once("open", () => {
      sockets.push(socket)
      resolve()
    })
    socket.on("message", () => {
      received += 1
    })
  })

const cost = () => {
  const { system, user } = cpuUsage()
  const sorted = Float64Array.from(lateness).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const figures = { p50: at(0.5), p99: at(0.99), max: at(1) }
  const answer = { cpuMs: (system + user) / 1000, gridMs, received, lost: 0, ...figures }
  lateness = []
  return answer
}

sleep()
for await (const line of createInterface({ input: stdin })) {
  if (line === "cost") console.log(JSON.stringify(cost()))
  else {
    const [count = "", url = ""] = line.split(" ")
    await Promise.all(Array.from({ length: Number(count) }, () => dial(url)))
    console.log("{}")
  }
}
exit()

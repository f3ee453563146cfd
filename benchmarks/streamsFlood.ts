/**
 * Sends frames as fast as they are taken: `node streamsFlood.ts URL`. A line of stdin with COUNT sends so many, and is
 * answered by the seconds until the peer said that it had taken them.
 */
import { argv, exit, stdin } from "node:process"
import { createInterface } from "node:readline"
import { WebSocket } from "ws"

const [url = ""] = argv.slice(2)
const frame = Buffer.alloc(320, 1)
/** Bytes that may wait in the socket before the sender does, too. */
const most = 262_144
const burst = 100

const socket = new WebSocket(url, { perMessageDeflate: false })
await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))

const flood = (count: number): Promise<number> =>
  new Promise((resolve) => {
    const from = performance.now()
    socket.once("message", () => resolve((performance.now() - from) / 1000))
    let left = count
    const send = (): void => {
      while (left > 0 && socket.bufferedAmount < most) {
        for (let index = Math.min(burst, left); index > 0; index -= 1, left -= 1) socket.send(frame)
      }
      if (left > 0) setImmediate(send)
    }
    send()
  })

for await (const line of createInterface({ input: stdin })) {
  console.log(JSON.stringify({ seconds: await flood(Number(line)) }))
}
exit()

/**
 * Sends frames as fast as they are taken: `node streamsFlood.ts URL`. A line of stdin with COUNT sends so many, and is
 * answered by the seconds until the peer said that it had taken them. It speaks WebSocket by hand, in blocks that are
 * made once, so that the sender is not what is measured.
 */
import { once } from "node:events"
import { connect } from "node:net"
import { argv, exit, stdin } from "node:process"
import { createInterface } from "node:readline"

const [url = ""] = argv.slice(2)
const { host, hostname, pathname, port } = new URL(url)
/** A binary message of 320 bytes, its head and its mask, as clients send it. */
const frame = Buffer.from([
  0x82,
  0xfe,
  320 >> 8,
  320 & 255,
  1,
  2,
  3,
  4,
  ...Array.from({ length: 320 }, (_, i) => i & 255)
])
const blockFrames = 100
const block = Buffer.concat(Array.from({ length: blockFrames }, () => frame))

const socket = connect({ host: hostname, port: Number(port), noDelay: true })
socket.write(
  [
    `GET ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
    "",
    ""
  ].join("\r\n")
)
await once(socket, "data")

/** Texts begin with this byte, pings do not. */
const text = 0x81

const told = (): Promise<void> =>
  new Promise((resolve) => {
    const read = (bytes: Buffer): void => {
      if (!bytes.includes(text)) return
      socket.off("data", read)
      resolve()
    }
    socket.on("data", read)
  })

const flood = async (count: number): Promise<number> => {
  const from = performance.now()
  const taken = told()
  for (let left = count; left > 0; left -= blockFrames) {
    const bytes = left < blockFrames ? block.subarray(0, left * frame.length) : block
    if (!socket.write(bytes)) await once(socket, "drain")
  }
  await taken
  return (performance.now() - from) / 1000
}

for await (const line of createInterface({ input: stdin })) {
  console.log(JSON.stringify({ seconds: await flood(Number(line)) }))
}
exit()

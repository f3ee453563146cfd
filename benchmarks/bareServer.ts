/**
 * The least that a server can be: what `start` and `rest` measure the simulator against, and what `sdkCalls` calls. With
 * `echo` it reads each body as JSON and sends it back, else its reply is always the same.
 */
import { createServer, type RequestListener } from "node:http"
import { argv } from "node:process"

const reply = JSON.stringify({
  message: "call_queued",
  call_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001",
  request_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a002"
})

const head = { "content-type": "application/json" }

const same: RequestListener = (request, response) => {
  request.resume()
  response.writeHead(200, head).end(reply)
}

const echo: RequestListener = (request, response) => {
  let body = ""
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk
  }).on("end", () => {
    const text = JSON.stringify(JSON.parse(body))
    response.writeHead(200, { ...head, "content-length": Buffer.byteLength(text) }).end(text)
  })
}

/** Connections stay open while their clients wait for their turn. */
const server = createServer({ keepAliveTimeout: 600_000 }, argv.includes("echo") ? echo : same)

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }))
  }
})

/** The least that a server can be: what `start` measures the simulator against, and what `sdkCalls` calls. */
import { createServer } from "node:http"

const reply = JSON.stringify({
  message: "call_queued",
  call_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001",
  request_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a002"
})

/** Connections stay open while their clients wait for their turn. */
const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  request.resume()
  response.writeHead(200, { "content-type": "application/json" }).end(reply)
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }))
  }
})

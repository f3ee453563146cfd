/** The least that a server can be: what `start` measures the simulator against. */
import { createServer } from "node:http"

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ message: "call_queued" }))
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }))
  }
})

/** Programs that know nothing of a simulator, one for each client library, run by `piopiy-sim exec`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { runSim } from "./processes.ts"

/** What each program begins with: a request to place a call, and how its answer is said. */
const common = `
  const url = "https://rest.piopiy.com/v3/voice/pcmo/call"
  const headers = { authorization: "Bearer sim-token", "content-type": "application/json" }
  const data = {
    caller_id: "914400000001",
    to_number: "919840007200",
    app_id: "app",
    pipeline: [{ action: "play", file_name: "a.wav" }]
  }
  const body = JSON.stringify(data)
  const say = (status, text) => console.log(status, JSON.parse(text).message)
`

const ofUndici = (name: string) => `
  import { Agent, Client, fetch, interceptors, Pool, request, setGlobalDispatcher } from "${name}"
  const said = async ({ body, statusCode }) => say(statusCode, await body.text())
  const fetched = async (response) => say(response.status, await response.text())
  const asked = { method: "POST", headers, body }
  const path = "/v3/voice/pcmo/call"
  await fetched(await fetch(url, asked))
  await said(await request(url, asked))
  await said(await request(url, { ...asked, dispatcher: new Agent({ connect: { rejectUnauthorized: true } }) }))
  await said(await new Pool("https://rest.piopiy.com").request({ ...asked, path }))
  await said(await new Client("https://rest.piopiy.com").request({ ...asked, path }))
  await said(await request(url, { ...asked, dispatcher: new Agent({ allowH2: true }) }))
  setGlobalDispatcher(new Agent())
  await fetched(await fetch(url, asked))
  await fetched(await globalThis.fetch(url, asked))
`

/** Each with how many requests it makes. */
const programs = {
  "global fetch": [
    1,
    `const response = await fetch(url, { method: "POST", headers, body }); say(response.status, await response.text())`
  ],
  "undici 6": [8, ofUndici("undici6")],
  "undici 7": [
    9,
    `${ofUndici("undici7")}
     await said(await request(url, { ...asked, dispatcher: new Agent().compose(interceptors.dns()) }))`
  ],
  "undici 8": [8, ofUndici("undici")],
  axios: [
    4,
    `import axios from "axios"
     import https from "node:https"
     import { createRequire } from "node:module"
     const said = ({ data, status }) => say(status, JSON.stringify(data))
     said(await axios.post(url, data, { headers }))
     said(await axios.post(url, data, { headers, httpsAgent: new https.Agent({ keepAlive: true }) }))
     said(await axios.post(url, data, { headers, adapter: "fetch" }))
     said(await createRequire(import.meta.url)("axios").post(url, data, { headers }))`
  ],
  "node:https": [
    6,
    `import http from "node:http"
     import https, { request } from "node:https"
     const send = (request, to, options) => new Promise((done, fail) => {
       request(to, { method: "POST", headers, ...options }, (response) => {
         let text = ""
         response.setEncoding("utf8").on("data", (part) => { text += part })
         response.on("end", () => done(say(response.statusCode, text)))
       }).on("error", fail).end(body)
     })
     const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
     await send(https.request, url, {})
     await send(request, url, {})
     await send(https.request, url, { agent: false, ca: [] })
     await send(https.request, url, { agent })
     await send(https.request, url, { agent })
     await send(http.request, url.replace("https:", "http:"), {})`
  ],
  got: [
    3,
    `import { got } from "got"
     const said = ({ body, statusCode }) => say(statusCode, body)
     said(await got.post(url, { headers, body }))
     said(await got.post(url, { headers, body, http2: true }))
     said(await got.post(url, { headers, body, dnsCache: true, timeout: { secureConnect: 5000, request: 5000 } }))`
  ],
  "node-fetch": [
    1,
    `import fetch from "node-fetch"
     const response = await fetch(url, { method: "POST", headers, body }); say(response.status, await response.text())`
  ],
  "the clients of @effect/platform-node": [
    2,
    `import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
     import * as Effect from "effect/Effect"
     import * as HttpClient from "effect/http/HttpClient"
     import * as HttpClientRequest from "effect/http/HttpClientRequest"
     const place = HttpClientRequest.post(url, { headers }).pipe(
       HttpClientRequest.bodyJsonUnsafe(data),
       HttpClient.execute,
       Effect.flatMap((response) => Effect.map(response.text, (text) => say(response.status, text)))
     )
     await Effect.runPromise(Effect.provide(place, NodeHttpClient.layerUndici))
     await Effect.runPromise(Effect.provide(place, NodeHttpClient.layerNodeHttp))`
  ]
} as const

const versionOf = (node: string): number =>
  Number.parseInt(execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }), 10)

/** Others that the machine happens to have: the program's Node need not be the simulator's. */
const others = execFileSync("sh", ["-c", "which -a node || true"], { encoding: "utf8" }).split("\n").filter((path) =>
  path !== "" && versionOf(path) >= 20
)
const nodes = [...new Map([...others, process.execPath].map((path) => [versionOf(path), path]))]

/** On Node 20 neither runs: undici 8 says so, Effect asks for 22.19. */
const isTooNew = (name: string): boolean => name === "undici 8" || name.includes("effect")

describe.each(nodes)("piopiy-sim exec, for a program on Node %i", (version, node) => {
  it.live.each(Object.entries(programs).filter(([name]) => version > 20 || !isTooNew(name)))(
    "routes %s",
    ([, [count, program]]) =>
      Effect.gen(function*() {
        const { code, stderr, stdout } = yield* runSim(
          "exec",
          "--",
          node,
          "--input-type=module",
          "-e",
          `${common}\n${program}`
        )
        assert.deepEqual([code, stdout], [0, "200 call_queued\n".repeat(count)], stderr)
      })
  )
})

/**
 * One way of placing calls, in a process of its own so that no other way has a part in its figures:
 * `node placing.ts WAY URL`. A line of stdin with `COUNT AT_ONCE` makes so many calls and is answered by their cost, a
 * line with `memory` by what is in use once all garbage is gone. That slows the next calls down, so it is asked apart.
 */
import { AgentId, Calls, PhoneNumber, Piopiy } from "@effect-piopiy/sdk"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { argv, memoryUsage, stdin } from "node:process"
import { createInterface } from "node:readline"
import { settledHeapMb, stopwatch } from "./machine.ts"

const [way = "", url = ""] = argv.slice(2)
const path = "/v3/voice/ai/call"
const body = {
  caller_id: "914440000000",
  to_number: "919840007230",
  agent_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001"
}

/** Makes a call and takes its reply, so many times one after another. */
type Caller = (count: number) => Promise<unknown>

const bareFetch: Caller = async (count) => {
  for (let index = 0; index < count; index++) {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: "Bearer token", accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify(body)
    })
    await response.json()
  }
}

const calling = (call: Effect.Effect<unknown, unknown>): Caller => (count) =>
  Effect.runPromise(Effect.gen(function*() {
    for (let index = 0; index < count; index++) yield* call
  }))

const bareEffect = Effect.map(HttpClient.HttpClient, (http) =>
  calling(
    HttpClientRequest.post(`${url}${path}`).pipe(
      HttpClientRequest.bearerToken("token"),
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyJsonUnsafe(body),
      http.execute,
      Effect.flatMap((response) => response.json)
    )
  ))

const throughSdk = Calls.Calls.useSync((calls) =>
  calling(calls.placeAgentCall({
    callerId: PhoneNumber.make(body.caller_id),
    to: PhoneNumber.make(body.to_number),
    agentId: AgentId.make(body.agent_id)
  }))
).pipe(Effect.provide(Piopiy.layer({ token: Redacted.make("token"), baseUrl: `${url}/v3` })))

/** Which transports there are, and what goes over them. */
const callers = Effect.gen(function*() {
  switch (way) {
    case "bare fetch":
      return bareFetch
    case "bare Effect, fetch":
      return yield* Effect.provide(bareEffect, FetchHttpClient.layer)
    case "SDK, fetch":
      return yield* Effect.provide(throughSdk, FetchHttpClient.layer)
    case "bare Effect, undici":
      return yield* Effect.provide(bareEffect, yield* Layer.build(NodeHttpClient.layerUndici))
    case "SDK, undici":
      return yield* Effect.provide(throughSdk, yield* Layer.build(NodeHttpClient.layerUndici))
    default:
      return yield* Effect.die(`there is no way called ${way}`)
  }
})

const main = Effect.gen(function*() {
  const call = yield* callers
  const time = yield* stopwatch
  const place = Effect.fnUntraced(function*(count: number, atOnce: number) {
    const lines = Array.from({ length: atOnce }, () => count / atOnce)
    const [{ cpuMs }] = yield* time(Effect.promise(() => Promise.all(lines.map(call))))
    return { cpuMicros: cpuMs * 1000 / count }
  })
  const memory = Effect.map(settledHeapMb, (heapMb) => ({ heapMb, rssMb: memoryUsage().rss / 2 ** 20 }))
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), (cause) => cause).pipe(
    Stream.mapEffect((line): Effect.Effect<object> => {
      const [count = 0, atOnce = 1] = line.split(" ").map(Number)
      return line === "memory" ? memory : place(count, atOnce)
    }),
    Stream.runForEach((answer) => Console.log(JSON.stringify(answer)))
  )
})

main.pipe(Effect.scoped, NodeRuntime.runMain)

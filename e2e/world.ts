/** A simulator on a real port, the SDK on it, a webhook application beside it, and rough clients. */
import {
  Action,
  AgentId,
  AppId,
  Calls,
  Endpoint,
  OnResult,
  PhoneNumber,
  Piopiy,
  type PiopiyError,
  Pipeline,
  Prompt
} from "@effect-piopiy/sdk"
import { type CallRecord, type Entry, Party, Simulator, type SimulatorError } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { connect as openSocket, createServer as createRawServer, type Socket } from "node:net"

export const number = PhoneNumber.make
export const office = number("914400000001")
/** Answers at once and stays. */
export const patient = number("919840007100")
/** Answers after 20 ms and presses 1 ten milliseconds after the question. */
export const asha = number("919840000001")
/** Answers after 20 ms and hangs up 30 ms later. */
export const colleague = number("914400000011")
export const appId = AppId.make("app")
export const agent = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
export const agentNotRunning = AgentId.make("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7ff001")

export const people = {
  [asha]: Party.person({
    answersAfterMs: 20,
    answers: [{ _tag: "Presses", afterMs: 10, digits: "1", gapMs: 0 }]
  }),
  [colleague]: Party.person({ answersAfterMs: 20, talksForMs: 30 })
}
export const config = { people }

export const sdk = Layer.unwrap(
  Effect.map(
    SimulatorServer.SimulatorServer,
    ({ url }) => Piopiy.layerFetch({ baseUrl: `${url}/v3`, token: Redacted.make("sim-token") })
  )
)

/** A simulator on a free port, the SDK on it, and a plain client. */
export const world = (
  options: SimulatorServer.ServerOptions = {}
): Layer.Layer<
  SimulatorServer.SimulatorServer | Simulator.Platform | Calls.Calls | HttpClient.HttpClient,
  SimulatorError.SimulatorError | PiopiyError.PiopiyError
> =>
  Layer.merge(sdk, FetchHttpClient.layer).pipe(
    Layer.provideMerge(SimulatorServer.layer({ port: 0, config, ...options }))
  )

/** A webhook application on a port of its own, as a base URL, and the bodies that it was sent. */
export class App extends Context.Service<App, { readonly url: string; readonly seen: Array<unknown> }>()("e2e/App") {}

export const app = (answer: (path: string) => Effect.Effect<HttpServerResponse.HttpServerResponse>) => {
  const seen: Array<unknown> = []
  const routes = HttpRouter.add("*", "*", (request) =>
    Effect.gen(function*() {
      seen.push({
        path: request.url,
        method: request.method,
        body: yield* Effect.orElseSucceed(request.json, () => null)
      })
      return yield* answer(request.url)
    }))
  return Layer.effect(
    App,
    Effect.map(HttpServer.HttpServer, ({ address }) => ({ url: HttpServer.formatAddress(address), seen }))
  ).pipe(
    Layer.merge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provide(NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0, gracefulShutdownTimeout: 0 }))
  )
}

export const jsonReply = (body: unknown) => Effect.sync(() => HttpServerResponse.jsonUnsafe(body))
export const connectToColleague = [
  { action: "connect", params: { caller_id: office }, endpoints: [{ type: "pstn", number: colleague }] },
  { action: "hangup" }
]

/** A call that asks for a digit and sends it to a URL. */
export const placeMenu = (url: string) =>
  Calls.Calls.use((calls) =>
    calls.placePipelineCall({
      callerId: office,
      to: asha,
      appId,
      pipeline: Pipeline.make([
        Action.playGetInput({
          prompt: Prompt.file("menu.wav"),
          input: ["dtmf"],
          dtmf: { maxDigits: 1 },
          onResult: OnResult.url(url)
        })
      ]),
      variables: { customer: "Asha" }
    })
  )

export const stay = (calls: Calls.Calls["Service"]) =>
  calls.placePipelineCall({
    callerId: office,
    to: patient,
    appId,
    pipeline: Pipeline.make([Action.connect({ callerId: office, endpoints: [Endpoint.phone(number("914400007100"))] })])
  })

/** Places the menu call, waits for its end, and gives its record and what became of its webhook. */
export const runMenu: (url: string) => Effect.Effect<
  {
    readonly callId: string
    readonly record: CallRecord.CallRecord
    readonly delivery: Entry.Delivered | undefined
  },
  PiopiyError.PiopiyError | Cause.NoSuchElementError,
  Calls.Calls | Simulator.Simulator
> = Effect.fnUntraced(function*(url) {
  const simulator = yield* Simulator.Simulator
  const callId = yield* Effect.flatMap(placeMenu(url), (placed) => Effect.fromOption(placed.callId))
  const record = yield* simulator.ended(callId)
  const delivery = (yield* simulator.journal({ callId })).find((entry) => entry._tag === "Delivered")
  return { callId, record, delivery }
})

export const page = (path: string) =>
  Effect.flatMap(
    SimulatorServer.SimulatorServer,
    ({ url }) =>
      Effect.flatMap(HttpClient.get(`${url}${path}`), (response) =>
        Effect.map(response.text, (text) => ({ status: response.status, text })))
  )

/** A TCP server that does with each connection what it is told; its port. */
export const rawServer = (onConnection: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sockets = new Set<Socket>()
      const server = createRawServer((socket) => {
        sockets.add(socket.on("error", () => undefined))
        onConnection(socket)
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        const close = () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        }
        resume(Effect.succeed({ port, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ port }) => port))

export const silentServer = rawServer(() => undefined)
export const closedPort = Effect.scoped(silentServer)

/** A raw connection to the simulator. */
export const connection = Effect.flatMap(SimulatorServer.SimulatorServer, ({ url }) =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = openSocket(Number(new URL(url).port), "127.0.0.1", () => resume(Effect.succeed(socket)))
      socket.on("error", () => undefined)
    }),
    (socket) => Effect.sync(() => socket.destroy())
  ))

export const requestHead = (length: number) =>
  "POST /v3/voice/pcmo/call HTTP/1.1\r\nhost: platform\r\nauthorization: Bearer sim-token\r\n"
  + `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

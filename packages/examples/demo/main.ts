/**
 * `npm start`: the whole of it on one machine. A simulator on a port, an app for webhooks and audio on another, and calls
 * placed with the SDK over real sockets, shown as they happen.
 */
import { Piopiy, StreamServer } from "@effect-piopiy/sdk"
import { type Entry, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { tmpdir, userInfo } from "node:os"
import * as app from "./app.ts"
import * as print from "./print.ts"
import * as stories from "./stories.ts"

class NotAsExpected extends Data.TaggedError("NotAsExpected")<{ readonly stories: number }> {}

/** Audio streams come to the port that the webhooks come to. */
const streams = Layer.unwrap(
  Effect.map(HttpServer.HttpServer, ({ address }) =>
    Layer.orDie(
      StreamServer.layer({ url: HttpServer.formatAddress(address).replace(/^http/, "ws"), drainTimeout: 0 })
    ))
)

/** The app on a free port; where its webhooks are. */
class WebhookApp extends Context.Service<WebhookApp, { readonly url: string }>()("demo/WebhookApp") {
  static readonly layer = Layer.effect(
    this,
    Effect.map(HttpServer.HttpServer, ({ address }) => ({ url: `${HttpServer.formatAddress(address)}/app` }))
  ).pipe(
    Layer.merge(
      HttpRouter.serve(app.routes(stories.desk, stories.botLine), { disableLogger: true, disableListenLog: true })
    ),
    Layer.provide(streams),
    Layer.provide(NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0 }))
  )
}

const sdk = Layer.unwrap(
  Effect.map(SimulatorServer.SimulatorServer, ({ url }) =>
    Layer.merge(
      Piopiy.layerFetch({ baseUrl: `${url}/v3`, token: Redacted.make("sim-token") }),
      Piopiy.layerLegacyFetch({ baseUrl: url, appId: 1_000_001, appSecret: Redacted.make("sim-secret") })
    ))
)

const isStreamed = (entry: Entry.Entry): entry is Entry.Streamed => entry._tag === "Streamed"

/**
 * Recordings stay when the program has ended, for somebody to listen to, until it runs again: the same seed gives the same
 * ids, and so the same names. Another user's are elsewhere.
 */
const recordings = `${tmpdir()}/piopiy-demo-${userInfo().uid}`

/** How the audio stream of an ended call went: shown as a picture, and told in numbers. */
const converse = Effect.fnUntraced(function*(callId: string) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const simulator = yield* Simulator.Simulator
  const streamed = yield* simulator.follow({ callId }).pipe(Stream.filter(isStreamed), Stream.runHead)
  const timeline = yield* HttpClient.get(`${url}/_sim/calls/${callId}/timeline.svg?format=text`).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.orDie
  )
  yield* print.conversation(timeline, `${recordings}/${callId}.wav`)
  return Option.getOrUndefined(streamed)
})

/** Starts the story's call, shows it while it lasts, and says what did not go as it should. */
const tell = Effect.fnUntraced(function*(story: stories.Story, index: number) {
  const simulator = yield* Simulator.Simulator
  yield* print.title(index + 1, story.title, story.phone)
  const seen = (yield* simulator.journal()).length
  let startedAt: number | undefined
  const ladder = print.ladder(() => startedAt ?? 0)
  const shown = yield* simulator.follow({ from: seen + 1 }).pipe(
    Stream.tap((entry) =>
      Effect.suspend(() => {
        startedAt ??= entry.at
        return ladder(entry)
      })
    ),
    Stream.takeUntil((entry) => entry._tag === "Turned" && entry.to === "Ended"),
    Stream.runDrain,
    Effect.forkChild
  )
  const callId = yield* story.start
  yield* story.meanwhile(callId)
  const record = yield* simulator.ended(callId)
  yield* Fiber.join(shown)
  const streamed = record.streams.length === 0 ? undefined : yield* converse(callId)
  const unmet = story.unmet(record, streamed)
  yield* print.record(record, unmet)
  return unmet.length
})

const run = Effect.fnUntraced(function*(once: boolean) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const { url: appUrl } = yield* WebhookApp
  const unmet = yield* Effect.forEach(stories.all(appUrl), tell)
  const failed = unmet.filter((count) => count > 0).length
  if (once) return failed === 0 ? undefined : yield* new NotAsExpected({ stories: failed })
  yield* print.around(url, appUrl)
  return yield* Effect.never
})

const flags = {
  once: Flag.Boolean("once").pipe(
    Flag.withDefault(false),
    Flag.withDescription("End when the calls have ended: 0 when all went as expected, 1 otherwise")
  ),
  port: Flag.Int("port").pipe(
    Flag.withDefault(0),
    Flag.withDescription("Port of the simulator; 0 takes a free one")
  )
}

const demo = Command.make(
  "demo",
  flags,
  ({ once, port }) =>
    run(once).pipe(
      Effect.provide(
        Layer.mergeAll(sdk, WebhookApp.layer, FetchHttpClient.layer).pipe(
          Layer.provideMerge(SimulatorServer.layer({ port, recordings, config: { people: stories.people } }))
        )
      )
    )
).pipe(
  Command.withDescription("Six calls on a simulator of the Piopiy platform, as they happen")
)

Command.run(demo, { version: "0.0.0" }).pipe(
  Effect.catchTags({
    SimulatorError: (error) => Effect.andThen(Console.error(error.message), Effect.fail(error)),
    PiopiyError: (error) => Effect.andThen(Console.error(error.message), Effect.fail(error))
  }),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
  })
)

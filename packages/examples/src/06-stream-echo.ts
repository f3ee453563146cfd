/**
 * Lesson 6: take in the audio of a call, and send audio back.
 *
 * A customer's phone rings. Once it is answered, the platform dials your WebSocket, and every 20 ms you get a frame of
 * what the customer says. Here each frame goes straight back, so that the customer hears an echo. What you send waits in
 * a queue of the platform and is heard one after another.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/06-stream-echo.ts`. It ends
 * when the stream does.
 */
import { LegacyCalls, LegacyPipeline, PhoneNumber, Piopiy, StreamServer, type StreamSession } from "@effect-piopiy/sdk"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const phone = (name: string, simulated: string) =>
  Config.schema(PhoneNumber.PhoneNumber, name).pipe(Config.withDefault(PhoneNumber.make(simulated)))

/** The defaults suit the simulator: this customer answers after 1 s, speaks for 2 s, and hangs up. */
const settings = Config.all({
  callerId: phone("CALLER_ID", "914400000001"),
  customer: phone("CUSTOMER", "919840007501"),
  streamUrl: Config.String("STREAM_URL").pipe(Config.withDefault("ws://127.0.0.1:8789")),
  streamPort: Config.Int("STREAM_PORT").pipe(Config.withDefault(8789))
})

/** What is done with the stream of each call, until it has ended. */
export const handler = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)

/** The platform signs nothing. So the action has an address of its own, with a token that lets this one call in, once. */
export const program = Effect.gen(function*() {
  const { callerId, customer } = yield* settings
  const streams = yield* StreamServer.StreamServer
  const calls = yield* LegacyCalls.LegacyCalls
  const stream = yield* streams.stream({ from: callerId, to: customer })
  return yield* calls.placePipelineCall({ callerId, to: customer, pipeline: LegacyPipeline.make([stream]) })
})

if (import.meta.main) {
  // The environment goes before these.
  const simulator = ConfigProvider.fromUnknown({
    PIOPIY_LEGACY_BASE_URL: "http://127.0.0.1:8787",
    PIOPIY_APP_ID: "1000001",
    PIOPIY_APP_SECRET: "sim-secret"
  })
  const server = Layer.unwrap(Effect.map(settings, ({ streamUrl }) => StreamServer.layer({ url: streamUrl })))
  const platform = Layer.merge(Piopiy.layerLegacyConfig, server).pipe(
    Layer.provide([FetchHttpClient.layer, ConfigProvider.layerAdd(simulator)])
  )
  const exit = await Effect.gen(function*() {
    const { streamPort } = yield* settings
    const over = yield* Latch.make()
    yield* StreamServerNode.make((session) => Effect.ensuring(handler(session), over.open), { port: streamPort })
    yield* Effect.tap(program, Console.log)
    yield* over.await
  }).pipe(
    Effect.scoped,
    Effect.provide(platform),
    Effect.tapCause((cause) => Console.error(Cause.pretty(cause))),
    Effect.runPromiseExit
  )
  process.exitCode = Exit.isSuccess(exit) ? 0 : 1
}

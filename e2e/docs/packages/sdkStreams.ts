import { LegacyPipeline, StreamServer, type StreamSession, WebhookRouter } from "@effect-piopiy/sdk"
import * as StreamServerNode from "@effect-piopiy/sdk/StreamServerNode" // npm install ws
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

export const echo = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)

export const calls = WebhookRouter.layer({
  onAnswer: ({ callId, from, to }) =>
    StreamServer.StreamServer.use((streams) => streams.stream({ callId, from, to })).pipe(
      Effect.map((action) => LegacyPipeline.make([action]))
    )
})

// Give both the same server. Mount `calls` with HttpRouter.serve, beside the other routes of your service.
export const app = (port: number) =>
  Layer.mergeAll(StreamServerNode.layer(echo, { port }), calls).pipe(
    Layer.provide(StreamServer.layer({ url: "wss://bot.example.com" }))
  )

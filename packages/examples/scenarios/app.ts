/**
 * The app under test of the scenarios beside it: a menu that asks again until a choice is one, and a bot that listens. It
 * is started by `piopiy-sim run`, which says on which port it is to listen and under which address it is known.
 */
import { LegacyPipeline, PhoneNumber, StreamRouter, StreamServer, WebhookRouter } from "@effect-piopiy/sdk"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { handler } from "../src/07-barge-in.ts"

/** The bot answers this number, the menu any other. */
const botNumber = "914400000007"
const desk = PhoneNumber.make("914400007230")

const settings = Config.all({
  port: Config.Int("PORT"),
  publicUrl: Config.String("PUBLIC_URL")
})

const ask = (publicUrl: string, prompt: string) =>
  LegacyPipeline.empty.pipe(
    LegacyPipeline.playGetInput({ prompt, url: `${publicUrl}/piopiy/digits`, timeout: "4 seconds" })
  )

const webhooks = (publicUrl: string) =>
  WebhookRouter.layer({
    onAnswer: Effect.fnUntraced(function*({ callId, from, to }) {
      if (to !== botNumber) return ask(publicUrl, "welcome.wav")
      const streams = yield* StreamServer.StreamServer
      return LegacyPipeline.make([yield* streams.stream({ callId, from, to })])
    }),
    onDigits: ({ digits, to }) =>
      Effect.succeed(
        digits === "1"
          ? LegacyPipeline.empty.pipe(
            LegacyPipeline.bridge({ from: PhoneNumber.make(to), to: desk }),
            LegacyPipeline.hangup
          )
          : ask(publicUrl, "no-such-choice.wav")
      )
  })

const app = Layer.unwrap(Effect.map(settings, ({ port, publicUrl }) => {
  const streams = StreamServer.layer({ url: publicUrl.replace(/^http/, "ws"), path: "/stream" })
  return HttpRouter.serve(Layer.merge(webhooks(publicUrl), StreamRouter.layer(handler)), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provide(streams),
    Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }))
  )
}))

NodeRuntime.runMain(Layer.launch(app))

/** The routes for callbacks on a real server: what they answer, and what they leave in logs and spans. */
import * as LegacyAction from "@effect-piopiy/sdk/LegacyAction"
import * as LegacyPipeline from "@effect-piopiy/sdk/LegacyPipeline"
import * as WebhookRouter from "@effect-piopiy/sdk/WebhookRouter"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { createServer } from "node:http"
import { inspect } from "node:util"

const secret = "s3cret-of-the-path_01"
const callId = "0b6f1c52-7d0e-4c55-9a55-5b7e6a0f1a01"
const call = { action: "inbound", from: "919876543210", to: "914400000001", cmiuuid: callId }

class NoDesk extends Data.TaggedError("NoDesk")<{ readonly message: string }> {}

/** A service with these routes, its address, and all that it logs and traces. */
const served = (onAnswer: WebhookRouter.Options<NoDesk, never>["onAnswer"]) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const logger = Logger.layer([Logger.make((line) => {
      lines.push(Logger.formatJson.log(line))
    })])
    const routes = WebhookRouter.layer({
      secret: Redacted.make(secret),
      ...(onAnswer === undefined ? {} : { onAnswer })
    })
    const service = HttpRouter.serve(routes, { disableListenLog: true }).pipe(
      Layer.provideMerge(NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0 })),
      Layer.provide([WebhookRouter.layerUntraced(), logger, Layer.succeed(Tracer.Tracer, tracer)])
    )
    const context = yield* Layer.build(service)
    const url = HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address)
    const left = () =>
      [
        ...lines,
        ...spans.map(({ attributes, name, status }) => {
          const failed = status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.pretty(status.exit.cause) : ""
          return `${name} ${inspect([...attributes])} ${failed}`
        })
      ].join("\n")
    return { url, left, spans }
  })

const post = (url: string, body: NonNullable<RequestInit["body"]>) =>
  Effect.gen(function*() {
    const response = yield* Effect.promise(() => fetch(url, { method: "POST", body, duplex: "half" }))
    return { status: response.status, body: yield* Effect.promise(() => response.text()) }
  })

const hangup = () => Effect.succeed(LegacyPipeline.make([LegacyAction.hangup]))

it.live("a callback is answered, and traced with the id of its call", () =>
  Effect.gen(function*() {
    const { left, spans, url } = yield* served(hangup)
    const answer = yield* post(`${url}/piopiy/${secret}/answer`, JSON.stringify(call))
    assert.deepStrictEqual(answer, { status: 200, body: "[{\"action\":\"hangup\"}]" })
    assert.deepStrictEqual(spans.map(({ name }) => name), ["WebhookRouter.answer"])
    assert.include(left(), callId)
  }))

it.live("neither the secret nor numbers are left behind, whatever comes", () =>
  Effect.gen(function*() {
    const { left, url } = yield* served(() => Effect.fail(new NoDesk({ message: `at ${secret} for ${call.from}` })))
    const statuses = yield* Effect.forEach(
      [
        [`${url}/piopiy/${secret}/answer`, JSON.stringify(call)],
        [`${url}//piopiy//${secret}/answer`, JSON.stringify(call)],
        [`${url}/piopiy/${secret}/answer?at=${secret}`, "no JSON"],
        [`${url}/piopiy/${secret}x/answer`, JSON.stringify(call)],
        [`${url}/piopiy/${secret}/answer`, JSON.stringify({ ...call, cmiuuid: secret })]
      ] as const,
      ([address, body]) => Effect.map(post(address, body), ({ status }) => status)
    )
    assert.deepStrictEqual(statuses, [500, 500, 400, 404, 400])
    assert.include(left(), "the handler of answer failed")
    assert.notInclude(left(), secret)
    assert.notInclude(left(), "98765")
  }))

it.live("a body of more than 1 MiB is refused, with its length announced or not, and the service goes on", () =>
  Effect.gen(function*() {
    const { url } = yield* served(hangup)
    const address = `${url}/piopiy/${secret}/answer`
    const long = new Uint8Array((1 << 20) + 1).fill(32)
    const chunks = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let part = 0; part < 17; part += 1) controller.enqueue(new Uint8Array(1 << 16).fill(32))
        controller.close()
      }
    })
    assert.strictEqual((yield* post(address, long)).status, 413)
    assert.strictEqual((yield* post(address, chunks)).status, 413)
    assert.strictEqual((yield* post(address, JSON.stringify(call))).status, 200)
  }))

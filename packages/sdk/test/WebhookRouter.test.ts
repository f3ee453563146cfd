import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Action from "../src/Action.ts"
import * as LegacyAction from "../src/LegacyAction.ts"
import * as LegacyPipeline from "../src/LegacyPipeline.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import * as Pipeline from "../src/Pipeline.ts"
import * as WebhookRouter from "../src/WebhookRouter.ts"
import { effectOf, junk, untyped } from "./untyped.ts"

const callId = "0b6f1c52-7d0e-4c55-9a55-5b7e6a0f1a01"
const answer = { action: "inbound", from: "919876543210", to: "914400000001", time: 1725942871456, cmiuuid: callId }
const digits = { from: 919876543210, to: 914400000001, dtmf: "1234", cmuuid: callId }
const event = { from: 919876543210, leg: "b", status: "STREAM_DISCONNECTED", cmiuuid: callId }
const cdr = { to: 914400000001, from: 919876543210, status: "answered", duration: 13, cmiuuid: callId }
const input = {
  call_id: callId,
  from: "919876543210",
  to: "914400000001",
  input_type: "dtmf",
  digits: "1",
  status: "success"
}

const secret = "s3cret-of-the-path_01"
const hangup = LegacyPipeline.make([LegacyAction.hangup])

class NoDesk extends Data.TaggedError("NoDesk")<{ readonly at: string }> {}

interface Asked {
  readonly path: string
  readonly body?: string | ReadableStream<Uint8Array>
  readonly method?: string
}

/** The answers of a router to requests, and what was logged meanwhile. */
const ask = <E = never>(options: WebhookRouter.Options<E, never>, requests: ReadonlyArray<Asked>) =>
  Effect.gen(function*() {
    const logged: Array<string> = []
    const logger = Logger.layer([Logger.make((line) => {
      logged.push(Logger.formatJson.log(line))
    })])
    const web = HttpRouter.toWebHandler(Layer.merge(WebhookRouter.layer(options), logger))
    yield* Effect.addFinalizer(() => Effect.promise(() => web.dispose()))
    const answers = yield* Effect.forEach(requests, ({ body, method = "POST", path }) =>
      Effect.gen(function*() {
        const init = body === undefined ? { method } : { method, body, duplex: "half" as const }
        const response = yield* Effect.promise(() => web.handler(new Request(`http://127.0.0.1${path}`, init)))
        return { status: response.status, body: yield* Effect.promise(() => response.text()) }
      }))
    return { answers, logged: logged.join("\n") }
  })

const post = (name: string, body: unknown): Asked => ({ path: `/piopiy/${name}`, body: JSON.stringify(body) })

const quiet: WebhookRouter.Handlers<never, never> = {
  onAnswer: () => Effect.succeed(hangup),
  onDigits: () => Effect.succeed(hangup),
  onLiveEvent: () => Effect.void,
  onCdr: () => Effect.void,
  onInput: () => Effect.succeed(Pipeline.make([Action.hangup]))
}

describe("a callback", () => {
  it.effect("reaches its handler, and is answered with what that gives", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const see = <A>(answered: A) => (callback: { readonly callId: string }) =>
        Effect.sync(() => {
          seen.push(callback.callId)
          return answered
        })
      const { answers } = yield* ask({
        onAnswer: see(LegacyPipeline.make([LegacyAction.speak("hello")])),
        onDigits: see(hangup),
        onLiveEvent: see(undefined),
        onCdr: see(undefined),
        onInput: see(Pipeline.make([Action.play("bye.wav")]))
      }, [
        post("answer", answer),
        post("digits", digits),
        post("events", event),
        post("cdr", cdr),
        post("input", input)
      ])
      assert.deepStrictEqual(answers, [
        { status: 200, body: "[{\"action\":\"speak\",\"text\":\"hello\"}]" },
        { status: 200, body: "[{\"action\":\"hangup\"}]" },
        { status: 200, body: "{}" },
        { status: 200, body: "{}" },
        { status: 200, body: "[{\"action\":\"play\",\"file_name\":\"bye.wav\"}]" }
      ])
      assert.deepStrictEqual(seen, [callId, callId, callId, callId, callId])
    }))

  it.effect("without a handler has no route, and other methods have none either", () =>
    Effect.gen(function*() {
      const { answers } = yield* ask({ onCdr: () => Effect.void }, [
        post("answer", answer),
        { path: "/piopiy/cdr", method: "GET" }
      ])
      assert.deepStrictEqual(answers.map(({ status }) => status), [404, 404])
    }))

  it.effect("is taken below the path that was asked for", () =>
    Effect.gen(function*() {
      const { answers } = yield* ask({ ...quiet, path: "/hooks/voice/" }, [
        { path: "/hooks/voice/cdr", body: JSON.stringify(cdr) }
      ])
      assert.strictEqual(answers[0]?.status, 200)
    }))

  it.effect("finds the services of its handlers", () =>
    Effect.gen(function*() {
      class Music extends Context.Service<Music, { readonly file: string }>()("test/Music") {}
      const layer = WebhookRouter.layer({
        onAnswer: () => Effect.map(Music, ({ file }) => LegacyPipeline.make([LegacyAction.play(file)]))
      })
      const web = HttpRouter.toWebHandler(Layer.provide(layer, Layer.succeed(Music, { file: "a.wav" })))
      yield* Effect.addFinalizer(() => Effect.promise(() => web.dispose()))
      const request = new Request("http://x/piopiy/answer", { method: "POST", body: JSON.stringify(answer) })
      const response = yield* Effect.promise(() => web.handler(request))
      assert.include(yield* Effect.promise(() => response.text()), "a.wav")
    }))
})

describe("a body", () => {
  it.effect.each(["", "{", "dtmf=1", "\u0000"])("that is no JSON is refused: %j", (body) =>
    Effect.gen(function*() {
      const { answers } = yield* ask(quiet, [{ path: "/piopiy/digits", body }])
      assert.deepStrictEqual(answers, [{ status: 400, body: "{\"error\":\"invalid_json\"}" }])
    }))

  it.effect("that is something else is refused with all issues, and none repeats a number", () =>
    Effect.gen(function*() {
      const { answers } = yield* ask(quiet, [post("digits", { from: {}, to: [919876543210], cmiuuid: "919876543210" })])
      assert.strictEqual(answers[0]?.status, 400)
      const { issues } = JSON.parse(answers[0]?.body ?? "{}")
      assert.isAtLeast(issues.length, 4)
      assert.notInclude(answers[0]?.body ?? "", "98765")
    }))

  it.effect("of arbitrary JSON never reaches a handler as a defect", () =>
    Effect.gen(function*() {
      const bodies = [null, 1, "x", [], {}, { cmiuuid: null }, JSON.parse("{\"__proto__\":{}}"), [[[[[]]]]]]
      const names = ["answer", "digits", "events", "cdr", "input"]
      const { answers } = yield* ask(quiet, names.flatMap((name) => bodies.map((body) => post(name, body))))
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([400]))
    }))

  it.effect("of more than 1 MiB is refused, whether it says so or not", () =>
    Effect.gen(function*() {
      const long = `"${"x".repeat(1 << 20)}"`
      const chunk = new TextEncoder().encode("x".repeat(1 << 16))
      const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) })
      const { answers } = yield* ask(quiet, [
        { path: "/piopiy/cdr", body: long },
        { path: "/piopiy/cdr", body: endless }
      ])
      assert.deepStrictEqual(answers.map(({ status }) => status), [413, 413])
    }))
})

describe("a handler", () => {
  it.effect.each(
    [
      ["fails", () => Effect.fail(new NoDesk({ at: `${secret} for 919876543210` }))],
      ["dies", () => Effect.die(`defect at ${secret} for 919876543210`)],
      [
        "throws",
        () => {
          throw new Error(`thrown at ${secret} for 919876543210`)
        }
      ],
      ["gives a pipeline that breaks the rules", () => Effect.succeed(LegacyPipeline.make([LegacyAction.play("x")]))]
    ] as ReadonlyArray<readonly [string, () => Effect.Effect<LegacyPipeline.LegacyPipeline, NoDesk>]>
  )(
    "that %s is answered with 500, and logged without the secret and numbers",
    ([, onAnswer]) =>
      Effect.gen(function*() {
        const { answers, logged } = yield* ask({ onAnswer, secret: Redacted.make(secret) }, [
          { path: `/piopiy/${secret}/answer`, body: JSON.stringify(answer) }
        ])
        assert.deepStrictEqual(answers, [{ status: 500, body: "{\"error\":\"handler_failed\"}" }])
        assert.include(logged, "the handler of answer failed")
        assert.include(logged, callId)
        assert.notInclude(logged, secret)
        assert.notInclude(logged, "98765")
      })
  )
})

describe("a secret in the path", () => {
  const guarded = { ...quiet, secret: Redacted.make(secret) }
  const body = JSON.stringify(cdr)

  it.effect("lets in whoever knows it", () =>
    Effect.gen(function*() {
      const { answers, logged } = yield* ask(guarded, [{ path: `/piopiy/${secret}/cdr`, body }])
      assert.strictEqual(answers[0]?.status, 200)
      assert.notInclude(logged, secret)
    }))

  it.effect.each([
    "",
    "x",
    secret.slice(0, -1),
    `${secret}0`,
    secret.toUpperCase(),
    `S${secret.slice(1)}`,
    "\u0000".repeat(secret.length),
    secret.replace("s", "\u0173")
  ])("keeps out whoever guesses %j", (guess) =>
    Effect.gen(function*() {
      const { answers } = yield* ask(guarded, [{ path: `/piopiy/${encodeURIComponent(guess)}/cdr`, body }])
      assert.strictEqual(answers[0]?.status, 404)
    }))

  it.effect("keeps out whoever leaves it out", () =>
    Effect.gen(function*() {
      const { answers } = yield* ask(guarded, [post("cdr", cdr)])
      assert.strictEqual(answers[0]?.status, 404)
    }))
})

describe("the layer", () => {
  const problems = (options: unknown) =>
    Effect.gen(function*() {
      const layer = untyped(WebhookRouter.layer, options)
      const build = Layer.isLayer(layer) ? Layer.build(Layer.provide(layer, HttpRouter.layer)) : Effect.void
      const error = yield* Effect.flip(effectOf(build))
      assert.instanceOf(error, PiopiyError)
      const reason = error instanceof PiopiyError ? error.reason : undefined
      return reason?._tag === "InvalidConfig" ? reason.issues.map(({ path }) => path) : []
    })

  it.effect("tells every problem of its options", () =>
    Effect.gen(function*() {
      const options = { path: "hooks", secret: Redacted.make("short"), onAnswer: 5, onCdr: "x" }
      assert.deepStrictEqual(yield* problems(options), ["path", "secret", "onAnswer", "onCdr"])
      assert.deepStrictEqual(yield* problems({ path: "/a b", secret }), ["path", "secret"])
    }))

  it.effect("refuses junk as its options one by one", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems(null), [""])
      for (const value of junk()) {
        if (value === undefined) continue
        for (const key of ["path", "secret", ...(typeof value === "function" ? [] : ["onInput"])]) {
          assert.deepStrictEqual(yield* problems({ [key]: value }), [key])
        }
      }
    }))
})

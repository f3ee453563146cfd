/** The lessons as a reader runs them: programs of their own, against a simulator on a port. */
import { app } from "@effect-piopiy/examples/02-menu-with-digits"
import { type CallRecord, type Entry, Party, Simulator, SimulatorConfig, Verdict } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import * as net from "node:net"
import { fileURLToPath } from "node:url"
import { eventually, root, runSim } from "./processes.ts"

/** Quick people, so that calls take a second or two. Each lesson has a customer of its own. */
const quick = {
  first: "919840000001",
  second: "919840000002",
  third: "919840000003",
  fourth: "919840000004",
  colleague: "914400000011"
}

const engaged = "914400007001"

const people: Readonly<Record<string, Party.Party>> = {
  [quick.first]: Party.person({ answersAfterMs: 200, talksForMs: 800 }),
  [quick.second]: Party.person({ answersAfterMs: 200, answers: [Party.presses("2")] }),
  [quick.third]: Party.person({ answersAfterMs: 200 }),
  [quick.fourth]: Party.person({ answersAfterMs: 200 }),
  [quick.colleague]: Party.person({ answersAfterMs: 200, talksForMs: 500 })
}

class MenuApp extends Context.Service<MenuApp, { readonly url: string }>()("e2e/MenuApp") {
  static readonly layer = Layer.effect(
    this,
    Effect.map(HttpServer.HttpServer, ({ address }) => ({ url: `${HttpServer.formatAddress(address)}/menu` }))
  ).pipe(
    Layer.merge(HttpRouter.serve(app, { disableLogger: true, disableListenLog: true })),
    Layer.provide(NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0 })),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ SUPPORT: quick.colleague })))
  )
}

/** Runs a lesson to its end: its exit code and all that it printed. */
const run = Effect.fnUntraced(function*(lesson: string, settings: Readonly<Record<string, string>>) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const file = fileURLToPath(import.meta.resolve(`@effect-piopiy/examples/${lesson}`))
  const program = yield* ChildProcess.make(process.execPath, [file], {
    env: { PIOPIY_BASE_URL: `${url}/v3`, PIOPIY_TOKEN: "sim-token", ...settings },
    extendEnv: true
  })
  const [output, exitCode] = yield* Effect.all([Stream.mkString(Stream.decodeText(program.all)), program.exitCode], {
    concurrency: 2
  })
  return { output, exitCode: Number(exitCode) }
})

/** The record of the call to a number, once it has ended. */
const recordTo = Effect.fnUntraced(function*(to: string) {
  const simulator = yield* Simulator.Simulator
  const callIds = (yield* simulator.journal()).flatMap((entry) =>
    entry._tag === "Turned" && entry.event._tag === "Originated" && entry.event.to === to ? [entry.callId] : []
  )
  assert.lengthOf(callIds, 1, `calls to ${to}`)
  return yield* simulator.ended(callIds[0] ?? "")
})

/** Whom the call joined with its customer: `agent`, or a number. */
const joined = (record: CallRecord.CallRecord): ReadonlyArray<string> =>
  record.legs.filter(({ bridgedAt, legId }) => bridgedAt !== undefined && legId !== "caller").map(({ endpoint }) =>
    endpoint._tag === "Pstn" ? endpoint.number : "agent"
  )

const platform = Layer.merge(MenuApp.layer, NodeServices.layer).pipe(
  Layer.provideMerge(SimulatorServer.layer({ port: 0, config: { people } }))
)

/** A port that was free a moment ago. */
const freePort = Effect.callback<number>((resume) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** Runs a lesson about audio, whose app listens on a port of its own. */
const runStreaming = Effect.fnUntraced(function*(
  lesson: string,
  more: Readonly<Record<string, string>> = {}
) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const port = yield* freePort
  const settings = { STREAM_URL: `ws://127.0.0.1:${port}`, STREAM_PORT: String(port) }
  return yield* run(lesson, { PIOPIY_LEGACY_BASE_URL: url, ...settings, ...more })
})

/** How the stream of a call went. */
const streamOf = Effect.fnUntraced(function*(callId: string) {
  const journal = yield* Simulator.Simulator.use((simulator) => simulator.journal({ callId }))
  const [streamed, ...others] = journal.filter((entry): entry is Entry.Streamed => entry._tag === "Streamed")
  assert.deepStrictEqual(others, [])
  assert(streamed !== undefined)
  return streamed
})

/** What the README says to start for the lessons about audio: people of the number plan, and no others. */
const asItComes = Layer.merge(SimulatorServer.layer({ port: 0 }), NodeServices.layer)

/** Others with the end of their number, so that each lesson has a customer of its own. */
const another = "919850007504"
const athird = "919860007502"

/** The platform of lesson 11, by the file that its first lines name. */
const badDay = Layer.unwrap(
  Effect.map(
    Effect.suspend(() =>
      SimulatorConfig.decode(JSON.parse(readFileSync(`${root}/packages/examples/faults.json`, "utf8")))
    ),
    (config) => SimulatorServer.layer({ port: 0, config })
  )
).pipe(Layer.merge(NodeServices.layer))

/** What they do is at no pace of its own, so they need not wait for each other. */
describe.concurrent("lessons", () => {
  it.live(
    "every lesson runs as a program of its own, ends with 0, and its call reaches whom it says",
    () =>
      Effect.gen(function*() {
        const { url: menuUrl } = yield* MenuApp
        const ended = yield* Effect.all([
          run("01-place-a-call", { CUSTOMER: quick.first }),
          run("02-menu-with-digits", { CUSTOMER: quick.second, MENU_URL: menuUrl }),
          run("03-hunt-for-an-agent", { CUSTOMER: quick.third, DESK: `${engaged},${quick.colleague}` }),
          run("04-transfer-to-a-human", { CUSTOMER: quick.fourth, HUMAN: quick.colleague, TRANSFER_AFTER: "2 seconds" })
        ], { concurrency: 4 })
        const printed = ended.map(({ output }) => output).join("\n")
        assert.deepStrictEqual(ended.map(({ exitCode }) => exitCode), [0, 0, 0, 0], printed)
        assert.deepStrictEqual(joined(yield* recordTo(quick.first)), ["agent"])
        assert.deepStrictEqual(joined(yield* recordTo(quick.second)), [quick.colleague])
        assert.deepStrictEqual(joined(yield* recordTo(quick.third)), [quick.colleague])
        assert.deepStrictEqual(joined(yield* recordTo(quick.fourth)), ["agent", quick.colleague])
      }).pipe(Effect.provide(platform)),
    60_000
  )

  it.live("a lesson that cannot do its work ends with 1 and says why", () =>
    Effect.gen(function*() {
      const { exitCode, output } = yield* run("01-place-a-call", { PIOPIY_TOKEN: "not-the-token" })
      assert.strictEqual(exitCode, 1)
      assert.include(output, "the token was not accepted")
    }).pipe(Effect.provide(platform)), 60_000)

  it.live("a lesson on a bad day tries again what it may, then meets what it may not", () =>
    Effect.gen(function*() {
      const first = yield* run("11-retries-and-faults", { RING_FOR: "1 second" })
      assert.match(first.output, /attempt 1: .*ask again in 2s\n.*attempt 1: .*hangup.*ECONNRESET.*\nRang\n$/s)
      const second = yield* run("11-retries-and-faults", { RING_FOR: "1 second" })
      assert.match(second.output, /^attempt 1: .*ECONNRESET.*\nMayHaveRung\n$/)
      const simulator = yield* Simulator.Simulator
      assert.deepStrictEqual(simulator.faults.list().map(({ fired }) => fired), [1, 1, 1])
    }).pipe(Effect.provide(badDay)), 60_000)

  it.live("the app of lesson 12 serves calls on a port", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}`
      const file = fileURLToPath(import.meta.resolve("@effect-piopiy/examples/12-test-a-webhook-app"))
      yield* ChildProcess.make(process.execPath, [file], {
        env: { PORT: String(port), PUBLIC_URL: url },
        extendEnv: true
      })
      yield* eventually("the app", Effect.orElseSucceed(HttpClient.get(url), () => undefined))
      const simulator = yield* Simulator.Simulator
      const { callId } = yield* simulator.callIn({
        from: "919840007342",
        to: "914400000001",
        answerUrl: `${url}/piopiy/in-production-a-secret/answer`
      })
      assert.strictEqual((yield* simulator.ended(callId)).endedBy, "Pipeline")
      const heard = Verdict.check(
        { _tag: "HeardPrompt", text: "Your order is with the courier." },
        yield* simulator.evidence()
      )
      assert.isTrue(heard.pass, heard.message)
    }).pipe(Effect.provide(Layer.merge(asItComes, FetchHttpClient.layer))), 60_000)

  it.live("the scenario of lesson 14 holds as the command line runs it", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* runSim("run", `${root}/packages/examples/src/14-a-scenario-in-ci.json`)
      assert.strictEqual(code, 0, stdout)
      assert.match(stdout, /\n1 passed, 0 failed\n$/)
    }), 30_000)
})

it.live(
  "the lessons about audio run as programs of their own, end with 0, and the calls go as they say",
  () =>
    Effect.gen(function*() {
      const ended = yield* Effect.all([
        runStreaming("06-stream-echo"),
        runStreaming("08-record-and-report"),
        runStreaming("09-hand-off-while-monitoring", { CUSTOMER: another }),
        runStreaming("10-stream-to-a-recogniser"),
        runStreaming("13-test-a-voice-bot", { CUSTOMER: athird })
      ], { concurrency: 5 })
      const printed = ended.map(({ output }) => output).join("\n")
      assert.deepStrictEqual(ended.map(({ exitCode }) => exitCode), [0, 0, 0, 0, 0], printed)
      for (const sight of ["919840007504 left", "they talk", "nobody has spoken for 3 s", "ms order", "ms goodbye"]) {
        assert.include(printed, sight)
      }
      assert.strictEqual((yield* recordTo("919840007501")).endedBy, "Caller")
      assert.strictEqual((yield* recordTo("919840007504")).endedBy, "Pipeline")
      assert.deepStrictEqual(joined(yield* recordTo(another)), ["914400007501"])
      assert.strictEqual((yield* recordTo("919840007503")).endedBy, "Pipeline")
      const { measures } = yield* streamOf((yield* recordTo(athird)).callId)
      assert.deepStrictEqual([measures.bargeIns.length, measures.turns.length], [1, 1])
    }).pipe(Effect.provide(asItComes)),
  60_000
)

it.live(
  "a bot over real sockets falls silent when the customer cuts in, and knows what was heard of it",
  () =>
    Effect.gen(function*() {
      const { exitCode, output } = yield* runStreaming("07-barge-in")
      assert.strictEqual(exitCode, 0, output)
      const { callId } = yield* recordTo("919840007502")
      const { measures } = yield* streamOf(callId)
      const perMs = measures.sampleRate / 1000
      const [bargeIn, ...others] = measures.bargeIns
      assert(bargeIn !== undefined, output)
      assert.deepStrictEqual([bargeIn.isInterrupted, others], [true, []])
      // Speech counts after 40 ms of it. The rest is frames, sockets and two processes, with room for a busy machine.
      assert.isAtLeast(bargeIn.latency / perMs, 40)
      assert.isAtMost(bargeIn.latency / perMs, 400)
      const estimate = Number(/cut in after ([\d.]+) ms/.exec(output)?.[1])
      const heard = measures.playout.heard / perMs - 1000
      assert.closeTo(estimate, heard, 200)
    }).pipe(Effect.provide(asItComes)),
  60_000
)

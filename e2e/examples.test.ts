/** The lessons as a reader runs them: programs of their own, against a simulator on a port. */
import { app } from "@effect-piopiy/examples/02-menu-with-digits"
import { type CallRecord, Party, Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

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

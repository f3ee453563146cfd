import SwaggerParser from "@apidevtools/swagger-parser"
import { Simulator } from "@effect-piopiy/simulator"
import * as Control from "@effect-piopiy/simulator/control"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { document, operations } from "../packages/simulator/src/edge/control/api/document.ts"
import { eventually } from "./processes.ts"
import { App, app, jsonReply, page, patient, world } from "./world.ts"

const Placed = Schema.Struct({ call_id: Schema.String })

const client = (options: Partial<Control.ControlOptions> = {}) =>
  Effect.flatMap(SimulatorServer.SimulatorServer, ({ url }) => Control.make({ url, ...options }))

/** Places a call with a tenant's token, as any program would. */
const place = Effect.fnUntraced(function*(token: string, pipeline: ReadonlyArray<unknown>) {
  const { url } = yield* SimulatorServer.SimulatorServer
  const response = yield* HttpClientRequest.post(`${url}/v3/voice/pcmo/call`).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.bodyJsonUnsafe({ caller_id: "914400000001", to_number: patient, app_id: "app", pipeline }),
    HttpClient.execute
  )
  return (yield* Effect.flatMap(response.json, Schema.decodeUnknownEffect(Placed))).call_id
})

const say = (text: string) => ({ type: "say", say: text, language: "en-US", voice_id: "female", speed: 1 })
const menu = (url: string) => ({
  action: "play_get_input",
  prompt: say("Press one"),
  input: ["dtmf"],
  on_result: { type: "url", url: `${url}/menu` },
  dtmf: {}
})
const hangup = { action: "hangup" }
const play = { action: "play", file_name: "thanks.wav" }

describe("the control API over sockets", () => {
  it.live("makes a manual tenant, in which a call is placed, moved on, acted in, read and forgotten", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* App
      const { tenants } = yield* client()
      const { name, token } = yield* tenants.create({ payload: { name: "mine", clock: "manual", seed: 7 } })
      const { calls, clock, journal, runs } = yield* client({ token })
      const following = yield* Effect.forkChild(
        Stream.runCollect(Stream.takeUntil(journal.follow(), ({ to }) => to === "Ended"))
      )
      const id = yield* place(token, [menu(url), hangup])
      assert.deepInclude(yield* calls.get({ params: { id } }), { tenant: "mine", nowMs: 0 })
      yield* clock.advance({ payload: { ms: 5000 } })
      yield* calls.press({ params: { id }, payload: { digits: "1" } })
      // The app really is asked, and no time passes until it has answered.
      const moved = yield* clock.advance({ payload: { ms: 60_000 } })
      assert.deepInclude(moved, { nowMs: 65_000, holds: [] })
      assert.lengthOf(seen, 1)
      assert.strictEqual((yield* calls.record({ params: { id } })).hangupCause, "NORMAL_CLEARING")
      const { entries } = yield* journal.query({ query: { call: id } })
      assert.deepInclude(entries.find(({ _tag }) => _tag === "Acted"), { at: 5000 })
      assert.deepEqual((yield* Fiber.join(following)).filter(({ callId }) => callId === id), entries)
      const verdict = yield* runs.expect({ payload: { _tag: "Pressed", digits: "1" } })
      assert.isTrue(verdict.pass, verdict.message)
      yield* tenants.remove({ params: { name } })
      assert.strictEqual((yield* Effect.flip(clock.get()))._tag, "Unauthorized")
    }).pipe(Effect.provide(Layer.merge(app(() => jsonReply([play])), world()))))

  it.live("serves twenty tenants at once, none of which sees another", () =>
    Effect.gen(function*() {
      const { tenants } = yield* client()
      const run = (index: number) =>
        Effect.gen(function*() {
          const { name, token } = yield* tenants.create({
            payload: { name: `world-${index}`, clock: "manual", seed: 3, maxCalls: 1 }
          })
          const { calls, clock, journal } = yield* client({ token })
          const id = yield* place(token, [play, play, { action: "play", file_name: `${index}.wav` }, hangup])
          yield* clock.advance({ payload: { ms: 1000 * (index + 1) } })
          yield* clock.advance({ payload: { ms: 600_000 } })
          const { entries, nowMs } = yield* journal.query({ query: {} })
          const record = yield* calls.record({ params: { id } })
          return { id, name, entries, nowMs, record }
        })
      const runs = yield* Effect.forEach(Array.from({ length: 20 }, (_, index) => index), run, { concurrency: 20 })
      assert.strictEqual(new Set(runs.map(({ id }) => id)).size, 1)
      for (const [index, { entries, name, nowMs, record }] of runs.entries()) {
        assert.strictEqual(nowMs, 601_000 + 1000 * index)
        assert.deepEqual([...new Set(entries.map(({ tenant }) => tenant))], [name])
        assert.strictEqual(record.hangupCause, "NORMAL_CLEARING")
        const files = [...JSON.stringify(entries).matchAll(/"(\d+)\.wav"/g)].map(([, file]) => Number(file))
        assert.deepEqual([...new Set(files)], [index])
      }
      const simulator = yield* Simulator.Simulator
      assert.deepEqual((yield* simulator.journal()).map(({ _tag }) => _tag), ["Started"])
    }).pipe(Effect.provide(world())))

  it.live("refuses bodies that are too long", () =>
    Effect.gen(function*() {
      const { tenants } = yield* client()
      const refused = yield* Effect.flip(tenants.create({ payload: { files: { ["x".repeat(1 << 20)]: 1 } } }))
      assert.strictEqual(refused._tag, "TooLarge")
    }).pipe(Effect.provide(world())))

  it.live("takes the server down after it has answered, and it comes back with its journal", () =>
    Effect.gen(function*() {
      const control = yield* client({ token: "sim-token" })
      for (let round = 0; round < 5; round++) {
        const id = yield* place("sim-token", [play])
        yield* control.faults.outage({ payload: { ms: 50 } })
        const record = yield* eventually(
          "the server to be back",
          Effect.option(control.calls.record({ params: { id } })).pipe(
            Effect.map((found) => found._tag === "Some" ? found.value : undefined)
          )
        )
        assert.strictEqual(record.hangupCause, "SYSTEM_SHUTDOWN")
      }
    }).pipe(Effect.provide(world())))

  it.live("runs a scenario against an app on this machine", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* App
      const { runs } = yield* client()
      const result = yield* runs.scenario({
        query: { journal: "true" },
        payload: {
          name: "a digit",
          app: { url },
          steps: [
            {
              atMs: 0,
              do: {
                _tag: "PlaceCall",
                operation: "/v3/voice/pcmo/call",
                body: {
                  caller_id: "914400000001",
                  to_number: "919840007305",
                  app_id: "app",
                  pipeline: [menu("http://app.test"), hangup]
                },
                as: "call"
              }
            },
            { atMs: 1000, do: { _tag: "Request", url: "http://app.test/start", body: {} } }
          ],
          expect: [{ _tag: "WebhookDelivered", url: "http://app.test/menu" }, { _tag: "Ended", call: "call" }]
        }
      })
      assert.deepEqual([result.failures, result.passed], [[], true])
      assert.lengthOf(seen, 2)
      assert.notInclude(JSON.stringify(result.entries), "127.0.0.1")
    }).pipe(Effect.provide(Layer.merge(app(() => jsonReply([play])), world()))))
})

describe("a server that other machines can reach", () => {
  const config = { accounts: [{ token: "mine", appSecret: "secret" }] } as const
  const exposed = SimulatorServer.layer({ host: "0.0.0.0", port: 0, adminToken: Redacted.make("admin"), config }).pipe(
    Layer.merge(FetchHttpClient.layer)
  )
  const near = (options: Partial<Control.ControlOptions> = {}) =>
    Effect.flatMap(
      SimulatorServer.SimulatorServer,
      ({ url }) => Control.make({ url: url.replace("0.0.0.0", "127.0.0.1"), ...options })
    )

  it.live("asks for the admin token, and lets nobody start a program or go anywhere", () =>
    Effect.gen(function*() {
      for (const options of [{}, { token: "mine" }, { token: "admi" }, { adminToken: "mine" }]) {
        const { tenants } = yield* near(options)
        const tags = yield* Effect.all([Effect.flip(tenants.list()), Effect.flip(tenants.create({ payload: {} }))])
        assert.deepEqual(tags.map(({ _tag }) => _tag), ["Unauthorized", "Unauthorized"])
      }
      const { runs, tenants } = yield* near({ adminToken: Redacted.make("admin") })
      const made = yield* tenants.create({ payload: {} })
      assert.match(made.token, /^[0-9a-f]{48}$/)
      assert.notStrictEqual(made.appSecret, "sim-secret")
      const scenario = { name: "x", steps: [] }
      const refused = yield* Effect.forEach(
        [{ url: "http://127.0.0.1:1" }, { url: "http://169.254.169.254" }, { command: ["true"] as const }],
        (app) => Effect.flip(runs.scenario({ query: {}, payload: { ...scenario, app } }))
      )
      assert.deepEqual(
        refused.map((error) => error._tag === "InvalidRequest" ? error.problems.map(({ path }) => path) : error._tag),
        [["app.url"], ["app.url"], ["app.command"]]
      )
    }).pipe(Effect.provide(exposed)))
})

describe("the document of the control API", () => {
  it.live("is one, says a validator of the public", () =>
    Effect.gen(function*() {
      const { paths } = yield* Effect.promise(() =>
        SwaggerParser.validate(JSON.parse(JSON.stringify(document("http://127.0.0.1:8787"))))
      )
      assert.isNotEmpty(Object.keys(paths ?? {}))
      assert.strictEqual((yield* page("/_sim/control/openapi.json")).status, 200)
    }).pipe(Effect.provide(world())))

  const { components } = document("http://127.0.0.1:8787")
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  const fits = (schema: object, json: unknown) => {
    const validate = ajv.compile({ components, ...schema })
    return [validate(json), JSON.stringify(validate.errors)] as const
  }

  it.each(operations().map((placed) => [placed.operation.operationId, placed] as const))(
    "has examples of %s that fit its schemas",
    (_, { example, operation: { requestBody, responses } }) => {
      const body = requestBody?.content["application/json"]?.schema
      if (body !== undefined) assert.deepEqual(fits(body, example.request), [true, "null"])
      const [, success] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? []
      const reply = success?.content?.["application/json"]?.schema
      assert.strictEqual(reply !== undefined, example.reply !== undefined)
      if (reply !== undefined) assert.deepEqual(fits(reply, example.reply), [true, "null"])
    }
  )
})

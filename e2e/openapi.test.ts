import SwaggerParser from "@apidevtools/swagger-parser"
import { Simulator } from "@effect-piopiy/simulator"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { build } from "esbuild"
import { spawnSync } from "node:child_process"
import { pathToFileURL } from "node:url"
import { generateSource } from "oazapfts"
import * as openapi from "../packages/simulator/src/edge/control/openapi.ts"
import type { Component } from "../packages/simulator/src/edge/control/openapiComponents.ts"
import { eventually, root } from "./processes.ts"
import { page, world } from "./world.ts"

const components = Object.entries<Component>({ ...openapi.requests, ...openapi.replies })
const isObject = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

/** A validator of one component, by the document alone. It is strict: a keyword that is none is an error. */
const validatorOf = (name: string) => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false, allErrors: true })
  ajv.addVocabulary(["discriminator", "components"])
  const document = { components: { schemas: openapi.schemas() }, $ref: `#/components/schemas/${name}` }
  return ajv.compile(document)
}

const oddities = [
  ...[-1, 0, 0.4, 0.5, 1, 1.5, 2, 2.1, 4, 5, 9, 10, 29, 30, 120, 121, 7200, 7201, 999_999, 1_000_000, 2 ** 53],
  ...[
    "",
    "x",
    "#",
    "12",
    "x".repeat(64),
    "x".repeat(65),
    "x".repeat(256),
    "x".repeat(257),
    "919840000001",
    "+919840000001"
  ],
  ...[
    "https://example.com/a.mp3",
    "wss://example.com/a",
    "8a1f0d7c-52b1-4c0e-9a43-0b8a5d1c7e21",
    "both",
    "dtmf",
    "a\n"
  ],
  ...[true, false, null, {}, [], { a: 1 }, { "a b": 1 }, { "X-a": "b" }, ["dtmf"], ["dtmf", "dtmf"], ["dtmf", "speech"]]
]

/** The example with each of its properties, and some that it lacks, replaced by each oddity. */
const variants = ({ example }: Component, schema: unknown): ReadonlyArray<unknown> => {
  const properties = isObject(schema) && isObject(schema["properties"]) ? Object.keys(schema["properties"]) : []
  if (!isObject(example)) return oddities
  const { [Object.keys(example)[0] ?? ""]: _, ...short } = example
  return [
    short,
    { ...example, unknown: 1 },
    ...properties.flatMap((property) => oddities.map((oddity) => ({ ...example, [property]: oddity })))
  ]
}

/** Names of files, of which the document says in words how they end. */
const inWords = /"file_(?:name|url)":/

describe("the OpenAPI document", () => {
  it.live("is one, says a validator of the public", () =>
    Effect.gen(function*() {
      const document = JSON.parse(JSON.stringify(openapi.document("http://127.0.0.1:8787")))
      const { paths } = yield* Effect.promise(() => SwaggerParser.validate(document))
      assert.isNotEmpty(Object.keys(paths ?? {}))
    }))

  it.each(components)("has a schema %s that takes its example", (name, { example }) => {
    const validate = validatorOf(name)
    assert.isTrue(validate(example), JSON.stringify(validate.errors))
  })

  it.each(Object.entries<Component>(openapi.requests))("says of %s what the wire says", (name, component) => {
    const validate = validatorOf(name)
    const decode = Schema.decodeUnknownResult(component.schema)
    const differing = variants(component, openapi.schemas()[name]).flatMap((value) => {
      const taken = Result.isSuccess(decode(value, { onExcessProperty: "error" }))
      const looser = validate(value) && inWords.test(JSON.stringify(value))
      return validate(value) === taken || looser
        ? []
        : [`${JSON.stringify(value)}: the wire ${taken ? "takes" : "refuses"} it`]
    })
    assert.deepEqual(differing, [])
  })
})

interface Reply {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>>
}

/** What the generated module has of what is used here. */
interface Client {
  readonly defaults: { headers: Record<string, string> }
  readonly placePipelineCall: (body: unknown) => Promise<Reply>
  readonly getLiveCall: (callId: string) => Promise<Reply>
  readonly transferCall: (body: unknown) => Promise<Reply>
  readonly transferLiveCall: (callId: string, body: unknown) => Promise<Reply>
  readonly getTransfer: (requestId: string) => Promise<Reply>
  readonly hangupCall: (body: unknown) => Promise<Reply>
  readonly dialPcmoIndia: (body: unknown) => Promise<Reply>
  readonly getChannels: (body: unknown) => Promise<Reply>
}

/** A client by oazapfts: its source in a folder of this repository, where what it imports is found. */
const generated = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  yield* files.makeDirectory(`${root}/node_modules/.cache`, { recursive: true })
  const folder = yield* files.makeTempDirectoryScoped({ directory: `${root}/node_modules/.cache`, prefix: "client-" })
  yield* files.writeFileString(`${folder}/openapi.json`, (yield* page("/_sim/openapi.json")).text)
  const source = yield* Effect.promise(() => generateSource(`${folder}/openapi.json`))
  yield* files.writeFileString(`${folder}/client.ts`, source)
  return folder
})

const client = Effect.gen(function*() {
  const folder = yield* generated
  const outfile = `${folder}/client.mjs`
  yield* Effect.promise(() => build({ entryPoints: [`${folder}/client.ts`], bundle: true, format: "esm", outfile }))
  const made: Client = yield* Effect.promise(() => import(pathToFileURL(outfile).href))
  made.defaults.headers = { authorization: "Bearer sim-token" }
  return made
})

const phone = (number: string) => [{
  action: "connect",
  params: { caller_id: "914400000001" },
  endpoints: [{ type: "pstn", number }]
}]

describe("a client generated from the document", () => {
  it.live("compiles", () =>
    Effect.gen(function*() {
      const folder = yield* generated
      const { status, stdout } = spawnSync(
        process.execPath,
        [
          `${root}/node_modules/typescript/bin/tsc`,
          "--ignoreConfig",
          "--strict",
          "--noEmit",
          "--skipLibCheck",
          "--module",
          "nodenext"
        ]
          .concat(`${folder}/client.ts`),
        { encoding: "utf8" }
      )
      assert.strictEqual(status, 0, stdout)
    }).pipe(Effect.scoped, Effect.provide([world(), NodeFileSystem.layer])))

  it.live("places, transfers and ends a call", () =>
    Effect.gen(function*() {
      const api = yield* client
      const simulator = yield* Simulator.Simulator
      const placed = yield* Effect.promise(() =>
        api.placePipelineCall({
          caller_id: "914400000001",
          to_number: "919840007100",
          app_id: "app",
          pipeline: phone("914400007100")
        })
      )
      assert.deepInclude(placed.data, { message: "call_queued" })
      const callId = String(placed.data["call_id"])
      const answered = Effect.map(
        Effect.promise(() => api.getLiveCall(callId)),
        ({ data }) => data["status"] === "answered" ? data : undefined
      )
      assert.deepEqual(yield* eventually("an answer", answered), { call_id: callId, status: "answered" })

      const moved = yield* Effect.promise(() => api.transferCall({ call_id: callId, pipeline: phone("914400007100") }))
      assert.deepInclude(moved, { status: 200 })
      assert.deepInclude(moved.data, { message: "queued", call_id: callId })
      const requestId = String(moved.data["request_id"])
      const settled = Effect.map(
        Effect.promise(() => api.getTransfer(requestId)),
        ({ data }) => data["status"] === "queued" ? undefined : data["status"]
      )
      assert.strictEqual(yield* eventually("the transfer", settled), "completed")

      const ended = yield* Effect.promise(() =>
        api.hangupCall({ call_id: callId, cause: "USER_BUSY", reason: "enough" })
      )
      assert.deepInclude(ended, { status: 200 })
      const record = yield* simulator.ended(callId)
      assert.deepEqual([record.endedBy, record.hangupCause, record.hangupReason], ["Api", "USER_BUSY", "enough"])
      const gone = yield* Effect.promise(() => api.getLiveCall(callId))
      assert.deepEqual([gone.status, gone.data["error"]], [404, "CALL_NOT_FOUND"])
    }).pipe(Effect.scoped, Effect.provide([world(), NodeFileSystem.layer])))

  it.live("hands a live call over by its id, and is told of what is at fault", () =>
    Effect.gen(function*() {
      const api = yield* client
      const refused = yield* Effect.promise(() => api.placePipelineCall({ caller_id: "914400000001" }))
      assert.deepEqual([refused.status, refused.data["error"]], [400, "invalid_request"])
      const unknown = "8a1f0d7c-52b1-4c0e-9a43-0b8a5d1c7e21"
      const missed = yield* Effect.promise(() => api.transferLiveCall(unknown, { to_number: "914400007100" }))
      assert.deepEqual([missed.status, missed.data["error"]], [404, "CALL_NOT_FOUND"])
    }).pipe(Effect.scoped, Effect.provide([world(), NodeFileSystem.layer])))

  it.live("places a call of the older API, and counts it", () =>
    Effect.gen(function*() {
      const api = yield* client
      const credentials = { appid: 1_000_001, secret: "sim-secret" }
      const dialled = yield* Effect.promise(() =>
        api.dialPcmoIndia({
          ...credentials,
          from: 914_400_000_001,
          to: 919_840_007_100,
          pcmo: [{ action: "bridge", from: 914_400_000_001, connect: [{ type: "pstn", number: 914_400_007_100 }] }]
        })
      )
      assert.deepInclude(dialled.data, { code: 200, cmi_code: 200, status: "progress" })
      const channels = yield* Effect.promise(() => api.getChannels(credentials))
      assert.deepInclude(channels.data, { code: 200, channel: "1" })
    }).pipe(Effect.scoped, Effect.provide([world(), NodeFileSystem.layer])))
})

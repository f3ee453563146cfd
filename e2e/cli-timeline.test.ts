import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import { failedWith, patient, platform, serving, temporary, textOf } from "./cli-kit.ts"
import { webSocketServer } from "./dialing.ts"
import { eventually, runSim } from "./processes.ts"

const Calls = Schema.Struct({ live: Schema.Array(Schema.Struct({ callId: Schema.String })) })

/** An app that speaks for 200 ms. */
const speech = JSON.stringify({
  type: "streamAudio",
  data: { audioDataType: "raw", sampleRate: 8000, audioData: Buffer.alloc(3200, 0x10).toString("base64") }
})

/** A call on which the app has spoken, on a server that writes recordings into a folder. */
const spoken = Effect.gen(function*() {
  const folder = yield* temporary
  const { program, url } = yield* serving("--recordings", folder)
  const app = yield* webSocketServer()
  yield* HttpClientRequest.post(`${url}/v2/ind_pcmo_make_call`).pipe(
    HttpClientRequest.bodyJsonUnsafe({
      appid: 1_000_001,
      secret: "sim-secret",
      from: 914400000001,
      to: Number(patient),
      pcmo: [{ action: "stream", ws_url: app.url }]
    }),
    HttpClient.execute
  )
  const { webSocket } = yield* app.peer
  webSocket.send(speech)
  const body = yield* Effect.flatMap(HttpClient.get(`${url}/_sim/calls`), (response) => response.json)
  const { live: [call] } = yield* Schema.decodeUnknownEffect(Calls)(body)
  const callId = call?.callId ?? ""
  yield* eventually(
    "the app to be heard",
    Effect.map(
      Effect.flatMap(HttpClient.get(`${url}/_sim/calls/${callId}/stream`), (response) => response.text),
      (text) => text.includes("\"heard\":1600") ? true : undefined
    )
  )
  return { callId, folder, program, url }
})

describe.concurrent("piopiy-sim timeline", () => {
  it.live("prints who was heard when, or draws it", () =>
    Effect.gen(function*() {
      const { callId, folder, url } = yield* spoken
      const printed = yield* runSim("timeline", "--url", url, callId)
      assert.deepStrictEqual([printed.code, printed.stderr], [0, ""])
      assert.match(printed.stdout, /^one character is 100 ms: /)
      assert.match(printed.stdout, /app +\.*==/)
      assert.include(printed.stdout, "heard 200 ms")
      const path = `${folder}/call.svg`
      const drawn = yield* runSim("timeline", "--url", url, "--svg", path, callId)
      assert.deepStrictEqual([drawn.code, drawn.stdout, drawn.stderr], [0, "", ""])
      assert.isTrue((yield* textOf(path)).startsWith("<svg "))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("says what is wrong: no stream, no call, no place for the picture, no simulator", () =>
    Effect.gen(function*() {
      const { callId, url } = yield* spoken
      const timeline = (...args: ReadonlyArray<string>) => runSim("timeline", "--url", url, ...args)
      failedWith(yield* timeline("--stream", "none", callId), "piopiy-sim: 404 no_such_stream: ")
      failedWith(yield* timeline("../../.."), "piopiy-sim: 404 call_not_found: ")
      failedWith(yield* timeline("--svg", "/nowhere/call.svg", callId), "piopiy-sim: /nowhere/call.svg: ")
      failedWith(yield* runSim("timeline", "--url", "http://127.0.0.1:9", callId), "piopiy-sim: no simulator answers")
    }).pipe(Effect.scoped, Effect.provide(platform)))
})

describe.concurrent("piopiy-sim serve --recordings", () => {
  it.live("writes what was said on a call that is still in progress when it is told to stop", () =>
    Effect.gen(function*() {
      const { callId, folder, program } = yield* spoken
      yield* program.send("SIGTERM")
      const { code, stderr } = yield* program.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.isTrue((yield* textOf(`${folder}/${callId}.wav`)).startsWith("RIFF"))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("does not start when there can be no such folder", () =>
    Effect.gen(function*() {
      failedWith(
        yield* runSim("serve", "--port", "0", "--recordings", "/dev/null/x"),
        "piopiy-sim: --recordings: /dev/null/x: cannot be made: /dev/null is a file, where a folder is needed; name "
      )
    }))
})

/** What the tests of `piopiy-sim` have in common: a server as a process, calls on it, files, and what is printed. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type Ending, eventually, type Program, startSim } from "./processes.ts"

export const platform = Layer.merge(NodeFileSystem.layer, FetchHttpClient.layer)

const Announcement = Schema.fromJsonString(Schema.Struct({ url: Schema.String, baseUrl: Schema.String }))

/** Starts a server on a free port. */
export const serving = Effect.fnUntraced(function*(...flags: ReadonlyArray<string>) {
  const program = yield* startSim("serve", "--port", "0", "--json", ...flags)
  return { program, ...yield* Effect.flatMap(program.firstLine, Schema.decodeEffect(Announcement)) }
})

export const temporary = Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped())

export const textOf = (path: string) => Effect.flatMap(FileSystem.FileSystem, (files) => files.readFileString(path))

export const append = (path: string, text: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFileString(path, text, { flag: "a" }))

export const written = Effect.fnUntraced(function*(name: string, text: string) {
  const path = `${yield* temporary}/${name}`
  yield* append(path, text)
  return path
})

/** Answers after a second, and hangs up at once. */
export const brief = "919840007200"
/** Answers at once and stays. */
export const patient = "919840007100"
export const busy = "919840007001"

const stay = [{
  action: "connect",
  params: { caller_id: "914400000001" },
  endpoints: [{ type: "pstn", number: "914400007100" }]
}]
const play = [{ action: "play", file_name: "a.wav" }]

/** Files with a pipeline: one that plays and ends, and one that talks on. */
export const playing = written("play.json", JSON.stringify(play))
export const staying = written("stay.json", JSON.stringify(stay))

const Placed = Schema.Struct({ call_id: Schema.String })

/** Places a call that talks on if it is answered, and gives its id. */
export const place = (baseUrl: string, to: string, token = "sim-token") =>
  HttpClientRequest.post(`${baseUrl}/voice/pcmo/call`).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.bodyJsonUnsafe({ caller_id: "914400000001", to_number: to, app_id: "app", pipeline: stay }),
    HttpClient.execute,
    Effect.flatMap((response) => response.json),
    Effect.flatMap(Schema.decodeUnknownEffect(Placed)),
    Effect.map(({ call_id }) => call_id)
  )

/** Waits for the end of a call. */
export const ended = (url: string, callId: string) =>
  eventually(
    `the end of ${callId}`,
    Effect.map(HttpClient.get(`${url}/_sim/calls/${callId}/cdr`), ({ status }) => status === 200 ? true : undefined)
  )

export const printed = (program: Program, text: string | RegExp) =>
  eventually(
    `${text} on the screen`,
    Effect.sync(() =>
      (typeof text === "string" ? program.stdout().includes(text) : text.test(program.stdout())) ? true : undefined
    )
  )

export const noted = (program: Program, text: string) =>
  eventually(`the note "${text}"`, Effect.sync(() => program.stderr().includes(text) ? true : undefined))

/** That a program has failed with one line that begins so, and has printed nothing. */
export const failedWith = ({ code, stderr, stdout }: Ending, start: string): void => {
  assert.deepEqual([code, stdout], [1, ""])
  assert.isTrue(stderr.startsWith(start), stderr)
  assert.lengthOf(stderr.trimEnd().split("\n"), 1)
}

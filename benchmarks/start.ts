/** How long `sim serve` takes from being started to its first accepted call. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { stopwatch } from "./machine.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  readonly rounds: number
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

const subjects = [
  { subject: "sim serve", command: [path("../packages/simulator/src/cli/bin.ts"), "serve", "--port", "0", "--json"] },
  { subject: "bare node:http", command: [path("bareServer.ts")] }
]

const firstLine = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ url: Schema.String })))

const place = (url: string) =>
  HttpClientRequest.post(`${url}/v3/voice/ai/call`).pipe(
    HttpClientRequest.bearerToken("sim-token"),
    HttpClientRequest.bodyJsonUnsafe({
      caller_id: "914440000000",
      to_number: "919840007230",
      agent_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001"
    }),
    HttpClient.execute,
    Effect.tap((response) => response.text),
    Effect.flatMap(({ status }) => status === 200 ? Effect.void : Effect.die(`the call was answered with ${status}`))
  )

/** The resident memory of a process as Linux tells it; elsewhere nothing. */
const residentMb = Effect.fnUntraced(function*(pid: number) {
  const files = yield* FileSystem.FileSystem
  const status = yield* Effect.orElseSucceed(files.readFileString(`/proc/${pid}/status`), () => "")
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
})

const startOnce = Effect.fnUntraced(function*(command: ReadonlyArray<string>) {
  const time = yield* stopwatch
  const [{ wallMs: firstCall }, { listening, pid }] = yield* time(Effect.gen(function*() {
    const [{ wallMs: listening }, { pid, url }] = yield* time(Effect.gen(function*() {
      const child = yield* ChildProcess.make(execPath, command, { stdin: "ignore", stderr: "inherit" })
      const line = yield* child.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead)
      const { url } = yield* firstLine(Option.getOrElse(line, () => "it printed nothing"))
      return { pid: child.pid, url }
    }))
    yield* place(url)
    return { listening, pid }
  }))
  yield* Effect.sleep("300 millis")
  return { listening, firstCall, residentMb: yield* residentMb(pid) }
}, Effect.scoped)

/** The first round warms the file cache and this process's own HTTP client, and is thrown away. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const round = Effect.forEach(subjects, ({ command }) => startOnce(command))
  yield* round
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const rows = subjects.map(({ subject }, index): Row => {
    const starts = rounds.flatMap((round) => round[index] ?? [])
    const firstCalls = starts.map((start) => start.firstCall)
    const resident = starts.flatMap((start) => start.residentMb ?? [])
    return {
      subject,
      figures: {
        firstCall: median(firstCalls),
        fastest: Math.min(...firstCalls),
        slowest: Math.max(...firstCalls),
        listening: median(starts.map((start) => start.listening)),
        ...(resident.length === 0 ? {} : { residentMb: median(resident) })
      }
    }
  })
  const report: Report = {
    benchmark: "start",
    about: `milliseconds from spawning the process to the first accepted call, ${size.rounds} starts each`,
    columns: [
      { key: "firstCall", title: "median", decimals: 0, target: "sim serve <= 800" },
      { key: "fastest", title: "fastest", decimals: 0 },
      { key: "slowest", title: "slowest", decimals: 0 },
      { key: "listening", title: "listening", decimals: 0 },
      { key: "residentMb", title: "idle RSS MB", decimals: 0 }
    ],
    rows
  }
  return report
})

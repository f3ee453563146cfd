/** How many calls a second can be placed on `sim serve`, beside a bare `node:http` server that echoes the same bodies. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { answering } from "./processes.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  /** Requests before anything counts. */
  readonly warmUp: number
  /** Requests of one turn. */
  readonly requests: number
  readonly connections: number
  readonly rounds: number
}

const path = "/v3/voice/ai/call"
const bodyTo = (to: string) =>
  JSON.stringify({
    caller_id: "914440000000",
    to_number: to,
    agent_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001",
    options: { max_duration_sec: 600, ring_timeout_sec: 5 },
    variables: { order: "A-17", priority: 2 }
  })
/** Rings until the five seconds are over. */
const silent = bodyTo("919840007002")
/** Answers after a second, is connected to the agent, and hangs up a second later. */
const talking = bodyTo("919840007201")

const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))
const Figures = Schema.fromJsonString(
  Schema.Struct({ perSecond: Schema.Finite, p50: Schema.Finite, p99: Schema.Finite, refused: Schema.Natural })
)

/** Nobody is refused: calls in progress are as many as the rate allows. */
const config = JSON.stringify({ maxCalls: 1_000_000 })

const subjects = (configFile: string) => {
  const simulator = ["../packages/simulator/src/cli/bin.ts", "serve", "--port", "0", "--json", "--config", configFile]
  return [
    { subject: "sim serve, calls that nobody answers", server: simulator, body: silent },
    { subject: "sim serve, calls with an agent", server: simulator, body: talking },
    { subject: "bare node:http, echo", server: ["bareServer.ts", "echo"], body: talking }
  ]
}

const loaded = Effect.fnUntraced(
  function*({ body, server: [file = "", ...args], subject }: ReturnType<typeof subjects>[number]) {
    const server = yield* answering(file, ...args)
    const { url } = yield* Schema.decodeEffect(Listening)(yield* server.said)
    const client = yield* answering("loadClient.ts", url, path, body)
    const send = (requests: number, connections: number) =>
      client.ask(`${requests} ${connections}`).pipe(
        Effect.andThen(client.said),
        Effect.flatMap(Schema.decodeEffect(Figures)),
        Effect.tap(({ refused }) =>
          refused === 0 ? Effect.void : Effect.die(`${subject} refused ${refused} of ${requests} requests`)
        )
      )
    return { subject, send }
  }
)

/** The servers take turns, each in a process of its own, and so does its client. */
export const run = Effect.fnUntraced(function*(size: Size) {
  const files = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const configFile = paths.join(yield* files.makeTempDirectoryScoped(), "config.json")
  yield* files.writeFileString(configFile, config)
  const servers = yield* Effect.forEach(subjects(configFile), loaded)
  yield* Effect.forEach(servers, ({ send }) => send(size.warmUp, size.connections))
  const round = Effect.forEach(servers, ({ send }) => send(size.requests, size.connections))
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const rows = servers.map(({ subject }, index): Row => {
    const turns = rounds.flatMap((round) => {
      const [own, bare] = [round[index], round.at(-1)]
      return own === undefined || bare === undefined ? [] : [{ own, bare }]
    })
    return {
      subject,
      figures: {
        perSecond: median(turns.map(({ own }) => own.perSecond)),
        share: median(turns.map(({ bare, own }) => own.perSecond / bare.perSecond)),
        p50: median(turns.map(({ own }) => own.p50)),
        p99: median(turns.map(({ own }) => own.p99)),
        timesP99: median(turns.map(({ bare, own }) => own.p99 / bare.p99))
      }
    }
  })
  const report: Report = {
    benchmark: "rest",
    about: `POST ${path}, ${size.connections} connections, median of ${size.rounds} rounds of ${
      size.requests.toLocaleString("en-US")
    } requests; milliseconds`,
    columns: [
      { key: "perSecond", title: "requests/s", decimals: 0 },
      { key: "share", title: "of bare", decimals: 2, target: ">= 0.4" },
      { key: "p50", title: "p50", decimals: 2 },
      { key: "p99", title: "p99", decimals: 2 },
      { key: "timesP99", title: "p99 x bare", decimals: 1, target: "<= 3" }
    ],
    rows
  }
  return report
}, Effect.scoped)

/** `piopiy-sim serve`: the simulator on a port until it is told to stop. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import { SimulatorError } from "../SimulatorError.ts"

/** A token that a request can carry. */
const isToken = (token: Redacted.Redacted<string>): boolean => /^\S+$/.test(Redacted.value(token))
const tokenRule = () => "a token without spaces, not empty"

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port to listen on; 0 takes a free one"),
    Flag.withDefault(SimulatorServer.defaultPort),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "a port from 0 to 65535")
  ),
  host: Flag.String("host").pipe(
    Flag.withDescription("Address to listen on; beyond this machine, --admin-token is needed"),
    Flag.withDefault(SimulatorServer.defaultHost)
  ),
  journal: Flag.optional(
    Flag.String("journal").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Append the journal here, a JSON entry a line")
    )
  ),
  seed: Flag.optional(
    Flag.Int("seed").pipe(
      Flag.withDescription("Seed of the ids, a whole number; the same seed and requests give the same ids"),
      Flag.filter((seed) => seed >= 0, () => "a whole number, 0 or more")
    )
  ),
  token: Flag.optional(
    Flag.Redacted("token").pipe(
      Flag.withDescription(`Bearer token of the account, instead of ${SimulatorConfig.defaultToken}`),
      Flag.filter(isToken, tokenRule)
    )
  ),
  config: Flag.optional(
    Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("JSON with accounts, stored pipelines, flows, people, bounds")
    )
  ),
  allowHost: Flag.String("allow-host").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription("A host beyond this machine that webhooks may go to; may be repeated"),
    Flag.atLeast(0)
  ),
  adminToken: Flag.optional(
    Flag.Redacted("admin-token").pipe(
      Flag.withDescription("Token that /_sim asks for"),
      Flag.filter(isToken, tokenRule)
    )
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print where it listens as one line of JSON")
  )
}

const unreadable = (path: string, detail: string) =>
  new SimulatorError({ reason: { _tag: "FileUnreadable", path, detail } })

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

const readConfig = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    files.readFileString(path),
    (error) => unreadable(path, error.reason._tag === "NotFound" ? "no such file" : error.message)
  )
  const json = yield* Effect.mapError(parse(text), () => unreadable(path, "is not JSON"))
  return yield* SimulatorConfig.decode(json)
})

const banner = (url: string, seed: number, token: string) =>
  `Piopiy simulator ${SimulatorConfig.version}, seed ${seed}

  base URL   ${url}/v3
  token      ${token}
  calls      ${url}/_sim/calls
  journal    ${url}/_sim/journal

Who answers which number: piopiy-sim numbers. Ctrl-C stops.`

const run = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof flags>) {
  const file = Option.isNone(options.config) ? {} : yield* readConfig(options.config.value)
  const config: SimulatorConfig.SimulatorConfig = {
    ...file,
    ...Option.match(options.seed, { onNone: () => ({}), onSome: (seed) => ({ seed }) }),
    ...Option.match(options.token, {
      onNone: () => ({}),
      onSome: (token) => ({ accounts: [{ token: Redacted.value(token) }] as const })
    })
  }
  const server = SimulatorServer.layer({
    host: options.host,
    port: options.port,
    config,
    allowHosts: options.allowHost,
    ...Option.match(options.adminToken, { onNone: () => ({}), onSome: (adminToken) => ({ adminToken }) }),
    ...Option.match(options.journal, { onNone: () => ({}), onSome: (journalFile) => ({ journalFile }) })
  })
  const seed = config.seed ?? SimulatorConfig.defaultSeed
  const token = config.accounts === undefined ? SimulatorConfig.defaultToken : "as configured"
  const announce = Layer.effectDiscard(
    Effect.flatMap(
      SimulatorServer.SimulatorServer,
      ({ url }) =>
        Console.log(options.json ? JSON.stringify({ url, baseUrl: `${url}/v3`, seed }) : banner(url, seed, token))
    )
  )
  return yield* Layer.launch(Layer.provide(announce, server))
})

export const serve = Command.make("serve", flags, run).pipe(
  Command.withDescription("Serve the platform's API on a port, and its own pages below /_sim"),
  Command.withExamples([
    { command: "piopiy-sim serve", description: "Listen on 127.0.0.1:8787 with the token sim-token" },
    {
      command: "piopiy-sim serve --port 0 --json --journal calls.ndjson",
      description: "For CI: any port, said as JSON, and the journal in a file"
    }
  ])
)

/** `piopiy-sim serve`: the simulator on a port until it is told to stop. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as AccountConfig from "../AccountConfig.ts"
import * as hosts from "../edge/webhook/hosts.ts"
import * as ClockMode from "../engine/ClockMode.ts"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import * as Configured from "./configured.ts"
import * as show from "./show.ts"
import { tokenFlag } from "./tokenFlag.ts"

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
  recordings: Flag.optional(
    Flag.String("recordings").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("Write the audio of calls with a stream here, a WAV file each: caller left, app right")
    )
  ),
  sounds: Flag.optional(
    Flag.String("sounds").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("WAV files, by whose names parties and prompts have real audio")
    )
  ),
  speech: Flag.Literals("speech", ["generated", "espeak-ng"]).pipe(
    Flag.withDefault("generated"),
    Flag.withDescription("Who speaks texts: speech-like sounds, or the program espeak-ng")
  ),
  ...Configured.flags,
  clock: Flag.optional(
    Flag.String("clock").pipe(
      Flag.withMetavar("MODE"),
      Flag.withDescription(
        "How time passes for all accounts: live, scaled=N (N times as fast) or manual (moved by hand)"
      ),
      Flag.filterMap(
        ClockMode.parse,
        (text) => `live, manual, or scaled=N with N above 0 up to ${ClockMode.fastest}; not ${text}`
      )
    )
  ),
  allowHost: Flag.String("allow-host").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription("A host beyond this machine that webhooks and audio streams may go to; may be repeated"),
    Flag.atLeast(0)
  ),
  adminToken: tokenFlag("admin-token", "Token that /_sim asks for"),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print where it listens as one line of JSON")
  )
}

/** Nothing for a clock that says nothing new. */
const clockLine = ({ clock = "live" }: AccountConfig.AccountConfig): string => {
  if (typeof clock === "object") return `\n  clock      ${clock.scaled} times as fast`
  return clock === "manual" ? "\n  clock      manual: stands until it is moved" : ""
}

const banner = (url: string, seed: number, account: AccountConfig.AccountConfig) =>
  `Piopiy simulator ${SimulatorConfig.version}, seed ${seed}

  base URL   ${url}/v3
  token      ${account.token === SimulatorConfig.defaultToken ? account.token : "as configured"}
  older API  ${url}/v1 and ${url}/v2, app id ${account.appId ?? AccountConfig.defaultAppId}
  secret     ${account.appSecret === undefined ? AccountConfig.defaultAppSecret : "as configured"}
  its pages  ${url}/_sim/docs
  calls      ${url}/_sim/calls
  journal    ${url}/_sim/journal${clockLine(account)}

Who answers which number: piopiy-sim numbers. Ctrl-C stops.`

/** What nothing will ever be sent to: better said now than found out in the journal. */
const warnings = (config: SimulatorConfig.SimulatorConfig, allows: (url: URL) => boolean): ReadonlyArray<string> =>
  (config.accounts ?? []).flatMap((account, index) => AccountConfig.urls(account, `accounts[${index}]`)).flatMap(
    ({ path, url }) => {
      const target = new URL(url)
      return allows(target) ? [] : [
        target.username === "" && target.password === ""
          ? `${path}: nothing will be sent to ${target.hostname}, unless --allow-host ${target.hostname} says so`
          : `${path}: nothing will be sent there, because the URL holds a user or a password`
      ]
    }
  )

/** The flag goes before what the file says of any account. */
const withClock = (
  config: SimulatorConfig.SimulatorConfig,
  clock: Option.Option<ClockMode.Setting>
): SimulatorConfig.SimulatorConfig => {
  if (Option.isNone(clock)) return config
  const [first, ...others] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  const paced = (account: AccountConfig.AccountConfig) => ({ ...account, clock: clock.value })
  return { ...config, accounts: [paced(first), ...others.map(paced)] }
}

const run = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof flags>) {
  const config = withClock(yield* Configured.configured(options), options.clock)
  const server = SimulatorServer.layer({
    host: options.host,
    port: options.port,
    config,
    allowHosts: options.allowHost,
    ...Option.match(options.adminToken, { onNone: () => ({}), onSome: (adminToken) => ({ adminToken }) }),
    ...Option.match(options.journal, { onNone: () => ({}), onSome: (journalFile) => ({ journalFile }) }),
    speech: options.speech,
    ...Option.match(options.sounds, { onNone: () => ({}), onSome: (sounds) => ({ sounds }) }),
    ...Option.match(options.recordings, { onNone: () => ({}), onSome: (recordings) => ({ recordings }) })
  })
  const allows = hosts.allows(options.allowHost, { loopback: hosts.isLoopback(options.host) })
  yield* Effect.forEach(warnings(config, allows), show.note, { discard: true })
  const seed = config.seed ?? SimulatorConfig.defaultSeed
  const [account] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  const announce = Layer.effectDiscard(
    Effect.flatMap(
      SimulatorServer.SimulatorServer,
      ({ url }) =>
        Console.log(options.json ? JSON.stringify({ url, baseUrl: `${url}/v3`, seed }) : banner(url, seed, account))
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

/** `piopiy-sim serve`: the simulator on a port until it is told to stop. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as AccountConfig from "../AccountConfig.ts"
import * as hosts from "../edge/webhook/hosts.ts"
import { Tenants } from "../engine/Tenants.ts"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import * as Hosting from "./hosting.ts"
import * as idleFaults from "./idleFaults.ts"
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
  ...Hosting.flags,
  allowHost: Hosting.allowHostFlag("webhooks and audio streams may go to"),
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

const run = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof flags>) {
  const described = yield* Hosting.serverOptions(options)
  const { config } = described
  const server = SimulatorServer.layer({
    ...described,
    host: options.host,
    port: options.port,
    allowHosts: options.allowHost,
    ...Option.match(options.adminToken, { onNone: () => ({}), onSome: (adminToken) => ({ adminToken }) })
  })
  const allows = hosts.allows(options.allowHost, { loopback: hosts.isLoopback(options.host) })
  yield* Effect.forEach(warnings(config, allows), show.note, { discard: true })
  const seed = config.seed ?? SimulatorConfig.defaultSeed
  const [account] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  const remarking = yield* idleFaults.make
  const announce = Layer.effectDiscard(Effect.gen(function*() {
    const { url } = yield* SimulatorServer.SimulatorServer
    yield* remarking(yield* Tenants)
    yield* Console.log(options.json ? JSON.stringify({ url, baseUrl: `${url}/v3`, seed }) : banner(url, seed, account))
  }))
  return yield* Layer.launch(Layer.provide(announce, server))
}, Effect.scoped)

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

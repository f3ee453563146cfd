/** `piopiy-sim exec`: a program as it is, with the platform's hosts routed to a simulator. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AccountConfig from "../AccountConfig.ts"
import { Tenants } from "../engine/Tenants.ts"
import * as execCommand from "../node/execCommand.ts"
import * as execEnvironment from "../node/execEnvironment.ts"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import { SimulatorError } from "../SimulatorError.ts"
import * as Connection from "./connection.ts"
import * as Hosting from "./hosting.ts"
import * as idleFaults from "./idleFaults.ts"
import * as show from "./show.ts"

const flags = {
  allowHost: Hosting.allowHostFlag("the command may reach, and webhooks and audio streams may go to"),
  ...Hosting.flags,
  url: Flag.optional(
    Connection.urlFlag.pipe(
      Flag.withDescription("A simulator that runs already, to use instead of starting one"),
      Flag.filter((url) => url.startsWith("http://"), () => "an http URL: programs are routed to it without TLS")
    )
  ),
  command: Argument.String("command").pipe(
    Argument.withDescription("The command and its arguments, after --"),
    Argument.atLeast(1)
  )
}

type Options = Command.Command.Config.Infer<typeof flags>

type Simulator = Omit<execEnvironment.Options, "allowHosts">

/** A simulator for this command alone, on a port that nobody else is told of. */
const ownSimulator = Effect.fnUntraced(function*(options: Options) {
  const described = yield* Hosting.serverOptions(options)
  const { config } = described
  const remarking = yield* idleFaults.make
  const server = yield* Layer.build(SimulatorServer.layer({ ...described, port: 0, allowHosts: options.allowHost }))
  yield* remarking(Context.get(server, Tenants))
  const [account] = config.accounts ?? [{ token: SimulatorConfig.defaultToken }]
  const simulator: Simulator = {
    url: Context.get(server, SimulatorServer.SimulatorServer).url,
    credentials: {
      token: account.token,
      appId: account.appId ?? AccountConfig.defaultAppId,
      appSecret: account.appSecret ?? AccountConfig.defaultAppSecret
    }
  }
  return simulator
})

const ownFlagsMixed = new SimulatorError({
  reason: {
    _tag: "InvalidConfig",
    problems: [{
      path: "--url",
      message: "goes with no flag but --token and --allow-host: that simulator runs already"
    }]
  }
})

/** The one that runs already has accounts of its own, of which only the token that was given is known. */
const runningSimulator = Effect.fnUntraced(function*(url: string, options: Options) {
  if (Hosting.isAsked(options)) return yield* ownFlagsMixed
  yield* HttpClient.get(`${url}/_sim/health`).pipe(
    Effect.timeout("10 seconds"),
    Effect.filterOrFail(({ status }) => status === 200),
    Effect.mapError(() => new SimulatorError({ reason: { _tag: "NoServer", url, start: "piopiy-sim serve" } }))
  )
  const simulator: Simulator = {
    url,
    credentials: Option.match(options.token, {
      onNone: () => ({}),
      onSome: (token) => ({ token: Redacted.value(token) })
    })
  }
  return simulator
})

/** Interruption cannot become an exit code, so the code is left where the process will find it. */
const leave = (code: number): Effect.Effect<void> =>
  Effect.sync(() => {
    process.exitCode = code
  })

const run = Effect.fnUntraced(function*(options: Options) {
  yield* leave(1)
  const simulator = yield* Option.match(options.url, {
    onNone: () => ownSimulator(options),
    onSome: (url) => runningSimulator(url, options)
  })
  yield* show.note(`the platform is at ${simulator.url}, its base URL is ${simulator.url}/v3`)
  const [command = "", ...args] = options.command
  const env = execEnvironment.make(process.env, { ...simulator, allowHosts: options.allowHost })
  yield* execCommand.run(command, args, env).pipe(
    Effect.catchTag("CannotStart", ({ detail, notFound }) =>
      notFound
        ? Effect.as(
          show.note(`${command}: no such command; is it installed and on PATH? A script runs with: -- npm run NAME`),
          127
        )
        : Effect.as(show.note(`${command}: cannot be started: ${detail}`), 126)),
    Effect.flatMap(leave),
    Effect.uninterruptible
  )
})

export const exec = Command.make("exec", flags, (options) =>
  run(options).pipe(
    Effect.scoped,
    Effect.provide(FetchHttpClient.layer)
  )).pipe(
    Command.withDescription(
      "Run a command with the platform's hosts routed to a simulator of its own, or the one at --url: a Node program needs "
        + "no change, others find the base URL in PIOPIY_BASE_URL; the exit code is the command's"
    ),
    Command.withExamples([
      { command: "piopiy-sim exec -- node app.js", description: "A program, unchanged" },
      {
        command: "piopiy-sim exec --journal calls.ndjson --allow-host db.internal -- npm test",
        description: "Its tests, which also reach a database; nothing else beyond this machine"
      },
      {
        command: `piopiy-sim exec --url ${Connection.defaultUrl} --token mine -- python bot.py`,
        description: "On a simulator that runs already"
      }
    ])
  )

/** `piopiy-sim call`: one call, printed while it lasts. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as EntryJson from "../core/journal/EntryJson.ts"
import * as LadderEntry from "../core/journal/LadderEntry.ts"
import * as SimulatorServer from "../node/SimulatorServer.ts"
import { SimulatorError } from "../SimulatorError.ts"
import * as Configured from "./configured.ts"
import * as Connection from "./connection.ts"
import * as files from "./files.ts"
import * as show from "./show.ts"
import { isFromEnvironment } from "./tokenFlag.ts"

/** The call was not answered, or its end was not seen: an exit code of 1, with nothing more to say. */
class NotAnswered extends Data.TaggedError("NotAnswered")<{}> {}

const flags = {
  to: Flag.String("to").pipe(
    Flag.withMetavar("NUMBER"),
    Flag.withDescription("Whom to call; piopiy-sim numbers says who answers")
  ),
  from: Flag.String("from").pipe(
    Flag.withMetavar("NUMBER"),
    Flag.withDescription("Caller id"),
    Flag.withDefault("914400000001")
  ),
  pipeline: Flag.optional(
    Flag.String("pipeline").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("JSON with the pipeline that runs once it is answered")
    )
  ),
  agent: Flag.optional(
    Flag.String("agent").pipe(Flag.withMetavar("ID"), Flag.withDescription("The AI agent that joins instead"))
  ),
  url: Flag.optional(Connection.urlFlag),
  adminToken: Connection.adminTokenFlag,
  tenant: Connection.tenantFlag("Name of the account that --token is of, where --admin-token opens all of them"),
  ...Configured.flags,
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the record alone, as one line of JSON")
  )
}

type Options = Command.Command.Config.Infer<typeof flags>

const invalid = (path: string, message: string): SimulatorError =>
  new SimulatorError({ reason: { _tag: "InvalidConfig", problems: [{ path, message }] } })

const whatIn = Effect.fnUntraced(function*({ agent, pipeline }: Options) {
  if (Option.isSome(agent) && Option.isNone(pipeline)) return { agentId: agent.value }
  if (Option.isSome(pipeline) && Option.isNone(agent)) return { pipeline: yield* files.readJson(pipeline.value) }
  return yield* invalid("", "give either --pipeline FILE or --agent ID")
})

/** A simulator for this call alone, on a port that nobody else is told of. */
const ownSimulator = Effect.fnUntraced(function*(options: Options) {
  const config = yield* Configured.configured(options)
  const server = yield* Layer.build(SimulatorServer.layer({ port: 0, config }))
  const connection: Connection.Connection = {
    url: Context.get(server, SimulatorServer.SimulatorServer).url,
    token: Option.map(Option.fromUndefinedOr(config.accounts?.[0].token), Redacted.make),
    adminToken: Option.none(),
    tenant: Option.none()
  }
  return connection
})

const connect = (options: Options) =>
  Option.match(options.url, {
    onNone: () => {
      if (Option.isSome(options.tenant)) return Effect.fail(invalid("--tenant", "goes with --url"))
      return Option.exists(options.adminToken, (token) => !isFromEnvironment(token))
        ? Effect.fail(invalid("--admin-token", "goes with --url"))
        : ownSimulator(options)
    },
    onSome: (url) => {
      if (Configured.isAsked(options)) {
        return Effect.fail(
          invalid("--url", "goes with no flag but --token, --admin-token and --tenant: that simulator runs already")
        )
      }
      // By the token the call is placed, which would be that of the first account.
      return Option.isSome(options.tenant) && !Option.exists(options.token, (token) => !isFromEnvironment(token))
        ? Effect.fail(invalid("--tenant", "goes with the --token of that account, which places the call"))
        : Effect.succeed({ ...options, url })
    }
  })

const Outcome = Schema.Struct({ disposition: Schema.String })

const run = Effect.fnUntraced(function*(options: Options) {
  const what = yield* whatIn(options)
  const connection = yield* connect(options)
  const callId = yield* Connection.place(connection, { to: options.to, from: options.from, what })
  const lines = show.call(show.color)
  const last = yield* Connection.follow(connection, `call=${callId}`).pipe(
    Stream.map(({ text }) => EntryJson.parse(text)),
    Stream.filter(Result.isSuccess),
    Stream.map(({ success }) => success),
    Stream.tap((entry) => options.json ? Effect.void : show.print(lines(entry))),
    Stream.takeUntil(LadderEntry.endsCall),
    Stream.runLast
  )
  if (!Option.exists(last, LadderEntry.endsCall)) {
    yield* show.note(`the connection ended before call ${callId} did`)
    return yield* new NotAnswered()
  }
  const record = yield* Connection.record(connection, callId)
  if (options.json) yield* Console.log(JSON.stringify(record))
  const { disposition } = yield* Effect.mapError(Schema.decodeUnknownEffect(Outcome)(record), () => new NotAnswered())
  if (disposition !== "Answered") return yield* new NotAnswered()
})

export const call = Command.make("call", flags, (options) =>
  run(options).pipe(
    Effect.onInterrupt(() => show.stoppedEarly),
    Effect.scoped,
    Effect.provide(FetchHttpClient.layer)
  )).pipe(
    Command.withDescription(
      "Place one call and print it until its record, on a simulator of its own or the one at --url; "
        + "the exit code is 0 when it was answered, 1 otherwise"
    ),
    Command.withExamples([
      {
        command: "piopiy-sim call --to 919840007301 --pipeline menu.json",
        description: "A call to a phone that answers and presses 1"
      },
      {
        command: "piopiy-sim call --to 919840000001 --agent 6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02 --json",
        description: "For scripts: the record alone"
      },
      {
        command: `piopiy-sim call --url ${Connection.defaultUrl} --to 919840007001 --pipeline menu.json`,
        description: "On a simulator that runs already"
      }
    ])
  )

/** `piopiy-sim timeline`: both voices of a call over time. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Option from "effect/Option"
import * as Connection from "./connection.ts"
import * as files from "./files.ts"
import { tokenFlag } from "./tokenFlag.ts"

const parameters = {
  call: Argument.String("call").pipe(Argument.withDescription("The id of a call with an audio stream")),
  svg: Flag.optional(
    Flag.String("svg").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Write a picture with waveforms here instead of printing text")
    )
  ),
  stream: Flag.optional(
    Flag.String("stream").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("Which of the call's streams, instead of its first")
    )
  ),
  url: Flag.withDefault(Connection.urlFlag, Connection.defaultUrl),
  token: tokenFlag("token", "Bearer token of the account whose call it is, instead of the default one"),
  adminToken: Connection.adminTokenFlag,
  tenant: Connection.tenantFlag(Connection.lookedAt)
}

const run = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof parameters>) {
  const { call: callId, stream } = options
  const inFormat = (format: "text" | "svg") => Connection.timeline(options, { callId, format, stream })
  return yield* Option.match(options.svg, {
    onNone: () => Effect.flatMap(inFormat("text"), (text) => Console.log(text.trimEnd())),
    onSome: (path) => Effect.flatMap(inFormat("svg"), (svg) => files.write(path, svg))
  })
})

export const timeline = Command.make(
  "timeline",
  parameters,
  (options) => Effect.provide(run(Connection.lookingIn(options)), FetchHttpClient.layer)
).pipe(
  Command.withDescription("Print who was heard when on a call with an audio stream, and how long each waited"),
  Command.withExamples([
    {
      command: "piopiy-sim timeline 6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02",
      description: "As text, from the simulator on this machine"
    },
    {
      command: `piopiy-sim timeline --url ${Connection.defaultUrl} --svg call.svg 6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02`,
      description: "As a picture"
    }
  ])
)

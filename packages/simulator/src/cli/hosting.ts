/** Flags of a simulator that a command starts on a port, and what they come to. */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as AccountConfig from "../AccountConfig.ts"
import * as ClockMode from "../engine/ClockMode.ts"
import type * as SimulatorServer from "../node/SimulatorServer.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import * as Configured from "./configured.ts"
import * as files from "./files.ts"

const place = (name: string, metavar: string, description: string) =>
  Flag.optional(Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description)))

const hosts = (text: string): ReadonlyArray<string> =>
  text.split(",").map((host) => host.trim()).filter((host) => host !== "")

/** Hosts beyond this machine; left out, those of the environment, with commas between them. */
export const allowHostFlag = (whoGoes: string) =>
  Flag.String("allow-host").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription(
      `A host beyond this machine that ${whoGoes}; may be repeated; or in PIOPIY_SIM_ALLOW_HOST, with commas between`
    ),
    Flag.atLeast(1),
    Flag.withFallbackConfig(Config.map(Config.String("PIOPIY_SIM_ALLOW_HOST"), hosts)),
    Flag.withDefault<ReadonlyArray<string>>([])
  )

export const clockFlag = (description: string) =>
  Flag.optional(
    Flag.String("clock").pipe(
      Flag.withMetavar("MODE"),
      Flag.withDescription(`${description}: live, scaled=N (N times as fast) or manual`),
      Flag.filterMap(
        ClockMode.parse,
        (text) => `live, manual, or scaled=N with N above 0 up to ${ClockMode.fastest}; not ${text}`
      )
    )
  )

export const soundsFlag = place("sounds", "DIR", "WAV files, by whose names parties and prompts have real audio")

export const flags = {
  journal: place("journal", "FILE", "Append the journal here, a JSON entry a line"),
  recordings: place(
    "recordings",
    "DIR",
    "Write what is said on audio streams here, a WAV file each: caller left, app right"
  ),
  sounds: soundsFlag,
  speech: Flag.optional(
    Flag.Literals("speech", ["generated", "espeak-ng"]).pipe(
      Flag.withDescription("Who speaks texts: speech-like sounds (generated, the default), or the program espeak-ng")
    )
  ),
  clock: clockFlag("How time passes for all accounts"),
  ...Configured.flags
}

export type Options = Command.Command.Config.Infer<typeof flags>

/** Whether the flags say more than who asks. */
export const isAsked = (options: Options): boolean =>
  Configured.isAsked(options) || Option.isSome(options.clock)
  || [options.journal, options.recordings, options.sounds, options.speech].some(Option.isSome)

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

/** The server that the flags describe, all but where it listens. Fails with `FileUnreadable`, `InvalidConfig`. */
export const serverOptions = Effect.fnUntraced(function*(options: Options) {
  const config = withClock(yield* Configured.configured(options), options.clock)
  if (Option.isSome(options.recordings)) yield* files.makeFolder("--recordings", options.recordings.value)
  const server: SimulatorServer.ServerOptions & { readonly config: SimulatorConfig.SimulatorConfig } = {
    config,
    ...Option.match(options.journal, { onNone: () => ({}), onSome: (journalFile) => ({ journalFile }) }),
    ...Option.match(options.recordings, { onNone: () => ({}), onSome: (recordings) => ({ recordings }) }),
    ...Option.match(options.sounds, { onNone: () => ({}), onSome: (sounds) => ({ sounds }) }),
    ...Option.match(options.speech, { onNone: () => ({}), onSome: (speech) => ({ speech }) })
  }
  return server
})

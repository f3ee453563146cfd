/** What a simulator that the command line starts runs on: a file, and flags that go before it. */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import * as AccountFlags from "./accountFlags.ts"
import { inFile, readJson } from "./files.ts"
import { isFromEnvironment } from "./tokenFlag.ts"

/** A file, and whether it is the environment that names it, which does so for every command. */
export interface ConfigFile {
  readonly path: string
  readonly isFromEnvironment: boolean
}

const configFile = (isFromEnvironment: boolean) => (path: string): ConfigFile => ({ path, isFromEnvironment })

export const flags = {
  seed: Flag.optional(
    Flag.Int("seed").pipe(
      Flag.withDescription("Seed of the ids, a whole number; the same seed and requests give the same ids"),
      Flag.filter((seed) => seed >= 0, () => "a whole number, 0 or more")
    )
  ),
  ...AccountFlags.flags,
  config: Flag.optional(
    Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("JSON with accounts, stored pipelines, flows, people, bounds; or in PIOPIY_SIM_CONFIG"),
      Flag.map(configFile(false)),
      Flag.withFallbackConfig(Config.map(Config.String("PIOPIY_SIM_CONFIG"), configFile(true)))
    )
  )
}

/** Whether the flags say more than who asks. */
export const isAsked = (options: Command.Command.Config.Infer<typeof flags>): boolean => {
  const { config, ...others } = options
  const values: Readonly<Record<string, unknown>> = others
  const isNamed = Option.exists(config, ({ isFromEnvironment }) => !isFromEnvironment)
  return isNamed || Object.keys(flags).some((name) => {
    const value = values[name]
    return name !== "token"
      && (value === true || (Option.isOption(value) && Option.isSome(value) && !isFromEnvironment(value.value)))
  })
}

const read = (path: string) =>
  Effect.flatMap(readJson(path), (json) => Effect.mapError(SimulatorConfig.decode(json), inFile(path)))

/** The configuration that the flags describe. Fails with `FileUnreadable`, `InvalidConfig`. */
export const configured = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof flags>) {
  const file = Option.isNone(options.config) ? {} : yield* read(options.config.value.path)
  const config: SimulatorConfig.SimulatorConfig = {
    ...file,
    ...Option.match(options.seed, { onNone: () => ({}), onSome: (seed) => ({ seed }) })
  }
  return yield* AccountFlags.apply(options, config)
})

/** What a simulator that the command line starts runs on: a file, and flags that go before it. */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import * as AccountFlags from "./accountFlags.ts"
import { readJson } from "./files.ts"
import { isFromEnvironment } from "./tokenFlag.ts"

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
      Flag.withDescription("JSON with accounts, stored pipelines, flows, people, bounds")
    )
  )
}

/** Whether the flags say more than who asks. */
export const isAsked = (options: Command.Command.Config.Infer<typeof flags>): boolean => {
  const values: Readonly<Record<string, unknown>> = options
  return Object.keys(flags).some((name) => {
    const value = values[name]
    return name !== "token"
      && (value === true || (Option.isOption(value) && Option.isSome(value) && !isFromEnvironment(value.value)))
  })
}

/** The configuration that the flags describe. Fails with `FileUnreadable`, `InvalidConfig`. */
export const configured = Effect.fnUntraced(function*(options: Command.Command.Config.Infer<typeof flags>) {
  const file = Option.isNone(options.config)
    ? {}
    : yield* Effect.flatMap(readJson(options.config.value), SimulatorConfig.decode)
  const config: SimulatorConfig.SimulatorConfig = {
    ...file,
    ...Option.match(options.seed, { onNone: () => ({}), onSome: (seed) => ({ seed }) })
  }
  return yield* AccountFlags.apply(options, config)
})

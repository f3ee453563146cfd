import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { brief, platform, playing } from "./cli-kit.ts"
import { start } from "./processes.ts"

describe("piopiy-sim in a pipe", () => {
  it.live("ends with 1 and says nothing when its reader has left", () =>
    Effect.gen(function*() {
      const command = "{ \"$0\" packages/simulator/src/cli/bin.ts \"$@\"; echo ended with $? >&2; } | head -1"
      const flags = ["call", "--to", brief, "--pipeline", yield* playing]
      const { stderr, stdout } = yield* Effect.flatMap(
        start("sh", ["-c", command, process.execPath, ...flags]),
        (program) => program.ended
      )
      assert.match(stdout, /^ +your app .*\n$/)
      assert.strictEqual(stderr, "ended with 1\n")
    }).pipe(Effect.scoped, Effect.provide(platform)))
})

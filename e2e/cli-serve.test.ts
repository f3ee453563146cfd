import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { noted, platform, serving, written } from "./cli-kit.ts"

const account = {
  token: "mine",
  answerUrl: "http://localhost/answer",
  numbers: { "914400000001": { answerUrl: "https://app.example/support" } },
  webhooks: { events: "https://allowed.example/e", cdr: "http://me:hidden@localhost/cdr" }
}

describe("piopiy-sim serve", () => {
  it.live("says at once which of its URLs nothing will be sent to, and why", () =>
    Effect.gen(function*() {
      const config = yield* written("sim.json", JSON.stringify({ accounts: [account] }))
      const { program } = yield* serving("--config", config, "--allow-host", "allowed.example")
      yield* noted(program, "a user or a password")
      const said = program.stderr().trimEnd().split("\n")
      assert.lengthOf(said, 2)
      assert.include(said[0], ".answerUrl: nothing will be sent to app.example, unless --allow-host app.example")
      assert.include(said[1], "accounts[0].webhooks.cdr: ")
      assert.notInclude(program.stderr(), "hidden")
    }).pipe(Effect.scoped, Effect.provide(platform)))
})

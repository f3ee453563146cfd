/** The program behind `npm start`, as somebody sees it who has just cloned the repository. */
import { Level, Wav } from "@effect-piopiy/sdk"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { userInfo } from "node:os"
import { dirname } from "node:path"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const demo = fileURLToPath(new URL("../packages/examples/demo/main.ts", import.meta.url))

it.live("shows six calls that all end as expected, and ends well", () =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const temporary = yield* files.makeTempDirectoryScoped()
    const program = yield* ChildProcess.make(execPath, [demo, "--once"], {
      stdin: "ignore",
      env: { TMPDIR: temporary },
      extendEnv: true
    })
    const [output, exitCode] = yield* Effect.all([Stream.mkString(Stream.decodeText(program.all)), program.exitCode], {
      concurrency: 2
    })
    assert.strictEqual(Number(exitCode), 0, output)
    assert.lengthOf(output.match(/^ {2}ended as expected$/gm) ?? [], 6)
    const sights = ["agent call", "/app/input", "transfer completed", "legacy call", "on hold", "/app/answer"]
    const heard = [
      "stream open",
      "Conversation",
      "turns: 2, p50 ",
      "barge-ins: 1, p50 ",
      "frames sent late: p50 ",
      "own timer was late: p50 "
    ]
    for (const sight of [...sights, ...heard]) {
      assert.include(output, sight)
    }
    const [, recording = ""] = /^ {2}recording: (.*\.wav)$/m.exec(output) ?? []
    // Each run leaves its recording in the place of the one before.
    assert.strictEqual(dirname(recording), `${temporary}/piopiy-demo-${userInfo().uid}`)
    const [caller, app] = Result.getOrThrow(Wav.decode(yield* files.readFile(recording)))
    assert.isTrue([caller, app].every((voice) => voice !== undefined && Level.peak(voice) > 300))
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000)

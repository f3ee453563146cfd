/** What `piopiy-sim run` leaves of a run that failed: its journal, its recordings, and one command that repeats it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { platform, temporary, textOf } from "./cli-kit.ts"
import { root, runSim, start } from "./processes.ts"

const sim = `'${process.execPath}' '${root}/packages/simulator/src/cli/bin.ts'`

/** Runs a command line in a folder, as whoever copies it from the screen. */
const inFolder = (folder: string, command: string) =>
  Effect.flatMap(
    start("sh", ["-c", `cd '${folder}' && ${command.replace(/^piopiy-sim/, sim)}`]),
    ({ ended }) => ended
  )

const Line = Schema.fromJsonString(Schema.Struct({ again: Schema.optionalKey(Schema.String) }))

/** Half of its seeds fail, those that the fault spares. */
const chance = (more: object) => ({
  name: "chance",
  faults: [{ fault: { _tag: "Status", status: 503, effect: "before" }, when: { probability: 0.5 } }],
  steps: [{ atMs: 0, do: { _tag: "PlaceCall", operation: "/v3/voice/ai/call", body: {}, mayFail: true } }],
  expect: [{ _tag: "FaultFired", name: "fault1" }],
  ...more
})

describe.concurrent("piopiy-sim run, when a run fails", () => {
  it.live(
    "names a command that fails as the run did, with the app, the seed, the clock and the hosts",
    () =>
      Effect.gen(function*() {
        const folder = yield* temporary
        const files = yield* FileSystem.FileSystem
        const app = "require('http').createServer((_, r) => r.end('[]')).listen(process.env.PORT)"
        const json = chance({ app: { command: ["node", "-e", app] } })
        yield* files.writeFileString(`${folder}/by chance.json`, JSON.stringify(json))
        const flags = "--clock scaled=60 --allow-host app.localhost"
        const first = yield* inFolder(folder, `piopiy-sim run 'by chance.json' --seed 20 --repeat 8 ${flags}`)
        const [, seed = "none"] = /seed (\d+) in full/.exec(first.stdout) ?? []
        const [, again = "false"] = /\n +again +(.*)\n/.exec(first.stdout) ?? []
        assert.strictEqual(again, `piopiy-sim run 'by chance.json' --seed ${seed} ${flags}`)
        const second = yield* inFolder(folder, again)
        assert.strictEqual(second.code, 1)
        assert.include(second.stdout, "expected fault \"fault1\" to fire")
        const lines = yield* inFolder(folder, `piopiy-sim run 'by chance.json' --seed ${seed} --json`)
        assert.strictEqual(
          (yield* Schema.decodeEffect(Line)(lines.stdout)).again,
          `piopiy-sim run 'by chance.json' --seed ${seed}`
        )
      }).pipe(Effect.scoped, Effect.provide(platform)),
    30_000
  )

  it.live("gives one that needs no app as the replay of its journal, in JSON too, and none for a run that holds", () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const files = yield* FileSystem.FileSystem
      const journal = `${folder}/kept/chance-seed-1.ndjson`
      const run = Effect.fnUntraced(function*(expect: ReadonlyArray<object>) {
        yield* files.writeFileString(`${folder}/chance.json`, JSON.stringify(chance({ expect })))
        const { stdout } = yield* runSim("run", `${folder}/chance.json`, "--journals", `${folder}/kept`, "--json")
        return (yield* Schema.decodeEffect(Line)(stdout)).again
      })
      assert.strictEqual(yield* run([{ _tag: "Rang", number: "919840000001" }]), `piopiy-sim replay ${journal}`)
      assert.isUndefined(yield* run([]))
    }).pipe(Effect.provide(platform)))

  it.live("keeps what was said on audio streams beside the journal, and says where", () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const files = yield* FileSystem.FileSystem
      const name = "lost-stream"
      const text = yield* textOf(`${root}/packages/examples/scenarios/${name}.json`)
      const scenario = yield* Schema.decodeEffect(
        Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
      )(text)
      // The app lies beside the scenario that ships, and this one in a folder of its own.
      const command = ["node", `${root}/packages/examples/scenarios/app.ts`]
      const failing = {
        ...scenario,
        app: { command },
        expect: [{ _tag: "Rang", number: "919840009999" }]
      }
      yield* files.writeFileString(`${folder}/${name}.json`, JSON.stringify(failing))
      const { code, stdout } = yield* inFolder(folder, `piopiy-sim run ${name}.json`)
      assert.strictEqual(code, 1, stdout)
      const kept = (yield* files.readDirectory(`${folder}/piopiy-failures`)).toSorted()
      assert.lengthOf(kept, 2, stdout)
      assert.match(kept[0] ?? "", /^lost-stream-seed-1-[0-9a-f-]{36}\.wav$/)
      assert.strictEqual(kept[1], "lost-stream-seed-1.ndjson")
      assert.include(stdout, `        recording  piopiy-failures/${kept[0]}\n`)
    }).pipe(Effect.scoped, Effect.provide(platform)), 30_000)
})

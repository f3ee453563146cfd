/** `piopiy-sim run` as a process: what it prints, what it keeps, and with which code it ends. */
import { AudioFrame, Wav } from "@effect-piopiy/sdk"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { createServer } from "node:http"
import { failedWith, platform, temporary, textOf } from "./cli-kit.ts"
import { webSocketServer } from "./dialing.ts"
import { eventually, isRunning, root, runSim, start, startSim } from "./processes.ts"

const agentId = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
/** Answers after a second and hangs up at once. */
const brief = "919840007200"

const placing = (to: string) => ({
  _tag: "PlaceCall",
  operation: "/v3/voice/ai/call",
  body: { caller_id: "914400000001", to_number: to, agent_id: agentId },
  as: "call"
})
const steps = [{ atMs: 0, do: placing(brief) }]
const good = { name: "a good one", steps, expect: [{ _tag: "Rang", number: brief, times: 1 }] }
const bad = { name: "a bad one", steps, expect: [{ _tag: "Ended", call: "call", by: "Api" }] }

/** A folder with a file for each. */
const written = Effect.fnUntraced(function*(scenarios: Readonly<Record<string, unknown>>) {
  const folder = yield* temporary
  const files = yield* FileSystem.FileSystem
  yield* Effect.forEach(
    Object.entries(scenarios),
    ([name, json]) =>
      files.writeFileString(`${folder}/${name}`, typeof json === "string" ? json : JSON.stringify(json)),
    { discard: true }
  )
  return folder
})

const list = (folder: string) => Effect.flatMap(FileSystem.FileSystem, (files) => files.readDirectory(folder))

const Line = Schema.fromJsonString(Schema.Struct({
  name: Schema.String,
  seed: Schema.Int,
  passed: Schema.Boolean,
  failures: Schema.Array(Schema.String),
  virtualMs: Schema.Int,
  journal: Schema.optionalKey(Schema.String)
}))

describe.concurrent("piopiy-sim run", () => {
  it.live("says of each scenario that it holds, keeps nothing, and ends with 0", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good, "again.json": { ...good, name: "another" } })
      const { code, stderr, stdout } = yield* runSim("run", `${folder}/good.json`, `${folder}/again.json`)
      assert.deepEqual([code, stderr], [0, ""])
      assert.match(
        stdout,
        /^ok {6}a good one {2}00:01\.000 in \d+ ms\nok {6}another {5}00:01\.000 in \d+ ms\n2 passed, 0 failed\n$/
      )
      assert.deepEqual(yield* list(folder), ["again.json", "good.json"])
    }).pipe(Effect.provide(platform)))

  it.live("says why one does not hold, keeps its journal, names the command that repeats it, and ends with 1", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good, "bad one.json": bad })
      const sim = `'${process.execPath}' '${root}/packages/simulator/src/cli/bin.ts'`
      const { code, stdout } = yield* Effect.flatMap(
        start("sh", ["-c", `cd '${folder}' && ${sim} run good.json 'bad one.json'`]),
        ({ ended }) => ended
      )
      assert.strictEqual(code, 1)
      assert.match(stdout, /^ok {6}a good one .*\nFAILED {2}a bad one .*\n\n {8}expected a call to end.*by Api/)
      assert.match(stdout, /Api.*\n[^]*hangs up[^]*1 passed, 1 failed\n$/)
      const journal = "piopiy-failures/bad-one-seed-1.ndjson"
      assert.include(stdout, `        journal    ${journal}\n        again      piopiy-sim replay ${journal}\n`)
      assert.deepEqual(yield* list(`${folder}/piopiy-failures`), ["bad-one-seed-1.ndjson"])
      const [head = "", first = ""] = (yield* textOf(`${folder}/${journal}`)).split("\n")
      assert.include(head, "\"_tag\":\"Scenario\"")
      assert.include(head, "\"name\":\"a bad one\"")
      assert.include(first, "\"_tag\":\"Started\"")
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("runs with as many seeds as it is asked to, counted on from the first, and says which failed", () =>
    Effect.gen(function*() {
      const chance = {
        name: "chance",
        faults: [{ fault: { _tag: "Status", status: 503, effect: "before" }, when: { probability: 0.5 } }],
        steps
      }
      const folder = yield* written({ "chance.json": chance })
      const args = ["run", `${folder}/chance.json`, "--seed", "10", "--repeat", "12", "--journals", `${folder}/kept`]
      const json = yield* runSim(...args, "--json")
      const runs = yield* Effect.forEach(json.stdout.trimEnd().split("\n"), (line) => Schema.decodeEffect(Line)(line))
      assert.deepEqual(runs.map(({ seed }) => seed), Array.from({ length: 12 }, (_, index) => index + 10))
      const failed = runs.filter(({ passed }) => !passed).map(({ seed }) => seed)
      assert.isTrue(failed.length > 0 && failed.length < 12, "half of them, about")
      const text = yield* runSim(...args)
      assert.deepEqual([json.code, text.code], [1, 1])
      assert.include(text.stdout, `, ${failed.length} of 12 seeds failed\n`)
      const said = "a fault that the simulator was told to have"
      const told = failed.map((seed) => `        seed ${seed}  steps[0] (PlaceCall): 503 fault: ${said}\n`).join("")
      assert.include(text.stdout, `failed\n${told}\n        seed ${failed[0]} in full\n`)
      assert.lengthOf([...text.stdout.matchAll(/ again {6}/g)], 1)
      assert.include(text.stdout, `${12 - failed.length} passed, ${failed.length} failed\n`)
      assert.lengthOf(yield* list(`${folder}/kept`), 12)
    }).pipe(Effect.provide(platform)))

  it.live("says of 20 failed seeds at most why they failed", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "bad.json": bad })
      const { stdout } = yield* runSim(
        ...["run", `${folder}/bad.json`, "--seed", "95", "--repeat", "23", "--journals", `${folder}/kept`]
      )
      const told = [...stdout.matchAll(/^ {8}seed +(\d+) {2}expected a call to end.*by Api.*$/gm)].map(([, seed]) =>
        seed
      )
      assert.deepEqual(told, Array.from({ length: 20 }, (_, index) => String(index + 95)))
      assert.include(stdout, "        and 3 more: here 20 at most are told, by --json and --junit all\n")
      assert.include(stdout, "        seed 95 in full\n")
    }).pipe(Effect.provide(platform)))

  it.live("writes JUnit XML and a line of JSON for each run", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good, "bad.json": bad })
      const { code, stdout } = yield* runSim(
        ...["run", `${folder}/good.json`, `${folder}/bad.json`, "--json"],
        ...["--junit", `${folder}/results.xml`, "--journals", `${folder}/kept`]
      )
      assert.strictEqual(code, 1)
      const runs = yield* Effect.forEach(stdout.trimEnd().split("\n"), (line) => Schema.decodeEffect(Line)(line))
      assert.deepEqual(runs.map(({ name, passed, virtualMs }) => [name, passed, virtualMs]), [
        ["a good one", true, 1000],
        ["a bad one", false, 1000]
      ])
      assert.deepEqual(runs.map(({ journal }) => journal), [
        `${folder}/kept/good-seed-1.ndjson`,
        `${folder}/kept/bad-seed-1.ndjson`
      ])
      const xml = yield* textOf(`${folder}/results.xml`)
      assert.include(xml, "<testsuites name=\"piopiy-sim\" tests=\"2\" failures=\"1\"")
      assert.match(
        xml,
        new RegExp(`<testcase classname="${folder}/bad.json" name="a bad one".*>\\n +<failure message="exp`)
      )
    }).pipe(Effect.provide(platform)))

  it.live("runs at the pace that it is asked for", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good })
      const live = yield* runSim("run", `${folder}/good.json`, "--clock", "live")
      const [, realMs = "0"] = / in (\d+) ms/.exec(live.stdout) ?? []
      assert.strictEqual(live.code, 0, live.stdout)
      assert.isAtLeast(Number(realMs), 1000)
      const scaled = yield* runSim("run", `${folder}/good.json`, "--clock", "scaled=20")
      const [, scaledMs = "9999"] = / in (\d+) ms/.exec(scaled.stdout) ?? []
      assert.strictEqual(scaled.code, 0, scaled.stdout)
      // A twentieth of a second, and up to 300 ms of waiting for stragglers, with slack.
      assert.isBelow(Number(scaledMs), 1000)
      const other = yield* runSim("run", `${folder}/good.json`, "--clock", "quick")
      assert.strictEqual(other.code, 1)
      assert.include(other.stderr, "live, manual, or scaled=N")
    }).pipe(Effect.provide(platform)))

  it.live("leads webhooks and requests of the scenario to an app that runs already", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const port = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer((request, response) => {
            seen.push(`${request.method} ${request.url}`)
            response.writeHead(200, { "content-type": "application/json", connection: "close" })
            response.end("[{\"action\":\"hangup\"}]")
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      ).pipe(Effect.map((server) => {
        const address = server.address()
        return typeof address === "object" && address !== null ? address.port : 0
      }))
      const folder = yield* written({
        "app.json": {
          name: "with an app",
          app: { url: `http://127.0.0.1:${port}` },
          steps: [
            { atMs: 0, do: { _tag: "Request", url: "http://app.test/hello" } },
            {
              atMs: 10,
              do: { _tag: "CallIn", from: brief, to: "914400000001", answerUrl: "http://app.test/answer", as: "call" }
            }
          ],
          expect: [
            { _tag: "WebhookDelivered", notice: "Answer", url: "http://app.test/answer" },
            { _tag: "Ended", call: "call", cause: "CALL_REJECTED" }
          ]
        }
      })
      const { code, stdout } = yield* runSim("run", `${folder}/app.json`, "--journals", folder)
      assert.strictEqual(code, 0, stdout)
      assert.deepEqual(seen, ["GET /hello", "POST /answer"])
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("says that an app did not come up, with what it printed, and goes on with the next scenario", () =>
    Effect.gen(function*() {
      const broken = (command: ReadonlyArray<string>) => ({ ...good, name: "broken", app: { command } })
      const folder = yield* written({
        "dies.json": broken(["node", "-e", "console.error('no config'); process.exit(3)"]),
        "missing.json": broken(["no-such-program"]),
        "good.json": good
      })
      const files = ["dies", "missing", "good"].map((name) => `${folder}/${name}.json`)
      const { code, stdout } = yield* runSim("run", ...files, "--journals", `${folder}/kept`)
      assert.strictEqual(code, 1)
      assert.match(
        stdout,
        /FAILED {2}broken[^]*the app \(node -e .*\) ended with 3 before it was up; it printed last:\n +no config/
      )
      assert.match(
        stdout,
        /the app \(no-such-program\) cannot be started: there is no command no-such-program; .*; it printed nothing/
      )
      assert.match(stdout, /\nok {6}a good one .*\n1 passed, 2 failed\n$/)
    }).pipe(Effect.provide(platform)))

  it.live("ends with 1 when it is stopped in the middle, and its app with it", () =>
    Effect.gen(function*() {
      const server = "require('http').createServer((_, r) => r.end('up')).listen(process.env.PORT)"
      const folder = yield* written({
        "long.json": {
          name: "long",
          clock: "live",
          app: { command: ["node", "-e", `require('fs').writeFileSync('pid', String(process.pid)); ${server}`] },
          steps: [{ atMs: 0, do: placing("919840007100") }]
        }
      })
      const program = yield* startSim("run", `${folder}/long.json`)
      const pid = yield* eventually(
        "the app",
        Effect.orElseSucceed(textOf(`${folder}/pid`), () => "").pipe(
          Effect.map((text) => text === "" ? undefined : Number(text))
        )
      )
      yield* program.send("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 1)
      assert.isFalse(isRunning(pid))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("says all that is wrong with its files at once, with their paths, and runs none", () =>
    Effect.gen(function*() {
      const folder = yield* written({
        "good.json": good,
        "keys.json": { ...good, stepz: [] },
        "times.json": { ...good, steps: [{ atMs: -5, do: placing(brief) }] },
        "text.json": "{"
      })
      const files = ["good", "keys", "times", "text", "none"].map((name) => `${folder}/${name}.json`)
      const { code, stderr, stdout } = yield* runSim("run", ...files)
      assert.deepEqual([code, stdout], [1, ""])
      assert.deepEqual(stderr.trimEnd().split("\n"), [
        `piopiy-sim: ${folder}/keys.json: stepz: unknown key; did you mean steps?`,
        `${folder}/times.json: steps[0].atMs: Expected whole milliseconds, 0 to 86400000`,
        `${folder}/text.json: is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)`,
        `${folder}/none.json: no such file`
      ])
      failedWith(yield* runSim("run", `${folder}/text.json`), `piopiy-sim: ${folder}/text.json: is not JSON: `)
    }).pipe(Effect.provide(platform)))

  it.live("keeps what was said on audio streams where it is told to", () =>
    Effect.gen(function*() {
      const folder = yield* temporary
      const { code, stdout } = yield* runSim(
        ...["run", `${root}/packages/examples/scenarios/lost-stream.json`],
        ...["--recordings", `${folder}/sounds`, "--journals", `${folder}/kept`]
      )
      assert.strictEqual(code, 0, stdout)
      const [sound = ""] = yield* list(`${folder}/sounds`)
      assert.match(sound, /^lost-stream-seed-1-[0-9a-f-]{36}\.wav$/)
      const { size } = yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.stat(`${folder}/sounds/${sound}`))
      assert.isAbove(Number(size), 30_000)
    }).pipe(Effect.provide(platform)), 30_000)

  it.live("keeps a recording of every stream of a call", () =>
    Effect.gen(function*() {
      const app = yield* webSocketServer()
      const folder = yield* written({
        "two.json": {
          name: "two streams",
          clock: "live",
          app: { url: `http://127.0.0.1:${app.port}` },
          steps: [{
            atMs: 0,
            do: {
              _tag: "PlaceCall",
              operation: "/v2/ind_pcmo_make_call",
              body: {
                appid: 1_000_001,
                secret: "sim-secret",
                from: 914400000001,
                to: 919840007201,
                pcmo: ["a", "b"].map((name) => ({
                  action: "stream",
                  ws_url: `ws://app.test/${name}`,
                  stream_on_answer: true
                }))
              },
              as: "call"
            }
          }],
          expect: [{ _tag: "Answered", number: "919840007201" }]
        }
      })
      const { code, stdout } = yield* runSim("run", `${folder}/two.json`, "--recordings", `${folder}/sounds`)
      assert.strictEqual(code, 0, stdout)
      const [further = "", first = ""] = (yield* list(`${folder}/sounds`)).toSorted()
      assert.match(first, /^two-seed-1-[0-9a-f-]{36}\.wav$/)
      assert.match(further, new RegExp(`^${first.slice(0, -4)}-stream\\d+\\.wav$`))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("makes the folder of its results, and says before it runs anything where it cannot write them", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good })
      const { code } = yield* runSim("run", `${folder}/good.json`, "--junit", `${folder}/a/b/results.xml`)
      assert.strictEqual(code, 0)
      assert.include(yield* textOf(`${folder}/a/b/results.xml`), "tests=\"1\" failures=\"0\"")
      failedWith(
        yield* runSim("run", `${folder}/good.json`, "--junit", folder),
        `piopiy-sim: ${folder}: is a folder\n`
      )
    }).pipe(Effect.provide(platform)))

  it.live("says before it runs anything where it cannot keep journals and recordings, and what would do", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "good.json": good })
      for (const flag of ["--journals", "--recordings"]) {
        const ending = yield* runSim("run", `${folder}/good.json`, flag, `${folder}/good.json/x`)
        failedWith(
          ending,
          `piopiy-sim: ${flag}: ${folder}/good.json/x: cannot be made: ${folder}/good.json is a file, `
        )
        assert.include(ending.stderr, "; name a folder that can be written to, or can be made\n")
        failedWith(yield* runSim("run", `${folder}/good.json`, flag, "/proc/x"), `piopiy-sim: ${flag}: /proc/x: `)
      }
    }).pipe(Effect.provide(platform)))

  const listening = "require('http').createServer((_, r) => r.end('up')).listen(process.env.PORT, '127.0.0.1')"
  const withApp = (program: string, more: object = {}) => ({
    ...good,
    app: { command: ["node", "-e", program] },
    ...more
  })

  it.live("fails when the app ends in the middle, and shows what it printed last", () =>
    Effect.gen(function*() {
      const dying = "console.error('out of luck'); process.exit(7)"
      const folder = yield* written({
        "dies.json": withApp(
          `require('http').createServer((q, r) => {
          if (q.url === '/') return r.end()
          ${dying}
        }).listen(process.env.PORT, '127.0.0.1')`,
          {
            steps: [{ atMs: 0, do: { _tag: "Request", url: "http://app.test/go", mayFail: true } }, ...steps]
          }
        )
      })
      const { code, stdout } = yield* runSim("run", `${folder}/dies.json`, "--journals", folder)
      assert.strictEqual(code, 1)
      assert.match(
        stdout,
        /the app \(node -e [^]*\) ended with 7 before the run was over\n\n {8}call 1 is .*\n {8}.*phone/
      )
      assert.include(stdout, "the app printed last:\n        out of luck\n")
    }).pipe(Effect.provide(platform)))

  it.live("fails when the app gives up its port in the middle, and ends only after the run", () =>
    Effect.gen(function*() {
      const folder = yield* written({
        "leaves.json": withApp(
          `const server = require('http').createServer((q, r) => {
          if (q.url !== '/') server.close(() => setTimeout(() => process.exit(7), 300))
          r.setHeader('connection', 'close').end()
        }).listen(process.env.PORT, '127.0.0.1')`,
          { steps: [{ atMs: 0, do: { _tag: "Request", url: "http://app.test/go" } }], expect: [] }
        )
      })
      const { code, stdout } = yield* runSim("run", `${folder}/leaves.json`, "--journals", folder)
      assert.strictEqual(code, 1, stdout)
      assert.match(stdout, /the app \(node -e [^]*\) ended with 7 before the run was over\n/)
    }).pipe(Effect.provide(platform)))

  it.live("leaves no app behind when it is killed", () =>
    Effect.gen(function*() {
      const program = `require('fs').writeFileSync('pid', String(process.pid)); ${listening}`
      const folder = yield* written({ "long.json": withApp(program, { clock: "live", lastsMs: 60_000 }) })
      const running = yield* startSim("run", `${folder}/long.json`)
      const pid = yield* eventually(
        "the app",
        Effect.map(Effect.orElseSucceed(textOf(`${folder}/pid`), () => ""), (text) => text || undefined)
      )
      yield* running.send("SIGKILL")
      yield* eventually("its end", Effect.sync(() => isRunning(pid) ? undefined : true))
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("refuses what is nested without end, in words", () =>
    Effect.gen(function*() {
      const folder = yield* written({ "deep.json": "[".repeat(100_000) + "]".repeat(100_000) })
      failedWith(
        yield* runSim("run", `${folder}/deep.json`),
        `piopiy-sim: ${folder}/deep.json: goes more than 200 levels`
      )
    }).pipe(Effect.provide(platform)))

  it.live("takes real audio from a folder, and replays with it", () =>
    Effect.gen(function*() {
      const speaking = { outcome: { _tag: "Answers", afterMs: 0, by: "Person" }, answers: [] }
      const says = (name: string) => ({
        ...good,
        config: {
          people: { [brief]: { ...speaking, speaks: [{ afterMs: 0, voice: { _tag: "File", name } }] } }
        },
        steps: [{
          atMs: 0,
          do: {
            ...placing(brief),
            operation: "/v3/voice/pcmo/call",
            body: {
              caller_id: "914400000001",
              to_number: brief,
              app_id: "app",
              pipeline: [{ action: "play", file_name: name }]
            }
          }
        }],
        expect: [{ _tag: "Ended", call: "call", betweenMs: [250, 250] }]
      })
      const folder = yield* written({ "hello.json": says("hello.wav"), "bye.json": says("bye.wav") })
      const files = yield* FileSystem.FileSystem
      yield* files.makeDirectory(`${folder}/sounds`)
      const sound = yield* Effect.fromResult(Wav.encode([AudioFrame.make(new Int16Array(2000), 8000)]))
      yield* files.writeFile(`${folder}/sounds/hello.wav`, sound)
      const sounds = ["--sounds", `${folder}/sounds`]
      const { code, stdout } = yield* runSim("run", `${folder}/hello.json`, "--journals", folder, ...sounds)
      assert.strictEqual(code, 0, stdout)
      const replayed = yield* runSim("replay", `${folder}/hello-seed-1.ndjson`, ...sounds)
      assert.strictEqual(replayed.code, 0, replayed.stderr + replayed.stdout)
      failedWith(
        yield* runSim("run", `${folder}/bye.json`, ...sounds),
        `piopiy-sim: ${folder}/bye.json: config.people["${brief}"].speaks[0].voice.name: no such audio: "bye.wav"`
      )
    }).pipe(Effect.provide(platform)))
})

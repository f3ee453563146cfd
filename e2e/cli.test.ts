import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import { existsSync } from "node:fs"
import { failedWith, platform, temporary, textOf, written } from "./cli-kit.ts"
import { eventually, runSim, start, startSim } from "./processes.ts"

const Announcement = Schema.fromJsonString(Schema.Struct({
  url: Schema.String,
  baseUrl: Schema.String,
  seed: Schema.Int
}))

/** Starts a server on a free port. */
const serving = Effect.fnUntraced(function*(...flags: ReadonlyArray<string>) {
  const program = yield* startSim("serve", "--port", "0", "--json", ...flags)
  const announced = yield* Effect.flatMap(program.firstLine, Schema.decodeEffect(Announcement))
  return { program, ...announced }
})

const Placed = Schema.Struct({ message: Schema.String, call_id: Schema.String })

/** Places a call that nobody ends, and gives its id. */
const place = (baseUrl: string, token = "sim-token") =>
  HttpClientRequest.post(`${baseUrl}/voice/pcmo/call`).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.bodyJsonUnsafe({
      caller_id: "914400000001",
      to_number: "919840007100",
      app_id: "app",
      pipeline: [{
        action: "connect",
        params: { caller_id: "914400000001" },
        endpoints: [{ type: "pstn", number: "914400007100" }]
      }]
    }),
    HttpClient.execute,
    Effect.flatMap((response) => response.json),
    Effect.flatMap(Schema.decodeUnknownEffect(Placed))
  )

const page = (url: string, token?: string) =>
  HttpClientRequest.get(url).pipe(
    (request) => token === undefined ? request : HttpClientRequest.bearerToken(request, token),
    HttpClient.execute,
    Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text })))
  )

const bridged = (url: string, callId: string) =>
  eventually(
    "a bridged call",
    Effect.map(page(`${url}/_sim/calls/${callId}`), ({ text }) => text.includes("\"Talking\"") ? true : undefined)
  )

const Line = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const linesOf = (text: string) =>
  Effect.forEach(text.split("\n").filter((line) => line !== ""), (line) => Schema.decodeEffect(Line)(line))

const hasNoStack = (text: string) => assert.notMatch(text, /^\s+at .*[:(]\d+|node:internal|\bError:.*\n\s+at/m)

describe.concurrent("piopiy-sim serve", () => {
  it.live("says where it listens as one line of JSON, and answers there", () =>
    Effect.gen(function*() {
      const { baseUrl, program, seed, url } = yield* serving("--seed", "42")
      assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
      assert.deepEqual([baseUrl, seed], [`${url}/v3`, 42])
      assert.strictEqual((yield* page(`${url}/_sim/health`)).status, 200)
      assert.strictEqual((yield* place(baseUrl)).message, "call_queued")
      assert.lengthOf(program.stdout().trim().split("\n"), 1)
    }).pipe(Effect.provide(platform)))

  it.live("tells a person what to use, and gives no token away", () =>
    Effect.gen(function*() {
      const program = yield* startSim("serve", "--port", "0", "--token", "very-secret")
      const text = yield* eventually(
        "the banner",
        Effect.sync(() => program.stdout().includes("Ctrl-C stops") ? program.stdout() : undefined)
      )
      assert.match(text, /base URL +http:\/\/127\.0\.0\.1:\d+\/v3\n/)
      assert.match(text, /journal +http:\/\/127\.0\.0\.1:\d+\/_sim\/journal\n/)
      assert.notInclude(text, "very-secret")
    }).pipe(Effect.provide(platform)))

  it.live.each(["SIGINT", "SIGTERM"] as const)(
    "ends well on %s: live calls end and are in the journal file",
    (signal) =>
      Effect.gen(function*() {
        const path = `${yield* temporary}/calls.ndjson`
        const { baseUrl, program, url } = yield* serving("--journal", path)
        const { call_id } = yield* place(baseUrl)
        yield* bridged(url, call_id)
        yield* program.send(signal)
        const ending = yield* program.ended
        assert.deepEqual([ending.code, ending.signal, ending.stderr], [0, null, ""])
        const text = yield* textOf(path)
        assert.isTrue(text.endsWith("\n"))
        const lines = yield* linesOf(text)
        assert.deepEqual(lines.map(({ seq }) => seq), lines.map((_, index) => index + 1))
        const last = JSON.stringify(lines.at(-1))
        assert.include(last, "\"WriteRecord\"")
        assert.include(last, call_id)
        assert.include(last, "SYSTEM_SHUTDOWN")
      }).pipe(Effect.provide(platform))
  )

  it.live("loses nothing of the journal when it is killed, but for a torn last line", () =>
    Effect.gen(function*() {
      const path = `${yield* temporary}/calls.ndjson`
      const { baseUrl, program, url } = yield* serving("--journal", path)
      const calls = yield* Effect.forEach(Array.from({ length: 40 }), () => place(baseUrl), { concurrency: 8 })
      yield* Effect.forEach(calls, ({ call_id }) => bridged(url, call_id), { concurrency: 8 })
      const seen = yield* page(`${url}/_sim/journal?format=ndjson&limit=10000`)
      yield* program.send("SIGKILL")
      assert.strictEqual((yield* program.ended).signal, "SIGKILL")
      const text = yield* textOf(path)
      const whole = text.slice(0, text.lastIndexOf("\n") + 1)
      yield* linesOf(whole)
      assert.isTrue(whole.startsWith(seen.text))
    }).pipe(Effect.provide(platform)))

  it.live("appends to a journal file that is there", () =>
    Effect.gen(function*() {
      const path = yield* written("calls.ndjson", "{\"before\":true}\n")
      const { program } = yield* serving("--journal", path)
      yield* program.send("SIGTERM")
      yield* program.ended
      const lines = yield* linesOf(yield* textOf(path))
      assert.deepEqual(lines[0], { before: true })
      assert.strictEqual(lines[1]?.["_tag"], "Started")
    }).pipe(Effect.provide(platform)))

  it.live("says in words why there can be no journal file", () =>
    Effect.gen(function*() {
      const path = yield* written("file", "")
      const folder = path.slice(0, path.lastIndexOf("/"))
      const refused = [
        [folder, "is a folder"],
        [`${path}/calls.ndjson`, "leads through a file that is no folder"],
        [`${folder}/new/calls.ndjson`, "is in a folder that is not there"]
      ] as const
      for (const [journal, why] of refused) {
        failedWith(yield* runSim("serve", "--port", "0", "--journal", journal), `piopiy-sim: ${journal}: ${why}\n`)
      }
    }).pipe(Effect.provide(platform)))

  it.live.skipIf(!existsSync("/dev/full"))(
    "goes on when the disk is full, and says so on stderr alone",
    () =>
      Effect.gen(function*() {
        const { baseUrl, program } = yield* serving("--journal", "/dev/full")
        yield* place(baseUrl)
        yield* program.send("SIGTERM")
        const { code, stderr, stdout } = yield* program.ended
        assert.strictEqual(code, 0)
        assert.lengthOf(stdout.trim().split("\n"), 1)
        assert.include(stderr, "the journal file misses entries from now on: /dev/full: ")
        hasNoStack(stderr)
      }).pipe(Effect.provide(platform))
  )

  it.live("takes accounts, pipelines and people from a file, and its flags go before the file", () =>
    Effect.gen(function*() {
      const path = yield* written(
        "sim.json",
        JSON.stringify({
          seed: 5,
          accounts: [{ token: "first" }, { token: "second", name: "other", seed: 9 }],
          pipelines: { bye: [{ action: "hangup" }] }
        })
      )
      const { baseUrl, seed, url } = yield* serving("--config", path, "--seed", "6")
      assert.strictEqual(seed, 6)
      yield* place(baseUrl, "first")
      assert.include((yield* page(`${url}/_sim/journal?limit=1`)).text, "\"seed\":6")
      assert.include((yield* page(`${url}/_sim/journal?limit=1`, "second")).text, "\"seed\":9")
    }).pipe(Effect.provide(platform)))

  it.live("guards its pages with the admin token, also on this machine", () =>
    Effect.gen(function*() {
      const { url } = yield* serving("--admin-token", "boss")
      assert.strictEqual((yield* page(`${url}/_sim/calls`)).status, 401)
      assert.strictEqual((yield* page(`${url}/_sim/calls`, "boss")).status, 200)
      assert.strictEqual((yield* page(`${url}/_sim/health`)).status, 200)
    }).pipe(Effect.provide(platform)))

  it.live("says in one line that its port is taken, and ends with 1", () =>
    Effect.gen(function*() {
      const { url } = yield* serving()
      const { code, stderr, stdout } = yield* runSim("serve", "--port", new URL(url).port)
      assert.deepEqual([code, stdout], [1, ""])
      assert.match(
        stderr,
        /^piopiy-sim: cannot listen on 127\.0\.0\.1:\d+: .*; choose another with --port or --host\n$/
      )
      hasNoStack(stderr)
    }).pipe(Effect.provide(platform)))

  it.live.each(
    [
      [["--host", "0.0.0.0", "--token", "mine", "--app-secret", "mine"], "piopiy-sim: --admin-token: is needed"],
      [["--journal", "/nowhere/calls.ndjson"], "piopiy-sim: /nowhere/calls.ndjson: "],
      [["--config", "/nowhere/sim.json"], "piopiy-sim: /nowhere/sim.json: no such file"]
    ] as const
  )("says in one line what is wrong with %j, and ends with 1", ([flags, start]) =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("serve", "--port", "0", ...flags)
      assert.deepEqual([code, stdout], [1, ""])
      assert.isTrue(stderr.startsWith(start), stderr)
      assert.lengthOf(stderr.trimEnd().split("\n"), 1)
      hasNoStack(stderr)
    }))

  it.live.each(
    [
      [["--port", "abc"], "--port"],
      [["--port", "70000"], "--port"],
      [["--seed", "-1"], "--seed"],
      [["--token", ""], "--token"],
      [["--admin-token", "two words"], "--admin-token"],
      [["--bogus"], "--bogus"]
    ] as const
  )("refuses %j, names the flag, and ends with 1", ([flags, name]) =>
    Effect.gen(function*() {
      const { code, stderr } = yield* runSim("serve", "--port", "0", ...flags)
      assert.strictEqual(code, 1)
      assert.include(stderr, name)
      assert.notInclude(stderr, "two words")
      hasNoStack(stderr)
    }))

  it.live("lists everything that is wrong with a configuration, by path", () =>
    Effect.gen(function*() {
      const path = yield* written(
        "sim.json",
        JSON.stringify({
          bogus: 1,
          seed: -1,
          accounts: [{ token: "" }, { nme: "x" }],
          people: { "919840000001": { outcome: { _tag: "Sings" }, answers: [] } }
        })
      )
      const { code, stderr, stdout } = yield* runSim("serve", "--port", "0", "--config", path)
      assert.deepEqual([code, stdout], [1, ""])
      for (const where of ["bogus", "accounts[0].token", "accounts[1].nme", "accounts[1].token", "seed"]) {
        assert.include(stderr, `${where}: `)
      }
      assert.match(stderr, /people\["9\d*\**"\]\.outcome|people\["\*+"\]\.outcome/)
      hasNoStack(stderr)
    }).pipe(Effect.provide(platform)))

  it.live("lists what is wrong with stored pipelines, by path", () =>
    Effect.gen(function*() {
      const path = yield* written(
        "sim.json",
        JSON.stringify({ pipelines: { desk: [{ action: "dance" }] }, flows: { f: [{ action: "play" }] } })
      )
      const { code, stderr } = yield* runSim("serve", "--port", "0", "--config", path)
      assert.strictEqual(code, 1)
      assert.include(stderr, "pipelines.desk[0].action: ")
      assert.include(stderr, "flows.f[0].file_name: ")
    }).pipe(Effect.provide(platform)))

  it.live("says that a configuration is not JSON", () =>
    Effect.gen(function*() {
      const path = yield* written("sim.json", "{")
      const { code, stderr } = yield* runSim("serve", "--port", "0", "--config", path)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^piopiy-sim: \S+: is not JSON: .* in JSON at position 1 \(line 1 column 2\)\n$/)
    }).pipe(Effect.provide(platform)))
})

const Plan = Schema.fromJsonString(Schema.Struct({
  numbers: Schema.Array(Schema.Struct({ endsWith: Schema.String, behaviour: Schema.String })),
  agents: Schema.Array(Schema.Struct({ endsWith: Schema.String, behaviour: Schema.String }))
}))

describe.concurrent("piopiy-sim numbers", () => {
  it.live("prints the same plan as text and as JSON", () =>
    Effect.gen(function*() {
      const text = yield* runSim("numbers")
      const json = yield* runSim("numbers", "--json")
      assert.deepEqual([text.code, json.code, text.stderr, json.stderr], [0, 0, "", ""])
      const plan = yield* Schema.decodeEffect(Plan)(json.stdout)
      assert.isAtLeast(plan.numbers.length, 10)
      assert.isAtLeast(plan.agents.length, 5)
      const rows = text.stdout.split("\n").map((line) => line.trim().replace(/\s+/g, " "))
      for (const { behaviour, endsWith } of [...plan.numbers, ...plan.agents]) {
        assert.include(rows, `${endsWith} ${behaviour}`)
      }
    }))
})

describe.concurrent("npm run sim", () => {
  it.live("passes its arguments on", () =>
    Effect.gen(function*() {
      const program = yield* start("npm", ["run", "--silent", "sim", "--", "numbers", "--json"])
      const { code, stdout } = yield* program.ended
      assert.strictEqual(code, 0)
      yield* Schema.decodeEffect(Plan)(stdout)
    }))

  it.live("serves until npm is told to stop", () =>
    Effect.gen(function*() {
      const program = yield* start("npm", ["run", "--silent", "sim", "--", "serve", "--port", "0", "--json"])
      const { url } = yield* Effect.flatMap(program.firstLine, Schema.decodeEffect(Announcement))
      assert.strictEqual((yield* page(`${url}/_sim/health`)).status, 200)
      yield* program.send("SIGTERM")
      yield* program.ended
      yield* eventually(
        "silence on the port",
        page(`${url}/_sim/health`).pipe(Effect.as(undefined), Effect.orElseSucceed(() => true))
      )
    }).pipe(Effect.provide(platform)))
})

describe.concurrent("piopiy-sim", () => {
  it.live.each(["--help", "--version"])("answers %s with 0", (flag) =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim(flag)
      assert.deepEqual([code, stderr], [0, ""])
      assert.include(stdout, "piopiy-sim")
    }))

  it.live("refuses a command that it does not have, and ends with 1", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* runSim("dance")
      assert.strictEqual(code, 1)
      assert.include(stderr, "dance")
      hasNoStack(stderr)
    }))
})

/** What `piopiy-sim exec` does for a command, and what it keeps it from. The client libraries are in a file of their own. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { ended, platform, serving, temporary, textOf, written } from "./cli-kit.ts"
import { eventually, isRunning, root, runSim, runSimIn, startSim } from "./processes.ts"

const cli = `${root}/packages/simulator/src/cli/bin.ts`

const node = (program: string) => ["--", process.execPath, "--input-type=module", "-e", program]

/** Says the status of a request that only the simulator answers so, or why there is none. */
const dial = (url: string) => `
  const { message, cause } = await fetch("${url}").catch((error) => error)
  console.log(cause?.code ?? message ?? "answered", cause?.message ?? "")
`

/** Asks the older API, whose two hosts the simulator answers below /v2 and /v1. */
const channels = `
  const body = JSON.stringify({ appid: 1000001, secret: "sim-secret" })
  const headers = { "content-type": "application/json" }
  const response = await fetch("https://rest.telecmi.com/v2/piopiy/get_channels", { method: "POST", headers, body })
  console.log(await response.text())
`

const channelsReply = "{\"channel\":\"0\",\"code\":200,\"cmi_code\":200}\n"

describe("piopiy-sim exec, the command", () => {
  it.live("ends with the exit code of the command, and prints nothing among its output", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("exec", "--", "sh", "-c", "echo out; echo err >&2; exit 7")
      assert.deepEqual([code, stdout], [7, "out\n"])
      assert.match(stderr, /^piopiy-sim: the platform is at (\S+), its base URL is \1\/v3\nerr\n$/)
    }))

  it.live("passes on what is after -- as it is, also what looks like a flag of its own", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim("exec", "--", "printf", "%s|", "--url", "--", "a b", "--help")
      assert.strictEqual(stdout, "--url|--|a b|--help|")
    }))

  it.live.each([
    ["that ends when it is told to", ""],
    ["that does not", "trap '' TERM; "]
  ])("leaves no command behind %s, when it is killed itself", ([, trap]) =>
    Effect.gen(function*() {
      const program = yield* startSim("exec", "--", "sh", "-c", `${trap}echo $$; while true; do sleep 0.1; done`)
      const pid = yield* program.firstLine
      yield* program.send("SIGKILL")
      yield* eventually("its end", Effect.sync(() => isRunning(pid) ? undefined : true))
    }).pipe(Effect.scoped))

  it.live("ends as a shell says it when a signal ended the command", () =>
    Effect.gen(function*() {
      const { code } = yield* runSim("exec", "--", "sh", "-c", "kill -9 $$")
      assert.strictEqual(code, 128 + 9)
    }))

  it.live.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "hands %s on, and waits for what the command does then",
    (signal) =>
      Effect.gen(function*() {
        const program = yield* startSim(
          "exec",
          ...node(`process.on("${signal}", () => { console.log("told"); setTimeout(() => process.exit(5), 200) })
          setInterval(() => {}, 1000)
          console.log("ready")`)
        )
        yield* program.firstLine
        yield* program.send(signal)
        const { code, stdout } = yield* program.ended
        assert.deepEqual([code, stdout], [5, "ready\ntold\n"])
      }).pipe(Effect.scoped)
  )

  it.live.each([["no-such-command", 127], ["", 127], ["/etc/passwd", 126]] as const)(
    "says that %j cannot be started, and exits with %i",
    ([command, expected]) =>
      Effect.gen(function*() {
        const { code, stderr, stdout } = yield* runSim("exec", "--", command)
        const [, said, more] = stderr.split("\n")
        assert.deepEqual([code, stdout, more], [expected, "", ""])
        assert.include(said, expected === 127 ? "no such command" : "cannot be started")
      })
  )
})

describe("piopiy-sim exec, the simulator", () => {
  it.live("is gone when the command has ended, with the journal of its calls in the file", () =>
    Effect.gen(function*() {
      const journal = `${yield* temporary}/calls.ndjson`
      const { code, stdout } = yield* runSim(
        "exec",
        "--journal",
        journal,
        ...node(`
          const body = {
            caller_id: "914400000001",
            to_number: "919840007100",
            app_id: "app",
            pipeline: [{ action: "play", file_name: "a.wav" }]
          }
          const response = await fetch("https://rest.piopiy.com/v3/voice/pcmo/call", {
            method: "POST",
            headers: { authorization: "Bearer sim-token", "content-type": "application/json" },
            body: JSON.stringify(body)
          })
          console.log((await response.json()).call_id)
          console.log(process.env.PIOPIY_SIM_URL)
        `)
      )
      const [callId = "none", url = ""] = stdout.split("\n")
      assert.strictEqual(code, 0)
      const last = (yield* textOf(journal)).trimEnd().split("\n").filter((line) => line.includes(callId)).at(-1)
      assert.include(last, "\"Ended\"")
      const gone = yield* Effect.flip(HttpClient.get(`${url}/_sim/health`))
      assert.strictEqual(gone._tag, "HttpClientError")
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live("answers for both hosts of the older API", () =>
    Effect.gen(function*() {
      const noSuchCall = channels.replace(
        "rest.telecmi.com/v2/piopiy/get_channels",
        "piopiy.telecmi.com/v1/piopiy/cmiuuid_cdr"
      )
      const { stderr, stdout } = yield* runSim("exec", ...node(`{ ${channels} } { ${noSuchCall} }`))
      const [first, second = ""] = stdout.split("\n")
      assert.strictEqual(`${first}\n`, channelsReply, stderr)
      assert.match(second, /^\{.*"code":\d+/)
    }))

  it.live("is the one at --url, which goes on when the command has ended", () =>
    Effect.gen(function*() {
      const { baseUrl, url } = yield* serving("--token", "theirs")
      const { code, stdout } = yield* runSim(
        "exec",
        "--url",
        url,
        "--token",
        "theirs",
        ...node(`
          const response = await fetch("https://rest.piopiy.com/v3/voice/ai/call", {
            method: "POST",
            headers: { authorization: "Bearer " + process.env.PIOPIY_TOKEN, "content-type": "application/json" },
            body: JSON.stringify({
              caller_id: "914400000001",
              to_number: "919840007001",
              agent_id: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
            })
          })
          console.log((await response.json()).call_id)
          console.log(process.env.PIOPIY_BASE_URL)
          console.log(process.env.PIOPIY_APP_SECRET)
        `)
      )
      const [callId = "none", ...rest] = stdout.split("\n")
      assert.deepEqual([code, rest], [0, [baseUrl, "undefined", ""]])
      yield* ended(url, callId)
    }).pipe(Effect.scoped, Effect.provide(platform)))

  it.live.each(
    [
      [["--url", "http://127.0.0.1:9"], "no simulator answers at http://127.0.0.1:9"],
      [["--url", "http://127.0.0.1:9", "--seed", "4"], "--url: goes with no flag but --token and --allow-host"],
      [["--url", "http://127.0.0.1:9", "--journal", "a"], "--url: goes with no flag but --token and --allow-host"],
      [["--url", "http://127.0.0.1:9", "--clock", "live"], "--url: goes with no flag but --token and --allow-host"]
    ] as const
  )("with %j starts nothing, and says why", ([flags, why]) =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("exec", ...flags, "--", "echo", "ran")
      assert.deepEqual([code, stdout], [1, ""])
      assert.include(stderr, why)
    }))

  it.live("cannot be at an https URL, to which programs are not routed", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* runSim("exec", "--url", "https://127.0.0.1:9", "--", "echo", "ran")
      assert.deepEqual([code, stdout.includes("ran")], [1, false])
      assert.include(stderr, "an http URL")
    }))
})

describe("piopiy-sim exec, the environment", () => {
  it.live("tells any language where the platform is, and the credentials that it takes", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSimIn(
        { PIOPIY_TOKEN: "the real one" },
        "exec",
        ...["--app-id", "7", "--app-secret", "shh", "--", "sh", "-c"],
        "echo $PIOPIY_SIM_URL $PIOPIY_BASE_URL $PIOPIY_LEGACY_BASE_URL $PIOPIY_TOKEN $PIOPIY_APP_ID $PIOPIY_APP_SECRET"
      )
      assert.match(stdout, /^(http:\/\/127\.0\.0\.1:\d+) \1\/v3 \1 sim-token 7 shh\n$/)
    }))

  it.live("has the tokens of PIOPIY_SIM_ variables where the flags are left out, and says none of them", () =>
    Effect.gen(function*() {
      const variables = { PIOPIY_SIM_TOKEN: "from-env", PIOPIY_SIM_APP_SECRET: "also-env", PIOPIY_SIM_ADMIN_TOKEN: "a" }
      const { stderr, stdout } = yield* runSimIn(
        variables,
        ...["exec", "--app-secret", "by-flag", "--", "sh", "-c", "echo $PIOPIY_TOKEN $PIOPIY_APP_SECRET"]
      )
      assert.strictEqual(stdout, "from-env by-flag\n")
      assert.notMatch(stderr, /from-env|also-env|by-flag/)
      const { url } = yield* serving("--token", "from-env")
      const { code } = yield* runSimIn(variables, "exec", "--url", url, "--", "true")
      assert.strictEqual(code, 0)
    }).pipe(Effect.scoped))

  it.live("keeps the NODE_OPTIONS that were there", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSimIn(
        { NODE_OPTIONS: "--title=kept" },
        "exec",
        ...node(`console.log(process.title); ${channels}`)
      )
      assert.strictEqual(stdout, `kept\n${channelsReply}`)
    }))

  it.live("reaches worker threads, and programs that the command starts", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        "exec",
        ...node(`
          import { execFileSync } from "node:child_process"
          import { once } from "node:events"
          import { Worker } from "node:worker_threads"
          const program = ${JSON.stringify(channels)}
          await once(new Worker("(async () => {" + program + "})()", { eval: true }), "exit")
          console.log(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }).trim())
        `)
      )
      assert.strictEqual(stdout, channelsReply.repeat(2))
    }))

  it.live("takes the inner simulator when one runs in another", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        ...["exec", "--", process.execPath, cli, "exec", "--app-secret", "inner"],
        ...node(channels.replace("sim-secret", "inner"))
      )
      assert.strictEqual(stdout, channelsReply)
    }))

  it.live("has no proxy between a program and the platform's hosts", () =>
    Effect.gen(function*() {
      const proxy = "http://proxy.example:3128"
      const { stderr, stdout } = yield* runSimIn(
        { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, https_proxy: proxy, NODE_USE_ENV_PROXY: "1" },
        "exec",
        ...node(`
          import axios from "axios"
          const body = { appid: 1000001, secret: "sim-secret" }
          const { data } = await axios.post("https://rest.telecmi.com/v2/piopiy/get_channels", body)
          console.log(JSON.stringify(data))
          ${channels.replace("const body", "const text").replace(", body }", ", body: text }")}
        `)
      )
      assert.strictEqual(stdout, channelsReply.repeat(2), stderr)
    }))
})

describe("piopiy-sim exec, what the command may reach", () => {
  it.live.each([
    ["https://api.example.com/pay", "api.example.com:443"],
    ["http://api.example.com:8080/", "api.example.com:8080"],
    ["http://203.0.113.7/", "203.0.113.7:80"],
    ["http://[2001:db8::1]/", "[2001:db8::1]:80"],
    ["https://api.piopiy.com/v1/ai-agents", "api.piopiy.com:443"],
    ["https://rest.piopiy.com.example/v3", "rest.piopiy.com.example:443"]
  ])("is not %s, and the error says what would let it", ([url = "", place = ""]) =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* runSim("exec", ...node(dial(url)))
      const host = place.replace(/:\d+$/, "").replace(/^\[|\]$/g, "")
      assert.include(stdout, `ECONNREFUSED piopiy-sim exec: connection to ${place} refused`)
      assert.include(stdout, `--allow-host ${host}\n`)
      assert.include(stderr, "[PIOPIY_SIM_REFUSED] PiopiySimWarning: ")
    }))

  it.live.each(["http", "https"])("is not another host by node:%s either", (protocol) =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        "exec",
        ...node(`
          import { request } from "node:${protocol}"
          request("${protocol}://api.example.com/pay?a=1").on("error", ({ message }) => { console.log(message) }).end()
        `)
      )
      assert.match(stdout, /connection to api\.example\.com:\d+ refused/)
    }))

  it.live("is what --allow-host names, and nothing like it", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        ...["exec", "--allow-host", "One.invalid", "--allow-host", "two.invalid"],
        ...node(
          ["one.invalid", "two.invalid", "three.invalid"].map((host) => `{${dial(`https://${host}`)}}`).join("\n")
        )
      )
      // Nobody has these names: that it was looked for shows that it was let through.
      const codes = stdout.split("\n").map((line) => line.split(" ")[0])
      assert.deepEqual(codes, ["ENOTFOUND", "ENOTFOUND", "ECONNREFUSED", ""])
    }))

  it.live("is this machine, by any of its names, and sockets without a host", () =>
    Effect.gen(function*() {
      const { stdout, stderr } = yield* runSim(
        "exec",
        ...node(`
          import { once } from "node:events"
          import { createServer } from "node:http"
          import net from "node:net"
          import { tmpdir } from "node:os"
          import { join } from "node:path"
          const answer = (_request, response) => response.end("mine")
          const server = createServer(answer).listen(0)
          await once(server, "listening")
          const { port } = server.address()
          for (const host of ["127.0.0.1", "localhost", "127.1.2.3", "[::ffff:127.0.0.1]", "0.0.0.0"]) {
            console.log(await (await fetch("http://" + host + ":" + port)).text())
          }
          const path = join(tmpdir(), "piopiy-exec-" + process.pid)
          const local = createServer(answer).listen(path)
          await once(local, "listening")
          const socket = net.connect(path)
          await once(socket, "connect")
          const same = net.connect(String(port))
          await once(same, "connect")
          console.log("connected")
          process.exit()
        `)
      )
      assert.strictEqual(stdout, `${"mine\n".repeat(5)}connected\n`, stderr)
    }))

  it.live("is not what a proxy that it may reach leads to", () =>
    Effect.gen(function*() {
      const { stdout, stderr } = yield* runSim(
        "exec",
        ...node(`
          import { once } from "node:events"
          import { createServer } from "node:http"
          import { ProxyAgent, request } from "undici"
          const tunnels = []
          const proxy = createServer().on("connect", ({ url }, socket) => {
            tunnels.push(socket)
            socket.on("error", () => {})
            socket.write("HTTP/1.1 200 OK\\r\\n\\r\\n")
          }).listen(0, "127.0.0.1")
          await once(proxy, "listening")
          const dispatcher = new ProxyAgent("http://127.0.0.1:" + proxy.address().port)
          const body = JSON.stringify({ appid: 1000001, secret: "sim-secret" })
          const send = (url) => request(url, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body,
            dispatcher
          }).then((response) => response.body.text(), (error) => error.message)
          console.log(await send("https://rest.telecmi.com/v2/piopiy/get_channels"))
          console.log(await send("https://api.example.com/"))
          console.log(tunnels.length)
          process.exit()
        `)
      )
      const [first, second, third] = stdout.split("\n")
      assert.deepEqual([`${first}\n`, third], [channelsReply, "2"], stderr)
      assert.include(second, "connection to api.example.com refused")
    }))

  it.live("is the platform in HTTP/1.1 only, which who asks for HTTP/2 alone is told", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        "exec",
        ...node(`
          import http2 from "node:http2"
          http2.connect("https://rest.piopiy.com").on("error", ({ message }) => { console.log(message) })
        `)
      )
      assert.include(stdout, "the simulator speaks HTTP/1.1")
    }))

  it.live("fails a connection that is tried again, each time", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* runSim(
        "exec",
        ...node(`
          import net from "node:net"
          const socket = new net.Socket()
          let tries = 0
          socket.on("error", ({ code }) => { console.log(code) })
          socket.on("close", () => { if (++tries < 3) socket.connect(5432, "db.example") })
          socket.connect({ host: "db.example", port: 5432 })
        `)
      )
      assert.strictEqual(stdout, "ECONNREFUSED\n".repeat(3))
      assert.lengthOf(stderr.match(/PiopiySimWarning/g) ?? [], 1)
    }))

  it.live("has the clock, the sounds and the voices that its flags say", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runSim(
        ...["exec", "--clock", "manual"],
        ...node("console.log(await (await fetch(process.env.PIOPIY_SIM_URL + '/_sim/clock')).text())")
      )
      assert.include(stdout, "\"mode\":\"manual\"")
      const { code, stderr } = yield* runSim("exec", "--sounds", "/nowhere/at/all", "--", "echo", "ran")
      assert.strictEqual(code, 1)
      assert.include(stderr, "piopiy-sim: /nowhere/at/all: ")
      assert.strictEqual((yield* runSim("exec", "--speech", "singing", "--", "true")).code, 1)
    }))

  it.live("takes hosts and a configuration from the environment, unless flags say otherwise", () =>
    Effect.gen(function*() {
      const config = yield* written("sim.json", JSON.stringify({ accounts: [{ token: "in-a-file" }] }))
      const environment = { PIOPIY_SIM_ALLOW_HOST: "one.invalid, two.invalid", PIOPIY_SIM_CONFIG: config }
      const program = node(`
        { ${dial("http://two.invalid/")} }
        { ${dial("http://three.invalid/")} }
        console.log(process.env.PIOPIY_TOKEN)
      `)
      const [two, three, token] = (yield* runSimIn(environment, "exec", ...program)).stdout.split("\n")
      assert.match(two ?? "", /^(ENOTFOUND|EAI_AGAIN)/)
      assert.match(three ?? "", /^ECONNREFUSED .*--allow-host three\.invalid/)
      assert.strictEqual(token, "in-a-file")
      const flagged = yield* runSimIn(environment, "exec", "--allow-host", "three.invalid", ...program)
      assert.match(flagged.stdout, /^ECONNREFUSED .*\n(ENOTFOUND|EAI_AGAIN)/)
      const { url } = yield* serving()
      const elsewhere = yield* runSimIn(environment, "exec", "--url", url, "--", "true")
      assert.strictEqual(elsewhere.code, 0, elsewhere.stderr)
    }).pipe(Effect.scoped, Effect.provide(platform)))
})

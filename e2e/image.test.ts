/** The container image without a container engine: its files laid out in a folder, and what the Dockerfile starts there. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { createServer } from "node:net"
import { platform, temporary, textOf } from "./cli-kit.ts"
import { eventually, root, start } from "./processes.ts"

const script = `${root}/scripts/image.mjs`

const image = (...args: ReadonlyArray<string>) => start(process.execPath, [script, ...args])

const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

const secrets = {
  PIOPIY_SIM_TOKEN: "their-token",
  PIOPIY_SIM_APP_SECRET: "their-secret",
  PIOPIY_SIM_ADMIN_TOKEN: "admin"
}

const startWith = (variables: Readonly<Record<string, string>>, folder: string, port: number) =>
  start("env", [
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...[process.execPath, script, "start", folder, "--port", `${port}`]
  ])

it.live(
  "the image holds all that its start command needs, and starts, is healthy and stops as a container does",
  () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = `${yield* temporary}/image`
      const laid = yield* Effect.flatMap(image("lay", folder), ({ ended }) => Effect.retry(ended, { times: 6 }))
      assert.strictEqual(laid.code, 0, laid.stderr)

      const names = yield* files.readDirectory(folder, { recursive: true })
      const real = yield* files.realPath(folder)
      for (const name of names) assert.strictEqual(yield* files.realPath(`${folder}/${name}`), `${real}/${name}`)
      assert.deepEqual(names.filter((name) => /\.(ts|map)$/.test(name)), [])

      const port = yield* freePort
      const refused = yield* Effect.flatMap(startWith({}, folder, port), ({ ended }) => ended)
      assert.strictEqual(refused.code, 1)
      assert.include(refused.stderr, "--admin-token: is needed")

      const container = yield* startWith(secrets, folder, port)
      const isHealthy = Effect.scoped(Effect.gen(function*() {
        const { code } = yield* (yield* image("health", folder, "--port", `${port}`)).ended
        return code === 0
      }))
      yield* eventually("health", Effect.map(isHealthy, (is) => is ? true : undefined))

      const call = HttpClientRequest.post(`http://127.0.0.1:${port}/v3/voice/pcmo/call`).pipe(
        HttpClientRequest.bodyJsonUnsafe({
          caller_id: "914400000001",
          to_number: "919840007100",
          app_id: "app",
          pipeline: [{ action: "play", file_name: "a.wav" }]
        })
      )
      const statusAs = (token: string) =>
        Effect.map(HttpClient.execute(HttpClientRequest.bearerToken(call, token)), ({ status }) => status)
      assert.deepEqual([yield* statusAs("sim-token"), yield* statusAs("their-token")], [401, 200])
      const journal = yield* HttpClient.get(`http://127.0.0.1:${port}/_sim/journal`)
      assert.strictEqual(journal.status, 401)

      yield* container.send("SIGTERM")
      // As long as `docker stop` waits.
      const { code, stderr, stdout } = yield* Effect.timeout(container.ended, "10 seconds")
      assert.deepEqual([code, stderr], [0, ""])
      for (const secret of Object.values(secrets)) assert.notInclude(stdout, secret)
      assert.isFalse(yield* isHealthy)

      // The package as it is published routes programs too.
      const bin = `${folder}/node_modules/@effect-piopiy/simulator/dist/cli/bin.js`
      const program = "const { status } = await fetch('https://rest.piopiy.com/v3/none'); console.log(status)"
      const routed = yield* Effect.flatMap(
        start(process.execPath, [bin, "exec", "--", process.execPath, "--input-type=module", "-e", program]),
        ({ ended }) => ended
      )
      assert.strictEqual(routed.stdout, "404\n", routed.stderr)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  120_000
)

it.live("the Dockerfile names no user but an unprivileged one, and the port that serve listens on", () =>
  Effect.gen(function*() {
    const [, last = ""] = (yield* textOf(`${root}/Dockerfile`)).split(/^FROM .* AS build$/m)
    assert.match(last, /^USER node$/m)
    assert.match(last, /^EXPOSE 8787$/m)
  }).pipe(Effect.provide(platform)))

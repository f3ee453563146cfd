import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { execPath } from "node:process"

/** Every module that Node loads for one import, in a process of its own: for Effect `http/HttpClient.js` and the like. */
const loadedBy = (specifier: string) =>
  Effect.sync(() => {
    const text = execFileSync(execPath, ["loadedModules.mjs", specifier], {
      cwd: import.meta.dirname,
      encoding: "utf8"
    })
    const urls: unknown = JSON.parse(text)
    assert(Array.isArray(urls) && urls.length > 1, "modules are loaded")
    return new Set(urls.map(String))
  })

const network = /\/effect\/dist\/(http|http-api|net|socket)\/|^node:/

/** What speaks to a network, apart from the plain values (headers, addresses) that Effect's Schema itself has codecs for. */
const reachesOut = Effect.fnUntraced(function*(specifier: string) {
  const schema = yield* loadedBy("effect/Schema")
  const loaded = yield* loadedBy(specifier)
  return [...loaded].filter((url) => network.test(url) && !schema.has(url))
})

for (const name of ["Pipeline", "LegacyPipeline", "Action", "LegacyAction"]) {
  it.effect(`${name} alone loads no HTTP and no socket module`, () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* reachesOut(`@effect-piopiy/sdk/${name}`), [])
    }))
}

it.effect("the package loads nothing of Node and no ws, which are for the stream server on Node alone", () =>
  Effect.gen(function*() {
    const ofNode = (specifier: string) =>
      Effect.map(loadedBy(specifier), (loaded) => [...loaded].filter((url) => /^node:|\/ws\//.test(url)))
    assert.deepStrictEqual(yield* ofNode("@effect-piopiy/sdk"), [])
    const needed = yield* ofNode("@effect-piopiy/sdk/StreamServerNode")
    assert(needed.includes("node:http") && needed.some((url) => url.includes("/ws/")))
  }))

it.effect("Effect's Schema loads no HTTP client and no socket", () =>
  Effect.gen(function*() {
    const loaded = yield* loadedBy("effect/Schema")
    assert.deepStrictEqual([...loaded].filter((url) => /Client|Server|\/socket\/|^node:/.test(url)), [])
  }))

it.effect("Calls loads the HTTP client, so that this test would tell", () =>
  Effect.gen(function*() {
    const reached = yield* reachesOut("@effect-piopiy/sdk/Calls")
    assert(reached.some((url) => url.endsWith("/http/HttpClient.js")))
  }))

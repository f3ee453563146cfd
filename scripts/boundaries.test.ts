import { assert, describe, it } from "@effect/vitest"
import { dirname } from "node:path"
import { check, readTree, type SourceFile, table } from "./boundaries.ts"

interface Case {
  readonly from: string
  readonly allowed: ReadonlyArray<string>
  readonly forbidden: ReadonlyArray<string>
}

const service = "export class Calls extends Context.Service<Calls, {}>()(\"Calls\") {}\n"

/** What the cases import, so that the marks of services and of impure modules have something to stand on. */
const world: ReadonlyArray<SourceFile> = [
  { path: "packages/sdk/src/internal/rest.ts", text: "import * as HttpClient from \"effect/http/HttpClient\"\n" },
  { path: "packages/sdk/src/internal/retry.ts", text: "import * as rest from \"./rest.ts\"\n" },
  { path: "packages/sdk/src/internal/encode.ts", text: "import type * as Socket from \"effect/socket/Socket\"\n" }
]

/** One entry per row of the table, in its order. `Calls.ts` defines a service, see {@link violations}. */
const cases: ReadonlyArray<Case> = [
  {
    from: "packages/sdk/src/wire/RestV3.ts",
    allowed: ["./Limits.ts", "effect/Schema", "effect/SchemaTransformation"],
    forbidden: ["../Pipeline.ts", "effect", "effect/Effect", "effect/http/HttpClient", "node:fs"]
  },
  {
    from: "packages/sdk/src/StreamServerNode.ts",
    allowed: ["./Calls.ts", "./internal/rest.ts", "effect/socket/Socket", "node:http", "ws"],
    forbidden: ["@effect-piopiy/simulator", "@effect/platform-node", "effect", "undici"]
  },
  {
    from: "packages/sdk/src/Calls.ts",
    allowed: ["./CallId.ts", "./internal/rest.ts", "./wire/RestV3.ts", "effect/Effect", "effect/http/HttpClient"],
    forbidden: [
      "@effect-piopiy/simulator",
      "@effect/platform-node",
      "effect",
      "node:crypto",
      "undici",
      "../test/fake.ts"
    ]
  },
  {
    from: "packages/sdk/src/Pipeline.ts",
    allowed: ["./Action.ts", "./internal/encode.ts", "./wire/PcmoV3.ts", "effect/Result"],
    forbidden: ["./internal/rest.ts", "./internal/retry.ts", "@effect-piopiy/simulator", "node:util"]
  },
  {
    from: "packages/sdk/src/internal/fields.ts",
    allowed: ["../Pipeline.ts", "../wire/PcmoV3.ts", "./rest.ts", "effect/socket/Socket"],
    forbidden: ["@effect-piopiy/simulator/testing", "../../../simulator/src/index.ts", "node:net"]
  },
  {
    from: "packages/sdk/test/Calls.test.ts",
    allowed: ["../src/Calls.ts", "./fakes.ts", "@effect/vitest", "effect/Effect", "node:fs"],
    forbidden: ["@effect-piopiy/simulator", "@effect-piopiy/simulator/testing", "../../simulator/src/index.ts"]
  },
  {
    from: "packages/simulator/src/core/media/Voice.ts",
    allowed: ["./Chance.ts", "../pcmo/Program.ts", "@effect-piopiy/sdk/AudioFrame", "effect/Schema"],
    forbidden: [
      "@effect-piopiy/sdk/StreamCommand",
      "@effect-piopiy/sdk/Playout",
      "@effect-piopiy/sdk/wire/Stream",
      "@effect-piopiy/sdk",
      "../../engine/Timeline.ts",
      "effect/Clock",
      "effect/Effect"
    ]
  },
  {
    from: "packages/simulator/src/core/call/Call.ts",
    allowed: ["../pcmo/Program.ts", "effect/HashMap", "effect/Match"],
    forbidden: [
      "../../engine/Timeline.ts",
      "@effect-piopiy/sdk/wire/Limits",
      "effect/Clock",
      "effect/Effect",
      "effect/Layer",
      "effect/Random",
      "node:crypto"
    ]
  },
  {
    from: "packages/simulator/src/engine/Switchboard.ts",
    allowed: ["../core/call/Call.ts", "./Timeline.ts", "effect/Effect", "effect/testing/TestClock"],
    forbidden: ["../edge/rest/Auth.ts", "../Simulator.ts", "@effect-piopiy/sdk", "node:fs"]
  },
  {
    from: "packages/simulator/src/edge/rest/AdmissionV3.ts",
    allowed: ["../../core/pcmo/Program.ts", "./Admission.ts", "@effect-piopiy/sdk/wire/Limits", "effect/Result"],
    forbidden: ["@effect-piopiy/sdk", "@effect-piopiy/sdk/wire/PcmoV3", "@effect-piopiy/sdk/Pipeline"]
  },
  {
    from: "packages/simulator/src/edge/control/api/tenants.ts",
    allowed: [
      "effect/http-api/HttpApiBuilder",
      "../../../Simulator.ts",
      "../../rest/body.ts",
      "../../../engine/Tenants.ts"
    ],
    forbidden: ["../../../node/Server.ts", "../../../testing/index.ts", "@effect-piopiy/sdk", "node:http"]
  },
  {
    from: "packages/simulator/src/edge/rest/Routes.ts",
    allowed: ["../../engine/Switchboard.ts", "@effect-piopiy/sdk/wire/RestV3", "effect/http/HttpRouter"],
    forbidden: ["@effect-piopiy/sdk", "@effect/platform-node", "../../cli/main.ts", "node:http"]
  },
  {
    from: "packages/simulator/src/node/Server.ts",
    allowed: ["../Simulator.ts", "../edge/rest/Routes.ts", "@effect/platform-node/NodeRuntime", "node:http", "ws"],
    forbidden: ["../testing/index.ts", "@effect-piopiy/sdk", "vitest"]
  },
  {
    from: "packages/simulator/src/cli/programs.ts",
    allowed: ["effect/Effect", "./files.ts", "node:url", "import(...)"],
    forbidden: ["../core/media/Recording.ts", "@effect/platform-node", "@effect-piopiy/sdk"]
  },
  {
    from: "packages/simulator/src/cli/main.ts",
    allowed: [
      "../Simulator.ts",
      "../edge/rest/Routes.ts",
      "../node/Server.ts",
      "@effect/platform-node/NodeRuntime",
      "node:http"
    ],
    forbidden: ["../testing/index.ts", "@effect-piopiy/sdk", "vitest", "ws"]
  },
  {
    from: "packages/simulator/src/testing/OverSockets.ts",
    allowed: [
      "../Simulator.ts",
      "../node/SimulatorServer.ts",
      "./assemble.ts",
      "@effect-piopiy/sdk/Calls",
      "@effect/platform-node/NodeHttpServer",
      "node:http"
    ],
    forbidden: ["../core/call/Call.ts", "../node/door.ts", "@effect-piopiy/sdk/wire/RestV3", "vitest"]
  },
  {
    from: "packages/simulator/src/testing/Matchers.ts",
    allowed: ["../Simulator.ts", "./layers.ts", "@effect-piopiy/sdk", "@effect-piopiy/sdk/Calls", "vitest"],
    forbidden: [
      "../core/call/Call.ts",
      "../engine/Timeline.ts",
      "../node/SimulatorServer.ts",
      "./OverSockets.ts",
      "@effect-piopiy/sdk/wire/RestV3",
      "node:fs"
    ]
  },
  {
    from: "packages/simulator/src/Simulator.ts",
    allowed: [
      "./SimulatorConfig.ts",
      "./core/call/Call.ts",
      "./edge/rest/Routes.ts",
      "./engine/Timeline.ts",
      "effect/Layer"
    ],
    forbidden: ["./cli/main.ts", "./node/Server.ts", "./testing/index.ts", "@effect-piopiy/sdk", "node:http"]
  },
  {
    from: "packages/examples/src/01-place.ts",
    allowed: [
      "@effect-piopiy/sdk",
      "@effect-piopiy/sdk/Calls",
      "@effect/platform-node/NodeHttpServer",
      "effect/Effect",
      "node:http"
    ],
    forbidden: ["@effect-piopiy/sdk/wire/RestV3", "@effect-piopiy/simulator", "node:fs", "./02-menu.ts"]
  },
  {
    from: "packages/examples/test/01-place.test.ts",
    allowed: ["../src/01-place.ts", "@effect-piopiy/sdk", "@effect-piopiy/simulator/testing", "@effect/vitest"],
    forbidden: ["../../simulator/src/engine/Timeline.ts", "@effect-piopiy/sdk/wire/RestV3", "node:http"]
  },
  {
    from: "packages/examples/demo/main.ts",
    allowed: [
      "./ladder.ts",
      "@effect-piopiy/simulator",
      "@effect/platform-node/NodeRuntime",
      "effect/Effect",
      "node:http"
    ],
    forbidden: ["../../sdk/src/Calls.ts", "@effect-piopiy/sdk/internal/rest", "node:child_process"]
  },
  {
    from: "packages/examples/scenarios/app.ts",
    allowed: [
      "../src/01-place.ts",
      "@effect-piopiy/sdk",
      "@effect/platform-node/NodeRuntime",
      "effect/Effect",
      "node:http"
    ],
    forbidden: ["@effect-piopiy/simulator", "@effect-piopiy/sdk/internal/rest", "node:fs"]
  }
]

const violations = (path: string, text: string) => {
  const file = { path, text: path.endsWith("/Calls.ts") ? service + text : text }
  return check([...world, file]).filter((violation) => violation.path === path)
}

describe("the table of boundaries", () => {
  it("has a case for each row", () => {
    const rules = cases.map(({ forbidden, from }) => violations(from, `import "${forbidden[0]}"`)[0]?.rule)
    assert.deepStrictEqual(rules, table.map(({ rule }) => rule))
  })

  for (const { allowed, forbidden, from } of cases) {
    it.each([...allowed])(`${from} may import %s`, (specifier) => {
      assert.deepStrictEqual(violations(from, `import * as X from "${specifier}"\n`), [])
    })
    it.each([...forbidden])(`${from} may not import %s`, (specifier) => {
      assert.deepStrictEqual(violations(from, `import * as X from "${specifier}"\n`).map((found) => found.specifier), [
        specifier
      ])
    })
  }

  it("refuses a file that no row covers", () => {
    assert.strictEqual(
      violations("packages/simulator/src/helpers/a.ts", "")[0]?.rule,
      "every file has a row in the table"
    )
  })

  it("holds in the real tree", () => {
    assert.deepStrictEqual(check(readTree(dirname(import.meta.dirname))), [])
  })
})

describe("reading imports", () => {
  const core = "packages/simulator/src/core/a.ts"
  const lines = (text: string) => violations(core, text).map(({ line, specifier }) => [line, specifier])

  it.each([
    "import fs from \"node:fs\"",
    "import \"node:fs\"",
    "import type { Stats } from \"node:fs\"",
    "import {\n  readFileSync,\n  // what for\n  statSync\n} from \"node:fs\"",
    "export * from \"node:fs\"",
    "export type * as Fs from 'node:fs'",
    "export { readFileSync } from \"node:fs\"",
    "const fs = () => import(\"node:fs\")",
    "type Fs = typeof import(\"node:fs\")"
  ])("sees %j", (text) => {
    assert.deepStrictEqual(lines(`const one = 1\n\n${text}\n`), [[3, "node:fs"]])
  })

  it("reports a dynamic import of a computed name", () => {
    assert.deepStrictEqual(lines("const load = (name: string) => import(name)\n"), [[1, "import(...)"]])
  })

  it.each([
    "/**\n * @example\n * import fs from \"node:fs\"\nimport fs from \"node:fs\"\n */\n",
    "// import fs from \"node:fs\"\n",
    "// see import(\"node:fs\")\n",
    "export const from = \"node:fs\"\n",
    "const here = import.meta.url\n"
  ])("does not see %j", (text) => {
    assert.deepStrictEqual(lines(text), [])
  })

  it.each(["const a = \"/*\"", "const a = `//`", "const a = /[/*]/", "const a = '//'"])("sees past %j", (text) => {
    assert.deepStrictEqual(lines(`${text}; const b = import("node:fs")\n/* end */\n`), [[1, "node:fs"]])
  })
})

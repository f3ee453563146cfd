/**
 * Who may import whom: the table of the architecture page as data, and the check of the real imports against it.
 *
 * `node scripts/boundaries.ts` walks the packages, prints a line per forbidden import and exits with 1 on any.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix, relative } from "node:path"
import { fileURLToPath } from "node:url"

/** A file by its path from the root of the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** One forbidden import. `line` counts from 1. */
export interface Violation {
  readonly path: string
  readonly line: number
  readonly specifier: string
  readonly rule: string
  readonly fix: string
}

/**
 * One row of the table. `from` meets the path of the importing file, `may` the imported target: a path from the root
 * for relative imports, the specifier for all others. Paths of the SDK end in a {@link mark} where rows ask for one.
 * The first row that meets a file is the only one that counts for it.
 */
export interface Row {
  readonly rule: string
  readonly from: RegExp
  readonly may: ReadonlyArray<RegExp>
  readonly fix: string
}

const effect = /^effect\/./
const data =
  /^effect\/(Array|Boolean|Brand|Chunk|Data|Duration|Equal|Equivalence|Function|Hash|HashMap|HashSet|Iterable|Match|Number|Option|Order|Pipeable|Predicate|Record|Result|Schema\w*|String|Struct|Tuple|Types)$/
const node = /^node:/
const platformNode = /^@effect\/platform-node(\/|$)/
const vitest = /^(@effect\/)?vitest(\/|$)/
const sdk = /^@effect-piopiy\/sdk(\/[A-Z]\w*)?$/
const sdkWire = /^@effect-piopiy\/sdk\/wire\/\w+$/
const sdkAudio = /^@effect-piopiy\/sdk\/(AudioFrame|G711|Mix|Resampler|Wav)$/
const simulator = /^@effect-piopiy\/simulator(\/|$)/
/** What decodes mp3 and ogg; none of it needs to be there. */
const decoders = /^(mpg123-decoder|ogg-opus-decoder|@wasm-audio-decoders\/ogg-vorbis)$/

export const table: ReadonlyArray<Row> = [
  {
    rule: "sdk/src/wire imports effect data modules and siblings",
    from: /^packages\/sdk\/src\/wire\//,
    may: [data, /^packages\/sdk\/src\/wire\//],
    fix: "wire states facts: move behaviour to a domain module or to internal/"
  },
  {
    rule: "sdk modules for Node alone import effect, the SDK, node: and ws",
    from: /^packages\/sdk\/src\/\w+Node\.ts$/,
    may: [effect, node, /^ws$/, /^packages\/sdk\/src\//],
    fix: "what needs another package is for its users to provide, as a service"
  },
  {
    rule: "sdk modules that define a service or its layers import effect, siblings, wire and internal",
    from: /^packages\/sdk\/src\/[^/]+#service$/,
    may: [effect, /^packages\/sdk\/src\//],
    fix: "the SDK stands on effect alone: name the need as a service and let the caller provide it"
  },
  {
    rule: "sdk modules without a service import effect, siblings, wire and pure internal modules",
    from: /^packages\/sdk\/src\/[^/]+$/,
    may: [
      effect,
      /^packages\/sdk\/src\/[^/]+$/,
      /^packages\/sdk\/src\/wire\//,
      /^packages\/sdk\/src\/internal\/[^#]+$/
    ],
    fix:
      "an internal module that reaches effect/http or effect/socket is for service modules: move the pure part out of it"
  },
  {
    rule: "sdk/src/internal imports effect, wire and domain modules",
    from: /^packages\/sdk\/src\/internal\//,
    may: [effect, /^packages\/sdk\/src\//],
    fix: "the SDK stands on effect alone: name the need as a service and let the caller provide it"
  },
  {
    rule: "sdk/test never imports the simulator",
    from: /^packages\/sdk\/test\//,
    may: [effect, node, platformNode, vitest, sdk, sdkWire, /^packages\/sdk\//],
    fix: "fake the platform with a layer over an in-memory model; a test that needs the simulator belongs in e2e/"
  },
  {
    rule: "simulator/src/core/media imports effect data modules, core and the SDK's arithmetic of audio",
    from: /^packages\/simulator\/src\/core\/media\//,
    may: [data, /^packages\/simulator\/src\/core\//, sdkAudio],
    fix:
      "of the SDK the media core sees what calculates with samples: nothing that knows the wire, the clock or a service"
  },
  {
    rule: "simulator/src/core imports effect data modules and core",
    from: /^packages\/simulator\/src\/core\//,
    may: [data, /^packages\/simulator\/src\/core\//],
    fix: "core is pure: let time and chance arrive in events, and leave effects as commands to the engine"
  },
  {
    rule: "simulator/src/engine imports effect, core and engine",
    from: /^packages\/simulator\/src\/engine\//,
    may: [effect, /^packages\/simulator\/src\/(core|engine)\//],
    fix: "declare a port in engine/ and implement it in edge/ or node/"
  },
  {
    rule: "Admission imports effect, engine, core, edge and the constants of the SDK's wire/Limits",
    from: /^packages\/simulator\/src\/edge\/rest\/Admission[^/]*$/,
    may: [effect, /^packages\/simulator\/src\/(core|engine|edge)\//, /^@effect-piopiy\/sdk\/wire\/Limits$/],
    fix:
      "Admission judges from the sources: write the check out, and take only its numbers and patterns from wire/Limits"
  },
  {
    rule: "simulator/src/edge/control/api imports effect, engine, core, edge and the public simulator",
    from: /^packages\/simulator\/src\/edge\/control\/api\//,
    may: [effect, /^packages\/simulator\/src\/((core|engine|edge)\/.+|[^/]+)$/],
    fix:
      "the control API does what a user of the simulator can do in process: export what is missing from a public module"
  },
  {
    rule: "simulator/src/edge imports effect, engine, core, edge and the SDK's wire",
    from: /^packages\/simulator\/src\/edge\//,
    may: [effect, /^packages\/simulator\/src\/(core|engine|edge)\//, sdkWire],
    fix: "what needs Node belongs in node/ or cli/; of the SDK the edge sees the wire alone"
  },
  {
    rule:
      "simulator/src/node imports the simulator but testing/, the SDK's wire, effect, node:, platform-node, ws and decoders",
    from: /^packages\/simulator\/src\/node\//,
    may: [effect, node, platformNode, sdkWire, /^ws$/, decoders, /^packages\/simulator\/src\/(?!testing\/)/],
    fix: "move what tests share out of testing/; keep the SDK's encoders out of the simulator"
  },
  {
    rule: "simulator/src/cli/programs imports effect, node:, siblings and whatever file it is told of",
    from: /^packages\/simulator\/src\/cli\/programs\.ts$/,
    may: [
      effect,
      node,
      /^import\(\.\.\.\)$/,
      /^packages\/simulator\/src\/cli\//,
      /^packages\/simulator\/src\/SimulatorError\.ts$/
    ],
    fix: "programs of users are loaded here and nowhere else"
  },
  {
    rule: "simulator/src/cli imports the simulator but testing/, the SDK's wire, effect, node: and platform-node",
    from: /^packages\/simulator\/src\/cli\//,
    may: [effect, node, platformNode, sdkWire, /^packages\/simulator\/src\/(?!testing\/)/],
    fix: "move what tests share out of testing/; keep the SDK's encoders out of the simulator"
  },
  {
    rule:
      "simulator/src/testing over sockets imports effect, node:, platform-node, the public simulator, its server and the SDK's public modules",
    from: /^packages\/simulator\/src\/testing\/(OverSockets|promise)\.ts$/,
    may: [
      effect,
      node,
      platformNode,
      sdk,
      /^packages\/simulator\/src\/(testing\/.+|node\/SimulatorServer\.ts|[^/]+)$/
    ],
    fix: "export what is missing from a public module of the simulator, or from its server"
  },
  {
    rule: "simulator/src/testing imports effect, the public simulator, the SDK's public modules and vitest",
    from: /^packages\/simulator\/src\/testing\//,
    may: [effect, vitest, sdk, /^packages\/simulator\/src\/(testing\/(?!OverSockets|promise).+|[^/]+)$/],
    fix: "export what is missing from a public module of the simulator"
  },
  {
    rule: "simulator/src/*.ts assembles: effect, core, engine, edge and siblings",
    from: /^packages\/simulator\/src\/[^/]+$/,
    may: [effect, /^packages\/simulator\/src\/((core|engine|edge)\/.+|[^/]+)$/],
    fix: "assembly is free of Node: what needs node:, cli/, node/ or testing/ takes the assembled layer instead"
  },
  {
    rule: "examples/src imports effect, platform-node, node:http and the SDK's public modules",
    from: /^packages\/examples\/src\//,
    may: [effect, platformNode, /^node:http$/, sdk],
    fix: "a lesson shows what a reader can do: leave the simulator to its test, and stay with what serves HTTP"
  },
  {
    rule: "examples/test imports effect, vitest, the lessons and the public SDK and simulator",
    from: /^packages\/examples\/test\//,
    may: [effect, vitest, sdk, simulator, /^packages\/examples\/(src|test)\//],
    fix: "lessons run in process under virtual time: sockets and node: belong in e2e/"
  },
  {
    // NodeHttpServer.layer takes node:http's createServer, so whoever serves HTTP imports it.
    rule: "examples/demo imports effect, platform-node, node:http, node:os and the public SDK and simulator",
    from: /^packages\/examples\/demo\//,
    may: [effect, platformNode, /^node:(http|os)$/, sdk, simulator, /^packages\/examples\/demo\//],
    fix: "the demo is a program of a user of both packages: export what is missing from them"
  },
  {
    rule: "examples/scenarios imports effect, platform-node, node:http, the lessons and the public SDK",
    from: /^packages\/examples\/scenarios\//,
    may: [effect, platformNode, /^node:http$/, sdk, /^packages\/examples\/(src|scenarios)\//],
    fix: "an app under test does not know what it is tested with: leave the simulator to piopiy-sim run"
  }
]

interface Import {
  readonly specifier: string
  readonly line: number
  readonly isType: boolean
}

/** Comments, and what may hold the signs of one: strings, templates, regular expressions. */
const commentOrLiteral =
  /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=(?:[(,=:[!&|?{};>]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//g

const withoutComments = (text: string): string =>
  text.replace(commentOrLiteral, (found) => /^\/[/*]/.test(found) ? found.replace(/[^\n]/g, " ") : found)

const importPattern =
  /^[ \t]*(?:import|export)\b(?<clause>[^"'`;=()]*?)\bfrom\s*["'](?<from>[^"'\n]+)["']|^[ \t]*import\s*["'](?<bare>[^"'\n]+)["']|\bimport\s*\(\s*(?:["'](?<dynamic>[^"'\n]+)["'])?/gm

/** What a dynamic import of a computed name is reported as; one row allows it. */
const computed = "import(...)"

const importsOf = (file: SourceFile): ReadonlyArray<Import> => {
  const text = withoutComments(file.text)
  return Array.from(text.matchAll(importPattern), ({ groups = {}, index }) => ({
    specifier: groups["from"] ?? groups["bare"] ?? groups["dynamic"] ?? computed,
    line: text.slice(0, index).split("\n").length + (/^\s*/.exec(text.slice(index))?.[0].split("\n").length ?? 1) - 1,
    isType: /^\s*type\b/.test(groups["clause"] ?? "")
  }))
}

/** A relative import as a path from the root, any other as it stands. */
const target = (from: string, specifier: string): string =>
  specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier

/**
 * The paths that rows tell apart by content, each with its mark: `#service` on SDK modules that define a service (or
 * assemble the layers, or mount one in a router), `#impure` on internal ones that reach effect/http or effect/socket at run time, by any way.
 */
const mark = (files: ReadonlyArray<SourceFile>): ReadonlyMap<string, string> => {
  const texts = new Map(files.map((file) => [file.path, file]))
  const reachesNetwork = (path: string, seen: Set<string>): boolean => {
    const file = texts.get(path)
    if (file === undefined || seen.has(path)) return false
    seen.add(path)
    return importsOf(file).some(({ isType, specifier }) =>
      !isType && (/^effect\/(http|socket)/.test(specifier) || reachesNetwork(target(path, specifier), seen))
    )
  }
  const marks = new Map<string, string>()
  for (const { path, text } of files) {
    if (/^packages\/sdk\/src\/internal\//.test(path) && reachesNetwork(path, new Set())) {
      marks.set(path, `${path}#impure`)
    }
    if (/^packages\/sdk\/src\/[^/]+$/.test(path)) {
      const isService = /\/(Piopiy|\w+Router)\.ts$/.test(path) || withoutComments(text).includes("Context.Service")
      if (isService) marks.set(path, `${path}#service`)
    }
  }
  return marks
}

/** All forbidden imports of `files`, in order. Purity is judged among these files, so pass the whole tree. */
export const check = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Violation> => {
  const marks = mark(files)
  return files.flatMap((file) => {
    const row = table.find(({ from }) => from.test(marks.get(file.path) ?? file.path))
    if (row === undefined) {
      return [{
        path: file.path,
        line: 1,
        specifier: "*",
        rule: "every file has a row in the table",
        fix: "move the file into a ring, or add a row to scripts/boundaries.ts and to the architecture page"
      }]
    }
    return importsOf(file)
      .filter(({ specifier }) => {
        const imported = target(file.path, specifier)
        return !row.may.some((pattern) => pattern.test(marks.get(imported) ?? imported))
      })
      .map(({ line, specifier }) => ({ path: file.path, line, specifier, rule: row.rule, fix: row.fix }))
  })
}

/** The folders the table speaks about. */
const folders = [
  "packages/sdk/src",
  "packages/sdk/test",
  "packages/simulator/src",
  "packages/examples/src",
  "packages/examples/test",
  "packages/examples/demo",
  "packages/examples/scenarios"
]

/** Reads every TypeScript file the table speaks about, below the root of a repository. */
export const readTree = (root: string): ReadonlyArray<SourceFile> =>
  folders.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ path: relative(root, file).replaceAll("\\", "/"), text: readFileSync(file, "utf8") }))
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readTree(dirname(import.meta.dirname))
  const violations = check(files)
  for (const { fix, line, path, rule, specifier } of violations) {
    console.error(`${path}:${line}: imports "${specifier}"\n  rule: ${rule}\n  fix:  ${fix}`)
  }
  console.log(`${files.length} files, ${violations.length} forbidden imports`)
  if (files.length === 0 || violations.length > 0) process.exitCode = 1
}

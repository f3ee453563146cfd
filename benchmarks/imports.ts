/** How long the first import of the SDK takes, against that of the Effect modules it stands on. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { build } from "esbuild"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  readonly rounds: number
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

const node = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
  const child = yield* ChildProcess.make(execPath, args, { cwd: path(".."), stdin: "ignore", stderr: "inherit" })
  const text = yield* child.stdout.pipe(Stream.decodeText(), Stream.mkString)
  const code = yield* child.exitCode
  return code === 0 ? text : yield* Effect.die(`node ${args.join(" ")} ended with ${code}`)
}, Effect.scoped)

/** The modules of other packages that a module of the SDK imports, and whatever it imports in its own package. */
const standsOn = (module: string) =>
  Effect.map(
    Effect.promise(() =>
      build({
        entryPoints: [path(`../packages/sdk/src/${module}.ts`)],
        bundle: true,
        treeShaking: false,
        format: "esm",
        platform: "node",
        packages: "external",
        metafile: true,
        write: false,
        logLevel: "error"
      })
    ),
    ({ metafile }) => {
      const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports)
      return [...new Set(imports.flatMap(({ external, path }) => external === true ? [path] : []))]
    }
  )

const Times = Schema.fromJsonString(Schema.Struct({ wallMs: Schema.Finite, cpuMs: Schema.Finite }))

const timed = (modules: ReadonlyArray<string>) =>
  Effect.flatMap(node([path("importOnce.ts"), ...modules]), Schema.decodeEffect(Times))

/** Builds first. The first round warms the file caches, and is thrown away. */
export const run = Effect.fnUntraced(function*(size: Size) {
  yield* node([path("../node_modules/typescript/bin/tsc"), "-b", "packages/sdk"])
  const subjects = [
    { subject: "the Effect modules of Calls", modules: yield* standsOn("Calls"), base: 0 },
    { subject: "Calls, built", modules: [path("../packages/sdk/dist/Calls.js")], base: 0 },
    { subject: "Calls, sources", modules: [path("../packages/sdk/src/Calls.ts")], base: 0 },
    { subject: "the Effect modules of Pipeline", modules: yield* standsOn("Pipeline"), base: 3 },
    { subject: "Pipeline, built", modules: [path("../packages/sdk/dist/Pipeline.js")], base: 3 },
    { subject: "Pipeline, sources", modules: [path("../packages/sdk/src/Pipeline.ts")], base: 3 }
  ]
  const round = Effect.forEach(subjects, ({ modules }) => timed(modules))
  yield* round
  const rounds = yield* Effect.forEach(Array.from({ length: size.rounds }), () => round)
  const rows = subjects.map(({ base, subject }, index): Row => {
    const ratios = rounds.flatMap((round) => {
      const [own, effect] = [round[index], round[base]]
      return own === undefined || effect === undefined ? [] : [own.cpuMs / effect.cpuMs]
    })
    const times = rounds.flatMap((round) => round[index] ?? [])
    return {
      subject,
      figures: {
        cpuMs: median(times.map(({ cpuMs }) => cpuMs)),
        timesEffect: median(ratios),
        wallMs: median(times.map(({ wallMs }) => wallMs)),
        fastest: Math.min(...times.map(({ wallMs }) => wallMs))
      }
    }
  })
  const report: Report = {
    benchmark: "imports",
    about: `milliseconds of a first import in a new process, median of ${size.rounds} rounds`,
    columns: [
      { key: "cpuMs", title: "CPU ms", decimals: 0 },
      { key: "timesEffect", title: "x Effect", decimals: 2, target: "Calls <= 1.3" },
      { key: "wallMs", title: "wall ms", decimals: 0 },
      { key: "fastest", title: "fastest", decimals: 0 }
    ],
    rows
  }
  return report
})

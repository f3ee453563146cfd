/** What a program weighs once it is bundled: one AI call through the SDK against the same call with Effect alone. */
import * as Effect from "effect/Effect"
import { build, type Metafile } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import type { Report, Row } from "./Report.ts"

const subjects = [
  { subject: "bare Effect", program: "bareEffect" },
  { subject: "SDK, modules by path", program: "throughSdk" },
  { subject: "SDK, from its index", program: "throughIndex" },
  { subject: "a pipeline, nothing sent", program: "pipelineAlone" }
] as const

const kilobyte = 1000

/** The bytes in the bundle that come from files whose path has this in it. */
const bytesFrom = ({ outputs }: Metafile, part: RegExp): number =>
  Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs)).reduce(
    (bytes, [path, { bytesInOutput }]) => part.test(path) ? bytes + bytesInOutput : bytes,
    0
  )

const weigh = (program: string) =>
  Effect.map(
    Effect.promise(() =>
      build({
        entryPoints: [fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url))],
        bundle: true,
        minify: true,
        format: "esm",
        platform: "node",
        target: "es2024",
        metafile: true,
        write: false,
        logLevel: "error"
      })
    ),
    ({ metafile, outputFiles }) => {
      const bundled = outputFiles[0]?.contents ?? new Uint8Array()
      return {
        minified: bundled.length / kilobyte,
        gzipped: gzipSync(bundled, { level: 9 }).length / kilobyte,
        own: bytesFrom(metafile, /packages\/sdk\//) / kilobyte,
        http: bytesFrom(metafile, /effect\/dist\/(http|socket)\//) / kilobyte
      }
    }
  )

/** Sizes do not vary: once is enough. */
export const run = Effect.gen(function*() {
  const weights = yield* Effect.forEach(subjects, ({ program }) => weigh(program))
  const bare = weights[0]?.gzipped ?? Number.NaN
  const rows = subjects.map(({ subject }, index): Row => {
    const weight = weights[index]
    return { subject, figures: weight === undefined ? {} : { ...weight, over: weight.gzipped - bare } }
  })
  const report: Report = {
    benchmark: "bundle",
    about: "thousands of bytes of one program, bundled and minified by esbuild",
    columns: [
      { key: "gzipped", title: "gzipped", decimals: 1 },
      { key: "over", title: "over bare Effect", decimals: 1, target: "SDK <= 14" },
      { key: "minified", title: "minified", decimals: 1 },
      { key: "own", title: "of it the SDK", decimals: 1 },
      { key: "http", title: "of it effect/http", decimals: 1 }
    ],
    rows
  }
  return report
})

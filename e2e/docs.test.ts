/** The pages as a reader uses them: their TypeScript compiles, their shell runs, their links lead somewhere. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, relative } from "node:path"

const root = join(import.meta.dirname, "..")

const markdownBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))

const pages = [join(root, "README.md"), join(root, "CONTRIBUTING.md"), ...markdownBelow(join(root, "docs"))].map(
  (path) => ({ path, name: relative(root, path), text: readFileSync(path, "utf8") })
)

interface Block {
  readonly language: string
  readonly text: string
}

const blocksOf = (text: string): ReadonlyArray<Block> =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", block = ""]) => ({ language, text: block }))

/** A page's place in the folder where its blocks are compiled: `docs-testing-2.ts`. */
const fileOf = (name: string, index: number): string => `${name.replace(/\.md$/, "").replaceAll("/", "-")}-${index}.ts`

/** The compiler's complaints about the blocks; what it says about the sources of the packages is not the pages' fault. */
const complaints = (folder: string, files: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: relative(folder, join(root, "tsconfig.base.json")),
      files: Object.keys(files),
      compilerOptions: {
        composite: false,
        incremental: false,
        noEmit: true,
        noUnusedLocals: false,
        allowImportingTsExtensions: true
      }
    })
  )
  const { error, stderr, stdout } = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["--pretty", "false"], {
    cwd: folder,
    encoding: "utf8"
  })
  return `${stdout}${stderr}${error?.message ?? ""}`.split("\n").filter((line) => /^(?!\.\.\/)\S/.test(line))
}

const cache = join(root, "node_modules", ".cache")

it("every block of TypeScript on the pages compiles", () => {
  const files = Object.fromEntries(
    pages.flatMap(({ name, text }) =>
      blocksOf(text).filter(({ language }) => language === "ts").map((block, index) => [
        fileOf(name, index),
        block.text
      ])
    )
  )
  assert.isAtLeast(Object.keys(files).length, 6)
  assert.deepStrictEqual(complaints(join(cache, "docs"), files), [])
})

it("every block of TypeScript on the pages is a module of e2e/docs, which runs as a test or in readme.test.ts", () => {
  const folder = join(root, "e2e", "docs")
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
  const loose = pages.flatMap(({ name, text }) =>
    blocksOf(text).flatMap((block) => block.language !== "ts" || sources.includes(block.text) ? [] : [name])
  )
  assert.deepStrictEqual(loose, [])
})

it("a block that does not compile is found", () => {
  const found = complaints(join(cache, "docs-broken"), {
    "broken.ts":
      "import { Pipeline } from \"@effect-piopiy/sdk\"\nexport const none: Pipeline.Pipeline = Pipeline.empty\n"
  })
  assert.lengthOf(found, 1)
  assert.match(found[0] ?? "", /^broken\.ts\(2,14\): error/)
})

/** Headings as the places that links lead to. */
const anchorsOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  )

it.each(pages)("every link of $name leads to a file and a heading that exist", ({ path, text }) => {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)
  const broken = links.filter((link) => !/^[a-z]+:/.test(link)).filter((link) => {
    const [file = "", anchor] = link.split("#")
    const target = file === "" ? path : join(dirname(path), file)
    return !existsSync(target)
      || (anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).includes(anchor))
  })
  assert.deepStrictEqual(broken, [])
})

it("the shell of docs/testing.md runs the simulator from any language", () => {
  const page = pages.find(({ name }) => name === "docs/testing.md")
  const [script] = blocksOf(page?.text ?? "").filter(({ language }) => language === "sh")
  const folder = mkdtempSync(join(tmpdir(), "piopiy-docs-"))
  const command = join(root, "packages", "simulator", "src", "cli", "main.ts")
  // Stands for the package in a registry.
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${command}" "$@"\n`
  writeFileSync(join(folder, "npx"), npx, { mode: 0o755 })
  const path = [folder, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter)
  const { status, stderr, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", script?.text ?? "exit 9"], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    encoding: "utf8",
    timeout: 15_000
  })
  rmSync(folder, { recursive: true, force: true })
  assert.strictEqual(status, 0, stderr)
  assert.include(stdout, "\"message\":\"call_queued\"")
  assert.include(stdout, "\"disposition\":\"Busy\"")
})

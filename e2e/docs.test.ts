/** The pages as a reader uses them: their TypeScript compiles and is tested, and their links lead somewhere. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { blocksIn, pages } from "./docsPages.ts"
import { root } from "./processes.ts"

/** The files of `e2e/docs` by their paths below it: each runs as a test, or in the test that is named like its folder. */
const examples: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(root, "e2e", "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [name, readFileSync(join(root, "e2e", "docs", name), "utf8")])
)

const typescript = new Set(blocksIn("ts").map(({ text }) => text))

/** The compiler's complaints about some files; what it says about the sources of the packages is not the pages' fault. */
const complaints = (folder: string, files: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
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

it("every block of TypeScript on the pages is a file of e2e/docs, and every such file a block or what runs some", () => {
  const texts = Object.values(examples)
  assert.deepStrictEqual(blocksIn("ts").filter(({ text }) => !texts.includes(text)).map(({ page }) => page), [])
  const others = Object.entries(examples).filter(([, text]) => !typescript.has(text)).map(([name]) => name)
  assert.sameMembers(others, ["readme.test.ts", "packages.test.ts"])
})

it("every block of TypeScript that is no test is run by one", () => {
  const runs = (name: string) =>
    Object.entries(examples).some(([other, text]) =>
      other.endsWith(".test.ts") && text.includes(`"./${relative(dirname(other), name)}"`)
    )
  const loose = Object.entries(examples)
    .filter(([name, text]) => typescript.has(text) && !name.endsWith(".test.ts") && !runs(name))
    .map(([name]) => name)
  assert.deepStrictEqual(loose, [])
})

it("every block of TypeScript on the pages compiles", () => {
  const files = Object.fromEntries(Object.entries(examples).filter(([, text]) => typescript.has(text)))
  assert.isAtLeast(Object.keys(files).length, 15)
  assert.deepStrictEqual(complaints(join(cache, "docs"), files), [])
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

/**
 * Builds and packs what is published, and looks at the tarballs as a user's machine would: publint, attw, the packed
 * manifest, and each public module imported from the unpacked package. Nothing is downloaded, nothing is published.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const root = dirname(import.meta.dirname)
const bin = (name) => join(root, "node_modules", ".bin", name)
const published = ["sdk", "simulator"]
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const findings = []

const report = (name, problem) => {
  console.log(problem === "" ? `ok    ${name}` : `FAIL  ${name}\n${problem.trim().replace(/^/gm, "      ")}`)
  if (problem !== "") findings.push(name)
  return problem === ""
}

/** Runs a command as one named check; its output shows only when it fails. */
const passes = (name, command, commandArguments, cwd = root) => {
  const { error, status, stderr, stdout } = spawnSync(command, commandArguments, { cwd, encoding: "utf8" })
  return report(
    name,
    status === 0 ? "" : `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}` || `exit code ${status}`
  )
}

/** Every string below a manifest's field: the targets of `exports` and `bin`, the ranges of `dependencies`. */
const leaves = (value) =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
    ? Object.values(value).flatMap(leaves)
    : []

const manifestProblems = (manifest) => [
  ...leaves([manifest.exports, manifest.bin])
    .filter((target) => target !== "./package.json" && !target.startsWith("./dist/"))
    .map((target) => `exports or bin leads to ${target}, which only the workspace can run`),
  ...leaves([manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies])
    .filter((range) => /^(workspace|catalog|link|file):/.test(range))
    .map((range) => `a dependency is ${range}, which only the workspace can read`)
]

/** Imports `specifiers` from a user's folder; each of `hidden` must not resolve. Runs in that folder, by `node -e`. */
const userProgram = (specifiers, hidden) => `
  for (const specifier of ${JSON.stringify(specifiers)}) {
    await import(specifier).catch((error) => { console.error(specifier + ": " + error.message); process.exitCode = 1 })
  }
  for (const specifier of ${JSON.stringify(hidden)}) {
    await import(specifier).then(
      () => { console.error(specifier + " can be imported"); process.exitCode = 1 },
      (error) => {
        if (error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return
        console.error(specifier + ": " + error.message)
        process.exitCode = 1
      }
    )
  }
`

const modulesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -".js".length))
    : []

/** The specifiers that a packed manifest offers, with `*` filled in by the files that are there. */
const offeredBy = (folder, { exports, name }) =>
  Object.entries(exports).filter(([, target]) => typeof target?.default === "string").flatMap(([key, target]) => {
    const names = key.includes("*") ? modulesIn(join(folder, dirname(target.default))) : [""]
    return names.map((each) => name + key.slice(1).replace("*", each))
  })

const work = mkdtempSync(join(tmpdir(), "piopiy-pack-"))
const user = join(work, "user")
mkdirSync(join(user, "node_modules", "@effect-piopiy"), { recursive: true })
for (const peer of ["effect", "@effect", "ws", "vitest"]) {
  symlinkSync(join(root, "node_modules", peer), join(user, "node_modules", peer))
}

// A file that has left src/ would stay in dist/ and be published.
for (const name of published) rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true })

if (passes("build", bin("tsc"), ["-b", "tsconfig.build.json"])) {
  const packed = published.filter((name) => {
    const tarball = join(work, `${name}.tgz`)
    const folder = join(user, "node_modules", "@effect-piopiy", name)
    mkdirSync(folder)
    return passes(
      `${name}: pack`,
      "npx",
      ["-y", packageManager, "pack", "--out", tarball],
      join(root, "packages", name)
    )
      && passes(`${name}: unpack`, "tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"])
  })
  for (const name of packed) {
    const tarball = join(work, `${name}.tgz`)
    const folder = join(user, "node_modules", "@effect-piopiy", name)
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    const offered = offeredBy(folder, manifest)
    const hidden = modulesIn(join(folder, "dist", "internal")).map((each) => `${manifest.name}/internal/${each}`)
    report(`${name}: manifest`, manifestProblems(manifest).join("\n"))
    passes(`${name}: publint`, bin("publint"), ["run", tarball, "--strict"])
    passes(`${name}: attw`, bin("attw"), [tarball, "--profile", "esm-only"])
    passes(
      `${name}: ${offered.length} modules import, ${hidden.length} stay hidden`,
      bin("node"),
      ["--input-type=module", "-e", userProgram(offered, hidden)],
      user
    )
    for (const [command, file] of Object.entries(manifest.bin ?? {})) {
      passes(`${name}: ${command} --help`, bin("node"), [join(folder, file), "--help"], user)
    }
  }
}
rmSync(work, { recursive: true, force: true })
if (findings.length > 0) process.exitCode = 1

/**
 * Effect's own diagnostics (effects that never run, services nobody provides, ...) over every project of the workspace.
 * Errors and warnings fail; suggestions are listed.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"

const root = dirname(import.meta.dirname)
const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"))

/** What was found, each once: a project is checked together with the sources it refers to. */
const findings = new Set()

for (const { path } of references) {
  const project = path.endsWith(".json") ? path : `${path}/tsconfig.json`
  const { error, status, stderr, stdout } = spawnSync(
    join(root, "node_modules/.bin/effect-tsgo"),
    ["diagnostics", "--project", project, "--format", "text", "--strict"],
    { cwd: root, encoding: "utf8" }
  )
  const lines = (stdout ?? "").split("\n").filter((line) => /\(\d+,\d+\): (error|warning|message) /.test(line))
  for (const line of lines) findings.add(line.replace(`${root}/`, ""))
  if (status !== 0) {
    process.exitCode = 1
    if (!lines.some((line) => /\(\d+,\d+\): (error|warning) /.test(line))) {
      console.log(`${project}: ${stderr ?? ""}${stdout ?? ""}${error?.message ?? ""}`)
    }
  }
}

for (const finding of findings) console.log(finding)
console.log(`${references.length} projects, ${findings.size} findings`)

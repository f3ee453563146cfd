/**
 * `node`, but the pinned one, with the dependencies installed: `node scripts/run.mjs FILE [arguments]`.
 *
 * It is what stands behind `npm start` and `npm test`, so it runs on Node 20 with nothing installed yet: a stale or
 * missing node_modules is brought up to date by the pinned pnpm, then FILE runs on the Node that came with it. Where
 * that Node is not published (macOS, Windows, musl) the running one serves, if it is new enough.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, "node_modules", ".bin")
const pinnedNode = join(bin, "node")

/** Where the pinned Node is published: Linux with glibc on x64 and arm64. */
const isPinnedPlatform = process.platform === "linux" && ["x64", "arm64"].includes(process.arch)
  && process.report.getReport().header.glibcVersionRuntime !== undefined

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 19)

const stop = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** The files that decide what is installed. */
const manifests = () => [
  join(root, "package.json"),
  join(root, "pnpm-lock.yaml"),
  join(root, "pnpm-workspace.yaml"),
  ...readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "package.json")).filter(existsSync)
]

/**
 * True when the last install finished in this folder, from this lockfile, and no manifest changed since. pnpm's own
 * check says the same, half a second later.
 */
const isInstalled = () => {
  try {
    const state = JSON.parse(readFileSync(join(root, "node_modules", ".pnpm-workspace-state-v1.json"), "utf8"))
    const installed = readFileSync(join(root, "node_modules", ".pnpm", "lock.yaml"))
    return root in state.projects
      && installed.equals(readFileSync(join(root, "pnpm-lock.yaml")))
      && manifests().every((file) => statSync(file).mtimeMs <= state.lastValidatedTimestamp)
  } catch {
    return false
  }
}

const install = () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  process.stderr.write(
    `Installing dependencies with ${packageManager} (the first time takes about half a minute) ...\n`
  )
  const command = ["-y", packageManager, "install", "--config.confirmModulesPurge=false"]
  const { error, status, stderr, stdout } = spawnSync("npx", command, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"]
  })
  if (status !== 0) {
    stop(`${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}\nThe install failed: npx ${command.join(" ")}`)
  }
}

/** Runs the program until it ends, and ends as it did. */
const run = (node, programArguments) => {
  const child = spawn(node, programArguments, {
    env: {
      NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`
    },
    stdio: "inherit"
  })
  // Ctrl-C in a terminal reaches every process of the group, so the program has it already.
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on("SIGINT", () => inTerminal || child.kill("SIGINT"))
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  // A killed npm takes the shell between it and us along, and tells nobody else.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref()
  child.on("error", (error) => stop(`Could not start ${node}: ${error.message}`))
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

if (!isPinnedPlatform && !runsTypeScript) {
  stop(`Please install Node 22.19 or newer (this is ${process.version}): no Node binary is pinned for this platform.`)
}
if (!isInstalled()) install()
const node = isPinnedPlatform && existsSync(pinnedNode) ? pinnedNode : process.execPath
if (node !== pinnedNode && !runsTypeScript) stop("The pinned Node is not installed: remove node_modules and try again.")
run(node, process.argv.slice(2))

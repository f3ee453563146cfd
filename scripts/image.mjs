/**
 * The files of the container image, and what it starts, without a container engine.
 *
 * `node scripts/image.mjs lay DIR` builds and packs the packages and lays them out in DIR with what they run on, from the
 * installed workspace: that is what the Dockerfile runs. `start DIR [--port N]` and `health DIR [--port N]` run the start
 * command and the health check of the Dockerfile with DIR in place of the image's folder, and end as they do.
 */
import { spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { constants, tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = dirname(import.meta.dirname)
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"))

const stop = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const run = (command, args, cwd = root) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status !== 0) stop(`${command} ${args.join(" ")}: ${error?.message ?? `${stdout}${stderr}`}`)
}

/** What programs need at run time: no types, sources or maps. */
const isNeeded = (file) => !/\.(map|md|[cm]?ts|tsbuildinfo)$/.test(file)

const isOurs = (name) => name.startsWith("@effect-piopiy/")

/** The folder of a package as another one sees it in the workspace. */
const folderOf = (name, from) => {
  for (let folder = realpathSync(from);; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name)
    if (existsSync(candidate)) return realpathSync(candidate)
    if (folder === dirname(folder)) return stop(`${name}, which ${from} needs, is not installed`)
  }
}

/** What a package runs on. Peers are for those who install it to choose: ours are chosen here. */
const needs = ({ dependencies = {}, name, peerDependencies = {}, peerDependenciesMeta = {} }) =>
  [
    ...Object.keys(dependencies),
    ...Object.keys(isOurs(name) ? peerDependencies : {}).filter((peer) => peerDependenciesMeta[peer]?.optional !== true)
  ].filter((each) => !each.startsWith("@types/"))

/** A package and all that it runs on, by name, from the lockfile's install. */
const closure = (folder, found = new Map()) => {
  const manifest = readJson(join(folder, "package.json"))
  const known = found.get(manifest.name)
  if (known !== undefined && known !== folder) stop(`the image would need ${manifest.name} twice: ${known}, ${folder}`)
  if (known !== undefined) return found
  found.set(manifest.name, folder)
  for (const name of needs(manifest)) closure(folderOf(name, folder), found)
  return found
}

/** One of ours as it would be published. */
const unpack = (source, target) => {
  const work = mkdtempSync(join(tmpdir(), "piopiy-image-"))
  const tarball = join(work, "package.tgz")
  run("npx", ["-y", readJson(join(root, "package.json")).packageManager, "pack", "--out", tarball], source)
  run("tar", ["-xzf", tarball, "-C", work])
  cpSync(join(work, "package"), target, { recursive: true, filter: isNeeded })
  rmSync(work, { recursive: true })
}

const lay = (target) => {
  if (existsSync(join(target, "node_modules"))) stop(`${target} holds files already`)
  run(join(root, "node_modules", ".bin", "tsc"), ["-b", "tsconfig.build.json"])
  for (const [name, source] of closure(join(root, "packages", "simulator"))) {
    const folder = join(target, "node_modules", name)
    mkdirSync(folder, { recursive: true })
    if (isOurs(name)) unpack(source, folder)
    else {
      // Its own dependencies are beside it.
      const isItsOwn = (file) => !file.slice(source.length).includes("node_modules")
      cpSync(source, folder, { recursive: true, dereference: true, filter: (file) => isItsOwn(file) && isNeeded(file) })
    }
  }
}

/** The instructions of the Dockerfile's last stage, in order, and the folder that the stage before lays out. */
const dockerfile = () => {
  const lines = readFileSync(join(root, "Dockerfile"), "utf8").split("\n").filter((line) => /^[A-Z]+ /.test(line))
  const instructions = lines.map((line) => ({ name: line.split(" ")[0], rest: line.slice(line.indexOf(" ") + 1) }))
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"))
  const laid = instructions.find(({ rest }) => rest.includes("image.mjs lay "))?.rest.split(" ").at(-1)
  return { laid, of: (name) => last.filter((each) => each.name === name).map(({ rest }) => rest) }
}

/** What the image starts and how its health is asked for, as commands on this machine. */
const plan = (target, port) => {
  const { laid, of } = dockerfile()
  const [from, to] = of("COPY")[0]?.match(/^--from=build (\S+) (\S+)$/)?.slice(1) ?? []
  if (from === undefined || from !== laid) stop(`the Dockerfile copies ${from}, and lays out ${laid}`)
  const exposed = of("EXPOSE")[0] ?? ""
  const [entry, command, health] = [of("ENTRYPOINT")[0], of("CMD")[0], of("HEALTHCHECK")[0]?.replace(/^.*? CMD /, "")]
    .map((words) => JSON.parse(words).map((word) => word.replace(to, target)))
  const portFlag = port === undefined ? [] : ["--port", port]
  return {
    start: [...entry, ...command, ...portFlag],
    health: health.map((word) => word.replace(`:${exposed}/`, `:${port ?? exposed}/`)),
    env: Object.fromEntries(of("ENV").map((pair) => pair.split("=")))
  }
}

/** Runs a command of the image to its end, with no more of this environment than a container would be given. */
const follow = ([node, ...args], { cwd, env }) => {
  if (node !== "node") stop(`the image starts ${node}, which is not Node`)
  const given = Object.entries(process.env).filter(([name]) => name === "PATH" || name.startsWith("PIOPIY_SIM_"))
  const child = spawn(process.execPath, args, { cwd, env: { ...Object.fromEntries(given), ...env }, stdio: "inherit" })
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

const [task, folder, flag, port] = process.argv.slice(2)
if (folder === undefined || (flag !== undefined && (flag !== "--port" || port === undefined))) {
  stop("usage: node scripts/image.mjs lay DIR | start DIR [--port N] | health DIR [--port N]")
}
const target = resolve(folder)
if (task === "lay") lay(target)
else if (task === "start" || task === "health") {
  const { env, ...commands } = plan(target, port)
  follow(commands[task], { cwd: target, env })
} else stop(`${task}: no such task; lay, start or health`)

/**
 * Imports modules in a process of its own: `node importOnce.ts MODULE...` prints what that took. Nothing else may be
 * loaded here, since that would be loaded already when the clock starts.
 */
import { argv, cpuUsage, hrtime } from "node:process"

const modules = argv.slice(2)
const from = { at: hrtime.bigint(), ...cpuUsage() }
await Promise.all(modules.map((module) => import(module)))
const to = { at: hrtime.bigint(), ...cpuUsage() }
console.log(JSON.stringify({
  wallMs: Number(to.at - from.at) / 1e6,
  cpuMs: (to.user + to.system - from.user - from.system) / 1e3
}))

/** The machine that measures: what it is, its stopwatch, its memory. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { arch, cpus, loadavg, totalmem } from "node:os"
import { cpuUsage, memoryUsage, platform, version } from "node:process"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** What to know before comparing figures. `loadAverage` is of the last minute, before the first benchmark. */
export interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cpuCount: number
  readonly memoryGb: number
  readonly loadAverage: number
}

export const machine: Effect.Effect<Machine> = Effect.sync(() => ({
  node: version,
  platform: `${platform} ${arch()}`,
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cpuCount: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10
}))

/** Real time, and the time that the cores spent on this process, collecting its garbage included. */
export interface Elapsed {
  readonly wallMs: number
  readonly cpuMs: number
}

/**
 * Times effects by the clock that is current where this is made, so that it reads real time also inside of a test clock.
 */
export const stopwatch = Effect.map(Clock.Clock, (clock) => {
  const read = () => {
    const { system, user } = cpuUsage()
    return { wallMs: Number(clock.monotonicTimeNanosUnsafe()) / 1e6, cpuMs: (user + system) / 1e3 }
  }
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [elapsed: Elapsed, result: A], E, R> =>
    Effect.suspend(() => {
      const from = read()
      return Effect.map(effect, (result) => {
        const to = read()
        return [{ wallMs: to.wallMs - from.wallMs, cpuMs: to.cpuMs - from.cpuMs }, result] as const
      })
    })
})

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

export const heapMb: Effect.Effect<number> = Effect.sync(() => memoryUsage().heapUsed / 2 ** 20)

/** The heap in use once all garbage is gone. */
export const settledHeapMb: Effect.Effect<number> = Effect.flatMap(
  Effect.sync(() => {
    collect()
    collect()
  }),
  () => heapMb
)

/**
 * Work for one destination, bounded: so much at a time, so much waiting, and in order where it belongs together.
 *
 * Each destination has a lane of its own, so that a slow one holds up nobody else.
 */

/**
 * A piece of work. Jobs of one `key` run one after another, each when the one before is done. `run` must call `done`
 * once, now or later; `drop` is called instead of it when the lane is cleared.
 *
 * @category models
 * @since 0.1.0
 */
export interface Job {
  readonly key: string
  readonly run: (done: () => void) => void
  readonly drop: () => void
}

/**
 * How many jobs run at a time, and how many the lane holds in all, those that run among them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly running: number
  readonly total: number
}

/**
 * A lane. `queues` holds the jobs that have not begun, by key, and a key while one of its jobs runs; `ready` are the keys
 * whose next job may begin, in the order in which they became so.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lane {
  readonly limits: Limits
  readonly queues: Map<string, Array<Job>>
  readonly ready: Array<string>
  running: number
  waiting: number
  starting: boolean
}

/**
 * An empty lane.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (limits: Limits): Lane => ({
  limits,
  queues: new Map(),
  ready: [],
  running: 0,
  waiting: 0,
  starting: false
})

/**
 * Whether nothing runs and nothing waits.
 *
 * @category getters
 * @since 0.1.0
 */
export const isIdle = (lane: Lane): boolean => lane.running === 0 && lane.waiting === 0

const finished = (lane: Lane, key: string): void => {
  lane.running -= 1
  if (lane.queues.get(key)?.length === 0) lane.queues.delete(key)
  else if (lane.queues.has(key)) lane.ready.push(key)
  startReady(lane)
}

/** A job that is done at once must not start the next from within: the stack would grow with the queue. */
const startReady = (lane: Lane): void => {
  if (lane.starting) return
  lane.starting = true
  while (lane.running < lane.limits.running) {
    const key = lane.ready.shift()
    if (key === undefined) break
    const job = lane.queues.get(key)?.shift()
    if (job === undefined) continue
    lane.waiting -= 1
    lane.running += 1
    job.run(() => finished(lane, key))
  }
  lane.starting = false
}

/**
 * Takes a job, or says that the lane is full.
 *
 * @category running
 * @since 0.1.0
 */
export const offer = (lane: Lane, job: Job): boolean => {
  if (lane.running + lane.waiting >= lane.limits.total) return false
  const queue = lane.queues.get(job.key)
  if (queue === undefined) {
    lane.queues.set(job.key, [job])
    lane.ready.push(job.key)
  } else queue.push(job)
  lane.waiting += 1
  startReady(lane)
  return true
}

/**
 * Drops what waits; what runs goes on.
 *
 * @category running
 * @since 0.1.0
 */
export const clear = (lane: Lane): void => {
  const dropped = [...lane.queues.values()].flat()
  for (const key of lane.ready) lane.queues.delete(key)
  for (const queue of lane.queues.values()) queue.length = 0
  lane.ready.length = 0
  lane.waiting = 0
  for (const job of dropped) job.drop()
}

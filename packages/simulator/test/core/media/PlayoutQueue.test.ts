import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as PlayoutQueue from "../../../src/core/media/PlayoutQueue.ts"

const options: PlayoutQueue.Options = {
  capSamples: 1000,
  overflow: "newest",
  carrierSamples: 0,
  underrunSamples: 100
}

/** Samples of consecutive numbers, so that each can be told from the others. */
const numbered = (from: number, count: number) => Int16Array.from({ length: count }, (_, index) => from + index)

const hear = (queue: PlayoutQueue.PlayoutQueue, count: number): readonly [PlayoutQueue.PlayoutQueue, Array<number>] => {
  const into = new Int16Array(count).fill(-7)
  return [PlayoutQueue.hear(queue, into), [...into]]
}

describe("the queue", () => {
  it("plays in order and without gaps, however the audio came, and then is silent", () => {
    const queue = [numbered(1, 3), numbered(4, 1), new Int16Array(0), numbered(5, 2)].reduce(
      PlayoutQueue.push,
      PlayoutQueue.make(options)
    )
    const [after, first] = hear(queue, 4)
    const [end, rest] = hear(after, 4)
    assert.deepStrictEqual([...first, ...rest], [1, 2, 3, 4, 5, 6, 0, 0])
    assert.deepInclude(end.counts, { received: 6, heard: 6, queued: 0 })
    assert.strictEqual(end.tick, 8)
  })

  it("keeps what it was given, when the giver writes into the array again", () => {
    const samples = numbered(1, 5)
    const queue = PlayoutQueue.push(PlayoutQueue.make(options), samples)
    samples.fill(99)
    assert.deepStrictEqual(hear(queue, 5)[1], [1, 2, 3, 4, 5])
  })

  it("keeps what it holds, when another is made of it", () => {
    const queue = PlayoutQueue.push(PlayoutQueue.make(options), numbered(1, 2))
    const [one, other] = [numbered(10, 3), numbered(20, 3)].map((samples) => PlayoutQueue.push(queue, samples))
    assert(one !== undefined && other !== undefined)
    assert.deepStrictEqual(hear(one, 5)[1], [1, 2, 10, 11, 12])
    assert.deepStrictEqual(hear(other, 5)[1], [1, 2, 20, 21, 22])
    assert.deepStrictEqual(hear(queue, 3)[1], [1, 2, 0])
  })

  it("takes the oldest and drops the excess that is new", () => {
    const queue = PlayoutQueue.push(PlayoutQueue.make({ ...options, capSamples: 4 }), numbered(1, 3))
    const full = PlayoutQueue.push(queue, numbered(4, 3))
    assert.deepInclude(full.counts, { received: 6, queued: 4, byOverflow: 2 })
    assert.deepStrictEqual(hear(full, 5)[1], [1, 2, 3, 4, 0])
  })

  it("drops the oldest where the rule says so, but for what the carrier holds", () => {
    const made = PlayoutQueue.make({ ...options, capSamples: 4, overflow: "oldest", carrierSamples: 1 })
    const full = PlayoutQueue.push(PlayoutQueue.push(made, numbered(1, 3)), numbered(4, 3))
    assert.deepInclude(full.counts, { received: 6, queued: 4, byOverflow: 2 })
    assert.deepStrictEqual(hear(full, 4)[1], [1, 4, 5, 6])
  })

  it("discards at a break all that waits, and plays what comes after it", () => {
    const [playing] = hear(PlayoutQueue.push(PlayoutQueue.make(options), numbered(1, 10)), 4)
    const cut = PlayoutQueue.interrupt(playing)
    assert.deepInclude(cut.counts, { received: 10, heard: 4, queued: 0, byBreak: 6 })
    assert.deepStrictEqual(hear(PlayoutQueue.push(cut, numbered(50, 2)), 3)[1], [50, 51, 0])
  })

  it("plays to its end after a break what the carrier holds", () => {
    const made = PlayoutQueue.make({ ...options, carrierSamples: 3 })
    const cut = PlayoutQueue.interrupt(PlayoutQueue.push(made, numbered(1, 10)))
    assert.deepInclude(cut.counts, { queued: 3, byBreak: 7 })
    const [after, heard] = hear(PlayoutQueue.push(cut, numbered(50, 2)), 6)
    assert.deepStrictEqual(heard, [1, 2, 3, 50, 51, 0])
    assert.deepInclude(after.counts, { received: 12, heard: 5, byBreak: 7, underruns: 0 })
  })

  it("discards at a hangup all that waits and all that comes", () => {
    const made = PlayoutQueue.make({ ...options, carrierSamples: 3 })
    const ended = PlayoutQueue.hangup(PlayoutQueue.push(made, numbered(1, 10)))
    const late = PlayoutQueue.push(ended, numbered(1, 2))
    assert.deepInclude(late.counts, { received: 12, queued: 0, byHangup: 12 })
    assert.deepStrictEqual(hear(late, 2)[1], [0, 0])
  })

  it("counts a short gap as an underrun with its length, and a long one as a pause", () => {
    const [dry] = hear(PlayoutQueue.push(PlayoutQueue.make(options), numbered(1, 10)), 30)
    const late = PlayoutQueue.push(dry, numbered(1, 10))
    assert.deepInclude(late.counts, { underruns: 1, underrunSamples: 20 })
    const [paused] = hear(late, 10 + options.underrunSamples + 1)
    assert.deepInclude(PlayoutQueue.push(paused, numbered(1, 1)).counts, { underruns: 1, underrunSamples: 20 })
  })

  it("counts no underrun before the first audio, when audio comes just in time, or after a break", () => {
    const made = PlayoutQueue.make({ ...options, carrierSamples: 2 })
    const [silent] = hear(made, 50)
    const [inTime] = hear(PlayoutQueue.push(silent, numbered(1, 10)), 10)
    const cut = PlayoutQueue.interrupt(PlayoutQueue.push(inTime, numbered(1, 10)))
    const [tailHeard] = hear(cut, 20)
    assert.strictEqual(tailHeard.counts.heard, 12)
    assert.strictEqual(PlayoutQueue.push(tailHeard, numbered(1, 10)).counts.underruns, 0)
  })

  it("is not confused by time that does not pass", () => {
    const queue = PlayoutQueue.push(PlayoutQueue.make(options), numbered(1, 10))
    for (const count of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.strictEqual(PlayoutQueue.advance(queue, count), queue)
    }
  })

  it("stays small when a million tiny messages arrive", () => {
    let queue = PlayoutQueue.make({ ...options, capSamples: 480_000 })
    const tiny = numbered(1, 1)
    for (let count = 0; count < 1_000_000; count += 1) queue = PlayoutQueue.push(queue, tiny)
    assert.deepInclude(queue.counts, { received: 1_000_000, queued: 480_000, byOverflow: 520_000 })
    assert.isAtMost(queue.pieces.length, 120)
  })
})

const Length = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 700 }))
const Step = Schema.Struct({
  does: Schema.Literals(["push", "push", "push", "hear", "hear", "advance", "interrupt", "hangup"]),
  count: Length
})
const Options = Schema.Struct({
  capSamples: Length,
  overflow: Schema.Literals(["newest", "oldest"]),
  carrierSamples: Length,
  underrunSamples: Length
})

/** The same, sample by sample and without any economy. */
interface Model {
  readonly queue: ReadonlyArray<number>
  readonly ended: boolean
}

const modelOf = (
  { ended, queue }: Model,
  { count, does }: typeof Step.Type,
  samples: ReadonlyArray<number>,
  { capSamples, carrierSamples, overflow }: PlayoutQueue.Options
): Model => {
  switch (does) {
    case "push": {
      const next = [...queue]
      for (const sample of ended ? [] : samples) {
        if (next.length < capSamples) next.push(sample)
        else if (overflow === "oldest") {
          const held = Math.min(carrierSamples, queue.length)
          if (held < next.length) {
            next.splice(held, 1)
            next.push(sample)
          }
        }
      }
      return { queue: next, ended }
    }
    case "interrupt":
      return { queue: queue.slice(0, carrierSamples), ended }
    case "hangup":
      return { queue: [], ended: true }
    default:
      return { queue: queue.slice(count), ended }
  }
}

it.prop(
  "every sample received is heard, discarded or queued, and in order",
  [Options, Schema.Array(Step)],
  ([given, steps]) => {
    let queue = PlayoutQueue.make(given)
    let model: Model = { queue: [], ended: false }
    let next = 1
    for (const step of steps) {
      const samples = step.does === "push" ? numbered(next, step.count) : new Int16Array(0)
      const before = queue
      const expected = model.queue.slice(0, step.count)
      switch (step.does) {
        case "push":
          queue = PlayoutQueue.push(queue, samples)
          next += step.count
          break
        case "hear": {
          const [after, heard] = hear(queue, step.count)
          queue = after
          assert.deepStrictEqual(heard, [...expected, ...Array.from({ length: step.count - expected.length }, () => 0)])
          break
        }
        case "advance":
          queue = PlayoutQueue.advance(queue, step.count)
          break
        case "interrupt":
          queue = PlayoutQueue.interrupt(queue)
          break
        case "hangup":
          queue = PlayoutQueue.hangup(queue)
      }
      model = modelOf(model, step, [...samples], given)
      const { byBreak, byHangup, byOverflow, heard, queued, received } = queue.counts
      assert.deepStrictEqual(queue.pieces.flatMap((piece) => [...piece]), [...model.queue])
      assert.strictEqual(queued, model.queue.length)
      assert.strictEqual(received, heard + queued + byBreak + byOverflow + byHangup)
      for (const key of ["received", "heard", "byBreak", "byOverflow", "byHangup", "underruns"] as const) {
        assert.isAtLeast(queue.counts[key], before.counts[key])
      }
      assert.isAtMost(queued, given.capSamples)
      assert.isAtMost(heard, queue.tick)
    }
  }
)

it.prop("how time is cut into intervals makes no difference", [Length, Length, Length], ([count, a, b]) => {
  const queue = PlayoutQueue.push(PlayoutQueue.make({ ...options, capSamples: 700 }), numbered(1, count))
  const [first, begun] = hear(queue, a)
  const [twice, ended] = hear(first, b)
  const [once, whole] = hear(queue, a + b)
  assert.deepStrictEqual([...begun, ...ended], whole)
  assert.deepStrictEqual(twice.counts, once.counts)
  assert.deepStrictEqual([twice.tick, twice.dryAt], [once.tick, once.dryAt])
  assert.deepStrictEqual(PlayoutQueue.advance(queue, a + b).counts, once.counts)
})

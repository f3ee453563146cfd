import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Lane from "../../src/engine/Lane.ts"

/** A lane whose jobs run until they are told to end. */
const bench = (limits: Lane.Limits) => {
  const lane = Lane.make(limits)
  const begun: Array<string> = []
  const dropped: Array<string> = []
  const running = new Map<string, () => void>()
  const offer = (name: string, key = name): boolean =>
    Lane.offer(lane, {
      key,
      run: (done) => {
        begun.push(name)
        running.set(name, done)
      },
      drop: () => void dropped.push(name)
    })
  const end = (name: string): void => {
    const done = running.get(name)
    assert(done !== undefined, `${name} runs`)
    running.delete(name)
    done()
  }
  return { lane, begun, dropped, running, offer, end }
}

describe("Lane", () => {
  it("runs as many as it may, and the next when one is done", () => {
    const { begun, end, offer } = bench({ running: 2, total: 9 })
    for (const name of ["a", "b", "c", "d"]) offer(name)
    assert.deepEqual(begun, ["a", "b"])
    end("b")
    assert.deepEqual(begun, ["a", "b", "c"])
  })

  it("runs jobs of one key one after another, and lets others pass meanwhile", () => {
    const { begun, end, offer } = bench({ running: 5, total: 9 })
    offer("a1", "a")
    offer("a2", "a")
    offer("a3", "a")
    offer("b1", "b")
    assert.deepEqual(begun, ["a1", "b1"])
    end("a1")
    end("a2")
    assert.deepEqual(begun, ["a1", "b1", "a2", "a3"])
  })

  it("takes no more than may run and wait, whatever their keys", () => {
    const { offer } = bench({ running: 1, total: 3 })
    assert.deepEqual(["a", "a", "b", "a"].map((key, index) => offer(`${key}${index}`, key)), [true, true, true, false])
  })

  it("takes jobs again when others are done", () => {
    const { end, lane, offer } = bench({ running: 1, total: 1 })
    assert.isTrue(offer("a"))
    assert.isFalse(offer("b"))
    end("a")
    assert.isTrue(Lane.isIdle(lane))
    assert.isTrue(offer("b"))
  })

  it("drops what waits when it is cleared, and keeps the order of what comes after", () => {
    const { begun, dropped, end, lane, offer } = bench({ running: 2, total: 9 })
    for (const name of ["a1", "a2", "b1", "b2", "c1"]) offer(name, name.slice(0, 1))
    Lane.clear(lane)
    assert.deepEqual(dropped, ["a2", "b2", "c1"])
    offer("a3", "a")
    assert.deepEqual(begun, ["a1", "b1"])
    end("a1")
    assert.deepEqual(begun, ["a1", "b1", "a3"])
  })

  it("survives any number of jobs that are done at once", () => {
    const lane = Lane.make({ running: 1, total: 100_001 })
    let release = (): void => undefined
    let ran = 0
    Lane.offer(lane, { key: "first", run: (done) => (release = done), drop: () => undefined })
    for (let job = 0; job < 100_000; job++) {
      const run = (done: () => void): void => {
        ran += 1
        done()
      }
      Lane.offer(lane, { key: String(job % 7), run, drop: () => undefined })
    }
    assert.strictEqual(ran, 0)
    release()
    assert.strictEqual(ran, 100_000)
    assert.isTrue(Lane.isIdle(lane))
  })

  const Action = Schema.Union([
    Schema.Struct({ offer: Schema.Literals(["a", "b", "c"]) }),
    Schema.Struct({ end: Schema.Natural }),
    Schema.Struct({ clear: Schema.Literal(true) })
  ])

  it.prop(
    "never runs two of one key or more than it may, keeps their order, and runs or drops whatever it took",
    { actions: Schema.Array(Action) },
    ({ actions }) => {
      const { begun, dropped, end, lane, offer, running } = bench({ running: 2, total: 5 })
      const taken: Array<string> = []
      let count = 0
      for (const action of actions) {
        if ("offer" in action) {
          count += 1
          const name = `${action.offer}${count}`
          if (offer(name, action.offer)) taken.push(name)
        } else if ("end" in action) {
          const name = [...running.keys()][action.end % Math.max(running.size, 1)]
          if (name !== undefined) end(name)
        } else Lane.clear(lane)
        assert.isAtMost(running.size, 2)
        const keys = [...running.keys()].map((name) => name.slice(0, 1))
        assert.lengthOf(new Set(keys), keys.length)
        assert.isAtMost(taken.length - begun.length - dropped.length + running.size, 5)
      }
      while (running.size > 0) for (const name of [...running.keys()]) end(name)
      assert.sameMembers([...begun, ...dropped], taken)
      for (const key of ["a", "b", "c"]) {
        const order = begun.filter((name) => name.startsWith(key)).map((name) => Number(name.slice(1)))
        assert.deepEqual(order, order.toSorted((a, b) => a - b))
      }
      assert.isTrue(Lane.isIdle(lane))
      assert.strictEqual(lane.queues.size, 0)
    },
    { arbitrary: { runs: 500 } }
  )
})

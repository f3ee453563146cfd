import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as DueHeap from "../../src/engine/dueHeap.ts"

type Thing = DueHeap.Due

const thing = (dueMs: number, order: number): Thing => ({ dueMs, order, index: -1 })

const drained = (heap: DueHeap.DueHeap<Thing>): ReadonlyArray<Thing> => {
  const taken: Array<Thing> = []
  for (let head = DueHeap.peek(heap); head !== undefined; head = DueHeap.peek(heap)) {
    DueHeap.remove(heap, head)
    taken.push(head)
  }
  return taken
}

const sorted = (things: ReadonlyArray<Thing>): ReadonlyArray<Thing> =>
  things.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)

const isConsistent = (heap: DueHeap.DueHeap<Thing>): boolean => heap.items.every((item, index) => item.index === index)

const Due = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 }))
/** Which of the things that lie in the heap is taken out, counted round and round. */
const Removal = Schema.Struct({ remove: Schema.Natural })
const Step = Schema.Union([Due, Removal])

describe("dueHeap", () => {
  it("has no head when it is empty", () => {
    assert.isUndefined(DueHeap.peek(DueHeap.make()))
  })

  it.prop("gives things back in the order of a sorted list", [Schema.Array(Due)], ([dues]) => {
    const heap = DueHeap.make<Thing>()
    const things = dues.map(thing)
    for (const one of things) DueHeap.push(heap, one)
    assert.deepEqual(drained(heap), sorted(things))
  })

  it.prop("agrees with a sorted list while things come and go", [Schema.Array(Step)], ([steps]) => {
    const heap = DueHeap.make<Thing>()
    let list: ReadonlyArray<Thing> = []
    for (const [order, step] of steps.entries()) {
      if (typeof step === "number") {
        const one = thing(step, order)
        DueHeap.push(heap, one)
        list = sorted([...list, one])
      } else {
        const one = list[step.remove % Math.max(1, list.length)]
        if (one === undefined) continue
        DueHeap.remove(heap, one)
        list = list.filter((other) => other !== one)
        assert.strictEqual(one.index, -1)
      }
      assert.strictEqual(DueHeap.peek(heap), list[0])
      assert.isTrue(isConsistent(heap))
    }
    assert.deepEqual(drained(heap), list)
  })

  it("ignores the removal of what has left already", () => {
    const heap = DueHeap.make<Thing>()
    const [first, second] = [thing(1, 0), thing(2, 1)]
    DueHeap.push(heap, first)
    DueHeap.push(heap, second)
    DueHeap.remove(heap, first)
    DueHeap.remove(heap, first)
    assert.deepEqual(drained(heap), [second])
  })
})

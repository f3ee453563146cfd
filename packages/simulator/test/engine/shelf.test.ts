import { assert, describe, it } from "@effect/vitest"
import * as Shelf from "../../src/engine/shelf.ts"

/** A shelf with room for ten letters. */
const shelf = () => Shelf.make<string>(10, (text) => text.length)

/** What is there, of calls a to d. */
const kept = ({ get }: Shelf.Shelf<string>) => ["a", "b", "c", "d"].filter((callId) => get(callId) !== undefined)

describe("a shelf", () => {
  it("keeps what fits, to the last letter", () => {
    const here = shelf()
    here.put("a", "12345")
    here.put("b", "12345")
    assert.deepStrictEqual([here.get("a"), here.get("b"), here.get("c")], ["12345", "12345", undefined])
  })

  it("makes room by what was put there first, as much as it takes", () => {
    const here = shelf()
    here.put("b", "12345")
    here.put("a", "123")
    here.put("c", "12")
    here.put("d", "123456")
    assert.deepStrictEqual(kept(here), ["c", "d"])
  })

  it("has the room again of what is removed", () => {
    const here = shelf()
    here.put("a", "12345")
    here.put("b", "12345")
    here.remove("b")
    here.remove("b")
    here.put("c", "12345")
    assert.deepStrictEqual(kept(here), ["a", "c"])
  })

  it("has one of each call, which is new when it is put there again", () => {
    const here = shelf()
    here.put("a", "12345")
    here.put("b", "1234")
    here.put("a", "123456")
    assert.deepStrictEqual(kept(here), ["a", "b"])
    here.put("c", "12")
    assert.deepStrictEqual(kept(here), ["a", "c"])
  })
})

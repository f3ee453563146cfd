import { assert, describe, it } from "@effect/vitest"
import * as Broken from "../../../src/core/expect/Broken.ts"
import { asha, Pen, ravi } from "./kit.ts"

const [first, second] = ["first-call", "second-call"]

const journal = (): Pen => new Pen().placed(first, asha).rang(first, 100).placed(second, ravi, 200).rang(second, 300)

describe("Broken.tell", () => {
  it("shows the call that broke, up to where it did", () => {
    const { entries } = journal().write(400, { _tag: "Broke", callId: first, causedBy: 0, message: "out of luck" })
    const [told = ""] = Broken.tell([{ why: "it broke", seq: 5, callId: first }], entries)
    assert.match(told, /^it broke\n\ncall 1 is first-call, .*, broke\n.*phone.*\n/)
    assert.include(told, "out of luck")
    assert.notInclude(told, second)
  })

  it("shows the call that began last before an entry, or of all, where none is named", () => {
    const told = Broken.tell([{ why: "early", seq: 2 }, { why: "late" }], journal().entries)
    assert.match(told[0] ?? "", /^early\n\ncall 1 is/)
    assert.match(told[1] ?? "", /^late\n\ncall 2 is/)
  })

  it("shows the same ladder once", () => {
    const told = Broken.tell([{ why: "one" }, { why: "two" }, { why: "three", callId: first }], journal().entries)
    assert.deepEqual(told.map((text) => text.includes("call 2 is")), [true, false, false])
    assert.include(told[2], "call 1 is")
  })

  it("draws three ladders at most", () => {
    const pen = new Pen()
    for (let index = 0; index < 5; index++) pen.placed(`call-${index}`, asha, index)
    const told = Broken.tell(pen.entries.map(({ seq }) => ({ why: "why", seq })), pen.entries)
    assert.deepEqual(told.map((text) => text !== "why"), [true, true, true, false, false])
  })

  it("is the words alone where nothing has happened", () => {
    assert.deepEqual(Broken.tell([{ why: "nothing" }], []), ["nothing"])
    assert.deepEqual(Broken.tell([], journal().entries), [])
  })
})

import { assert, describe, it } from "@effect/vitest"
import type { Entry, Turned } from "../../../src/core/journal/Entry.ts"
import * as Ladder from "../../../src/core/journal/Ladder.ts"
import { answered, place } from "../call/kit.ts"
import type { Bench } from "../call/kit.ts"
import { agent, collect, connect, phone } from "../call/programs.ts"

const entries = (call: Bench): ReadonlyArray<Turned> =>
  call.turns.flatMap(({ commands }, index) => {
    const event = call.events[index]
    return event === undefined
      ? []
      : [{
        _tag: "Turned",
        seq: index,
        at: event.at,
        tenant: "t",
        callId: "c",
        causedBy: 0,
        event,
        from: "",
        to: "",
        commands
      }]
  })

const lines = (call: Bench): ReadonlyArray<string> =>
  entries(call).flatMap(Ladder.rungs).map((rung) => Ladder.render(rung, { color: false, originMs: 0 }))

const one = (call: Bench, words: string): string => lines(call).filter((line) => line.includes(words)).join("|")

describe("a ladder", () => {
  it("points from your app to the platform when a call is placed", () => {
    assert.match(one(place([]), "pipeline call"), /│─ pipeline call ─+▶│/)
  })

  it("points from the phone to the platform when it answers", () => {
    assert.match(one(answered([]), "answers"), /│◀─ answers ─+│/)
  })

  it("names the party that is dialed, and its leg, since the other parties share a column", () => {
    assert.include(one(answered([connect([agent("0000abcd")])]), "dials callee1"), "agent ..abcd")
  })

  it("marks when two parties talk", () => {
    const desk = phone("914000000001")
    const call = answered([connect([desk])])
    call.answer(desk)
    assert.match(one(call, "talking"), /│═ talking ═+│/)
  })

  it("shows the result that goes to the customer's path, without the host", () => {
    const call = answered([collect({ digits: { maxDigits: 1 } })])
    call.press("4")
    assert.match(one(call, "/result"), /│◀─ \/result succ/)
  })

  it("ends with how the call ended", () => {
    const call = answered([])
    assert.include(lines(call).at(-1), "answered, NORMAL_CLEARING by pipeline, talked 0.0 s")
  })

  it("cuts what does not fit, and keeps every line within 80 columns", () => {
    const call = answered([connect([phone("914000000001")])])
    call.say("x".repeat(200))
    for (const line of lines(call)) assert.isAtMost(line.length, 80)
    assert.include(one(call, "says"), "…")
  })

  it("has nothing to say about requests and deliveries, which their turns show", () => {
    const entry: Entry = { _tag: "Requested", seq: 1, at: 0, tenant: "t", operation: "POST /v3/voice/ai/call" }
    assert.deepStrictEqual(Ladder.rungs(entry), [])
  })

  it("colours only when asked", () => {
    const rung = { _tag: "Talk", at: 0, label: "talking" } as const
    assert.notInclude(Ladder.render(rung, { color: false, originMs: 0 }), "\u001b")
    assert.include(Ladder.render(rung, { color: true, originMs: 0 }), "\u001b[36m")
  })

  it("counts seconds from the given origin", () => {
    const rung = { _tag: "Remark", at: 2500, label: "x", tone: "plain" } as const
    assert.match(Ladder.render(rung, { color: false, originMs: 1000 }), /^ {3}1\.500 /)
  })
})

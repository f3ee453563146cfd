import { assert, describe, it } from "@effect/vitest"
import type { Entry } from "../../../src/core/journal/Entry.ts"
import * as Ladder from "../../../src/core/journal/Ladder.ts"
import * as LadderEntry from "../../../src/core/journal/LadderEntry.ts"
import { perform, scripts } from "../call/guided.ts"
import type { Bench } from "../call/kit.ts"
import { answered, place } from "../call/kit.ts"
import { agent, collect, connect, phone } from "../call/programs.ts"
import { turnsOf } from "./turns.ts"

/** A turn as a journal of some version may have it. */
const turned = (event: LadderEntry.Told, commands: ReadonlyArray<LadderEntry.Told> = []): LadderEntry.LadderEntry => ({
  _tag: "Turned",
  at: 7,
  to: "Somewhere",
  event,
  commands
})

const drawn = (entry: LadderEntry.LadderEntry): ReadonlyArray<string> =>
  Ladder.rungs(entry).map((rung) => rung._tag === "Arrow" ? `${rung.from} -> ${rung.to}: ${rung.label}` : rung.label)

const lines = (call: Bench): ReadonlyArray<string> =>
  turnsOf(call).flatMap(Ladder.rungs).map((rung) => Ladder.render(rung, { color: false, originMs: 0 }))

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

describe("what a ladder is drawn from", () => {
  it.prop("never lacks a row or a field of one, whatever a call does", [scripts], ([script]) => {
    for (const entry of turnsOf(perform(script))) {
      const tags = [entry.event, ...entry.commands].map(({ _tag }) => _tag)
      for (const { label } of Ladder.rungs(entry)) assert.notInclude(tags, label)
    }
  }, { arbitrary: { runs: 200 } })

  it("is shown by its tag where it is not known, an entry, an event or a command", () => {
    assert.deepStrictEqual(drawn(turned({ _tag: "Sang" }, [{ _tag: "Applaud" }, { _tag: "HoldCall" }])), [
      "Sang",
      "Applaud",
      "on hold"
    ])
    assert.deepStrictEqual(drawn({ _tag: "Rained", at: 1 }), ["Rained"])
  })

  it.each(["toString", "constructor", "__proto__"])("is no property of objects: %s", (_tag) => {
    assert.deepStrictEqual(drawn(turned({ _tag })), [_tag])
  })

  it("is shown by its tag where it lacks a field", () => {
    const commands = [{ _tag: "DialLeg", legId: "caller" }, { _tag: "WriteRecord", record: { callId: "c" } }]
    assert.deepStrictEqual(drawn(turned({ _tag: "LegRinging", legId: 1 }, commands)), [
      "LegRinging",
      "DialLeg",
      "WriteRecord"
    ])
  })

  it("may have a party of another kind", () => {
    const dial = (endpoint: unknown) => ({ _tag: "DialLeg", legId: "caller", endpoint })
    assert.deepStrictEqual(
      drawn(turned({ _tag: "StoredFound" }, [dial({ _tag: "Queue", id: "support" }), dial({ _tag: "Nobody" })])),
      ["platform -> phone: dials queue ..port", "platform -> phone: dials Nobody"]
    )
  })

  it("shows somebody who calls in, is asked about and picked up", () => {
    const entry = turned({ _tag: "Originated", kind: "Inbound" }, [
      { _tag: "ReceiveLeg", legId: "caller" },
      { _tag: "Notify", url: "http://app.localhost/answer?x=1", notice: { _tag: "Answer" } },
      { _tag: "AnswerLeg", legId: "caller" }
    ])
    assert.deepStrictEqual(drawn(entry), [
      "phone -> platform: calls",
      "platform -> app: /answer?x=1",
      "platform -> phone: picks up"
    ])
  })

  it.each([["42", "/d 42"], ["", "/d no digits"]])("shows the digits %j that go to a URL", (digits, label) => {
    const notify = { _tag: "Notify", url: "https://app.example/d", notice: { _tag: "Digits", digits } }
    assert.deepStrictEqual(drawn(turned({ _tag: "StoredFound" }, [notify])), [`platform -> app: ${label}`])
  })

  it.each([["On", "hold on"], ["Off", "hold off"], ["Toggle", "toggle hold"]])(
    "shows hold %s as it was asked for",
    (hold, label) => {
      assert.deepStrictEqual(drawn(turned({ _tag: "HoldRequested", hold })), [`app -> platform: ${label}`])
    }
  )

  it.each([
    [{ fault: "Reset", operation: "POST /v3/voice/ai/call" }, "fault Reset: POST /v3/voice/ai/call"],
    [{ fault: "Lost", name: "dead webhook", webhook: "Record" }, "fault Lost (dead webhook): Record"],
    [{ fault: "StreamLost", callId: "c", url: "wss://app.example/secret" }, "fault StreamLost: stream"]
  ])("says what a fault befell, of %j", (faulted, label) => {
    assert.deepStrictEqual(drawn({ _tag: "Faulted", at: 1, ...faulted }), [label])
  })

  it("says that the simulator broke on a call, and that this ends it", () => {
    const broke = { _tag: "Broke", at: 1, message: "Error: oh" }
    assert.deepStrictEqual(drawn(broke), ["the simulator broke on this call: Error: oh"])
    assert.isTrue(LadderEntry.endsCall(broke))
  })
})

describe("lines", () => {
  it("tell calls apart by a tag behind the columns", () => {
    const rung = { _tag: "Remark", at: 0, label: "x", tone: "plain" } as const
    assert.match(Ladder.render(rung, { color: false, originMs: 0, tag: "ab12" }), /^.{82}ab12$/)
  })

  it("are the rungs of an entry", () => {
    const options = { color: false, originMs: 0 }
    const [entry] = turnsOf(place([]))
    assert(entry !== undefined)
    assert.lengthOf(Ladder.lines(entry, options), 2)
    assert.deepStrictEqual(
      Ladder.lines(entry, options),
      Ladder.rungs(entry).map((rung) => Ladder.render(rung, options))
    )
  })

  it("below the ladder say what became of each leg and each question", () => {
    const call = answered([collect({ digits: { maxDigits: 1 } }), connect([phone("914000000001")])])
    call.press("4")
    call.hangUp("caller")
    const last = turnsOf(call).at(-1)
    assert(last !== undefined && LadderEntry.endsCall(last))
    const record = LadderEntry.recordOf(last)
    assert.deepStrictEqual(record && Ladder.recordLines(record), [
      "    caller    ..0001       answered     0.0 s    NORMAL_CLEARING",
      "    input     4 (success)"
    ])
  })
})

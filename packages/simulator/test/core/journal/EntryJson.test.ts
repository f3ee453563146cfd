import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as EntryJson from "../../../src/core/journal/EntryJson.ts"
import * as Ladder from "../../../src/core/journal/Ladder.ts"
import * as LadderEntry from "../../../src/core/journal/LadderEntry.ts"
import { perform, scripts } from "../call/guided.ts"
import { turnsOf } from "./turns.ts"

const started = {
  _tag: "Started",
  seq: 1,
  at: 0,
  tenant: "default",
  version: "1.2.3",
  seed: 7,
  originEpochMs: 1_700_000_000_000
}

const read = (value: unknown): EntryJson.EntryJson => Result.getOrThrow(EntryJson.parse(JSON.stringify(value)))

describe("an entry as JSON", () => {
  it.prop("has the ladder and the end of the entry that was written, whatever a call does", [scripts], ([script]) => {
    for (const entry of turnsOf(perform(script))) {
      const back = read(entry)
      assert.deepStrictEqual(Ladder.rungs(back), Ladder.rungs(entry))
      assert.deepStrictEqual(LadderEntry.recordOf(back), LadderEntry.recordOf(entry))
      assert.strictEqual(LadderEntry.endsCall(back), LadderEntry.endsCall(entry))
      const { _tag, at, callId, causedBy, commands, event, from, seq, tenant, to } = entry
      assert.deepStrictEqual(back, { _tag, seq, at, tenant, callId, causedBy, event, from, to, commands })
    }
  }, { arbitrary: { runs: 200 } })

  it("is what it has in common with others, when it belongs to no call", () => {
    assert.deepStrictEqual(read(started), { _tag: "Started", seq: 1, at: 0, tenant: "default" })
  })

  it("may have fields, events and commands that nobody here knows", () => {
    const entry = read({
      ...started,
      _tag: "Turned",
      callId: "c",
      mood: "new",
      event: { _tag: "Sang", at: 3, song: [1] },
      commands: [{ _tag: "Applaud", loud: true }]
    })
    assert.deepStrictEqual(entry.event, { _tag: "Sang", at: 3, song: [1] })
    assert.deepStrictEqual(entry.commands, [{ _tag: "Applaud", loud: true }])
  })

  it.prop("is none when it was cut off anywhere", [Schema.Natural], ([cut]) => {
    const text = JSON.stringify(started)
    assert.deepStrictEqual(EntryJson.parse(text.slice(0, cut % text.length)), Result.fail("NotJson"))
  })

  it.each([
    "{}",
    "null",
    "[]",
    "7",
    "{\"_tag\":\"Started\",\"seq\":1,\"at\":1}",
    "{\"_tag\":\"Started\",\"seq\":\"1\",\"at\":1,\"tenant\":\"t\"}",
    "{\"_tag\":\"Turned\",\"seq\":1,\"at\":1,\"tenant\":\"t\",\"event\":{},\"commands\":[]}"
  ])("is not %s", (text) => {
    assert.deepStrictEqual(EntryJson.parse(text), Result.fail("NotAnEntry"))
  })
})

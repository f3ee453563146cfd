import { assert, describe, it } from "@effect/vitest"
import type { Notice } from "../../../src/core/call/Notice.ts"
import * as replies from "../../../src/edge/webhook/replies.ts"

const digits: Notice = {
  _tag: "Digits",
  callId: "call-1",
  callerId: "914400000001",
  to: "919840000001",
  digits: "1",
  extraParams: "{}"
}

const answer: Notice = {
  _tag: "Answer",
  callId: "call-1",
  direction: "inbound",
  callerId: "919840000001",
  to: "914400000001",
  at: 0
}

const input: Notice = {
  _tag: "Input",
  callId: "call-1",
  callerId: "914400000001",
  to: "919840000001",
  result: { status: "success", inputType: "dtmf", entry: "1" },
  variables: {}
}

const older = "[{\"action\":\"play\",\"file_name\":\"welcome.wav\"},{\"action\":\"hangup\"}]"

const program = [{ _tag: "Play", prompt: { _tag: "File", name: "welcome.wav" } }, { _tag: "Hangup" }]

describe("replies", () => {
  it.each([answer, digits])("to $_tag are read in the older vocabulary, bare or under pcmo", (notice) => {
    assert.deepEqual<unknown>(replies.read(notice, older), { _tag: "NewProgram", program })
    assert.deepEqual<unknown>(replies.read(notice, `{"pcmo":${older}}`), { _tag: "NewProgram", program })
  })

  it.each([answer, digits])("to $_tag are invalid under pipeline, or beside another key", (notice) => {
    assert.strictEqual(replies.read(notice, `{"pipeline":${older}}`)._tag, "Invalid")
    assert.strictEqual(replies.read(notice, `{"pcmo":${older},"code":200}`)._tag, "Invalid")
  })

  it("to Input are read in the current vocabulary, bare or under pipeline, and not under pcmo", () => {
    const text = "[{\"action\":\"hangup\"}]"
    assert.deepEqual<unknown>(replies.read(input, text), { _tag: "NewProgram", program: [{ _tag: "Hangup" }] })
    assert.strictEqual(replies.read(input, `{"pipeline":${text}}`)._tag, "NewProgram")
    assert.strictEqual(replies.read(input, `{"pcmo":${text}}`)._tag, "Invalid")
  })

  it.each(["", "  \n", "null", "[]", "{}", "{\"pcmo\":[]}"])("are empty when they say '%s'", (text) => {
    assert.deepEqual(replies.read(digits, text), { _tag: "Empty" })
  })

  it.each(["<Response/>", "1", "\"hangup\"", "[1]", "[{\"action\":\"bridge\"}]"])(
    "are invalid when they say '%s'",
    (text) => {
      const reply = replies.read(answer, text)
      assert(reply._tag === "Invalid")
      assert.isAbove(reply.problems.length, 0)
    }
  )

  it("in the older vocabulary tell what of them was passed over", () => {
    const reply = replies.read(answer, "[{\"action\":\"hangup\"},{\"action\":\"plai\"}]")
    assert(reply._tag === "NewProgram")
    assert.lengthOf(reply.program, 1)
    assert.match(reply.ignored?.join() ?? "", /^pcmo\[1\]\.action: unknown action/)
    assert.notProperty(replies.read(answer, "[{\"action\":\"hangup\"}]"), "ignored")
  })

  it("name each problem by its path below pcmo", () => {
    const reply = replies.read(answer, "[{\"action\":\"play\",\"file_name\":5}]")
    assert(reply._tag === "Invalid")
    assert.match(reply.problems[0] ?? "", /^pcmo\[0\]\.file_name: /)
  })
})

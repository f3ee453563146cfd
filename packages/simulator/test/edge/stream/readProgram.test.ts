import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readProgram } from "../../../src/edge/stream/readProgram.ts"

const tagsOf = (json: unknown) => Result.map(readProgram(json), (program) => program.map(({ _tag }) => _tag))
const pathsOf = (json: unknown) => {
  const read = readProgram(json)
  return Result.isFailure(read) ? read.failure.map(({ path }) => path) : []
}

describe("readProgram", () => {
  it("reads what StreamAction queues", () => {
    const bridge = { action: "bridge", from: 918000000000, connect: [{ type: "pstn", number: 919876543210 }] }
    assert.deepStrictEqual(
      tagsOf([{ action: "record" }, { action: "speak", text: "One moment" }, bridge, { action: "hangup" }]),
      Result.succeed(["Record", "Play", "Connect", "Hangup"])
    )
    assert.deepStrictEqual(tagsOf([{ action: "dance" }, { action: "hangup" }]), Result.succeed(["Hangup"]))
  })

  it("tells what is wrong by its path in the list", () => {
    assert.deepStrictEqual(pathsOf([]), [""])
    assert.deepStrictEqual(pathsOf({ action: "hangup" }), [""])
    assert.deepStrictEqual(pathsOf([{ action: "hangup" }, { action: "speak" }, { text: "x" }]), [
      "[1].text",
      "[2].action"
    ])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as outgoing from "../../src/engine/outgoing.ts"
import type { Line } from "../../src/engine/StreamPort.ts"
import * as streamTally from "../../src/engine/streamTally.ts"

const loud = (sampleCount: number, value: number): Int16Array => new Int16Array(sampleCount).fill(value)

/** A line, and how it was written to. */
const wire = (buffered = 0) => {
  const written: Array<readonly [how: "send" | "deliver", bytes: number, first: number]> = []
  const write = (how: "send" | "deliver") => (message: string | Uint8Array) => {
    if (typeof message !== "string") written.push([how, message.length, message[0] ?? -1])
  }
  const plain: Line = { send: write("send"), bufferedBytes: () => buffered, close: () => undefined }
  return { written, plain, inMemory: { ...plain, deliver: write("deliver") } }
}

const make = (frameMs = 20, silence: "sent" | "withheld" = "sent") => {
  const tally = streamTally.make()
  return { tally, frames: outgoing.make({ frameMs, silence }, tally, 8) }
}

describe("what goes out", () => {
  it("is handed to a line in memory when nothing is under way, and sent otherwise", () => {
    const { inMemory, plain, written } = wire()
    const { frames, tally } = make()
    frames.add(inMemory, loud(160, 1))
    frames.deliver(inMemory)
    frames.add(inMemory, loud(160, 2))
    frames.flush(inMemory)
    frames.add(plain, loud(160, 3))
    frames.deliver(plain)
    frames.deliver(plain)
    assert.deepStrictEqual(written, [["deliver", 320, 1], ["send", 320, 2], ["send", 320, 3]])
    assert.strictEqual(tally.counts().sent, 3)
  })

  it("stays in order when an answer brings more and sends it before all is handed over", () => {
    const { inMemory, written } = wire()
    const { frames } = make()
    for (const value of [1, 2]) frames.add(inMemory, loud(160, value))
    const deliver = (message: Uint8Array) => {
      inMemory.deliver(message)
      if (message[0] !== 1) return
      frames.add(inMemory, loud(160, 3))
      frames.flush(inMemory)
    }
    frames.deliver({ ...inMemory, deliver })
    assert.deepStrictEqual(written.map(([, , first]) => first), [1, 2, 3])
  })

  it("is as it was when it was added, though its samples are written over", () => {
    const { plain, written } = wire()
    for (const frameMs of [20, 60]) {
      const { frames } = make(frameMs)
      const samples = loud(160, 7)
      frames.add(plain, samples)
      samples.fill(9)
      if (frameMs > 20) { for (let count = 0; count < 2; count += 1) frames.add(plain, samples) }
      frames.flush(plain)
    }
    assert.deepStrictEqual(written, [["send", 320, 7], ["send", 960, 7]])
  })

  it("goes nowhere when it waits for the rest of its message and is withheld", () => {
    const { plain, written } = wire()
    const { frames, tally } = make(60)
    for (const value of [1, 2]) frames.add(plain, loud(160, value))
    frames.withhold()
    for (const value of [3, 4, 5]) frames.add(plain, loud(160, value))
    frames.flush(plain)
    assert.deepStrictEqual(written, [["send", 960, 3]])
    assert.deepInclude(tally.counts(), { withheld: 2, sent: 3 })
  })

  it("is withheld when it is silent and the profile says so", () => {
    const { plain, written } = wire()
    const { frames, tally } = make(20, "withheld")
    frames.add(plain, new Int16Array(160))
    frames.add(plain, loud(160, 1))
    frames.flush(plain)
    assert.lengthOf(written, 1)
    assert.deepInclude(tally.counts(), { withheld: 1, sent: 1 })
  })

  it("is known while it waits, for its message, to be sent, or in the line", () => {
    const { plain } = wire(640)
    const { frames } = make(60)
    assert.deepStrictEqual(frames.waiting(undefined), { messageMs: 0, lineMs: 0 })
    for (let count = 0; count < 5; count += 1) frames.add(plain, loud(160, 1))
    assert.deepStrictEqual(frames.waiting(plain), { messageMs: 40, lineMs: 60 + 40 })
    frames.flush(plain)
    frames.withhold()
    assert.deepStrictEqual(frames.waiting(plain), { messageMs: 0, lineMs: 40 })
  })

  it("is dropped beyond two seconds that wait, in the line or before it", () => {
    const { plain } = wire(32_000 - 640)
    const { frames, tally } = make()
    for (let count = 0; count < 5; count += 1) frames.add(plain, loud(160, 1))
    assert.deepInclude(tally.counts(), { sent: 3, dropped: 2 })
  })
})

import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Envelope from "../../../src/core/media/Envelope.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 }))

it("keeps the loudest sample of each stretch, whatever its sign", () => {
  const envelope = Envelope.add(Envelope.make(4), 2, Int16Array.of(0, 12_800, -32_768, 0, 0, 0, 256))
  assert.strictEqual(Envelope.peakBetween(envelope, 0, 4), 100)
  assert.strictEqual(Envelope.peakBetween(envelope, 4, 8), 255)
  assert.strictEqual(Envelope.peakBetween(envelope, 8, 12), 2)
  assert.strictEqual(Envelope.peakBetween(envelope, 12, 1_000_000), 0)
})

it("never grows, and forgets no peak: stretches become longer", () => {
  let envelope = Envelope.add(Envelope.make(10), 5, Int16Array.of(25_600))
  const silence = new Int16Array(10_000)
  for (let at = 10_000; at < 1_000_000; at += silence.length) envelope = Envelope.add(envelope, at, silence)
  assert.strictEqual(envelope.done.length, Envelope.maximumPeaks)
  assert.strictEqual(envelope.stretch, 640)
  assert.strictEqual(Envelope.peakBetween(envelope, 0, 640), 200)
  assert.strictEqual(Envelope.peakBetween(envelope, 640, 1_000_000), 0)
})

it("keeps a peak when silence is added at the same place later", () => {
  const loud = Int16Array.of(25_600)
  const silence = new Int16Array(1)
  const envelope = [[0, loud], [10, loud], [0, silence], [10, silence], [20, silence]] as const
  const drawn = envelope.reduce((self, [at, samples]) => Envelope.add(self, at, samples), Envelope.make(10))
  assert.strictEqual(Envelope.peakBetween(drawn, 0, 10), 200)
  assert.strictEqual(Envelope.peakBetween(drawn, 10, 20), 200)
})

it("of a copy stays as it was", () => {
  const envelope = Envelope.add(Envelope.make(10), 0, Int16Array.of(12_800))
  const copy = Envelope.copy(envelope)
  Envelope.add(envelope, 0, Int16Array.of(25_600))
  assert.deepStrictEqual([copy, envelope].map((one) => Envelope.peakBetween(one, 0, 10)), [100, 200])
})

it("is not changed by moments that are none", () => {
  const envelope = Envelope.make(10)
  for (const at of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.strictEqual(Envelope.add(envelope, at, Int16Array.of(32_767)), envelope)
  }
})

it.prop("does not depend on how the audio is cut", [Count, Count, Count], ([length, size, offset]) => {
  const samples = Int16Array.from({ length }, (_, index) => (index * 7919) % 32_768)
  const whole = Envelope.add(Envelope.make(1), offset, samples)
  const step = 1 + size
  let pieces = Envelope.make(1)
  for (let at = 0; at < length; at += step) pieces = Envelope.add(pieces, offset + at, samples.subarray(at, at + step))
  for (let at = 0; at < offset + length; at += 97) {
    assert.strictEqual(Envelope.peakBetween(pieces, at, at + 97), Envelope.peakBetween(whole, at, at + 97))
  }
})

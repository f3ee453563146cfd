import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Mixer from "../../../src/core/media/Mixer.ts"

const frame = (...samples: ReadonlyArray<number>) => AudioFrame.make(Int16Array.from(samples), 8000)

const caller = frame(1, 30_000, -30_000, 5)
const callee = frame(10, 30_000, -30_000)

it("sends the one voice that is listened to", () => {
  assert.deepStrictEqual(Mixer.mix("caller", caller, callee), caller.samples)
  assert.deepStrictEqual(Mixer.mix("callee", caller, callee), callee.samples)
})

it("adds both voices, and stays at the end of the range", () => {
  assert.deepStrictEqual(Mixer.mix("both-mixed", caller, callee), Int16Array.of(11, 32_767, -32_768, 5))
})

it("sends both voices side by side, the caller's first", () => {
  assert.deepStrictEqual(
    Mixer.mix("both-stereo", caller, callee),
    Int16Array.of(1, 10, 30_000, 30_000, -30_000, -30_000, 5, 0)
  )
  assert.deepStrictEqual([Mixer.channels("both-stereo"), Mixer.channels("both-mixed")], [2, 1])
})

it("sends the caller alone when the rates differ", () => {
  const wide = AudioFrame.make(Int16Array.of(1, 2), 16_000)
  assert.deepStrictEqual(Mixer.mix("both-mixed", caller, wide), caller.samples)
})

const Samples = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -32_768, maximum: 32_767 })))

it.prop("mixing does not ask who is who", [Samples, Samples], ([a, b]) => {
  assert.deepStrictEqual(
    Mixer.mix("both-mixed", frame(...a), frame(...b)),
    Mixer.mix("both-mixed", frame(...b), frame(...a))
  )
})

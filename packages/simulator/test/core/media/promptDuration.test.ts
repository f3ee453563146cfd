import { assert, it } from "@effect/vitest"
import { promptDurationMs, unknownFileMs } from "../../../src/core/media/promptDuration.ts"

const files = new Map([["hello.wav", 1200], ["empty.wav", 0]])
const say = (text: string, speed: number) => ({ _tag: "Say", text, language: "en-US", voiceId: "v", speed }) as const

it("a file lasts as long as it was said to, and three seconds when nobody said", () => {
  assert.strictEqual(promptDurationMs({ _tag: "File", name: "hello.wav" }, files), 1200)
  assert.strictEqual(promptDurationMs({ _tag: "File", name: "other.wav" }, files), unknownFileMs)
})

it("nothing to be heard still takes a moment, so that no pipeline spins", () => {
  assert.strictEqual(promptDurationMs({ _tag: "File", name: "empty.wav" }, files), 1)
  assert.strictEqual(promptDurationMs(say("", 1), files), 1)
})

it("speech lasts by its length and speed", () => {
  assert.strictEqual(promptDurationMs(say("a".repeat(100), 1), files), 6200)
  assert.strictEqual(promptDurationMs(say("a".repeat(100), 2), files), 3100)
})

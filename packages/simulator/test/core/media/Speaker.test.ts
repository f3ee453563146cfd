import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Speaker from "../../../src/core/media/Speaker.ts"
import { Utterance } from "../../../src/core/scenario/Party.ts"

const fileMs = new Map([["menu.wav", 400]])
const speech = (ms: number): Utterance["voice"] => ({ _tag: "Speech", ms })

const speaker = (utterances: ReadonlyArray<Utterance>, label = "a", answeredAt = 1000): Speaker.Speaker =>
  Speaker.make(utterances, { answeredAt, label, fileMs })

/** What is said up to a moment, when, while the app is heard in the given spans; in frames of 20 ms from the answer on. */
const said = (
  from: Speaker.Speaker,
  untilMs: number,
  app: ReadonlyArray<readonly [startMs: number, endMs: number]> = []
): ReadonlyArray<readonly [utterance: number, startMs: number, endMs: number]> => {
  const found = new Map<number, readonly [number, number, number]>()
  let self = from
  for (let fromMs = 1000; fromMs < untilMs; fromMs += 20) {
    self = Speaker.say(self, fromMs + 20)
    for (const { endMs, startMs, utterance } of self.spoken) found.set(utterance, [utterance, startMs, endMs])
    for (const [startMs, endMs] of app) {
      const start = Math.max(startMs, fromMs)
      const end = Math.min(endMs, fromMs + 20)
      if (end > start) self = Speaker.hear(self, { startMs: start, endMs: end })
    }
  }
  return [...found.values()]
}

describe("a speaker", () => {
  it("speaks so long after the answer", () => {
    assert.deepStrictEqual(said(speaker([{ afterMs: 505, voice: speech(300) }]), 3000), [[0, 1505, 1805]])
  })

  it("is done once it has said everything", () => {
    const one = speaker([{ afterMs: 0, voice: speech(100) }])
    const moments = [1000, 1020, 1100, 1120, 1140]
    assert.deepStrictEqual(
      moments.map((moment, place) => Speaker.isDone(moments.slice(0, place + 1).reduce(Speaker.say, one))),
      [false, false, false, true, true]
    )
    assert.isTrue(Speaker.isDone(speaker([])))
  })

  it("says one thing after another, never two at once", () => {
    const one = speaker([{ afterMs: 0, voice: speech(300) }, { afterMs: 100, voice: speech(200) }])
    assert.deepStrictEqual(said(one, 3000), [[0, 1000, 1300], [1, 1300, 1500]])
  })

  it("speaks when the app was silent for so long after it had spoken, and not before it has", () => {
    const one = speaker([{ afterSilenceMs: 300, voice: speech(100) }])
    assert.deepStrictEqual(said(one, 3000), [])
    assert.deepStrictEqual(said(one, 5000, [[2000, 2210]]), [[0, 2510, 2610]])
    assert.deepStrictEqual(said(one, 5000, [[2000, 2210], [2400, 2600]]), [[0, 2900, 3000]])
  })

  it("barges in so long after the first sample of an utterance, which goes on through pauses of 200 ms", () => {
    const one = speaker([{ bargeInMs: 700, voice: speech(100) }])
    assert.deepStrictEqual(said(one, 5000, [[2000, 2300], [2500, 4000]]), [[0, 2700, 2800]])
    assert.deepStrictEqual(said(one, 5000, [[2000, 2300], [2501, 4000]]), [[0, 3201, 3301]])
  })

  it("counts what it heard since it had finished", () => {
    const one = speaker([{ afterMs: 0, voice: speech(1000) }, { afterSilenceMs: 100, voice: speech(100) }])
    assert.deepStrictEqual(said(one, 5000, [[1200, 1400]]), [[0, 1000, 2000]])
    assert.deepStrictEqual(said(one, 5000, [[1200, 1400], [2200, 2300]]), [[0, 1000, 2000], [1, 2400, 2500]])
  })

  it("begins within the next frame when its plan leaves no time", () => {
    const one = speaker([{ bargeInMs: 0, voice: speech(100) }])
    assert.deepStrictEqual(said(one, 5000, [[2000, 2100]]), [[0, 2020, 2120]])
  })

  it("has spoken already when somebody listens later", () => {
    const one = Speaker.say(speaker([{ afterMs: 0, voice: speech(1000) }]), 1520)
    const frame = Speaker.frame(one, { fromMs: 1500, ms: 20, sampleRate: 8000 })
    assert.isTrue(frame?.samples.some((sample) => sample !== 0))
    assert.isUndefined(Speaker.frame(Speaker.say(one, 3020), { fromMs: 3000, ms: 20, sampleRate: 8000 }))
  })

  it("sounds the same whatever the frames, with its voiced places counted from each frame", () => {
    const one = speaker([{ afterMs: 5, voice: speech(90) }])
    const frames = Array.from({ length: 6 }, (_, n) => {
      const settled = Speaker.say(one, 1020 + 20 * n)
      return Speaker.frame(settled, { fromMs: 1000 + 20 * n, ms: 20, sampleRate: 8000 })
    })
    const whole = Speaker.frame(Speaker.say(one, 1120), { fromMs: 1000, ms: 120, sampleRate: 8000 })
    assert.deepStrictEqual(
      frames.flatMap((frame) => Array.from(frame?.samples ?? new Int16Array(160))),
      Array.from(whole?.samples ?? [])
    )
    assert.deepStrictEqual(whole?.voiced, [{ start: 40, end: 760 }])
    assert.deepStrictEqual(frames[0]?.voiced, [{ start: 40, end: 160 }])
    assert.deepStrictEqual(frames[4]?.voiced, [{ start: 0, end: 120 }])
    assert.isUndefined(frames[5])
  })

  it("begins another sound in the middle of the frame in which the one before ends", () => {
    const one = Speaker.say(
      speaker([
        { afterMs: 0, voice: { _tag: "Tone", hertz: 1000, ms: 10 } },
        { afterMs: 0, voice: { _tag: "Tone", hertz: 500, ms: 30 } }
      ]),
      1020
    )
    const frame = Speaker.frame(one, { fromMs: 1000, ms: 20, sampleRate: 8000 })
    assert.deepStrictEqual(
      [frame?.samples[2], frame?.samples[84], frame?.samples[82]].map((sample) => Math.abs((sample ?? 0) - 8000) < 2),
      [true, true, false]
    )
  })

  it.each<readonly [name: string, voice: Utterance["voice"], ms: number]>([
    ["a text", { _tag: "Say", text: "Good morning" }, 744],
    ["a file", { _tag: "File", name: "menu.wav" }, 400],
    ["a tone", { _tag: "Tone", hertz: 440, ms: 50 }, 50],
    ["noise", { _tag: "Noise", ms: 60 }, 60],
    ["silence", { _tag: "Silence", ms: 70 }, 70],
    ["keys", { _tag: "Dtmf", digits: "12" }, 300]
  ])("makes %s of its length", (_, voice, ms) => {
    const [spoken] = said(speaker([{ afterMs: 0, voice }]), 3000)
    assert.deepStrictEqual(spoken, [0, 1000, 1000 + ms])
  })

  it("has chance of its own by its label, the same each time", () => {
    const samples = (label: string) =>
      Speaker.frame(Speaker.say(speaker([{ afterMs: 0, voice: { _tag: "Noise", ms: 20 } }], label), 1020), {
        fromMs: 1000,
        ms: 20,
        sampleRate: 8000
      })?.samples.join()
    assert.strictEqual(samples("a"), samples("a"))
    assert.notStrictEqual(samples("a"), samples("b"))
  })

  it.prop("never says two things at once, and never before their time", {
    utterances: Schema.Array(Utterance).check(Schema.isMaxLength(5)),
    gaps: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 }))).check(Schema.isMaxLength(6))
  }, ({ gaps, utterances }) => {
    let at = 1000
    const app = gaps.map((gap): readonly [number, number] => {
      const start = at + gap
      at = start + gap
      return [start, at]
    })
    const spoken = said(speaker(utterances), 4000, app)
    spoken.forEach(([utterance, startMs], n) => {
      assert.strictEqual(utterance, n)
      assert.isAtLeast(startMs, spoken[n - 1]?.[2] ?? 1000)
      const plan = utterances[utterance]
      if (plan !== undefined && "afterMs" in plan) assert.isAtLeast(startMs, 1000 + plan.afterMs)
    })
  })
})

import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Wav from "@effect-piopiy/sdk/Wav"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Conversation from "../../../src/core/media/Conversation.ts"
import * as Spans from "../../../src/core/media/Spans.ts"
import * as StreamProfile from "../../../src/core/stream/StreamProfile.ts"

const frameSamples = 160
const make = (
  listens: "caller" | "callee" | "both" = "caller",
  sampleRate = 8000,
  profile: StreamProfile.Options = {}
) => Conversation.make({ listens, sampleRate }, StreamProfile.make(profile))

const loud = (sampleCount: number, value = 1000): Int16Array => new Int16Array(sampleCount).fill(value)
const said = (value: number): Conversation.Said => ({
  samples: loud(frameSamples, value),
  voiced: [{ start: 0, end: frameSamples }]
})

const pass = (self: Conversation.Conversation, frames: number): Conversation.Conversation =>
  Array.from({ length: frames }).reduce<Conversation.Conversation>(
    (so) => Conversation.pass(so, frameSamples, undefined).conversation,
    self
  )

describe("a conversation", () => {
  it.each(
    [
      ["caller", [100, 100]],
      ["callee", [7, 7]],
      ["both", [107, 107]]
    ] as const
  )("brings the app the voice of the %s", (listens, expected) => {
    const up = Conversation.up(make(listens), frameSamples, said(100), said(7))
    assert.deepStrictEqual([up[0], up[frameSamples - 1]], [...expected])
  })

  it("brings both voices in two channels where the profile says so", () => {
    const up = Conversation.up(make("both", 8000, { bothSides: "stereo" }), frameSamples, said(100), said(7))
    assert.deepStrictEqual([up.length, up[0], up[1]], [320, 100, 7])
  })

  it("brings silence where nobody speaks", () => {
    const up = Conversation.up(make("both"), frameSamples, undefined, undefined)
    assert.deepStrictEqual(up, new Int16Array(frameSamples))
  })

  it("lets the caller hear what the app sent, in order, once time passes", () => {
    const played = Conversation.play(make(), AudioFrame.make(loud(200), 8000))
    const first = Conversation.pass(played, frameSamples, undefined)
    const second = Conversation.pass(first.conversation, frameSamples, undefined)
    assert.deepStrictEqual([first.heard, second.heard], [160, 40])
    assert.deepStrictEqual([second.app[39], second.app[40]], [1000, 0])
    assert.deepStrictEqual(Spans.toArray(second.conversation.ledger.app.heard), [{ start: 0, end: 200 }])
  })

  it("counts the caller's voice from the beginning of the stream", () => {
    const { conversation } = Conversation.pass(pass(make(), 3), frameSamples, said(1000))
    assert.deepStrictEqual(Spans.toArray(conversation.ledger.caller.voiced), [{ start: 480, end: 640 }])
  })

  it("brings audio of another rate to its own", () => {
    const played = Conversation.play(make("caller", 16_000), AudioFrame.make(loud(80), 8000))
    assert.strictEqual(played.queue.counts.received, 160)
  })

  it("is one at 8000 when its rate cannot be calculated with", () => {
    assert.strictEqual(make("caller", 12_000).sampleRate, 8000)
    assert.strictEqual(make("caller", 32_000).sampleRate, 32_000)
  })

  it("takes back what was not heard, but for what the carrier holds", () => {
    const played = Conversation.play(make("caller", 8000, { carrierBufferMs: 40 }), AudioFrame.make(loud(1600), 8000))
    const interrupted = Conversation.interrupt(pass(played, 2))
    const ended = pass(interrupted, 5)
    assert.deepInclude(ended.queue.counts, { heard: 640, byBreak: 960, queued: 0 })
    assert.deepStrictEqual(ended.ledger.interrupts, [320])
    assert.deepStrictEqual(Spans.toArray(ended.ledger.app.heard), [{ start: 0, end: 640 }])
  })

  it("counts a gap of at most 200 ms in the app's audio as an underrun", () => {
    const gap = (ms: number) => {
      const dry = Conversation.skip(Conversation.play(make(), AudioFrame.make(loud(160), 8000)), 160 + 8 * ms)
      return Conversation.play(dry, AudioFrame.make(loud(160), 8000)).queue.counts.underruns
    }
    assert.deepStrictEqual([gap(0), gap(1), gap(200), gap(201)], [0, 1, 1, 0])
  })

  it("leaves nothing of what it took back in audio of the same rate that comes after", () => {
    const played = Conversation.play(make(), AudioFrame.make(loud(3200), 16_000))
    const after = Conversation.play(Conversation.interrupt(played), AudioFrame.silence("20 millis", 16_000))
    const { app, heard } = Conversation.pass(after, frameSamples, undefined, undefined)
    assert.strictEqual(heard, frameSamples)
    assert.deepStrictEqual(app, new Int16Array(frameSamples))
  })

  it("counts what was never heard as lost by the hangup", () => {
    const played = Conversation.play(make(), AudioFrame.make(loud(1600), 8000))
    assert.deepInclude(Conversation.measure(Conversation.end(pass(played, 1))).playout, { heard: 160, byHangup: 1440 })
  })

  it("passes over time in which the machine stood still, with the audio in it", () => {
    const skipped = Conversation.skip(Conversation.play(make(), AudioFrame.make(loud(800), 8000)), 480)
    assert.deepInclude(skipped.queue.counts, { heard: 480, queued: 320 })
    assert.strictEqual(Conversation.measure(skipped).duration, 480)
  })

  it("tells prompts from its beginning on", () => {
    const told = [[-500, 100], [200, 300], [-20, 0]] as const
    const { ledger } = told.reduce(
      (self, [startMs, endMs]) => Conversation.prompted(self, { label: "p", startMs, endMs }),
      make()
    )
    assert.deepStrictEqual(ledger.prompts, [
      { label: "p", start: 0, end: 800 },
      { label: "p", start: 1600, end: 2400 }
    ])
  })
})

describe("decode", () => {
  const audio = (type: "raw" | "wav" | "mp3" | "ogg", bytes: Uint8Array) =>
    Conversation.decode({ _tag: "Audio", type, sampleRate: 8000, bytes })

  it("reads raw samples at the rate that was told", () => {
    const frame = audio("raw", new Uint8Array([1, 0, 2, 0]))
    assert.deepStrictEqual([frame?.sampleRate, ...(frame?.samples ?? [])], [8000, 1, 2])
  })

  it("reads WAV at the rate of the file, of two channels as one", () => {
    const channel = AudioFrame.make(loud(10, 100), 16_000)
    const frame = audio("wav", Result.getOrThrow(Wav.encode([channel, channel])))
    assert.deepStrictEqual([frame?.sampleRate, frame?.samples.length, frame?.samples[0]], [16_000, 10, 200])
  })

  it("reads nothing else", () => {
    assert.isUndefined(audio("wav", new Uint8Array(100)))
    assert.isUndefined(audio("raw", new Uint8Array(3)))
    assert.isUndefined(audio("mp3", new Uint8Array(100)))
    assert.isUndefined(audio("ogg", new Uint8Array(100)))
  })
})

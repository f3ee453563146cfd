/**
 * What one stream carries: the voices of the call to the app, the app's audio to the caller, both counted in a ledger.
 *
 * Time is counted in samples of the stream's rate and passes in {@link pass} and {@link skip}; everything else happens at
 * the moment that it has come to.
 */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import * as Mix from "@effect-piopiy/sdk/Mix"
import * as Resampler from "@effect-piopiy/sdk/Resampler"
import * as Wav from "@effect-piopiy/sdk/Wav"
import * as Result from "effect/Result"
import type { OpenStream } from "../pcmo/Program.ts"
import type { Audio } from "../stream/StreamCodec.ts"
import type { StreamProfile } from "../stream/StreamProfile.ts"
import { callRate } from "../stream/voiceQuality.ts"
import * as Ledger from "./Ledger.ts"
import * as Measures from "./Measures.ts"
import * as Mixer from "./Mixer.ts"
import * as PlayoutQueue from "./PlayoutQueue.ts"
import type * as Spans from "./Spans.ts"

/**
 * Audio at a rate of its own.
 *
 * @category models
 * @since 0.1.0
 */
export type Sound = AudioFrame.AudioFrame

/**
 * It belongs to whoever made it: what updates it does so in place and gives it back, since a frame passes every 20 ms. Who
 * keeps its ledger takes a copy of that.
 *
 * @category models
 * @since 0.1.0
 */
export interface Conversation {
  readonly sampleRate: AudioFrame.SampleRate
  readonly listens: Mixer.Listens
  queue: PlayoutQueue.PlayoutQueue
  ledger: Ledger.Ledger
  resampler: Resampler.Resampler
  /** As long as a frame: what the caller hears in it, written over in the next; and nothing but silence. */
  app: Int16Array
  quiet: Int16Array
}

/** A gap in the app's audio of at most this long counts as an underrun. */
const underrunMs = 200

/**
 * A conversation in which nothing was said.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  stream: Pick<OpenStream, "listens" | "sampleRate">,
  profile: StreamProfile
): Conversation => {
  const sampleRate = callRate(stream.sampleRate)
  const perMs = sampleRate / 1000
  return {
    sampleRate,
    listens: stream.listens === "both" ? `both-${profile.bothSides}` : stream.listens,
    queue: PlayoutQueue.make({
      capSamples: profile.queueCapMs * perMs,
      overflow: profile.overflow,
      carrierSamples: profile.carrierBufferMs * perMs,
      underrunSamples: underrunMs * perMs
    }),
    ledger: Ledger.make(sampleRate),
    resampler: Resampler.make(sampleRate),
    app: new Int16Array(0),
    quiet: new Int16Array(0)
  }
}

/**
 * What a party says in a frame. `voiced` counts from the beginning of the frame.
 *
 * @category models
 * @since 0.1.0
 */
export interface Said {
  readonly samples: Int16Array
  readonly voiced: ReadonlyArray<Spans.Span>
}

/**
 * What the app hears of a frame: one voice or both, as was asked. They are equally long, at the rate of the conversation;
 * nobody who is absent is heard. Good until the next frame passes, and not to be written to.
 *
 * @category getters
 * @since 0.1.0
 */
export const up = (
  self: Conversation,
  sampleCount: number,
  caller: Said | undefined,
  callee: Said | undefined
): Int16Array => {
  if (self.quiet.length !== sampleCount) self.quiet = new Int16Array(sampleCount)
  return mix(self.listens, self.sampleRate, caller?.samples, callee?.samples, self.quiet)
}

/**
 * What a frame brings the caller: `app`, of which the first `heard` samples come from the app, and silence after them. It is
 * good until the next frame passes, and not to be written to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Passed {
  readonly conversation: Conversation
  readonly app: Int16Array
  readonly heard: number
}

/**
 * A frame passes. The caller's voice is as long as it, at the rate of the conversation. `line` makes of the app's frame what
 * the caller hears of it, in place.
 *
 * @category updating
 * @since 0.1.0
 */
export const pass = (
  self: Conversation,
  sampleCount: number,
  caller: Said | undefined,
  line?: (app: Sound) => void
): Passed => {
  if (self.app.length !== sampleCount) self.app = new Int16Array(sampleCount)
  const { app, ledger, queue, sampleRate } = self
  const at = queue.tick
  self.queue = PlayoutQueue.hear(queue, app)
  line?.(AudioFrame.make(app, sampleRate))
  const heard = self.queue.counts.heard - queue.counts.heard
  if (caller !== undefined) {
    const { samples } = caller
    Ledger.callerSaid(ledger, {
      at,
      samples,
      voiced: caller.voiced.map(({ end, start }) => ({ start: at + start, end: at + end }))
    })
  }
  Ledger.appHeard(ledger, { at, heard, samples: app })
  return { conversation: self, app, heard }
}

const mix = (
  listens: Mixer.Listens,
  sampleRate: AudioFrame.SampleRate,
  caller: Int16Array | undefined,
  callee: Int16Array | undefined,
  quiet: Int16Array
): Int16Array => {
  // Of two voices, one that is absent changes nothing.
  if (listens === "both-mixed" && caller === undefined) return callee ?? quiet
  if (listens === "both-mixed" && callee === undefined) return caller ?? quiet
  return Mixer.mix(listens, AudioFrame.make(caller ?? quiet, sampleRate), AudioFrame.make(callee ?? quiet, sampleRate))
}

/**
 * So many samples pass unheard, by a machine that stood still.
 *
 * @category updating
 * @since 0.1.0
 */
export const skip = (self: Conversation, sampleCount: number): Conversation => {
  self.queue = PlayoutQueue.advance(self.queue, sampleCount)
  self.ledger = Ledger.passed(self.ledger, self.queue.tick)
  return self
}

/**
 * Reads raw audio and WAV, of two channels as one; nothing when it is none, or of another kind.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = ({ bytes, sampleRate, type }: Audio): Sound | undefined => {
  if (type === "raw") return Result.getOrUndefined(AudioFrame.fromBytes(bytes, sampleRate))
  if (type !== "wav") return undefined
  return Result.getOrUndefined(Result.flatMap(Wav.decode(bytes), (channels) => Mix.mix(channels)))
}

/**
 * Audio of the app arrives, and waits to be heard.
 *
 * @category updating
 * @since 0.1.0
 */
export const play = (self: Conversation, sound: Sound): Conversation => {
  const [resampler, { samples }] = Resampler.step(self.resampler, sound)
  self.resampler = resampler
  self.queue = PlayoutQueue.push(self.queue, samples)
  return self
}

/**
 * The app takes back what was not heard.
 *
 * @category updating
 * @since 0.1.0
 */
export const interrupt = (self: Conversation): Conversation => {
  const queue = PlayoutQueue.interrupt(self.queue)
  self.queue = queue
  self.resampler = Resampler.make(self.sampleRate)
  self.ledger = Ledger.interrupted(self.ledger, { at: queue.tick, tail: queue.counts.queued })
  return self
}

/**
 * The stream is over: what was not heard never will be.
 *
 * @category updating
 * @since 0.1.0
 */
export const end = (self: Conversation): Conversation => {
  self.queue = PlayoutQueue.hangup(self.queue)
  return self
}

/**
 * The platform played a prompt of its own, from a moment to another, in milliseconds from the beginning. What lies
 * before the beginning is left out.
 *
 * @category updating
 * @since 0.1.0
 */
export const prompted = (
  self: Conversation,
  { endMs, label, startMs }: { readonly label: string; readonly startMs: number; readonly endMs: number }
): Conversation => {
  const perMs = self.sampleRate / 1000
  const start = Math.max(0, startMs) * perMs
  const end = endMs * perMs
  if (end > start) self.ledger = Ledger.prompted(self.ledger, { start, end, label })
  return self
}

/**
 * How it went so far.
 *
 * @category folding
 * @since 0.1.0
 */
export const measure = (self: Conversation): Measures.Measures => Measures.measure(self.ledger, self.queue.counts)

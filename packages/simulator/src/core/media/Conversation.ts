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
 * @category models
 * @since 0.1.0
 */
export interface Conversation {
  readonly sampleRate: AudioFrame.SampleRate
  readonly listens: Mixer.Listens
  readonly queue: PlayoutQueue.PlayoutQueue
  readonly ledger: Ledger.Ledger
  readonly resampler: Resampler.Resampler
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
    resampler: Resampler.make(sampleRate)
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
 * What a frame brings: `up` for the app, both voices if so asked, and `app`, of which the caller hears the first `heard`
 * samples from the app and silence after them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Passed {
  readonly conversation: Conversation
  readonly up: Int16Array
  readonly app: Int16Array
  readonly heard: number
}

/**
 * A frame passes. The voices are equally long, at the rate of the conversation; nobody who is absent is heard.
 *
 * @category updating
 * @since 0.1.0
 */
export const pass = (
  self: Conversation,
  sampleCount: number,
  caller: Said | undefined,
  callee: Said | undefined
): Passed => {
  const { listens, sampleRate } = self
  const at = self.queue.tick
  const app = new Int16Array(sampleCount)
  const queue = PlayoutQueue.hear(self.queue, app)
  const heard = queue.counts.heard - self.queue.counts.heard
  const said = caller === undefined ? self.ledger : Ledger.callerSaid(self.ledger, {
    at,
    samples: caller.samples,
    voiced: caller.voiced.map(({ end, start }) => ({ start: at + start, end: at + end }))
  })
  const quiet = new Int16Array(sampleCount)
  const frameOf = (one: Said | undefined) => AudioFrame.make(one?.samples ?? quiet, sampleRate)
  return {
    conversation: { ...self, queue, ledger: Ledger.appHeard(said, { at, heard, samples: app }) },
    up: Mixer.mix(listens, frameOf(caller), frameOf(callee)),
    app,
    heard
  }
}

/**
 * So many samples pass unheard, by a machine that stood still.
 *
 * @category updating
 * @since 0.1.0
 */
export const skip = (self: Conversation, sampleCount: number): Conversation => {
  const queue = PlayoutQueue.advance(self.queue, sampleCount)
  return { ...self, queue, ledger: { ...self.ledger, end: Math.max(self.ledger.end, queue.tick) } }
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
  return { ...self, resampler, queue: PlayoutQueue.push(self.queue, samples) }
}

/**
 * The app takes back what was not heard.
 *
 * @category updating
 * @since 0.1.0
 */
export const interrupt = (self: Conversation): Conversation => {
  const queue = PlayoutQueue.interrupt(self.queue)
  return {
    ...self,
    queue,
    resampler: Resampler.make(self.sampleRate),
    ledger: Ledger.interrupted(self.ledger, { at: queue.tick, tail: queue.counts.queued })
  }
}

/**
 * The stream is over: what was not heard never will be.
 *
 * @category updating
 * @since 0.1.0
 */
export const end = (self: Conversation): Conversation => ({ ...self, queue: PlayoutQueue.hangup(self.queue) })

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
  return end > start ? { ...self, ledger: Ledger.prompted(self.ledger, { start, end, label }) } : self
}

/**
 * How it went so far.
 *
 * @category folding
 * @since 0.1.0
 */
export const measure = (self: Conversation): Measures.Measures => Measures.measure(self.ledger, self.queue.counts)

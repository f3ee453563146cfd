/**
 * What was heard on one stream, and when: everything at the moment when it reached an ear, counted in samples.
 *
 * It keeps spans and peaks, not samples; its size grows with the turns of a conversation and not with its length, and is
 * bounded: by {@link maximumMarks}, `Spans.maximumSpans` and `Envelope.maximumPeaks`.
 */
import * as Envelope from "./Envelope.ts"
import * as Spans from "./Spans.ts"

/**
 * What the platform itself played to the caller: a file or a text that it spoke.
 *
 * @category models
 * @since 0.1.0
 */
export interface Prompt extends Spans.Span {
  readonly label: string
}

/**
 * It belongs to whoever made it: what updates it may do so in place, and gives back what to go on with, since that
 * happens in every frame of a call. Who keeps it beside that takes a {@link copy}.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ledger {
  readonly sampleRate: number
  /** The end of what is known. */
  end: number
  readonly caller: {
    readonly voiced: Spans.Spans
    readonly envelope: Envelope.Envelope
  }
  readonly app: {
    /** Where audio of the app was heard, silence in it included. */
    readonly heard: Spans.Spans
    /** Where it was loud enough to be noticed. */
    readonly voiced: Spans.Spans
    readonly envelope: Envelope.Envelope
  }
  /** Where the audio ends that the last interrupt left to be heard: what follows is another utterance. */
  cutAt: number | undefined
  /** The moments of interrupts, {@link maximumMarks} at most. */
  readonly interrupts: ReadonlyArray<number>
  /** At most {@link maximumMarks}. */
  readonly prompts: ReadonlyArray<Prompt>
}

/**
 * Interrupts, and prompts, that one ledger keeps; further ones take effect and are not listed.
 *
 * @category constants
 * @since 0.1.0
 */
export const maximumMarks = 1000

/** A stretch of the envelope to begin with. */
const stretchMs = 50

/**
 * Nothing was heard yet. The rate is a whole number of samples a millisecond.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (sampleRate: number): Ledger => {
  const perMs = sampleRate / 1000
  const spans = () => Spans.make(Spans.joinMs * perMs)
  const envelope = () => Envelope.make(stretchMs * perMs)
  return {
    sampleRate,
    end: 0,
    caller: { voiced: spans(), envelope: envelope() },
    app: { heard: spans(), voiced: spans(), envelope: envelope() },
    cutAt: undefined,
    interrupts: [],
    prompts: []
  }
}

/**
 * The same, to keep.
 *
 * @category constructors
 * @since 0.1.0
 */
export const copy = (self: Ledger): Ledger => ({
  ...self,
  caller: { voiced: Spans.copy(self.caller.voiced), envelope: Envelope.copy(self.caller.envelope) },
  app: {
    heard: Spans.copy(self.app.heard),
    voiced: Spans.copy(self.app.voiced),
    envelope: Envelope.copy(self.app.envelope)
  }
})

/**
 * Time passes up to a moment.
 *
 * @category updating
 * @since 0.1.0
 */
export const passed = (self: Ledger, end: number): Ledger => {
  self.end = Math.max(self.end, end)
  return self
}

/**
 * The caller said something that began at a moment. `voiced` is where, when the one who made the sound knows, on the
 * same count of samples; otherwise it is found by loudness.
 *
 * @category updating
 * @since 0.1.0
 */
export const callerSaid = (
  self: Ledger,
  { at, samples, voiced }: {
    readonly at: number
    readonly samples: Int16Array
    readonly voiced?: ReadonlyArray<Spans.Span>
  }
): Ledger => {
  const end = at + samples.length
  if (voiced === undefined) Spans.listen(self.caller.voiced, at, samples)
  else {
    for (const span of voiced) {
      Spans.add(self.caller.voiced, { start: Math.max(at, span.start), end: Math.min(end, span.end) })
    }
  }
  Envelope.add(self.caller.envelope, at, samples)
  return passed(self, end)
}

/**
 * The caller heard the app from a moment on. Of the samples, the first `heard` are the app's, what follows is the
 * silence of an empty queue.
 *
 * @category updating
 * @since 0.1.0
 */
export const appHeard = (
  self: Ledger,
  { at, heard, samples }: { readonly at: number; readonly heard: number; readonly samples: Int16Array }
): Ledger => {
  const { app, cutAt } = self
  const end = at + samples.length
  const own = heard >= samples.length ? samples : samples.subarray(0, Math.max(0, heard))
  if (cutAt === undefined || cutAt > end) sound(app, at, own)
  else {
    const before = own.subarray(0, Math.max(0, cutAt - at))
    sound(app, at, before)
    Spans.settle(app.heard)
    Spans.settle(app.voiced)
    sound(app, at + before.length, own.subarray(before.length))
    self.cutAt = undefined
  }
  return passed(self, end)
}

const sound = ({ envelope, heard, voiced }: Ledger["app"], at: number, samples: Int16Array): void => {
  if (samples.length === 0) return
  Spans.add(heard, { start: at, end: at + samples.length })
  Spans.listen(voiced, at, samples)
  Envelope.add(envelope, at, samples)
}

const listed = <A>(marks: ReadonlyArray<A>, mark: A): ReadonlyArray<A> =>
  marks.length < maximumMarks ? [...marks, mark] : marks

/**
 * The app interrupted at a moment. `tail` is how many samples are still heard because the carrier holds them.
 *
 * @category updating
 * @since 0.1.0
 */
export const interrupted = (
  self: Ledger,
  { at, tail }: { readonly at: number; readonly tail: number }
): Ledger => ({
  ...self,
  end: Math.max(self.end, at),
  cutAt: at + tail,
  interrupts: listed(self.interrupts, at)
})

/**
 * The platform played a prompt of its own.
 *
 * @category updating
 * @since 0.1.0
 */
export const prompted = (self: Ledger, prompt: Prompt): Ledger => ({
  ...self,
  end: Math.max(self.end, prompt.end),
  prompts: listed(self.prompts, prompt)
})

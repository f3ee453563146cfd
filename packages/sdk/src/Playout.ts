/**
 * What the caller has heard of what the app sent: an estimate, since the platform acknowledges nothing.
 *
 * It assumes what the platform does: audio plays in the order in which it was sent, without gaps, at the speed of sound
 * recordings; an interrupt drops at once all that was not heard. Time on the way, and what a carrier holds in its own
 * buffers, is not counted, nor is audio that overflows a queue of the platform.
 *
 * Everything counts in samples, time too: `tick` is the time since the beginning in samples of the rate.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as AudioFrame from "./AudioFrame.ts"

/**
 * Where playing stands at a tick. Of all that was sent, every sample is in one of three: `sent = heard + remaining +
 * discarded`.
 *
 * @category models
 * @since 0.1.0
 */
export interface State {
  /** The moment that this is true of. */
  readonly tick: number
  readonly sent: number
  readonly heard: number
  /** Sent, neither heard nor dropped yet. */
  readonly remaining: number
  /** Dropped before it was heard. */
  readonly discarded: number
  /**
   * The place of the sample after the last one heard, counted in all that was sent: what lies before it was heard, but for
   * what interrupts cut out. Right after an interrupt it tells where the caller was cut off.
   */
  readonly heardUpTo: number
}

/**
 * What an interrupt cut off, in samples.
 *
 * @category models
 * @since 0.1.0
 */
export interface Cut {
  readonly heardUpTo: number
  readonly discarded: number
}

/**
 * Nothing was sent yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const initial: State = { tick: 0, sent: 0, heard: 0, remaining: 0, discarded: 0, heardUpTo: 0 }

/**
 * Lets time pass up to a tick. One that has passed already changes nothing.
 *
 * @category transitions
 * @since 0.1.0
 */
export const advance = (state: State, tick: number): State => {
  if (tick <= state.tick) return state
  const { discarded, sent } = state
  const played = Math.min(state.remaining, tick - state.tick)
  const remaining = state.remaining - played
  const heardUpTo = played === 0 ? state.heardUpTo : sent - remaining
  return { tick, sent, heard: state.heard + played, remaining, discarded, heardUpTo }
}

/**
 * Audio was sent at the tick that the state is true of.
 *
 * @category transitions
 * @since 0.1.0
 */
export const send = (state: State, sampleCount: number): State => ({
  ...state,
  sent: state.sent + sampleCount,
  remaining: state.remaining + sampleCount
})

/**
 * All that was not heard was dropped, by an interrupt or by the end of the call, at the tick that the state is true of.
 *
 * @category transitions
 * @since 0.1.0
 */
export const interrupt = (state: State): State => ({
  ...state,
  remaining: 0,
  discarded: state.discarded + state.remaining
})

/**
 * The estimate of one stream, on the clock. Its own clock begins when it is made.
 *
 * @category models
 * @since 0.1.0
 */
export interface Playout {
  readonly sampleRate: AudioFrame.SampleRate
  /** Tells it that so many samples have been sent. */
  readonly sent: (sampleCount: number) => Effect.Effect<void>
  /** Tells it that an interrupt has been sent, or that the call has ended. */
  readonly interrupted: Effect.Effect<Cut>
  /** The same without an effect, for hot loops. */
  readonly sentUnsafe: (sampleCount: number) => void
  /** Where playing stands now. */
  readonly state: Effect.Effect<State>
  /** The same without an effect, for hot loops. */
  readonly stateUnsafe: () => State
  /** See {@link State}. */
  readonly heardUpTo: Effect.Effect<number>
  /** See {@link State}. */
  readonly remaining: Effect.Effect<number>
  /** Waits until so many samples remain, or fewer, by time or by an interrupt. What is sent meanwhile is waited for, too. */
  readonly whenAtMost: (sampleCount: number) => Effect.Effect<void>
  /** Waits until nothing remains, as `whenAtMost(0)`. */
  readonly whenDrained: Effect.Effect<void>
}

const nanosPerMilli = 1_000_000

/**
 * An estimate that begins now. It reads the monotonic clock.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(sampleRate: AudioFrame.SampleRate) {
  const clock = yield* Clock.Clock
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const origin = clock.monotonicTimeNanosUnsafe()
  const perMilli = sampleRate / 1000
  const resting = new Set<() => void>()
  let latest = initial

  /** Whole milliseconds apart from the rest, so that no product leaves the integers that a number can hold. */
  const tick = (): number => {
    const nanos = Number(clock.monotonicTimeNanosUnsafe() - origin)
    const rest = nanos % nanosPerMilli
    return ((nanos - rest) / nanosPerMilli) * perMilli + Math.floor((rest * perMilli) / nanosPerMilli)
  }

  const stateUnsafe = (): State => {
    latest = advance(latest, tick())
    return latest
  }

  const sentUnsafe = (sampleCount: number): void => {
    latest = send(stateUnsafe(), sampleCount)
  }

  /** Waits so long, or until an interrupt. One fiber sleeps, where a race would take two. */
  const rest = (milliseconds: number): Effect.Effect<void> =>
    Effect.callback<void>((resume) => {
      const sleeper = fork(Effect.sleep(milliseconds))
      const wake = () => {
        resting.delete(wake)
        resume(Effect.void)
        sleeper.interruptUnsafe()
      }
      resting.add(wake)
      sleeper.addObserver(wake)
      return Effect.sync(() => {
        resting.delete(wake)
        sleeper.interruptUnsafe()
      })
    })

  const whenAtMost = (sampleCount: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const over = stateUnsafe().remaining - sampleCount
      return over <= 0 ? Effect.void : Effect.andThen(rest(Math.ceil(over / perMilli)), whenAtMost(sampleCount))
    })

  const wakeAll = (): void => {
    // Whoever has to wait again, since audio was sent meanwhile, is not woken a second time.
    for (const wake of [...resting]) wake()
  }

  const interrupted = Effect.withFiberSucceed(({ currentDispatcher }): Cut => {
    const { heardUpTo, remaining } = stateUnsafe()
    latest = interrupt(latest)
    // Not at once: whoever interrupts may have more to do before others go on.
    if (resting.size > 0) currentDispatcher.scheduleTask(wakeAll, 0)
    return { heardUpTo, discarded: remaining }
  })

  const state = Effect.sync(stateUnsafe)

  const playout: Playout = {
    sampleRate,
    sent: (sampleCount) => Effect.sync(() => sentUnsafe(sampleCount)),
    sentUnsafe,
    interrupted,
    state,
    stateUnsafe,
    heardUpTo: Effect.map(state, ({ heardUpTo }) => heardUpTo),
    remaining: Effect.map(state, ({ remaining }) => remaining),
    whenAtMost,
    whenDrained: whenAtMost(0)
  }
  return playout
})

/**
 * Why a clock that is moved by hand may not go on: something real is in flight, and what comes of it belongs to the
 * moment at which it began.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { StreamPort } from "./StreamPort.ts"
import { WebhookPort } from "./WebhookPort.ts"

/**
 * One reason why time may not go on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hold {
  /**
   * Waits until every hold that was taken before has gone, and what came of it has happened: so things that are in flight
   * at once come back in the order in which they began, whichever is there first. At once when all holds were let go.
   */
  readonly turn: Effect.Effect<void>
  /** Lets the hold go; further times do nothing. */
  readonly release: () => void
}

/**
 * The holds of one clock.
 *
 * @category models
 * @since 0.1.0
 */
export interface Holds {
  readonly take: (label: string) => Hold
  /** One for each hold, oldest first. */
  readonly labels: () => ReadonlyArray<string>
  /** Lets go of all there are. */
  readonly letGo: () => void
  /** Whoever lives by the clock has come to rest: the oldest hold has its turn. */
  readonly rested: () => void
}

/**
 * No holds. `released` is told of each that is let go.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (released: () => void): Holds => {
  const held = new Map<Latch.Latch, string>()
  return {
    take: (label) => {
      const turn = Latch.makeUnsafe(false)
      held.set(turn, label)
      return {
        // A turn of the scheduler on either side: whatever wakes the fiber, coming to rest follows.
        turn: Effect.yieldNow.pipe(Effect.andThen(turn.await), Effect.andThen(Effect.yieldNow)),
        release: () => {
          turn.openUnsafe()
          if (held.delete(turn)) released()
        }
      }
    },
    labels: () => [...held.values()],
    letGo: () => {
      for (const turn of held.keys()) turn.openUnsafe()
      held.clear()
      released()
    },
    rested: () => {
      const [oldest] = held.keys()
      oldest?.openUnsafe()
    }
  }
}

/**
 * Whether webhooks that are in flight at once come back in the order in which they went out. Over sockets, where it is
 * chance which one is there first, that makes of the same seed the same journal. No answer may wait there for what comes
 * of a later one.
 *
 * @category references
 * @since 0.1.0
 */
export const InOrder = Context.Reference<boolean>("@effect-piopiy/simulator/Holds/InOrder", {
  defaultValue: () => false
})

/** Where a URL leads, without its path, which may hold a token. */
const hostOf = (url: string): string => URL.parse(url)?.host ?? url

/**
 * The way out to URLs, with a hold for each webhook that is in flight.
 *
 * @category ports
 * @since 0.1.0
 */
export const webhooks = (port: WebhookPort["Service"], holds: Holds): WebhookPort["Service"] =>
  WebhookPort.of({
    deliver: (posting) =>
      Effect.acquireUseRelease(
        Effect.sync(() =>
          holds.take(`webhook ${posting.notice._tag} of call ${posting.notice.callId} to ${hostOf(posting.url)}`)
        ),
        ({ turn }) =>
          Effect.tap(port.deliver(posting), Effect.flatMap(InOrder, (isInOrder) => isInOrder ? turn : Effect.void)),
        ({ release }) => Effect.sync(release)
      )
  })

/**
 * The way out to audio sockets, with a hold for each handshake in flight. What passes on an open socket holds nothing.
 *
 * @category ports
 * @since 0.1.0
 */
export const streams = (port: StreamPort["Service"], holds: Holds): StreamPort["Service"] =>
  StreamPort.of({
    dial: (dial, listener) => {
      const { release } = holds.take(`stream handshake with ${hostOf(dial.url)}`)
      const line = port.dial(dial, {
        ...listener,
        opened: () => {
          listener.opened()
          release()
        },
        failed: (failure) => {
          listener.failed(failure)
          release()
        },
        closed: (close) => {
          listener.closed(close)
          release()
        }
      })
      return {
        ...line,
        close: (code, reason) => {
          line.close(code, reason)
          release()
        }
      }
    }
  })

/**
 * Why a clock that is moved by hand may not go on: something real is in flight, and what comes of it belongs to the
 * moment at which it began.
 */
import * as Effect from "effect/Effect"
import { StreamPort } from "./StreamPort.ts"
import { WebhookPort } from "./WebhookPort.ts"

/**
 * The holds of one clock.
 *
 * @category models
 * @since 0.1.0
 */
export interface Holds {
  /** Gives what lets the hold go; further times do nothing. */
  readonly take: (label: string) => () => void
  /** One for each hold, oldest first. */
  readonly labels: () => ReadonlyArray<string>
  /** Lets go of all there are. */
  readonly letGo: () => void
}

/**
 * No holds. `released` is told of each that is let go.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (released: () => void): Holds => {
  const held = new Set<{ readonly label: string }>()
  return {
    take: (label) => {
      const hold = { label }
      held.add(hold)
      return () => {
        if (held.delete(hold)) released()
      }
    },
    labels: () => [...held].map(({ label }) => label),
    letGo: () => {
      held.clear()
      released()
    }
  }
}

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
        () => port.deliver(posting),
        (release) => Effect.sync(release)
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
      const release = holds.take(`stream handshake with ${hostOf(dial.url)}`)
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

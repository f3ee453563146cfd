/** Audio streams in memory: what the simulator dials reaches a `StreamServer` of the SDK in the same process. */
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamTransport from "@effect-piopiy/sdk/StreamTransport"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import {
  type Dial,
  fittingReason,
  type Line,
  type Listener,
  platformClose,
  type StreamClose,
  type StreamFailure,
  StreamPort
} from "../Streams.ts"

/**
 * How the app is reached: `answersAfter` is how long it takes to answer a handshake, no time when left out.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamsOptions {
  readonly answersAfter?: Duration.Input
}

/**
 * The way to the app. It has a message in a task of its own by {@link Way.put}, and before it returns by {@link Way.hand}:
 * under a test clock, each task that a moment schedules makes that moment dearer.
 */
interface Way {
  readonly put: (message: StreamTransport.Message) => void
  readonly hand: (message: StreamTransport.Message) => void
  readonly byteLength: () => number
  readonly end: (close: StreamTransport.Close) => void
  readonly run: StreamTransport.Connection["run"]
}

const makeWay = Effect.withFiberSucceed(({ currentDispatcher }): Way => {
  let messages: Array<StreamTransport.Message> = []
  let byteLength = 0
  let receiver: StreamTransport.Receiver | undefined
  const ended = Deferred.makeUnsafe<never, StreamTransport.Close>()
  let ending: StreamTransport.Close | undefined
  let isHanding = false
  let isHandingLater = false

  /** Whoever has a message may send, close or be gone before it returns: what comes of that is for after all that came. */
  const handOn = (): void => {
    if (isHanding) return
    isHanding = true
    while (messages.length > 0 && handAll()) continue
    isHanding = false
    if (ending !== undefined) Deferred.doneUnsafe(ended, Effect.fail(ending))
  }
  /** Whether there is still somebody to have them. */
  const handAll = (): boolean => {
    const taker = receiver
    if (taker === undefined) return false
    for (const message of takeAll()) {
      if (receiver !== taker) return false
      taker.message(message)
    }
    taker.settle()
    return true
  }
  const takeAll = (): ReadonlyArray<StreamTransport.Message> => {
    const taken = messages
    messages = []
    byteLength = 0
    return taken
  }
  const handOnLater = (): void => {
    if (isHandingLater) return
    isHandingLater = true
    currentDispatcher.scheduleTask(() => {
      isHandingLater = false
      handOn()
    }, 0)
  }
  const add = (message: StreamTransport.Message): void => {
    if (ending !== undefined) return
    messages.push(message)
    byteLength += message.length
  }

  return {
    put: (message) => {
      add(message)
      handOnLater()
    },
    hand: (message) => {
      add(message)
      handOn()
    },
    byteLength: () => byteLength,
    end: (close) => {
      ending ??= close
      if (messages.length === 0) handOn()
      else handOnLater()
    },
    run: (taker) =>
      Effect.suspend(() => {
        receiver = taker
        if (messages.length > 0 || ending !== undefined) handOn()
        return Effect.ensuring(
          Deferred.await(ended),
          Effect.sync(() => {
            receiver = undefined
          })
        )
      })
  }
})

/** A connection that keeps whatever the app does not take. It is written to and read without a pause. */
const connect = Effect.fnUntraced(function*(listener: Listener, maxMessageBytes: number) {
  const way = yield* makeWay
  let ended: StreamTransport.Close | undefined
  const reads = Latch.makeUnsafe(true)

  const end = ({ by, code, reason }: StreamClose): void => {
    if (ended !== undefined) return
    ended = { code, reason: fittingReason(reason) }
    reads.openUnsafe()
    way.end(ended)
    listener.closed({ by, code, reason })
  }
  const tell = (text: string): void =>
    text.length > maxMessageBytes ? end(platformClose(1009, "")) : listener.message(text)
  const write = (text: string): Effect.Effect<void, StreamTransport.Close> =>
    Effect.suspend(() => {
      if (ended !== undefined) return Effect.fail(ended)
      if (!reads.isOpen()) return Effect.andThen(reads.await, write(text))
      tell(text)
      return Effect.void
    })
  const line: Line = {
    send: way.put,
    deliver: way.hand,
    bufferedBytes: way.byteLength,
    close: (code, reason) => end(platformClose(code, reason)),
    hold: (isHeld) => isHeld ? reads.closeUnsafe() : reads.openUnsafe()
  }
  const connection: StreamTransport.Connection = {
    run: way.run,
    write,
    offerUnsafe: (text) => {
      if (ended !== undefined || !reads.isOpen()) return false
      tell(text)
      return true
    },
    close: (close) => Effect.sync(() => end({ by: "App", ...close })),
    terminate: Effect.sync(() => end({ by: "Network", code: 1006, reason: "" })),
    vitals: Option.none()
  }
  return { line, connection }
})

/** Which token a URL ends in, if it leads below the path; nothing when it leads elsewhere. */
const tokenIn = (url: string, path: string): Option.Option<string> | undefined => {
  const pathname = URL.parse(url)?.pathname
  if (pathname === path) return Option.none()
  return pathname?.startsWith(`${path}/`) === true ? Option.some(pathname.slice(path.length + 1)) : undefined
}

/**
 * Every stream goes to the {@link StreamServer.StreamServer}, whatever the host of its URL, and then to the handler. A URL
 * that does not lead to the server's path is refused with 404, a token as the server refuses it. A stream is as one over
 * sockets, but for what `docs/limits.md` tells.
 *
 * Give it the server that issues the tickets, by the same layer value.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E, R>(
  handler: StreamServer.Handler<E, R>,
  options: StreamsOptions = {}
): Layer.Layer<StreamPort, never, StreamServer.StreamServer | Exclude<R, Scope.Scope>> =>
  Layer.effect(
    StreamPort,
    Effect.gen(function*() {
      const server = yield* StreamServer.StreamServer
      const context = yield* Effect.context<Exclude<R, Scope.Scope>>()
      const fibers = yield* FiberSet.make<void>()
      const fork = yield* FiberSet.runtime(fibers)()
      const answersAfter = Duration.fromInputUnsafe(options.answersAfter ?? 0)

      const accepted = Effect.fnUntraced(function*(
        url: string,
        connection: Effect.Effect<StreamTransport.Connection, StreamTransport.Close>
      ) {
        const token = tokenIn(url, server.hosting.path)
        if (token === undefined) return Option.some(404)
        return yield* server.accept(token, connection, handler).pipe(
          Effect.as(Option.none<number>()),
          Effect.catch(({ status }) => Effect.succeedSome<number>(status))
        )
      })

      const dial = ({ handshakeMs, maxMessageBytes, url }: Dial, listener: Listener): Line => {
        let line: Line | undefined
        /** Whether the handshake has failed or was given up. */
        let isOver = false
        let isHeld = false
        const connection = Effect.gen(function*() {
          if (isOver) return yield* Effect.fail<StreamTransport.Close>({ code: 1006, reason: "" })
          const both = yield* connect(listener, maxMessageBytes)
          line = both.line
          line.hold?.(isHeld)
          listener.opened()
          return both.connection
        })
        const fail = (failure: StreamFailure) =>
          Effect.sync(() => {
            if (isOver) return
            isOver = true
            listener.failed(failure)
          })
        const answered = Duration.toMillis(answersAfter) > handshakeMs
          ? Effect.andThen(Effect.sleep(handshakeMs), fail({ why: "TimedOut" }))
          : Effect.sleep(answersAfter).pipe(
            Effect.flatMap(() => isOver ? Effect.succeedNone : accepted(url, connection)),
            Effect.flatMap(Option.match({
              onNone: () => Effect.void,
              onSome: (status) => fail({ why: "Refused", status })
            }))
          )
        // In a later turn, so that who dials has the line before it is told anything.
        fork(Effect.andThen(Effect.yieldNow, Effect.provideContext(answered, context)))
        return {
          send: (message) => line?.send(message),
          deliver: (message) => line?.deliver?.(message),
          bufferedBytes: () => line?.bufferedBytes() ?? 0,
          hold: (held) => {
            isHeld = held
            line?.hold?.(held)
          },
          close: (code, reason) => {
            if (line !== undefined) return line.close(code, reason)
            if (isOver) return
            isOver = true
            listener.closed(platformClose(code, reason))
          }
        }
      }
      return { dial }
    })
  )

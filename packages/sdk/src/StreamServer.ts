/**
 * Takes in the audio streams of calls. The platform is the client: it dials the URL of a `stream` action (documented).
 *
 * It signs nothing, so that anybody who knows an address can dial it. Therefore each call gets an address of its own, with
 * a token that is good once and for a time. This module decides who comes in and what bounds a stream; `StreamRouter` mounts
 * it in an HTTP service, `StreamServerNode` listens on a port of its own.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as guard from "./internal/guard.ts"
import * as scrub from "./internal/scrub.ts"
import * as streamConfig from "./internal/streamConfig.ts"
import * as ticketBook from "./internal/ticketBook.ts"
import * as LegacyAction from "./LegacyAction.ts"
import { Reason, StreamError } from "./StreamError.ts"
import * as StreamSession from "./StreamSession.ts"
import type * as StreamTransport from "./StreamTransport.ts"

/**
 * Where streams come to, and what bounds them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Pick<StreamSession.Options, "frameCapacity" | "lead"> {
  /** How the platform reaches this server, as `wss://bot.example.com`: without credentials, query and fragment. */
  readonly url: string
  /** Comes after `url`, and before the token. Default: `/stream`. */
  readonly path?: `/${string}`
  /** `anyone` lets in streams without a token, too, of calls that nothing is known of. Default: `token`. */
  readonly admission?: "token" | "anyone"
  /** Of streams whose token says nothing else: the `voice_quality` that was asked for. Default: 8000. */
  readonly sampleRate?: 8000 | 16_000 | 32_000
  /** Streams at once. Default: 200. */
  readonly maxSessions?: number
  /** Tokens that wait for their streams. Default: 10,000. */
  readonly maxTokens?: number
  /** How long a token is good: from before the call is placed to when its stream begins. Default: 5 minutes. */
  readonly tokenLifetime?: Duration.Input
  /** The longest message that is taken, of a text in characters. Default: 65,536, which is 1 s of audio at 32 kHz. */
  readonly maxMessageBytes?: number
  /** How long the platform may take from the handshake to its first message. Default: 30 seconds. */
  readonly firstMessageTimeout?: Duration.Input
  /** How often a ping is sent. A peer of which nothing comes from one to the next is cut off. Default: 30 seconds. */
  readonly pingInterval?: Duration.Input
  /** How long a command waits while 256 KiB wait in the socket. Then the peer is cut off. Default: 10 seconds. */
  readonly sendTimeout?: Duration.Input
  /** How long a handler may go on when its stream has ended. Default: 30 seconds. */
  readonly finishTimeout?: Duration.Input
  /**
   * How long {@link StreamServer} waits for streams to end when it is closed; 0 for not at all. Default: 20 seconds. They are
   * seconds of the clock: under a test clock that nobody moves on, a close with an open stream waits for ever.
   */
  readonly drainTimeout?: Duration.Input
}

/**
 * The right of one call to open one stream. The first dial spends it: a platform that dials the same URL again when a socket
 * was lost (the real one does not, assumed) may be refused with 403.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ticket {
  /** For `LegacyAction.stream`. It ends in the token, so keep it out of logs. */
  readonly url: string
  readonly token: Redacted.Redacted<string>
}

/**
 * What is done with a stream. Its scope closes when the handler is done, and with it all that it forked and acquired, and
 * the stream: with 1000; with 1011 when the handler failed; with 1001 when it was interrupted, as by the server's end.
 *
 * Audio that was sent and not heard is lost then: wait for `session.playout.whenDrained` before the end. A handler that
 * fails because its stream has ended is done.
 *
 * @category models
 * @since 0.1.0
 */
export type Handler<E, R> = (session: StreamSession.StreamSession) => Effect.Effect<void, E, R | Scope.Scope>

/**
 * Why a stream is not let in: 403 for a token that is unknown, used or expired; 404 without a token where one is needed;
 * 503 when there are too many streams, or the server is being closed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refusal {
  readonly status: 403 | 404 | 503
  readonly error: "invalid_token" | "not_found" | "too_many_sessions" | "draining"
}

/**
 * Gives out tokens and takes in streams. Provide it with {@link layer}.
 *
 * @category services
 * @since 0.1.0
 */
export class StreamServer extends Context.Service<StreamServer, {
  /** An address for the stream of one call. Fails with `TooManyTokens`. */
  readonly issue: (
    call: StreamSession.CallFacts,
    options?: { readonly sampleRate?: 8000 | 16_000 | 32_000 }
  ) => Effect.Effect<Ticket, StreamError>
  /** An action that opens the stream of one call, at the `voiceQuality` that its session then has. Fails as `issue`. */
  readonly stream: (
    call: StreamSession.CallFacts,
    options?: LegacyAction.StreamOptions
  ) => Effect.Effect<LegacyAction.Stream, StreamError>
  /** How many streams there are now. */
  readonly sessions: Effect.Effect<number>
  /**
   * Lets no further stream in, waits for those that there are, and closes with 1001 those that do not end in time. Closing
   * the layer does it, too.
   */
  readonly drain: Effect.Effect<void>
  /**
   * For those who host sockets: spends the token, takes a place, and then connects and runs the handler in a fiber of this
   * service. The fiber never fails; interrupt it to close the stream with 1001.
   */
  readonly accept: <E, R>(
    token: Option.Option<string>,
    connect: Effect.Effect<StreamTransport.Connection, StreamTransport.Close, Scope.Scope>,
    handler: Handler<E, R>
  ) => Effect.Effect<Fiber.Fiber<void>, Refusal, Exclude<R, Scope.Scope>>
  /** Of the options, for those who host sockets. */
  readonly hosting: Pick<streamConfig.Config, "path" | "admission" | "maxMessageBytes" | "maxSessions">
}>()("@effect-piopiy/sdk/StreamServer") {}

const sessionsGauge = Metric.gauge("piopiy_stream_sessions", {
  description: "Audio streams of calls that are open now"
})

const refusals = Metric.counter("piopiy_stream_refusals", {
  description: "Audio streams that were not let in, by the reason",
  incremental: true
})

/** A place among the streams, with what its token said. */
interface Seat {
  readonly call: StreamSession.CallFacts
  readonly sampleRate: 8000 | 16_000 | 32_000
  readonly token: Option.Option<string>
}

/** Whether the handler only met the end of its stream. */
const isOver = (cause: Cause.Cause<unknown>): boolean => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  return error instanceof StreamError && error.reason._tag === "Closed"
}

const closeFor = (exit: Exit.Exit<unknown, unknown>): StreamTransport.Close => {
  if (Exit.isSuccess(exit) || isOver(exit.cause)) return { code: 1000, reason: "" }
  return Cause.hasInterruptsOnly(exit.cause)
    ? { code: 1001, reason: "the server is going away" }
    : { code: 1011, reason: "the handler failed" }
}

/** Runs a handler on an open stream. Fails as the handler does, after the stream was closed accordingly. */
const attend = Effect.fnUntraced(function*<E, R>(
  config: streamConfig.Config,
  seat: Seat,
  transport: StreamTransport.StreamTransport,
  handler: Handler<E, R>
) {
  const session = yield* StreamSession.make(transport, {
    ...config.session,
    call: seat.call,
    sampleRate: seat.sampleRate
  })
  const overdue = Effect.gen(function*() {
    const { code, reason } = yield* session.closed
    yield* Effect.logDebug(`the stream has ended with ${code} ${reason}`)
    yield* Effect.sleep(config.finishTimeout)
    yield* Effect.logWarning("the handler went on for too long after its stream had ended")
  })
  yield* Effect.addFinalizer((exit) => transport.close(closeFor(exit)))
  yield* Effect.raceFirst(Effect.suspend(() => handler(session)), overdue)
})

/** The whole life of a stream. It logs how it failed, without the token and without numbers. */
const live = <E, R>(
  config: streamConfig.Config,
  seat: Seat,
  connect: Effect.Effect<StreamTransport.Connection, StreamTransport.Close, Scope.Scope>,
  handler: Handler<E, R>
): Effect.Effect<void, never, Exclude<R, Scope.Scope>> => {
  const attributes = seat.call.callId === undefined ? {} : { "piopiy.call_id": seat.call.callId }
  const failed = (cause: Cause.Cause<unknown>): Effect.Effect<void> =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.interrupt
      : isOver(cause)
      ? Effect.void
      : Effect.logError(
        "the handler of a stream failed",
        scrub.without(Option.toArray(seat.token))(Cause.pretty(cause))
      )
  const attended = Effect.fnUntraced(function*(connection: StreamTransport.Connection) {
    const transport = yield* guard.make(connection, config)
    yield* Effect.catchCause(Effect.scoped(attend(config, seat, transport, handler)), failed)
  })
  return Effect.matchEffect(connect, {
    onFailure: ({ code }) => Effect.logDebug(`the stream broke off in the handshake with ${code}`),
    onSuccess: attended
  }).pipe(
    Effect.scoped,
    Effect.annotateLogs(attributes),
    Effect.withSpan("StreamServer.session", { root: true, attributes })
  )
}

/**
 * A server, until the scope closes; then it drains. Fails with `InvalidConfig`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options: Options) {
  const config = yield* streamConfig.read(options)
  const clock = yield* Clock.Clock
  const crypto = yield* WebCrypto
  const fibers = yield* FiberSet.make<void>()
  const tickets = ticketBook.make<Pick<Seat, "call" | "sampleRate">>(
    config.maxTokens,
    Duration.toMillis(config.tokenLifetime)
  )
  let taken = 0
  let isDraining = false

  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  const issue: StreamServer["Service"]["issue"] = (call, options) =>
    Effect.suspend(() => {
      const bytes = crypto.getRandomValues(new Uint8Array(ticketBook.tokenBytes))
      const token = tickets.add(now(), bytes, { call, sampleRate: options?.sampleRate ?? config.sampleRate })
      return Option.match(token, {
        onNone: () => Effect.fail(new StreamError({ reason: Reason.TooManyTokens({ maximum: config.maxTokens }) })),
        onSome: (text) => Effect.succeed({ url: `${config.url}${config.path}/${text}`, token: Redacted.make(text) })
      })
    })

  const stream: StreamServer["Service"]["stream"] = (call, options = {}) => {
    const voiceQuality = options.voiceQuality ?? config.sampleRate
    return Effect.map(
      issue(call, { sampleRate: voiceQuality }),
      ({ url }) => LegacyAction.stream(url, { ...options, voiceQuality })
    )
  }

  /** What a token stands for, which is spent by this. */
  const admit = (token: Option.Option<string>): Seat | Refusal => {
    const ticket = Option.flatMap(token, (text) => tickets.take(now(), text))
    if (Option.isSome(token) && Option.isNone(ticket)) return { status: 403, error: "invalid_token" }
    if (Option.isNone(ticket) && config.admission === "token") return { status: 404, error: "not_found" }
    if (isDraining) return { status: 503, error: "draining" }
    if (taken >= config.maxSessions) return { status: 503, error: "too_many_sessions" }
    return { ...Option.getOrElse(ticket, () => ({ call: {}, sampleRate: config.sampleRate })), token }
  }

  const count = (change: 1 | -1) =>
    Effect.suspend(() => {
      taken += change
      return Metric.update(sessionsGauge, taken)
    })

  const accept: StreamServer["Service"]["accept"] = Effect.fnUntraced(function*(token, connect, handler) {
    const seat = admit(token)
    if ("status" in seat) {
      yield* Metric.update(Metric.withAttributes(refusals, { error: seat.error }), 1)
      return yield* Effect.fail(seat)
    }
    const lived = Effect.ensuring(live(config, seat, connect, handler), count(-1))
    return yield* Effect.uninterruptible(
      Effect.andThen(count(1), FiberSet.run(fibers, Effect.interruptible(lived)))
    )
  })

  const drain = Effect.gen(function*() {
    isDraining = true
    if (!Duration.isZero(config.drainTimeout)) {
      yield* Effect.timeoutOption(FiberSet.awaitEmpty(fibers), config.drainTimeout)
    }
    yield* FiberSet.clear(fibers)
  })
  yield* Effect.addFinalizer(() => Effect.interruptible(drain))

  return StreamServer.of({ issue, stream, sessions: Effect.sync(() => taken), drain, accept, hosting: config })
})

/**
 * The service, until the layer closes; then it drains. Fails with `InvalidConfig`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<StreamServer, StreamError> =>
  Layer.effect(StreamServer, make(options))

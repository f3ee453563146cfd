/** Makes a connection that nothing bounds into one that bounds what comes, what waits, and how long. */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as StreamTransport from "../StreamTransport.ts"
import * as turns from "./turns.ts"

/** See the options of `StreamServer`. */
export interface Limits {
  readonly maxMessageBytes: number
  readonly firstMessageTimeout: Duration.Duration
  readonly pingInterval: Duration.Duration
  readonly sendTimeout: Duration.Duration
}

/** Bytes that may wait in the socket before a sender waits, too: more than 5 s of audio at 16 kHz, in base64. */
const maximumBuffered = 256 * 1024

/** How soon a sender that waits sees that there is room again. Sockets tell no sooner in a way that all hosts have. */
const lookEvery = Duration.millis(20)

/** Of a text, characters: never more than its bytes. */
const sizeOf = (message: StreamTransport.Message): number =>
  typeof message === "string" ? message.length : message.byteLength

/** Deadlines, sizes and pings for a connection, until the scope closes. */
export const make: (
  connection: StreamTransport.Connection,
  limits: Limits
) => Effect.Effect<StreamTransport.StreamTransport, never, Scope.Scope> = Effect.fnUntraced(
  function*(connection, limits) {
    const line = turns.make()
    let ended: StreamTransport.Close | undefined
    let isClosing = false

    /** The first end is the one that counts. */
    const end = (how: StreamTransport.Close): StreamTransport.Close => {
      ended ??= how
      return ended
    }

    const cut = (reason: string) =>
      Effect.suspend(() => {
        if (ended !== undefined) return Effect.void
        end({ code: 1006, reason })
        return Effect.andThen(Effect.logWarning(`the stream was cut off: ${reason}`), connection.terminate)
      })

    const run: StreamTransport.StreamTransport["run"] = ({ message, settle }) =>
      Effect.suspend(() => {
        const { firstMessageTimeout, maxMessageBytes } = limits
        const tooLong = Deferred.makeUnsafe<never, StreamTransport.Close>()
        let hasHeard = false
        let isRefused = false
        const guarded: StreamTransport.Receiver = {
          message: (received) => {
            hasHeard = true
            isRefused ||= sizeOf(received) > maxMessageBytes
            if (!isRefused) return message(received)
            const how = { code: 1009, reason: `a message is longer than ${maxMessageBytes} bytes` }
            Deferred.doneUnsafe(tooLong, Effect.fail(how))
          },
          settle
        }
        const silence = Effect.flatMap(
          Effect.sleep(firstMessageTimeout),
          () => hasHeard ? Effect.never : Effect.fail({ code: 1008, reason: "no message came in time" })
        )
        return Effect.raceAllFirst([connection.run(guarded), Deferred.await(tooLong), silence])
      }).pipe(Effect.mapError(end))

    const hasRoom = Option.match(connection.vitals, {
      onNone: () => Effect.succeed(true),
      onSome: ({ buffered }) => Effect.map(buffered, (bytes) => bytes <= maximumBuffered || ended !== undefined)
    })

    const room = Effect.gen(function*() {
      while (!(yield* hasRoom)) yield* Effect.sleep(lookEvery)
    }).pipe(
      Effect.timeoutOrElse({
        duration: limits.sendTimeout,
        orElse: () => cut(`nothing was taken for ${Duration.format(limits.sendTimeout)}`)
      })
    )

    const write = (text: string): Effect.Effect<void, StreamTransport.Close> =>
      Effect.suspend(() => ended === undefined ? Effect.mapError(connection.write(text), end) : Effect.fail(ended))

    const sendInTurn = (text: string) =>
      line.take(Effect.flatMap(hasRoom, (now) => now ? write(text) : Effect.andThen(room, write(text))))

    /** A socket takes what there is room for without a wait, and so without a line. */
    const isSocket = Option.isSome(connection.vitals)
    const send = (text: string) =>
      Effect.suspend(() =>
        isSocket && line.isFree()
          ? Effect.flatMap(hasRoom, (now) => now ? write(text) : sendInTurn(text))
          : sendInTurn(text)
      )

    const { offerUnsafe } = connection
    const offering = isSocket || offerUnsafe === undefined
      ? {}
      : { offerUnsafe: (text: string) => ended === undefined && line.isFree() && offerUnsafe(text) }

    const close = (how: StreamTransport.Close) =>
      Effect.suspend(() => {
        if (isClosing) return Effect.void
        isClosing = true
        return connection.close(end(how))
      })

    const watch = Effect.fnUntraced(function*({ ping, received }: StreamTransport.Vitals) {
      let before = -1
      while (true) {
        if (ended !== undefined) return
        const now = yield* received
        if (now === before) return yield* cut(`no sign of life for ${Duration.format(limits.pingInterval)}`)
        before = now
        yield* ping
        yield* Effect.sleep(limits.pingInterval)
      }
    })

    if (Option.isSome(connection.vitals)) yield* Effect.forkScoped(watch(connection.vitals.value))
    return { run, send, ...offering, close }
  }
)

/** How what comes is handed on by a host that has to ask for it. */
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as StreamTransport from "../StreamTransport.ts"

type Messages = Arr.NonEmptyReadonlyArray<StreamTransport.Message>

/** How many are handed on before what they lead to: fewer than a session keeps. */
const mostAtOnce = 64

/** Asks as long as there is a connection. Others are given a turn while what came is not taken: more may come at any time. */
export const byPulling = (
  pull: Effect.Effect<Messages, StreamTransport.Close>
): StreamTransport.StreamTransport["run"] =>
(receiver) => {
  const handOn = (messages: Messages, from = 0): Effect.Effect<void> => {
    const to = Math.min(messages.length, from + mostAtOnce)
    for (const message of messages.slice(from, to)) receiver.message(message)
    const rest = to < messages.length ? Effect.suspend(() => handOn(messages, to)) : Effect.void
    return receiver.settle() ? rest : Effect.andThen(Effect.yieldNow, rest)
  }
  return Effect.forever(Effect.flatMap(pull, (messages) => handOn(messages)), { disableYield: true })
}

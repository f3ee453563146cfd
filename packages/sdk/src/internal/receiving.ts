/** How what comes is handed on by a host that has to ask for it. */
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as StreamTransport from "../StreamTransport.ts"

type Messages = Arr.NonEmptyReadonlyArray<StreamTransport.Message>

/** Asks as long as there is a connection. Others are given a turn while what came is not taken: more may come at any time. */
export const byPulling = (
  pull: Effect.Effect<Messages, StreamTransport.Close>
): StreamTransport.StreamTransport["run"] =>
(receiver) => {
  const handOn = (messages: Messages): Effect.Effect<void> => {
    for (const message of messages) receiver.message(message)
    return receiver.settle() ? Effect.void : Effect.yieldNow
  }
  return Effect.forever(Effect.flatMap(pull, handOn), { disableYield: true })
}

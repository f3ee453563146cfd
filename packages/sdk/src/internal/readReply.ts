/** Reads replies as text, as far as any reply of the platform goes. */
import * as Effect from "effect/Effect"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { Reason } from "../PiopiyError.ts"
import * as replyErrors from "./replyErrors.ts"

/** A longer reply is not read: none of the platform comes near it. */
const maxReplyBytes = 1 << 20

/** Gives up the rest of a body, and the connection with it. */
const cancel = (body: { readonly cancel: () => Promise<void> }): Effect.Effect<void> =>
  Effect.promise(() => body.cancel().catch(() => undefined))

/** The text of a body, if it is not too long. Whoever is interrupted, or has had enough, gives up the rest. */
const textOf = (body: ReadableStream<Uint8Array>): Effect.Effect<string | undefined, unknown> =>
  Effect.callback((resume) => {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    const giveUp = cancel(reader)
    const broken = (cause: unknown) => resume(Effect.fail(cause))
    const pump = (text: string, byteLength: number): void => {
      reader.read().then(({ done, value }) => {
        if (done) return resume(Effect.succeed(text + decoder.decode()))
        const length = byteLength + value.byteLength
        return length > maxReplyBytes
          ? resume(Effect.as(giveUp, undefined))
          : pump(text + decoder.decode(value, { stream: true }), length)
      }, broken)
    }
    pump("", 0)
    return giveUp
  })

/** What the transport has of a body. One that somebody has read before is asked for again: it is kept. */
const textWithin = (
  response: HttpClientResponse.HttpClientResponse,
  tooLong: boolean
): Effect.Effect<string | undefined, unknown> => {
  const web = HttpClientResponse.toWeb(response)
  if (Option.isNone(web) || web.value.bodyUsed) return tooLong ? Effect.undefined : response.text
  const { body } = web.value
  if (body === null) return Effect.succeed("")
  return tooLong ? Effect.as(cancel(body), undefined) : textOf(body)
}

/** What came, as far as it came: a success that cannot be read tells nothing, a failure says enough by its status. */
export const read = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<replyErrors.Reply, Reason> => {
  const { headers, status } = response
  const reply = { status, retryAfter: headers["retry-after"], text: "" }
  const unread = (why: string) =>
    replyErrors.isOk(reply) ? Effect.fail(Reason.OutcomeUnknown({ why })) : Effect.succeed(reply)
  return Effect.matchEffect(textWithin(response, Number(headers["content-length"] ?? 0) > maxReplyBytes), {
    onFailure: () => unread("the reply broke off"),
    onSuccess: (text) => text === undefined ? unread("the reply is too long") : Effect.succeed({ ...reply, text })
  })
}

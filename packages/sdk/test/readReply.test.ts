import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { read } from "../src/internal/readReply.ts"
import { Reason } from "../src/PiopiyError.ts"

const request = HttpClientRequest.get("http://127.0.0.1:1")

const replyOf = (response: Response) => HttpClientResponse.fromWeb(request, response)

/** A body in chunks, and whether whoever reads it has given up. */
const chunked = (chunks: Iterable<Uint8Array>, ends = true) => {
  const iterator = chunks[Symbol.iterator]()
  const state = { givenUp: false, taken: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = iterator.next()
      if (!next.done) {
        state.taken += 1
        return controller.enqueue(next.value)
      }
      if (ends) controller.close()
    },
    cancel: () => {
      state.givenUp = true
    }
  }, { highWaterMark: 0 })
  return { body, state }
}

const bytes = new TextEncoder().encode("{\"message\":\"\u00e9t\u00e9\"}")

const tooLong = Reason.OutcomeUnknown({ why: "the reply is too long" })

const kilobytes = (count: number) => Array.from({ length: count }, () => new Uint8Array(1024).fill(0x20))

describe("read", () => {
  it.effect("puts a text together wherever it is cut", () =>
    Effect.gen(function*() {
      for (let at = 0; at <= bytes.length; at += 1) {
        const { body } = chunked([bytes.slice(0, at), bytes.slice(at)])
        assert.strictEqual((yield* read(replyOf(new Response(body)))).text, "{\"message\":\"\u00e9t\u00e9\"}")
      }
    }))

  it.effect("takes as much as a megabyte", () =>
    Effect.gen(function*() {
      const { body, state } = chunked(kilobytes(1024))
      assert.lengthOf((yield* read(replyOf(new Response(body)))).text, 1 << 20)
      assert.isFalse(state.givenUp)
    }))

  it.effect("gives up a body that is longer and says no length, and knows no outcome then", () =>
    Effect.gen(function*() {
      const { body, state } = chunked(kilobytes(5000))
      assert.deepStrictEqual(yield* Effect.flip(read(replyOf(new Response(body)))), tooLong)
      assert.isTrue(state.givenUp)
      assert.strictEqual(state.taken, 1025)
    }))

  it.effect("gives up a body that says that it is longer, without reading it", () =>
    Effect.gen(function*() {
      const { body, state } = chunked(kilobytes(1))
      const long = replyOf(new Response(body, { headers: { "content-length": "1048577" } }))
      assert.deepStrictEqual(yield* Effect.flip(read(long)), tooLong)
      assert.isTrue(state.givenUp)
      assert.strictEqual(state.taken, 0)
    }))

  it.effect("tells a failure whose body is too long by its status", () =>
    Effect.gen(function*() {
      const { body, state } = chunked(kilobytes(5000))
      const { status, text } = yield* read(replyOf(new Response(body, { status: 503 })))
      assert.deepStrictEqual([status, text, state.givenUp], [503, "", true])
    }))

  it.effect("gives up the rest when it is interrupted", () =>
    Effect.gen(function*() {
      const { body, state } = chunked([bytes], false)
      const fiber = yield* Effect.forkChild(read(replyOf(new Response(body))), { startImmediately: true })
      yield* Effect.promise(() => Promise.resolve())
      yield* Fiber.interrupt(fiber)
      assert.isTrue(state.givenUp)
    }))

  it.effect("reads what a client has read before", () =>
    Effect.gen(function*() {
      const { body } = chunked([bytes])
      const reply = replyOf(new Response(body))
      const before = yield* reply.text
      assert.strictEqual((yield* read(reply)).text, before)
    }))

  it.effect("takes a body that is not there as empty", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* read(replyOf(new Response(null, { status: 204 }))), {
        status: 204,
        retryAfter: undefined,
        text: ""
      })
    }))
})

/** The platform's dialer and the SDK's stream server on one connection, by both ways of hosting it. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"
import type * as StreamSession from "@effect-piopiy/sdk/StreamSession"
import type * as StreamTransport from "@effect-piopiy/sdk/StreamTransport"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { closed, dialer, dialTo, failed, opening } from "./dialing.ts"
import { hosts } from "./streams.ts"

const frame = AudioFrame.toBytes(AudioFrame.make(Int16Array.from({ length: 160 }, (_, index) => index * 100), 8000))

const Played = Schema.fromJsonString(Schema.Struct({
  type: Schema.Literal("streamAudio"),
  data: Schema.Struct({ sampleRate: Schema.Literal(8000), audioData: Schema.String })
}))

/** A test whose log, of what is meant to go wrong, stays out of the report. */
const live = <E>(claim: string, run: () => Effect.Effect<void, E, Scope.Scope>) =>
  it.live(claim, () => Effect.provide(run(), Logger.layer([])))

const echo = (session: StreamSession.StreamSession) => Stream.runForEach(session.frames, session.send)

for (const [where, host] of hosts) {
  describe(`an app on ${where}`, () => {
    live("hears the call, and is heard as it spoke", () =>
      Effect.gen(function*() {
        const { address } = yield* host(echo)
        const { line, next } = yield* opening(yield* address)
        for (let index = 0; index < 50; index += 1) {
          line.send(frame)
          const told = yield* next
          assert(told._tag === "Message")
          const { data } = yield* Schema.decodeUnknownEffect(Played)(told.message)
          assert.deepStrictEqual(Uint8Array.from(Buffer.from(data.audioData, "base64")), Uint8Array.from(frame))
        }
      }))

    live("refuses a socket whose token it does not know, or knows no more", () =>
      Effect.gen(function*() {
        const { address, port: listening } = yield* host(echo)
        const port = yield* dialer()
        const good = yield* address
        yield* opening(good)
        for (const url of [good, `ws://127.0.0.1:${listening}/stream/x`]) {
          const { next } = yield* dialTo(port, url)
          assert.deepStrictEqual(yield* next, failed({ why: "Refused", status: 403 }))
        }
        const { next } = yield* dialTo(port, `ws://127.0.0.1:${listening}/elsewhere`)
        assert.deepStrictEqual(yield* next, failed({ why: "Refused", status: 404 }))
      }))

    live("sees how the platform closed, or broke off", () =>
      Effect.gen(function*() {
        const closes = yield* Queue.unbounded<StreamTransport.Close>()
        const { address } = yield* host((session) =>
          Effect.flatMap(session.closed, (close) => Effect.asVoid(Queue.offer(closes, close)))
        )
        const ended = yield* opening(yield* address)
        ended.line.close(1000, "the call is over")
        assert.deepStrictEqual(yield* Queue.take(closes), { code: 1000, reason: "the call is over" })
        assert.deepStrictEqual(yield* ended.next, closed("Platform", 1000, "the call is over"))
        const lost = yield* opening(yield* address)
        lost.line.close(1006, "")
        assert.strictEqual((yield* Queue.take(closes)).code, 1006)
      }))

    live("is done when its handler is, and says when that failed", () =>
      Effect.gen(function*() {
        const done = yield* host(() => Effect.void)
        assert.deepStrictEqual(yield* (yield* opening(yield* done.address)).next, closed("App", 1000))
        const broken = yield* host(() => Effect.die("a defect"))
        const told = yield* (yield* opening(yield* broken.address)).next
        assert(told._tag === "Closed")
        assert.deepStrictEqual([told.close.by, told.close.code], ["App", 1011])
      }))

    live("keeps a silent stream up, as the platform does", () =>
      Effect.gen(function*() {
        const { address } = yield* host(echo, { pingInterval: "150 millis" })
        const { line, next, rest } = yield* opening(yield* address, { pingMs: 150 })
        yield* Effect.sleep("700 millis")
        assert.deepStrictEqual(yield* rest, [])
        line.send(frame)
        assert.strictEqual((yield* next)._tag, "Message")
      }))
  })
}

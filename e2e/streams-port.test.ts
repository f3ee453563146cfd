/** The ways out to an app's audio sockets owe the same, and say where they differ. */
import * as StreamServer from "@effect-piopiy/sdk/StreamServer"
import type * as StreamTransport from "@effect-piopiy/sdk/StreamTransport"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { readFileSync } from "node:fs"
import { StreamPort } from "../packages/simulator/src/engine/StreamPort.ts"
import * as InProcess from "../packages/simulator/src/testing/InProcess.ts"
import { closed, dialTo, failed, opened } from "./dialing.ts"
import { contract } from "./streamPortContract.ts"
import { differences } from "./streamPortDifferences.ts"
import { memory, memoryPort, sockets } from "./streamPorts.ts"

const url = "ws://bot.test/stream"

describe("over sockets", () => {
  for (const { claim, run } of Object.values(contract).flat()) {
    it.live(claim, () => Effect.flatMap(sockets, run))
  }
})

describe("in memory", () => {
  for (const { claim, run } of Object.values(contract).flat()) {
    it.effect(claim, () => run(memory))
  }

  it.effect("a handshake that is given up after it was accepted breaks off, and is never open", () =>
    Effect.gen(function*() {
      const { port, waiting } = yield* memoryPort("accepts", Effect.sleep(1000))
      const { line, next, rest } = yield* dialTo(port, url)
      yield* TestClock.adjust(500)
      line.close(1000, "")
      assert.deepStrictEqual(yield* next, closed("Platform", 1000))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([yield* rest, yield* waiting], [[], 0])
    }))

  it.effect("a URL that does not lead to the server's path is refused with 404", () =>
    Effect.gen(function*() {
      const { port } = yield* memoryPort("accepts")
      for (const elsewhere of ["ws://bot.test/", "ws://bot.test/streams", "no url"]) {
        const { next } = yield* dialTo(port, elsewhere)
        assert.deepStrictEqual(yield* next, failed({ why: "Refused", status: 404 }), elsewhere)
      }
    }))

  it.effect("an app offers what needs no wait, and nothing while it is held or over", () =>
    Effect.gen(function*() {
      const { connection, port } = yield* memoryPort("accepts")
      const { line, next, rest } = yield* dialTo(port, url)
      const app = yield* connection
      const offers = (text: string) => app.offerUnsafe?.(text)
      assert.isTrue(offers("one"))
      line.hold?.(true)
      assert.isFalse(offers("two"))
      line.hold?.(false)
      assert.isTrue(offers("three"))
      line.close(1000, "")
      assert.isFalse(offers("four"))
      assert.deepStrictEqual(yield* Effect.exit(app.write("five")), Exit.fail({ code: 1000, reason: "" }))
      assert.deepStrictEqual([yield* next, ...(yield* rest)], [
        opened,
        { _tag: "Message", message: "one" },
        { _tag: "Message", message: "three" },
        closed("Platform", 1000)
      ])
    }))

  it.effect("what an app causes while it is told of a message comes after all that was sent before", () =>
    Effect.gen(function*() {
      const { connection, port } = yield* memoryPort("accepts")
      const { line } = yield* dialTo(port, url)
      const app = yield* connection
      const heard: Array<StreamTransport.Message> = []
      const receiver: StreamTransport.Receiver = {
        message: (message) => {
          heard.push(message)
          if (message !== "one") return
          line.deliver?.(Uint8Array.of(4))
          line.close(1000, "enough")
        },
        settle: () => true
      }
      for (const text of ["one", "two", "three"]) line.send(text)
      assert.deepStrictEqual(yield* Effect.flip(app.run(receiver)), { code: 1000, reason: "enough" })
      assert.deepStrictEqual(heard, ["one", "two", "three", Uint8Array.of(4)])
    }))

  /** An app that is gone while it is told of the first messages, and what it is sent at once. */
  const gone: ReadonlyArray<{
    readonly by: string
    readonly handler: StreamServer.Handler<unknown, never>
    readonly options?: Partial<StreamServer.Options>
    readonly sent: ReadonlyArray<string | Uint8Array>
    readonly end: readonly [code: number, reason: string]
  }> = [
    {
      by: "a message that is too long for it",
      handler: ({ closed }) => Effect.asVoid(closed),
      options: { maxMessageBytes: 1000 },
      sent: ["x".repeat(1001), "more", "and more"],
      end: [1009, "a message is longer than 1000 bytes"]
    },
    {
      by: "more texts than it takes",
      handler: ({ closed }) => Effect.asVoid(closed),
      sent: Array.from({ length: 1030 }, () => "{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"5\"}}"),
      end: [1008, "too many messages that were not taken"]
    },
    {
      by: "an end of its own",
      handler: ({ audio }) => Effect.asVoid(audio),
      options: { frameCapacity: 1 },
      sent: Array.from({ length: 5 }, () => new Uint8Array(320)),
      end: [1000, ""]
    }
  ]
  for (const { by, end: [code, reason], handler, options, sent } of gone) {
    it.effect(`an app that is gone by ${by} is told of nothing that came with it`, () =>
      Effect.gen(function*() {
        const layer = InProcess.streams(handler).pipe(
          Layer.provide(
            StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0, ...options })
          )
        )
        const { line, next, rest } = yield* dialTo(Context.get(yield* Layer.build(layer), StreamPort), url)
        assert.deepStrictEqual(yield* next, opened)
        yield* TestClock.adjust(0)
        for (const message of sent) line.send(message)
        // In this very moment, so that what breaks breaks here.
        line.deliver?.(new Uint8Array(320))
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* rest, [closed("App", code, reason)])
      }))
  }

  it.effect("streams are closed as their server ends, and a handshake under way is not told of it", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const layer = InProcess.streams(() => Effect.never, { answersAfter: 1000 }).pipe(
        Layer.provide(StreamServer.layer({ url: "ws://bot.test", admission: "anyone", drainTimeout: 0 }))
      )
      const port = Context.get(yield* Layer.buildWithScope(layer, scope), StreamPort)
      const open = yield* dialTo(port, url)
      yield* TestClock.adjust(1000)
      const dialing = yield* dialTo(port, url)
      yield* TestClock.adjust(500)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* open.rest, [opened, closed("App", 1001, "the server is going away")])
      assert.deepStrictEqual(yield* dialing.rest, [])
    }))
})

it("the page on limits has every difference, in the same words", () => {
  const page = readFileSync(new URL("../docs/limits.md", import.meta.url), "utf8")
  for (const { memory, sockets, what, why } of Object.values(differences)) {
    assert.include(page, `| ${what} | ${sockets} | ${memory} | ${why} |`)
  }
})

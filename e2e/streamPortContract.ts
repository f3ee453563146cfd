/** What every way out to an app's audio sockets owes to whoever dials, as cases to be run on each. */
import { assert } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Line } from "../packages/simulator/src/engine/StreamPort.ts"
import { closed, failed, opened, type Told } from "./dialing.ts"
import { differences } from "./streamPortDifferences.ts"
import type { App, Heard, Reached, Subject } from "./streamPorts.ts"

/** One thing that a port owes. */
export interface Case {
  readonly claim: string
  readonly run: (subject: Subject) => Effect.Effect<void, unknown, Scope.Scope>
}

const message = (text: string | Uint8Array): Told & Heard => ({ _tag: "Message", message: text })
const heardClosed = (code: number, reason = ""): Heard => ({ _tag: "Closed", code, reason })

/** A message as it was sent, whatever class of bytes it came in. */
const plain = <A extends Told | Heard>(told: A): A =>
  told._tag === "Message" && typeof told.message !== "string"
    ? { ...told, message: Uint8Array.from(told.message) }
    : told

/** A stream that is open, and its app. */
const open = Effect.fnUntraced(function*(subject: Subject, options?: Parameters<Subject["reach"]>[1]) {
  const reached = yield* subject.reach("accepts", options)
  assert.deepStrictEqual(yield* reached.next, opened)
  return { ...reached, app: yield* reached.app }
})

/** Nothing more is told, whatever the platform does with a line that is over. */
const isOver = Effect.fnUntraced(function*(subject: Subject, { line, rest }: Pick<Reached, "line" | "rest">) {
  yield* subject.settled
  assert.deepStrictEqual(yield* rest, [])
  line.send("late")
  line.hold?.(true)
  line.close(1000, "late")
  line.close(1006, "")
  line.hold?.(false)
  yield* subject.settled
  assert.deepStrictEqual(yield* rest, [])
})

const hold = (line: Line, isHeld: boolean): void => {
  assert(line.hold !== undefined)
  line.hold(isHeld)
}

/** Says so in a fiber of its own, which waits where the app is held. */
const saying = (app: App, texts: ReadonlyArray<string>) =>
  Effect.forkChild(Effect.exit(Effect.forEach(texts, app.says, { discard: true })), { startImmediately: true })

/** Codes that a close frame can carry, and some that none can. */
const sendable = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const unsendable = [1006, 1005, 1004, 1015, 2999, 5000, 0, -1, Number.NaN]

const handshakes: ReadonlyArray<Case> = [
  {
    claim: "a handshake that is accepted is told once, after who dialed has its line and before any message",
    run: Effect.fnUntraced(function*(subject) {
      const { app, next, rest } = yield* subject.reach("accepts")
      assert.deepStrictEqual(yield* rest, [])
      yield* (yield* app).says("first")
      assert.deepStrictEqual([yield* next, yield* next], [opened, message("first")])
      yield* subject.settled
      assert.deepStrictEqual(yield* rest, [])
    })
  },
  ...([403, 404, 503] as const).map((status): Case => ({
    claim: `a handshake that is refused with ${status} fails with it once, and its line does nothing`,
    run: Effect.fnUntraced(function*(subject) {
      const { line, next, rest } = yield* subject.reach(status)
      assert.deepStrictEqual(yield* rest, [])
      assert.deepStrictEqual(yield* next, failed({ why: "Refused", status }))
      yield* isOver(subject, { line, rest })
      assert.strictEqual(line.bufferedBytes(), 0)
    })
  })),
  {
    claim: "a handshake that is not answered fails once, at its deadline and not before",
    run: Effect.fnUntraced(function*(subject) {
      const handshakeMs = 200
      const { line, next, rest } = yield* subject.reach("ponders", { handshakeMs })
      const before = yield* Clock.currentTimeMillis
      yield* subject.passes(handshakeMs - 1)
      assert.deepStrictEqual(yield* rest, [])
      yield* subject.passes(1)
      assert.deepStrictEqual(yield* next, failed({ why: "TimedOut" }))
      const elapsed = (yield* Clock.currentTimeMillis) - before
      // A timer of the host may be a millisecond early.
      assert.isAtLeast(elapsed, handshakeMs - Math.min(subject.slackMs, 5))
      assert.isAtMost(elapsed, handshakeMs + subject.slackMs)
      yield* isOver(subject, { line, rest })
    })
  },
  ...(["at once", "while the app ponders"] as const).flatMap((when) =>
    ([[1000, closed("Platform", 1000, "bye")], [1006, closed("Network", 1006)]] as const).map(([code, told]): Case => ({
      claim: `a handshake that the platform gives up ${when} with ${code} is told as closed once, and never as open`,
      run: Effect.fnUntraced(function*(subject) {
        const { asked, line, next, rest } = yield* subject.reach(when === "at once" ? "accepts" : "ponders")
        if (when !== "at once") yield* asked
        line.send("early")
        assert.strictEqual(line.bufferedBytes(), 0)
        line.close(code, "bye")
        assert.deepStrictEqual(yield* next, told)
        yield* isOver(subject, { line, rest })
      })
    }))
  )
]

const messages: ReadonlyArray<Case> = [
  {
    claim: "messages come whole and in order, text and bytes, both ways",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next } = yield* open(subject)
      const bytes = [new Uint8Array(0), Uint8Array.of(0, 255, 1), new Uint8Array(320).fill(7)]
      const texts = ["", "{\"action\":\"pause\"}", "नमस्ते"]
      const all = [...texts, ...bytes, ...texts, ...bytes]
      const sent = Array.from({ length: 50 }, () => all).flat()
      for (const [place, one] of sent.entries()) {
        if (typeof one === "string" || place % 2 === 0) line.send(one)
        else (line.deliver ?? line.send)(one)
      }
      for (const one of sent) assert.deepStrictEqual(plain(yield* app.next), message(one))
      const sayable = differences.says[subject.kind] === "text" ? [...texts, ...texts.toReversed()] : all
      yield* Effect.forEach(sayable, app.says)
      for (const one of sayable) assert.deepStrictEqual(plain(yield* next), message(one))
    })
  },
  {
    claim:
      "a message as long as the limit is told; one that is longer is not, and closes the stream with 1009 for both",
    run: Effect.fnUntraced(function*(subject) {
      const maxMessageBytes = 4096
      const long = "x".repeat(maxMessageBytes)
      const { app, line, next, rest } = yield* open(subject, { maxMessageBytes })
      yield* app.says(long)
      assert.deepStrictEqual(yield* next, message(long))
      yield* app.says(`${long}x`)
      assert.deepStrictEqual(yield* next, closed("Platform", 1009))
      assert.deepStrictEqual(yield* app.next, heardClosed(1009))
      yield* isOver(subject, { line, rest })
      const other = yield* open(subject, { maxMessageBytes })
      const wide = "ü".repeat(maxMessageBytes)
      yield* other.app.says(wide)
      assert.deepStrictEqual(
        yield* other.next,
        differences.counts[subject.kind] === "counts bytes" ? closed("Platform", 1009) : message(wide)
      )
    })
  },
  {
    claim: "what the app does not take stays with the line, which says how much it is until it is taken",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next } = yield* open(subject)
      const frame = new Uint8Array(320)
      app.reads(false)
      line.send(frame)
      if (differences.buffers[subject.kind] === "with the line") assert.strictEqual(line.bufferedBytes(), frame.length)
      let sent = 1
      while (line.bufferedBytes() < 1 << 20 && sent < 1 << 20) {
        for (let index = 0; index < 1000; index += 1) line.send(frame)
        sent += 1000
        yield* Effect.yieldNow
      }
      assert.isAtLeast(line.bufferedBytes(), 1 << 20)
      app.reads(true)
      let taken = 0
      for (let index = 0; index < sent; index += 1) {
        const heard = yield* app.next
        if (heard._tag === "Message") taken += heard.message.length
      }
      assert.strictEqual(taken, sent * frame.length)
      yield* app.says("done")
      assert.deepStrictEqual(yield* next, message("done"))
      assert.strictEqual(line.bufferedBytes(), 0)
    })
  }
]

const closes: ReadonlyArray<Case> = [
  {
    claim: "a close by the app is told once, with its code and reason, after what the app said",
    run: Effect.fnUntraced(function*(subject) {
      for (const code of sendable) {
        for (const reason of code === 1000 ? ["", "why", "ö".repeat(61)] : ["why"]) {
          const { app, line, next, rest } = yield* open(subject)
          yield* app.says("last words")
          yield* app.close(code, reason)
          assert.deepStrictEqual([yield* next, yield* next], [message("last words"), closed("App", code, reason)])
          if (code === 1000) yield* isOver(subject, { line, rest })
        }
      }
    })
  },
  {
    claim: "a close by the platform is told once, and the app sees its code and reason after what it was sent",
    run: Effect.fnUntraced(function*(subject) {
      for (const code of sendable) {
        const { app, line, next, rest } = yield* open(subject)
        line.send("last words")
        line.close(code, "why")
        assert.deepStrictEqual(yield* next, closed("Platform", code, "why"))
        assert.deepStrictEqual([yield* app.next, yield* app.next], [message("last words"), heardClosed(code, "why")])
        if (code === 1000) yield* isOver(subject, { line, rest })
      }
    })
  },
  {
    claim: "a reason that is too long for a frame is told whole, and the app sees as much of it as fits",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next } = yield* open(subject)
      line.close(4000, "ö".repeat(200))
      assert.deepStrictEqual(yield* next, closed("Platform", 4000, "ö".repeat(200)))
      assert.deepStrictEqual(yield* app.next, heardClosed(4000, "ö".repeat(61)))
    })
  },
  {
    claim: "a close by the platform with a code that no frame can carry breaks the connection off for both",
    run: Effect.fnUntraced(function*(subject) {
      for (const code of unsendable) {
        const { app, line, next, rest } = yield* open(subject)
        line.close(code, "gone")
        assert.deepStrictEqual(yield* next, closed("Network", 1006))
        assert.deepStrictEqual(yield* app.next, heardClosed(1006))
        if (code === 1006) yield* isOver(subject, { line, rest })
      }
    })
  },
  {
    claim: "an app that breaks off is told as 1006 by the network, once",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* open(subject)
      yield* app.breaksOff
      assert.deepStrictEqual(yield* next, closed("Network", 1006))
      yield* isOver(subject, { line, rest })
    })
  },
  {
    claim: "of two closes the first counts, whoever closes",
    run: Effect.fnUntraced(function*(subject) {
      const platform = yield* open(subject)
      platform.line.close(1001, "first")
      platform.line.close(4000, "second")
      assert.deepStrictEqual(yield* platform.next, closed("Platform", 1001, "first"))
      assert.deepStrictEqual(yield* platform.app.next, heardClosed(1001, "first"))
      const app = yield* open(subject, { onMessage: (line) => queueMicrotask(() => line.close(1001, "second")) })
      yield* app.app.says("bye")
      yield* app.app.close(4000, "first")
      assert.deepStrictEqual([yield* app.next, yield* app.next], [message("bye"), closed("App", 4000, "first")])
    })
  },
  ...[1000, 1006].map((code): Case => ({
    claim: `what is sent after a close with ${code} is dropped, and what the app goes on to say is not told`,
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* open(subject)
      const frame = new Uint8Array(320)
      line.close(code, "")
      const buffered = line.bufferedBytes()
      line.send("after")
      for (let sent = 0; sent < 10; sent += 1) (line.deliver ?? line.send)(frame)
      assert.strictEqual(line.bufferedBytes(), buffered)
      yield* Effect.exit(app.says("on and on"))
      assert.deepStrictEqual(yield* next, closed(code === 1006 ? "Network" : "Platform", code))
      assert.deepStrictEqual(yield* app.next, heardClosed(code))
      yield* isOver(subject, { line, rest })
    })
  }))
]

const whenHeld = ["open", "being dialed"] as const

/** A stream that is open and held, and its app. */
const heldSince = Effect.fnUntraced(function*(when: typeof whenHeld[number], subject: Subject) {
  const reached = yield* subject.reach("accepts")
  if (when === "being dialed") hold(reached.line, true)
  assert.deepStrictEqual(yield* reached.next, opened)
  if (when === "open") hold(reached.line, true)
  return { ...reached, app: yield* reached.app }
})

const holds: ReadonlyArray<Case> = [
  ...whenHeld.map((when): Case => ({
    claim:
      `a stream that is held since it was ${when} tells nothing that the app says, and all of it in order once let go`,
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* heldSince(when, subject)
      const texts = Array.from({ length: 20 }, (_, place) => `text ${place}`)
      const said = yield* saying(app, texts)
      yield* subject.settled
      assert.deepStrictEqual(yield* rest, [])
      line.send("heard all the same")
      assert.deepStrictEqual(yield* app.next, message("heard all the same"))
      hold(line, false)
      for (const text of texts) assert.deepStrictEqual(yield* next, message(text))
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(said)))
    })
  })),
  {
    claim: "a stream that is held by whoever hears a message tells no other, though they came at once",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* open(subject, { onMessage: (held) => hold(held, true) })
      const texts = ["one", "two", "three", "four"]
      yield* saying(app, texts)
      for (const text of texts) {
        assert.deepStrictEqual(yield* next, message(text))
        yield* subject.settled
        assert.deepStrictEqual(yield* rest, [])
        hold(line, false)
      }
    })
  },
  {
    claim: "what was read before a hold is told though the app closes meanwhile, and then its close",
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* open(subject, { onMessage: (held) => hold(held, true) })
      const texts = ["one", "two", "three", "four"]
      yield* saying(app, texts)
      yield* app.close(4000, "bye")
      const taken = differences.heldEnd[subject.kind] === "is told at once" ? ["one"] : texts
      for (const text of taken) assert.deepStrictEqual(yield* next, message(text))
      assert.deepStrictEqual(yield* next, closed("App", 4000, "bye"))
      yield* isOver(subject, { line, rest })
    })
  },
  ...(["once", "again meanwhile"] as const).map((when): Case => ({
    claim:
      `a stream that is held ${when} is closed by the platform without a wait, and nothing is told of what it held`,
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* open(subject)
      hold(line, true)
      const said = yield* saying(app, ["one", "two"])
      const before = yield* Clock.currentTimeMillis
      line.close(1000, "enough")
      if (when !== "once") hold(line, true)
      assert.deepStrictEqual(yield* next, closed("Platform", 1000, "enough"))
      assert.isAtMost((yield* Clock.currentTimeMillis) - before, subject.slackMs)
      assert.deepStrictEqual(yield* app.next, heardClosed(1000, "enough"))
      assert.strictEqual(
        Exit.isFailure(yield* Fiber.join(said)),
        differences.heldWord[subject.kind] === "waits, and fails when the stream ends"
      )
      yield* isOver(subject, { line, rest })
    })
  })),
  ...whenHeld.map((when): Case => ({
    claim: `the end of an app that is held since the stream was ${when} is told once, and after it nothing`,
    run: Effect.fnUntraced(function*(subject) {
      const { app, line, next, rest } = yield* heldSince(when, subject)
      const said = yield* saying(app, ["last words"])
      yield* app.close(4000, "bye")
      if (differences.heldEnd[subject.kind] === "is told at once") {
        assert.deepStrictEqual(yield* Fiber.join(said), Exit.fail({ code: 4000, reason: "bye" }))
      } else {
        yield* subject.settled
        assert.deepStrictEqual(yield* rest, [])
        hold(line, false)
        assert.deepStrictEqual(yield* next, message("last words"))
      }
      assert.deepStrictEqual(yield* next, closed("App", 4000, "bye"))
      yield* isOver(subject, { line, rest })
    })
  }))
]

/** All of them, by what they are about. */
export const contract: Readonly<Record<string, ReadonlyArray<Case>>> = { handshakes, messages, closes, holds }

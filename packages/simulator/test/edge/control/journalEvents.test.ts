import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as Simulator from "../../../src/Simulator.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { get, hangup, host, place, play } from "../../platform.ts"

const inProcess = InProcess.layer()
const patient = "919840007100"
const busy = "919840007001"

/** Asks for events, and takes what comes. */
const asked = (params: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpClient.execute(
    HttpClientRequest.get(`${host}/_sim/journal${params}`).pipe(HttpClientRequest.setHeaders(headers))
  )

const eventsOf = (params: string, headers?: Readonly<Record<string, string>>) =>
  asked(params, headers).pipe(
    Effect.map(({ stream }) => stream.pipe(Stream.decodeText(), Stream.pipeThroughChannel(Sse.decode()))),
    Stream.unwrap
  )

const threeCalls = Effect.gen(function*() {
  const first = yield* place({ to: busy, pipeline: [hangup] })
  yield* place({ to: busy, pipeline: [hangup] })
  yield* place({ to: patient, pipeline: [play("a.wav")] })
  yield* TestClock.adjust("1 second")
  const simulator = yield* Simulator.Simulator
  return { first, entries: yield* simulator.journal() }
})

describe("the journal as events", () => {
  it.effect.each([["?format=sse", {}], ["", { accept: "text/event-stream" }]] as const)(
    "has one for each entry, its seq as id, asked for by %j %j",
    ([params, headers]) =>
      Effect.gen(function*() {
        const { entries } = yield* threeCalls
        const response = yield* asked(params, headers)
        assert.include(response.headers["content-type"], "text/event-stream")
        assert.strictEqual(response.headers["cache-control"], "no-cache")
        const events = yield* eventsOf(params, headers).pipe(Stream.take(entries.length), Stream.runCollect)
        assert.deepEqual(events.map(({ id }) => id), entries.map(({ seq }) => String(seq)))
        assert.deepEqual(events.map(({ data }) => data), entries.map((entry) => JSON.stringify(entry)))
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("goes on as entries come", () =>
    Effect.gen(function*() {
      const following = yield* eventsOf("?format=sse").pipe(Stream.take(3), Stream.runCollect, Effect.forkChild)
      yield* TestClock.adjust("1 minute")
      yield* place({ to: busy, pipeline: [hangup] })
      const events = yield* Fiber.join(following)
      assert.deepEqual(events.map(({ id }) => id), ["1", "2", "3"])
    }).pipe(Effect.provide(inProcess)))

  it.effect("goes on after the entry that was seen last, whatever `from` says", () =>
    Effect.gen(function*() {
      yield* threeCalls
      const headers = { "last-event-id": "4" }
      for (const params of ["?format=sse", "?format=sse&from=2"]) {
        const [event] = yield* eventsOf(params, headers).pipe(Stream.take(1), Stream.runCollect)
        assert.strictEqual(event?.id, "5")
      }
    }).pipe(Effect.provide(inProcess)))

  it.effect.each([["9999", "1"], ["nonsense", "3"], ["-1", "3"], ["", "3"]] as const)(
    "takes the id %s, which it never gave, for that of another run or of none",
    ([lastEventId, first]) =>
      Effect.gen(function*() {
        yield* threeCalls
        const headers = { "last-event-id": lastEventId }
        const [event] = yield* eventsOf("?format=sse&from=3", headers).pipe(Stream.take(1), Stream.runCollect)
        assert.strictEqual(event?.id, first)
      }).pipe(Effect.provide(inProcess))
  )

  it.effect("keeps to one call", () =>
    Effect.gen(function*() {
      const { entries, first } = yield* threeCalls
      const ofFirst = entries.filter((entry) => "callId" in entry && entry.callId === first)
      const events = yield* eventsOf(`?format=sse&call=${first.toUpperCase()}`).pipe(
        Stream.take(ofFirst.length),
        Stream.runCollect
      )
      assert.deepEqual(events.map(({ data }) => data), ofFirst.map((entry) => JSON.stringify(entry)))
    }).pipe(Effect.provide(inProcess)))

  it.effect("refuses a call that there never was with 404, since it would wait for ever", () =>
    Effect.gen(function*() {
      const answer = yield* get("/_sim/journal?format=sse&call=nobody")
      assert.deepEqual([answer.status, answer.body["error"]], [404, "call_not_found"])
    }).pipe(Effect.provide(inProcess)))

  it.effect("says that it is alive every 15 seconds, in comments alone", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      yield* asked("?format=sse&from=99").pipe(
        Effect.flatMap(({ stream }) =>
          Stream.runForEach(Stream.decodeText(stream), (text) => Effect.sync(() => seen.push(text)))
        ),
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, [":\n\n"])
      yield* TestClock.adjust("44 seconds")
      assert.deepEqual(seen, [":\n\n", ":\n\n", ":\n\n"])
      yield* TestClock.adjust("1 second")
      assert.lengthOf(seen, 4)
    }).pipe(Effect.provide(inProcess)))

  it.effect("waits for a slow reader, who sees a gap where entries were evicted meanwhile, and the newest entry", () =>
    Effect.gen(function*() {
      const simulator = yield* Simulator.Simulator
      const seen: Array<number> = []
      const gate = Latch.makeUnsafe(false)
      yield* eventsOf("?format=sse").pipe(
        Stream.runForEach(({ id }) => Effect.andThen(Effect.sync(() => seen.push(Number(id))), gate.await)),
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust(1)
      assert.deepEqual(seen, [1])
      for (let call = 0; call < 30; call++) yield* place({ to: busy, pipeline: [hangup] })
      yield* TestClock.adjust("10 seconds")
      gate.openUnsafe()
      yield* TestClock.adjust(1)
      const kept = (yield* simulator.journal()).map(({ seq }) => seq)
      const last = kept.at(-1) ?? 0
      assert.isAbove(last, 80)
      assert.isBelow(seen.length, last)
      assert.deepEqual(seen, seen.toSorted((a, b) => a - b))
      assert.includeMembers(seen, kept)
    }).pipe(Effect.provide(InProcess.layer({ config: { maxEntries: 20 } }))))

  it.effect("forgets a reader that leaves", () =>
    Effect.gen(function*() {
      const { main } = yield* Tenants
      const reading = yield* eventsOf("?format=sse").pipe(Stream.runDrain, Effect.forkChild({ startImmediately: true }))
      yield* TestClock.adjust(1)
      assert.strictEqual(main.journal.followers(), 1)
      yield* Fiber.interrupt(reading)
      assert.strictEqual(main.journal.followers(), 0)
    }).pipe(Effect.provide(inProcess)))

  it.effect("ends with the record of the last call when the simulator stops", () =>
    Effect.gen(function*() {
      const following = yield* eventsOf("?format=sse").pipe(Stream.runCollect, Effect.forkChild)
      yield* threeCalls
      yield* (yield* Tenants).main.stop
      const events = yield* Fiber.join(following)
      const simulator = yield* Simulator.Simulator
      assert.deepEqual(events.map(({ id }) => id), (yield* simulator.journal()).map(({ seq }) => String(seq)))
      assert.include(events.at(-1)?.data, "SYSTEM_SHUTDOWN")
    }).pipe(Effect.provide(inProcess)))
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Ledger from "../../../src/core/media/Ledger.ts"
import * as Measures from "../../../src/core/media/Measures.ts"
import * as Timeline from "../../../src/core/media/Timeline.ts"
import * as TimelineSvg from "../../../src/core/media/TimelineSvg.ts"
import { type Happening, play } from "./conversation.ts"

const happenings: ReadonlyArray<Happening> = [
  { at: 0, does: "caller speaks", ms: 1000 },
  { at: 1420, does: "app sends", ms: 5000 },
  { at: 3000, does: "caller speaks", ms: 900 },
  { at: 3180, does: "app interrupts" },
  { at: 4400, does: "app sends", ms: 700 }
]

const { ledger, queue } = play(happenings, 6000)
const measures = Measures.measure(ledger, queue.counts)
const empty = Measures.measure(Ledger.make(8000), queue.counts)

describe("as text", () => {
  it("a conversation has a lane for each voice, interrupts in it and latencies below", () => {
    assert.deepStrictEqual(Timeline.render(ledger, measures).split("\n"), [
      "one character is 100 ms: # caller, = app, ! interrupt, . silence",
      "  0:00 caller   ##########....................#########.....................",
      "       app      ..............=================!............=======.........",
      "                              ^ turn 420 ms   ^ barge-in 180 ms",
      "                                                            ^ turn 500 ms",
      "turns: 2, p50 420 ms, p95 500 ms",
      "barge-ins: 1, p50 180 ms, p95 180 ms",
      "silence 1820 ms, talk-over 180 ms",
      "app audio: received 5700 ms, heard 2460 ms, queued 0 ms, discarded 3240 ms by break, 0 ms by overflow, 0 ms by hangup",
      "underruns: 0, 0 ms"
    ])
  })

  it("prompts of the platform have a lane when there are any", () => {
    const prompted = Ledger.prompted(ledger, { start: 8 * 1050, end: 8 * 1300, label: "hello.wav" })
    const text = Timeline.render(prompted, measures)
    assert.include(text, "! interrupt, ~ platform, . silence\n")
    assert.include(text, "       platform ..........~~~......")
  })

  it("a row is ten seconds, and begins with its time", () => {
    const long = play([], 70_000)
    const text = Timeline.render(long.ledger, Measures.measure(long.ledger, long.queue.counts))
    const times = text.split("\n").flatMap((line) => / (\d+:\d\d) caller/.exec(line)?.[1] ?? [])
    assert.deepStrictEqual(times, ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00"])
  })

  it("no call is too short or too long to be drawn", () => {
    assert.include(Timeline.render(Ledger.make(8000), empty), "app      .")
    const never: Ledger.Ledger = { ...ledger, end: 8000 * 3600 * 1000 }
    assert.isBelow(Timeline.render(never, measures).length, 200_000)
    assert.match(Timeline.render(never, measures), /^one character is 100000 ms/)
  })
})

describe("as a picture", () => {
  const svg = TimelineSvg.render(ledger, measures, { title: "a <call> & \"more\"\u0000\ud800" })

  it("is one well-formed document of known elements", () => {
    const open: Array<string> = []
    for (const [, closing, name = "", closed] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
      if (closing === "/") assert.strictEqual(open.pop(), name)
      else if (closed !== "/") open.push(name)
      assert.include(["svg", "title", "style", "text", "path", "rect"], name)
    }
    assert.deepStrictEqual(open, [])
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="700"/)
    assert.notMatch(svg, /NaN|Infinity|undefined/)
  })

  it("escapes what others wrote", () => {
    assert.include(svg, "a &#60;call&#62; &#38; &#34;more&#34; \ufffd")
  })

  it("draws both waveforms, spans, the interrupt and each latency where they are", () => {
    assert.strictEqual(svg.match(/class="spoken"/g)?.length, 4)
    assert.include(svg, "<rect class=\"spoken\" x=\"222\" y=\"170\" width=\"176\"")
    assert.include(svg, "<path class=\"interrupt\" d=\"M398 ")
    assert.include(svg, "<path class=\"latency\" d=\"M180 136H222\"/>")
    assert.include(svg, ">barge-in 180 ms</text>")
    for (const lane of ["caller", "app"]) {
      const strokes = new RegExp(`class="${lane}" fill="none" d="([^"]*)"`).exec(svg)?.[1]?.split("M") ?? []
      assert.isAbove(strokes.length, 40)
    }
  })

  it("draws prompts with their labels", () => {
    const prompted = Ledger.prompted(ledger, { start: 8000, end: 16_000, label: "<b>" })
    const drawn = TimelineSvg.render(prompted, measures)
    assert.include(drawn, "<rect class=\"prompt\" x=\"180\" y=\"266\" width=\"100\"")
    assert.include(drawn, ">&#60;b&#62;</text>")
  })

  it("says whether to trust the latencies, where that is a question", () => {
    const drawn = (p99: number) => TimelineSvg.render(ledger, measures, { timer: { p50: 1, p99, max: 40 } })
    assert.include(drawn(19), "p99 19 ms, max 40 ms, so latencies are right to a frame</text>")
    assert.notInclude(drawn(19), "<text class=\"doubt\"")
    assert.match(drawn(20), /<text class="doubt" [^>]*>the machine's own timer was late: .* NOT to be trusted<\/text>/)
    assert.notInclude(svg, "timer")
  })

  it("of no call, and of the longest, has a bounded size", () => {
    assert.notMatch(TimelineSvg.render(Ledger.make(8000), empty), /NaN|Infinity/)
    const never: Ledger.Ledger = { ...ledger, end: Number.MAX_SAFE_INTEGER }
    assert.isBelow(TimelineSvg.render(never, measures).length, 200_000)
  })
})

it.prop("any label is drawn as text", [Schema.String], ([label]) => {
  const drawn = TimelineSvg.render(Ledger.prompted(ledger, { start: 0, end: 8, label }), measures)
  const plain = TimelineSvg.render(Ledger.prompted(ledger, { start: 0, end: 8, label: "" }), measures)
  assert.strictEqual(drawn.match(/[<>]/g)?.length, plain.match(/[<>]/g)?.length)
})

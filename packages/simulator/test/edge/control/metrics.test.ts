import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Tenants } from "../../../src/engine/Tenants.ts"
import * as InProcess from "../../../src/testing/InProcess.ts"
import { get, hangup, jsonReply, menuApp, place, play, post, question } from "../../platform.ts"

const busy = "919840007001"
const patient = "919840007100"
const presser = "919840007301"

/** The samples of an exposition by name and labels. Fails on whatever does not fit the text format. */
const samplesOf = (text: string): Readonly<Record<string, number>> => {
  assert.isTrue(text.endsWith("\n"))
  const samples: Record<string, number> = {}
  let metric = ""
  for (const line of text.trimEnd().split("\n")) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line)
    if (help !== null) metric = help[1] ?? ""
    else if (line.startsWith("#")) assert.match(line, new RegExp(`^# TYPE ${metric} (counter|gauge)$`))
    else {
      const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\}) (\d+(?:\.\d+)?)$/.exec(line)
      assert.isNotNull(sample, line)
      assert.isTrue(sample?.[1]?.startsWith(metric), line)
      const name = `${sample?.[1]}${sample?.[2]}`
      assert.notProperty(samples, name)
      samples[name] = Number(sample?.[3])
    }
  }
  return samples
}

const scraped = (path = "/_sim/metrics", token?: string) =>
  Effect.map(get(path, token), ({ headers, status, text }) => {
    assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"])
    return samplesOf(text)
  })

describe("/_sim/metrics", () => {
  it.effect("counts calls, requests, refusals, webhooks and entries", () =>
    Effect.gen(function*() {
      yield* place({ to: busy, pipeline: [hangup] })
      yield* place({ to: busy, pipeline: [hangup] })
      yield* place({ to: presser, pipeline: [question()] })
      yield* TestClock.adjust("1 minute")
      yield* place({ to: patient, pipeline: [play("a.wav")] })
      yield* post("/v3/voice/call/hangup", { call_id: "not an id" })
      yield* post("/v3/voice/call/hangup", {}, "nobody's token")
      const samples = yield* scraped()
      assert.include(samples, {
        "piopiy_sim_calls_live{tenant=\"default\"}": 1,
        "piopiy_sim_calls_ended_total{tenant=\"default\",disposition=\"Busy\"}": 2,
        "piopiy_sim_calls_ended_total{tenant=\"default\",disposition=\"Answered\"}": 1,
        "piopiy_sim_requests_total{tenant=\"default\",operation=\"POST /v3/voice/pcmo/call\"}": 4,
        "piopiy_sim_requests_total{tenant=\"default\",operation=\"POST /v3/voice/call/hangup\"}": 1,
        "piopiy_sim_requests_refused_total{tenant=\"default\",operation=\"POST /v3/voice/call/hangup\",status=\"4xx\"}":
          1,
        "piopiy_sim_webhooks_total{tenant=\"default\",outcome=\"NewProgram\"}": 1,
        "piopiy_sim_journal_entries_total{tenant=\"default\",kind=\"Started\"}": 1,
        "piopiy_sim_journal_followers{tenant=\"default\"}": 0
      })
      const { main } = yield* Tenants
      assert.isAbove(main.timeline.pending(), 0)
      assert.strictEqual(samples["piopiy_sim_timers_pending{tenant=\"default\"}"], main.timeline.pending())
      const kinds = Object.entries(samples).filter(([name]) => name.startsWith("piopiy_sim_journal_entries_total"))
      assert.strictEqual(
        kinds.reduce((sum, [, value]) => sum + value, 0),
        samples["piopiy_sim_journal_entries{tenant=\"default\"}"]
      )
    }).pipe(Effect.provide(InProcess.layer({ app: menuApp(() => jsonReply([hangup])).app }))))

  it.effect("shows every tenant, or the one that a token or a name picks", () =>
    Effect.gen(function*() {
      const tenantsOf = (samples: Readonly<Record<string, number>>) =>
        Object.keys(samples).filter((name) => name.startsWith("piopiy_sim_calls_live"))
      const red = "piopiy_sim_calls_live{tenant=\"red\"}"
      const odd = "piopiy_sim_calls_live{tenant=\"a \\\"b\\\" \\\\ c\\n\"}"
      assert.deepEqual(tenantsOf(yield* scraped()), [red, odd])
      assert.deepEqual(tenantsOf(yield* scraped("/_sim/metrics", "odd-token")), [odd])
      assert.deepEqual(tenantsOf(yield* scraped("/_sim/metrics?tenant=red")), [red])
      assert.strictEqual((yield* get("/_sim/metrics?tenant=green")).status, 404)
    }).pipe(Effect.provide(InProcess.layer({
      config: { accounts: [{ token: "red-token", name: "red" }, { token: "odd-token", name: "a \"b\" \\ c\n" }] }
    }))))
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as DialPlan from "../../../src/core/pcmo/DialPlan.ts"
import { Endpoint } from "../../../src/core/pcmo/Program.ts"
import { agent, connect, phone, simultaneous, sip } from "../call/programs.ts"

const [a, b, c, d] = [phone("9111"), sip("sip:b@example.com"), agent("c"), agent("d")] as const

describe("the rounds of a connect", () => {
  it("hold one endpoint each when sequential", () => {
    assert.deepStrictEqual(DialPlan.rounds(connect([a, b, c])), [[a], [b], [c]])
  })

  it("are phones and SIP users together, then agents one by one, when simultaneous", () => {
    assert.deepStrictEqual(DialPlan.rounds(simultaneous([a, b, c, d])), [[a, b], [c], [d]])
  })

  it("are the agents alone when there is nobody else", () => {
    assert.deepStrictEqual(DialPlan.rounds(simultaneous([c, d])), [[c], [d]])
  })

  it("are counted through all attempts, and then nobody rings", () => {
    const step = simultaneous([a, b, c], { attempts: 2 })
    assert.deepStrictEqual([0, 1, 2, 3, 4].map((n) => DialPlan.round(step, n)), [[a, b], [c], [a, b], [c], undefined])
  })

  it("are gone through once when nothing is said of attempts, and never for none", () => {
    assert.deepStrictEqual([0, 1].map((n) => DialPlan.round(connect([a]), n)), [[a], undefined])
    assert.isUndefined(DialPlan.round(connect([a], { attempts: 0 }), 0))
  })

  it.prop("ring every endpoint once, and no round is empty", {
    endpoints: Schema.NonEmptyArray(Endpoint),
    strategy: Schema.Literals(["Sequential", "Simultaneous"])
  }, ({ endpoints, strategy }) => {
    const rounds = DialPlan.rounds(connect(endpoints, { strategy }))
    assert.isTrue(rounds.every((round) => round.length > 0))
    assert.strictEqual(rounds.flat().length, endpoints.length)
    assert.sameMembers(rounds.flat(), [...endpoints])
  })
})

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

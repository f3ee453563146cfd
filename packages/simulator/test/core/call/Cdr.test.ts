import { assert, describe, it } from "@effect/vitest"
import * as Cdr from "../../../src/core/call/Cdr.ts"
import { place, received } from "./kit.ts"
import { callerNumber, connect, ownNumber, phone } from "./programs.ts"
import { appId } from "./reports.ts"

const colleagueNumber = "914400000002"
const colleague = phone(colleagueNumber)
const account = { appId, balance: 999.1 }

const bridged = () => {
  const call = place([connect([colleague])], { kind: "Legacy", rateMicros: 450_000, extraParams: "{}" })
  call.wait(1000)
  call.answer("caller")
  call.wait(2000)
  call.answer(colleague)
  call.wait(61_000)
  call.hangUp("caller")
  return call
}

describe("Cdr", () => {
  it("is one for each leg, the first leg's last", () => {
    const [further, first, ...more] = Cdr.of(bridged().record(), account)
    assert.lengthOf(more, 0)
    assert.deepEqual([further?.leg, further?.to, first?.leg, first?.to], [
      "further",
      colleagueNumber,
      "first",
      callerNumber
    ])
  })

  it("tells times, talk time, cost and what is left of the balance", () => {
    const [further, first] = Cdr.of(bridged().record(), account)
    assert.deepEqual(first, {
      _tag: "Record",
      startedAt: 0,
      answeredAt: 1000,
      endedAt: 64_000,
      durationMs: 63_000,
      chargeMicros: 900_000,
      balance: 999.1,
      callId: "call-1",
      uuid: "call-1",
      leg: "first",
      direction: "outbound",
      appId,
      conversationId: "request-1",
      requestId: "request-1",
      from: "914440000000",
      to: callerNumber,
      extraParams: "{}"
    })
    assert.deepEqual([further?.answeredAt, further?.durationMs, further?.chargeMicros], [3000, 61_000, 900_000])
  })

  it("has no answer of a leg that nobody took", () => {
    const call = place([], { rateMicros: 450_000 })
    call.reject("caller", "USER_BUSY")
    const [missed] = Cdr.of(call.record(), account)
    assert.deepEqual([missed?.answeredAt, missed?.durationMs, missed?.chargeMicros], [undefined, 0, 0])
  })

  it("names the phone and the platform's number of a call that came in", () => {
    const call = received()
    call.wait(2000)
    call.hangUpByApi("NORMAL_CLEARING")
    const [missed] = Cdr.of(call.record(), account)
    assert.deepEqual([missed?.from, missed?.to, missed?.conversationId, missed?.requestId], [
      callerNumber,
      ownNumber,
      "call-1",
      undefined
    ])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { isInbound } from "../../../src/core/call/Call.ts"
import { perform, scripts } from "./guided.ts"
import { place, received } from "./kit.ts"
import { agent, callerNumber, connect, hangup, ownNumber, phone, play, sip } from "./programs.ts"
import { appId, liveEvents, moments } from "./reports.ts"

const colleagueNumber = "914400000002"
const colleague = phone(colleagueNumber)
const other = phone("914400000003")

describe("LiveEvent", () => {
  it("tells of a two-leg call in the documented order", () => {
    const call = place([connect([colleague])], { kind: "Legacy" })
    call.ring("caller")
    call.answer("caller")
    call.ring(colleague)
    call.answer(colleague)
    call.hangUp("caller")
    assert.deepEqual(moments(call), [
      "Started",
      "Answered",
      "Started 914400000002",
      "Bridged 914400000002",
      "HungUp 914400000002",
      "HungUp"
    ])
  })

  it("gives both legs of a call that was placed its request id as conversation, and each an id of its own", () => {
    const call = place([connect([colleague])], { kind: "Legacy", extraParams: "{\"a\":1}" })
    call.answer("caller")
    call.wait(1500)
    call.answer(colleague)
    const [started, , ringing, bridged] = liveEvents(call)
    assert.deepEqual(started, {
      _tag: "Event",
      moment: "Started",
      at: 0,
      callId: "call-1",
      uuid: "call-1",
      leg: "first",
      direction: "outbound",
      appId,
      conversationId: "request-1",
      requestId: "request-1",
      from: "914440000000",
      to: callerNumber,
      extraParams: "{\"a\":1}"
    })
    assert.deepEqual([ringing?.conversationId, ringing?.leg, ringing?.to], ["request-1", "further", colleagueNumber])
    assert.notStrictEqual(ringing?.uuid, started?.uuid)
    assert.deepEqual([bridged?.at, bridged?.uuid], [1500, ringing?.uuid])
  })

  it("tells of a call that came in when it is picked up and when it ends", () => {
    const call = received()
    call.reply({ _tag: "NewProgram", program: [connect([colleague])] })
    call.answer(colleague)
    call.hangUp("caller")
    assert.deepEqual(moments(call), ["Answered", "HungUp 914400000002", "HungUp"])
    const [answered] = liveEvents(call)
    assert.deepEqual(
      [answered?.direction, answered?.from, answered?.to, answered?.conversationId, answered?.requestId],
      ["inbound", callerNumber, ownNumber, "call-1", undefined]
    )
  })

  it("tells of a call that came in and was refused by its end alone", () => {
    const call = received()
    call.reply({ _tag: "NewProgram", program: [hangup] })
    assert.deepEqual(moments(call), ["HungUp"])
  })

  it("lets a leg that failed end before the next one starts", () => {
    const call = place([connect([colleague, other])])
    call.answer("caller")
    call.reject(colleague, "USER_BUSY")
    assert.deepEqual(moments(call).slice(2), [
      "Started 914400000002",
      "HungUp 914400000002",
      "Started 914400000003"
    ])
  })

  it("lets those that lost the race end before the winner is bridged", () => {
    const call = place([connect([colleague, other], { strategy: "Simultaneous" })])
    call.answer("caller")
    call.answer(other)
    assert.deepEqual(moments(call).slice(4), ["HungUp 914400000002", "Bridged 914400000003"])
  })

  it("tells of a leg that could not even be dialed as one that started and ended", () => {
    const call = place([connect([phone(callerNumber), colleague])])
    call.answer("caller")
    assert.deepEqual(moments(call).slice(1), [
      "Answered",
      `Started ${callerNumber}`,
      "Started 914400000002",
      `HungUp ${callerNumber}`
    ])
  })

  it("tells of a call that is hung up as soon as it is answered in that order", () => {
    const call = place([hangup])
    call.answer("caller")
    assert.deepEqual(moments(call), ["Started", "Answered", "HungUp"])
  })

  it("says nothing of events that change no leg", () => {
    const call = place([play("a.wav"), play("b.wav")])
    call.ring("caller")
    call.answer("caller")
    const before = liveEvents(call).length
    call.finishPlayback()
    call.press("5")
    assert.lengthOf(liveEvents(call), before)
  })

  it("names SIP users and agents by their user and id", () => {
    const call = place([connect([sip("sip:desk.1@pbx.example.com"), agent("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")], {
      strategy: "Sequential"
    })])
    call.answer("caller")
    call.reject(sip("sip:desk.1@pbx.example.com"), "USER_BUSY")
    assert.includeMembers([...moments(call)], ["Started desk.1", "Started 6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"])
  })

  it("brings the variables of a call of the current API as JSON text", () => {
    const call = place([play("a.wav")], { variables: { customer: "Asha", round: 2 } })
    assert.strictEqual(liveEvents(call)[0]?.extraParams, "{\"customer\":\"Asha\",\"round\":2}")
  })

  it.prop(
    "starts each leg of any placed call once, ends each leg of any call once, and tells its moments in order",
    { script: scripts },
    ({ script }) => {
      const call = perform(script)
      call.hangUpByApi("NORMAL_CLEARING")
      const told = liveEvents(call)
      for (const { legId, uuid } of call.call.legs) {
        const ofLeg = told.filter((event) => event.uuid === uuid && !event.moment.startsWith("Stream"))
        const names = ofLeg.map(({ moment }) => moment)
        const taken = legId === "caller" ? "Answered" : "Bridged"
        const started = isInbound(call.call) ? [] : ["Started"]
        assert.include(
          [[...started, "HungUp"].join(), [...started, taken, "HungUp"].join()],
          isInbound(call.call) ? names.filter((name) => name !== "Bridged").join() : names.join()
        )
      }
      assert.deepEqual(told.map(({ at }) => at), told.map(({ at }) => at).toSorted((a, b) => a - b))
      assert.lengthOf(new Set(told.map(({ uuid }) => uuid)), call.call.legs.length)
    },
    { arbitrary: { runs: 300, size: 200 } }
  )
})

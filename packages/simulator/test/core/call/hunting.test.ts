import { assert, describe, it } from "@effect/vitest"
import type { Endpoint } from "../../../src/core/pcmo/Program.ts"
import { answered, type Bench, ignored, place, tags } from "./kit.ts"
import { agent, callerNumber, connect, mp3, phone, play, ringTimeoutMs, simultaneous, sip, wav } from "./programs.ts"

const sales = phone("914000000001")
const support = phone("914000000002")
const desk = sip("sip:desk@example.com")
const ada = agent("agent-ada")
const bob = agent("agent-bob")

/** A step that shows, by its music, that the pipeline went on. */
const next = play("next.mp3")

const wentOn = (call: Bench): boolean => call.label() === "Playing" && call.playing() === "next.mp3"

const dialed = (call: Bench): ReadonlyArray<Endpoint> => call.asked("DialLeg").slice(1).map((leg) => leg.endpoint)

describe("a sequential connect", () => {
  it("rings one endpoint at a time, in the order given", () => {
    const call = answered([connect([sales, desk, ada])])
    assert.deepStrictEqual(dialed(call), [sales])
    call.reject(sales, "USER_BUSY")
    assert.deepStrictEqual(dialed(call), [sales, desk])
    call.reject(desk, "UNALLOCATED_NUMBER")
    assert.deepStrictEqual(dialed(call), [sales, desk, ada])
    assert.strictEqual(call.label(), "Hunting")
  })

  it("gives up on an endpoint that rings too long, and tries the next", () => {
    const call = answered([connect([sales, support])])
    call.ring(sales)
    call.wait(ringTimeoutMs - 1)
    assert.strictEqual(call.leg(sales).state, "Ringing")
    call.wait(1)
    assert.strictEqual(call.leg(sales).hangupCause, "NO_ANSWER")
    assert.deepStrictEqual(dialed(call), [sales, support])
    assert.strictEqual(call.leg(support).startedAt, call.now)
  })

  it("gives each endpoint the whole ring timeout", () => {
    const call = answered([connect([sales, support]), next])
    call.wait(2 * ringTimeoutMs - 1)
    assert.strictEqual(call.label(), "Hunting")
    call.wait(1)
    assert.isTrue(wentOn(call))
  })

  it("goes on to the next step when nobody was reached", () => {
    const call = answered([connect([sales, support]), next])
    call.reject(sales, "USER_BUSY")
    call.reject(support, "CALL_REJECTED")
    assert.isTrue(wentOn(call))
    assert.include(call.assumed(), "connect-failure-continues")
  })

  it("hangs up when nobody was reached and nothing is left to run", () => {
    const call = answered([connect([sales])])
    const commands = call.reject(sales, "USER_BUSY")
    assert.deepStrictEqual(tags(commands), ["DisarmTimer", "HangUpLeg", "DisarmTimer", "WriteRecord"])
    assert.strictEqual(call.record().hangupCause, "NORMAL_CLEARING")
    assert.strictEqual(call.record().endedBy, "Pipeline")
    assert.strictEqual(call.record().legs[1]?.disposition, "Busy")
  })

  it("of two attempts rings agents again, too, after the phones", () => {
    const call = answered([simultaneous([sales, ada, bob], { attempts: 2 })])
    for (const who of [sales, ada, bob, sales, ada]) {
      assert.deepStrictEqual(dialed(call).at(-1), who)
      call.reject(who, "USER_BUSY")
    }
    call.answer(bob, "Agent")
    assert.deepStrictEqual(dialed(call), [sales, ada, bob, sales, ada, bob])
    assert.strictEqual(call.label(), "Talking")
  })

  it("tells an agent the call's variables and the connect's metadata, which win, and nobody else", () => {
    const metadata = { queue: "sales", tier: 2 }
    const call = answered([simultaneous([sales, ada], { metadata })], { variables: { order: "A-17", tier: 1 } })
    call.reject(sales, "USER_BUSY")
    const [, toSales, toAda] = call.asked("DialLeg")
    assert.isUndefined(toSales?.metadata)
    assert.deepStrictEqual(toAda?.metadata, { order: "A-17", queue: "sales", tier: 2 })
    assert.include(call.assumed(), "metadata-joins-variables")
  })

  it("tells an agent the call's variables alone when the connect adds none", () => {
    const call = answered([connect([ada])], { variables: { order: "A-17" } })
    assert.deepStrictEqual(call.asked("DialLeg")[1]?.metadata, { order: "A-17" })
    assert.notInclude(call.assumed(), "metadata-joins-variables")
  })

  it("passes on the caller id", () => {
    const call = answered([connect([sales], { callerId: "91555" })])
    const [, leg] = call.asked("DialLeg")
    assert.strictEqual(leg?.callerId, "91555")
  })
})

describe("a simultaneous connect", () => {
  it("rings every phone and SIP user at once", () => {
    const call = answered([simultaneous([sales, desk, support])])
    assert.deepStrictEqual(dialed(call), [sales, desk, support])
  })

  it("gives the call to the first that answers and hangs up on the rest", () => {
    const call = answered([simultaneous([sales, desk, support])])
    call.ring(sales)
    assert.deepStrictEqual(tags(call.answer(desk)), [
      "DisarmTimer",
      "HangUpLeg",
      "DisarmTimer",
      "HangUpLeg",
      "DisarmTimer",
      "BridgeLegs"
    ])
    assert.strictEqual(call.leg(desk).state, "Bridged")
    assert.strictEqual(call.leg(sales).hangupCause, "LOSE_RACE")
    assert.strictEqual(call.leg(support).hangupCause, "LOSE_RACE")
  })

  it("takes the first event when two answer at the same instant", () => {
    const call = answered([simultaneous([sales, support])])
    call.answer(support)
    assert.strictEqual(ignored(call.answer(sales)), "leg-ended")
    assert.strictEqual(call.leg(support).state, "Bridged")
    assert.strictEqual(call.leg(sales).answeredAt, undefined)
  })

  it("rings on while one endpoint is left", () => {
    const call = answered([simultaneous([sales, support]), next])
    assert.deepStrictEqual(tags(call.reject(sales, "USER_BUSY")), ["DisarmTimer"])
    assert.strictEqual(call.label(), "Hunting")
    call.reject(support, "USER_BUSY")
    assert.isTrue(wentOn(call))
  })

  it("rings the phones first, then each agent in a round of its own", () => {
    const call = answered([simultaneous([sales, support, ada, bob])])
    assert.deepStrictEqual(dialed(call), [sales, support])
    call.wait(ringTimeoutMs)
    assert.deepStrictEqual(dialed(call), [sales, support, ada])
    call.reject(ada, "DESTINATION_OUT_OF_ORDER")
    assert.deepStrictEqual(dialed(call), [sales, support, ada, bob])
    assert.include(call.assumed(), "phones-before-agents")
  })
})

it.each([
  ["phones alone", simultaneous([sales, support])],
  ["one after another", connect([sales, ada])]
])("a connect of %s assumes nothing about phones before agents", (_, step) => {
  assert.notInclude(answered([step]).assumed(), "phones-before-agents")
})

describe("a bridged party", () => {
  it("talks until it hangs up, and the pipeline goes on", () => {
    const call = answered([connect([sales]), next])
    call.answer(sales)
    assert.strictEqual(call.label(), "Talking")
    call.wait(30_000)
    call.hangUp(sales)
    assert.isTrue(wentOn(call))
    assert.strictEqual(call.leg(sales).hangupCause, "NORMAL_CLEARING")
  })

  it("is no longer timed for ringing", () => {
    const call = answered([connect([sales])])
    call.answer(sales)
    assert.deepStrictEqual(Object.keys(call.timers()), ["max-duration"])
  })

  it("ends the hunt: nobody else is tried when a person hangs up", () => {
    const call = answered([connect([sales, support]), next])
    call.answer(sales)
    call.hangUp(sales, "NETWORK_OUT_OF_ORDER")
    assert.isTrue(wentOn(call))
    assert.deepStrictEqual(dialed(call), [sales])
  })
})

describe("an agent that drops off the call", () => {
  it("is replaced by the next endpoint", () => {
    const call = answered([connect([ada, bob]), next])
    call.answer(ada, "Agent")
    call.hangUp(ada, "NETWORK_OUT_OF_ORDER")
    assert.strictEqual(call.label(), "Hunting")
    assert.deepStrictEqual(dialed(call), [ada, bob])
    call.answer(bob, "Agent")
    assert.strictEqual(call.leg(bob).state, "Bridged")
    assert.include(call.assumed(), "agent-drop-fails-over")
  })

  it("is not replaced when it hung up in the ordinary way", () => {
    const call = answered([connect([ada, bob]), next])
    call.answer(ada, "Agent")
    call.hangUp(ada, "NORMAL_CLEARING")
    assert.isTrue(wentOn(call))
    assert.deepStrictEqual(dialed(call), [ada])
  })

  it("is followed by the next step when nobody is left", () => {
    const call = answered([connect([ada, bob]), next])
    call.reject(ada, "DESTINATION_OUT_OF_ORDER")
    call.answer(bob, "Agent")
    call.hangUp(bob, "NETWORK_OUT_OF_ORDER")
    assert.isTrue(wentOn(call))
    assert.notInclude(call.assumed(), "agent-drop-fails-over")
  })

  it("ends the recording of its leg and the connect's own limit, which begin anew with its stand-in", () => {
    const call = answered([connect([ada, bob], { recording: wav, maxDurationMs: 60_000 })])
    call.answer(ada, "Agent")
    call.wait(50_000)
    call.hangUp(ada, "NETWORK_OUT_OF_ORDER")
    assert.deepStrictEqual(call.asked("StopRecording").length, 1)
    assert.isUndefined(call.timers()["connect-duration"])
    call.answer(bob, "Agent")
    assert.strictEqual(call.timers()["connect-duration"], 60_000)
    assert.strictEqual(call.asked("StartRecording").length, 2)
  })
})

describe("machine detection", () => {
  it("counts an answering machine as not reached", () => {
    const call = answered([connect([sales, support], { machineDetection: true })])
    call.answer(sales, "Machine")
    assert.strictEqual(call.leg(sales).state, "Ended")
    assert.strictEqual(call.leg(sales).answeredBy, "Machine")
    assert.strictEqual(call.leg(sales).hangupCause, "NORMAL_CLEARING")
    assert.deepStrictEqual(dialed(call), [sales, support])
    assert.strictEqual(call.asked("BridgeLegs").length, 0)
    assert.include(call.assumed(), "machine-skipped")
  })

  it("lets the others ring on when a machine answers first", () => {
    const call = answered([simultaneous([sales, support], { machineDetection: true })])
    call.answer(sales, "Machine")
    assert.strictEqual(call.leg(support).state, "Dialing")
    call.answer(support)
    assert.strictEqual(call.leg(support).state, "Bridged")
  })

  it("is off unless asked for: a machine is bridged like anybody", () => {
    const call = answered([connect([sales, support])])
    call.answer(sales, "Machine")
    assert.strictEqual(call.leg(sales).state, "Bridged")
    assert.notInclude(call.assumed(), "machine-skipped")
  })
})

describe("waiting music", () => {
  const waitingMusic = "waiting.mp3"

  it("plays over and over while it rings, and stops at the answer", () => {
    const call = answered([connect([sales], { waitingMusic })])
    assert.strictEqual(call.playing(), waitingMusic)
    assert.isTrue(call.asked("StartPlayback")[0]?.loop)
    call.answer(sales)
    assert.isUndefined(call.playing())
  })

  it("plays on from one round to the next", () => {
    const call = answered([connect([sales, support], { waitingMusic })])
    call.reject(sales, "USER_BUSY")
    assert.strictEqual(call.playing(), waitingMusic)
    assert.strictEqual(call.asked("StartPlayback").length, 1)
  })

  it("stops when nobody was reached", () => {
    const call = answered([connect([sales], { waitingMusic }), next])
    assert.deepStrictEqual(tags(call.reject(sales, "USER_BUSY")), ["DisarmTimer", "StopPlayback", "StartPlayback"])
    assert.isTrue(wentOn(call))
  })

  it("stops when the caller hangs up while it rings", () => {
    const call = answered([connect([sales], { waitingMusic })])
    call.hangUp("caller")
    assert.isUndefined(call.playing())
    assert.strictEqual(call.leg(sales).hangupCause, "ORIGINATOR_CANCEL")
  })
})

describe("a connect's own maximum duration", () => {
  it("runs from the bridging and ends that leg only", () => {
    const call = answered([connect([sales], { maxDurationMs: 10_000 }), next])
    call.wait(5000)
    call.answer(sales)
    call.wait(9999)
    assert.strictEqual(call.label(), "Talking")
    call.wait(1)
    assert.isTrue(wentOn(call))
    assert.strictEqual(call.leg(sales).hangupCause, "ALLOTTED_TIMEOUT")
    assert.include(call.assumed(), "connect-limit-continues")
  })

  it("is called off when the leg ends before", () => {
    const call = answered([connect([sales], { maxDurationMs: 10_000 }), next])
    call.answer(sales)
    call.hangUp(sales)
    assert.deepStrictEqual(Object.keys(call.timers()), ["max-duration"])
  })
})

describe("recording of a connect", () => {
  it("records that leg from the bridging to its end", () => {
    const call = answered([connect([sales], { recording: mp3 }), next])
    call.wait(1000)
    assert.strictEqual(call.asked("StartRecording").length, 0)
    call.answer(sales)
    call.wait(4000)
    call.hangUp(sales)
    const [recording] = call.call.recordings
    assert.deepStrictEqual(recording, {
      recordingId: recording?.recordingId ?? "",
      recording: mp3,
      legId: call.leg(sales).legId,
      startedAt: 3000,
      endedAt: 7000
    })
  })
})

describe("a direct call", () => {
  const own = phone(callerNumber)

  it("rings the phone once: the connect joins whoever answered", () => {
    const call = answered([connect([own]), next])
    assert.strictEqual(call.asked("DialLeg").length, 1)
    assert.strictEqual(call.label(), "Talking")
    assert.include(call.assumed(), "direct-call-rings-once")
  })

  it("is one to nobody else: beside others the called number is engaged, and they ring", () => {
    const call = answered([simultaneous([sales, own])])
    assert.strictEqual(call.label(), "Hunting")
    assert.deepStrictEqual(dialed(call), [sales])
    assert.strictEqual(call.leg(own).hangupCause, "USER_BUSY")
    assert.include(call.assumed(), "own-number-is-engaged")
  })

  it("is the call's first connect: later the called number is engaged, and the pipeline goes on", () => {
    const call = answered([connect([sales]), connect([own]), next])
    call.answer(sales)
    call.hangUp(sales, "NORMAL_CLEARING")
    assert.isTrue(wentOn(call))
    assert.strictEqual(call.asked("DialLeg").length, 2)
  })

  it("records the conversation as its connect says, and ends when the connect's limit is reached", () => {
    const call = answered([connect([own], { recording: wav, maxDurationMs: 10_000 }), next])
    assert.strictEqual(call.asked("StartRecording")[0]?.legId, "caller")
    call.wait(10_000)
    assert.strictEqual(call.record().hangupCause, "ALLOTTED_TIMEOUT")
    assert.strictEqual(call.record().endedBy, "Timeout")
    assert.strictEqual(call.asked("StopRecording").length, 1)
  })

  it("goes on when a machine answered and machine detection is on", () => {
    const call = place([connect([own], { machineDetection: true }), next])
    call.answer("caller", "Machine")
    assert.isTrue(wentOn(call))
    assert.include(call.assumed(), "machine-skipped")
  })

  it("talks with a person all the same when machine detection is on", () => {
    assert.strictEqual(answered([connect([own], { machineDetection: true }), next]).label(), "Talking")
  })
})

it("the caller's record says when it was first bridged", () => {
  const call = answered([connect([sales]), connect([sales]), next])
  call.answer(sales)
  const first = call.now
  call.wait(1000)
  call.hangUp(sales, "NORMAL_CLEARING")
  call.answer(sales)
  assert.strictEqual(call.leg("caller").bridgedAt, first)
})

it("a connect that would need more than 500 legs in the life of a call reaches nobody", () => {
  const round = connect([sales])
  const call = answered(Array.from({ length: 600 }, () => round))
  for (let n = 1; n < 500; n++) call.reject(sales, "USER_BUSY")
  assert.strictEqual(call.label(), "Ended")
  assert.strictEqual(call.record().legs.length, 500)
})

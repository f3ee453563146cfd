import { assert, describe, it } from "@effect/vitest"
import { answered, type Bench, ignored, place, received, tags } from "./kit.ts"
import { agent, callerNumber, collect, connect, consult, phone, play, runStored } from "./programs.ts"

const sales = phone("914000000001")
const support = phone("914000000002")
const ada = agent("agent-ada")
const next = play("next.mp3")

/** The caller talks with sales. */
const bridged = (options: Parameters<typeof connect>[1] = {}): Bench => {
  const call = answered([connect([sales], options), connect([support]), next])
  call.answer(sales)
  return call
}

const onHold = (options: Parameters<typeof connect>[1] = {}): Bench => {
  const call = bridged(options)
  call.hold("On")
  return call
}

describe("a hold", () => {
  it("begins and ends as asked, and keeps the bridge", () => {
    const call = bridged()
    assert.deepStrictEqual(tags(call.hold("On")), ["HoldCall"])
    assert.deepStrictEqual([call.call.onHold, call.label(), call.leg(sales).state], [true, "Talking", "Bridged"])
    assert.deepStrictEqual(tags(call.hold("Off")), ["ResumeCall"])
    assert.isFalse(call.call.onHold)
    assert.include(call.assumed(), "hold-mutes-bridge")
  })

  it("is toggled", () => {
    const call = bridged()
    assert.deepStrictEqual(
      [call.hold("Toggle"), call.hold("Toggle"), call.hold("Toggle")].flatMap(tags),
      ["HoldCall", "ResumeCall", "HoldCall"]
    )
  })

  it("that is on is not put on again, nor one that is off taken off", () => {
    assert.strictEqual(ignored(onHold().hold("On")), "hold-unchanged")
    assert.strictEqual(ignored(bridged().hold("Off")), "hold-unchanged")
  })

  it("does not stop the limits", () => {
    const call = onHold({ maxDurationMs: 5000 })
    assert.deepStrictEqual(call.timers()["connect-duration"], 5000)
    call.wait(5000)
    assert.deepStrictEqual([call.label(), call.call.onHold], ["Hunting", false])
  })
})

describe("a hold needs a bridge", () => {
  const consulting = (): Bench => {
    const call = answered([next])
    call.transfer([consult(sales)])
    return call
  }
  const awaiting = (): Bench => {
    const call = answered([collect()])
    call.press("1#")
    return call
  }
  const rows: ReadonlyArray<readonly [string, () => Bench]> = [
    ["Calling", () => place([next])],
    ["Calling", () => received()],
    ["Playing", () => answered([next])],
    ["Hunting", () => answered([connect([sales])])],
    ["Talking", () => answered([connect([phone(callerNumber)])])],
    ["Consulting", consulting],
    ["Collecting", () => answered([collect()])],
    ["AwaitingReply", awaiting],
    ["AwaitingStored", () => answered([runStored("menu")])]
  ]
  it.each(rows)("and is ignored without one, in %s", (state, make) => {
    const call = make()
    assert.strictEqual(call.label(), state)
    for (const hold of ["On", "Off", "Toggle"] as const) assert.strictEqual(ignored(call.hold(hold)), "not-bridged")
  })
})

describe("a hold ends with the bridge", () => {
  it("when the other party leaves", () => {
    const call = onHold()
    call.hangUp(sales)
    assert.deepStrictEqual([call.label(), call.call.onHold], ["Hunting", false])
  })

  it("and the next bridge begins without, and can be held again", () => {
    const call = onHold()
    call.hangUp(sales)
    call.answer(support)
    assert.isFalse(call.call.onHold)
    assert.deepStrictEqual(tags(call.hold("On")), ["HoldCall"])
  })

  it.each(["caller", "api"] as const)("when the call ends (%s)", (by) => {
    const call = onHold()
    if (by === "caller") call.hangUp("caller")
    else call.hangUpByApi("NORMAL_CLEARING")
    assert.strictEqual(call.label(), "Ended")
    assert.isFalse(call.call.onHold)
    assert.isEmpty(call.asked("ResumeCall"))
  })

  it("when a transfer is answered; until then the kept party is on hold, and can be taken off", () => {
    const call = onHold()
    call.transfer([connect([support])])
    assert.isTrue(call.call.onHold)
    assert.deepStrictEqual([call.hold("Off"), call.hold("On")].flatMap(tags), ["ResumeCall", "HoldCall"])
    call.answer(support)
    assert.deepStrictEqual([call.leg(sales).state, call.call.onHold], ["Ended", false])
  })

  it("when a dropped agent is replaced", () => {
    const call = answered([connect([ada, support])])
    call.answer(ada, "Agent")
    call.hold("On")
    call.hangUp(ada, "NETWORK_OUT_OF_ORDER")
    call.answer(support)
    assert.isFalse(call.call.onHold)
  })

  it("when a warm transfer is taken over", () => {
    const call = onHold()
    call.transfer([consult(support)])
    assert.isTrue(call.call.onHold)
    call.answer(support)
    assert.isFalse(call.call.onHold)
  })

  it("not when a warm transfer reaches nobody: the caller is back, and still on hold", () => {
    const call = onHold()
    call.transfer([consult(support)])
    call.reject(support, "USER_BUSY")
    assert.deepStrictEqual([call.label(), call.leg(sales).state, call.call.onHold], ["Talking", "Bridged", true])
  })
})

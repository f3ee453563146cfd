import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { CallCommand } from "../../../src/core/call/CallCommand.ts"
import { check } from "../../../src/core/expect/check.ts"
import { type Expectation, Expectation as ExpectationSchema } from "../../../src/core/expect/Expectation.ts"
import { asha, dial, headOf, ladderOf, own, pen, ravi } from "./kit.ts"

const record = (callId: string, cause: string): CallCommand => ({
  _tag: "WriteRecord",
  record: {
    callId,
    requestId: `request-${callId}`,
    kind: "Pipeline",
    direction: "outbound",
    callerId: own,
    to: asha,
    startedAt: 0,
    endedAt: 9000,
    durationMs: 0,
    disposition: "Busy",
    hangupCause: cause,
    endedBy: "Network",
    legs: [],
    transfers: [],
    inputs: [],
    recordings: [],
    streams: [],
    variables: {}
  }
})

describe("a number that rings", () => {
  const once = pen().placed("a", asha).rang("a", 2000)

  it("is told with when and where, and the journal around it", () => {
    assert.strictEqual(
      once.check({ _tag: "Rang", number: asha, times: 2 }).message,
      `expected 919840007101 to ring twice
but 919840007101 rang once, at 00:02.000 in call 1

call 1 is a, Pipeline from 914400000001 to 919840007101, goes on
       your app             platform               phone                  others
   0.000   │─ pipeline call ───▶│                      │                      │
   0.000   │                    │─ dials ..7101 ──────▶│                      │
   2.000   │                    │◀─ rings ─────────────│                      │`
    )
  })

  it("may be given with +", () => {
    assert.isTrue(once.check({ _tag: "Rang", number: `+${asha}`, times: 1 }).pass)
  })

  it("is told apart from one with another digit", () => {
    const verdict = once.check({ _tag: "Rang", number: ravi })
    assert.isFalse(verdict.pass)
    assert.strictEqual(
      headOf(verdict),
      `expected 919840007102 to ring
but that did not happen
nearest: 919840007101 rang, at 00:02.000 in call 1: differs in digit 12, 1 instead of 2`
    )
  })

  it("is not one that was dialed and refused", () => {
    const busy = pen().placed("a", asha).turn("a", {
      _tag: "LegRejected",
      at: 300,
      legId: "caller",
      cause: "USER_BUSY"
    })
    assert.strictEqual(
      headOf(busy.check({ _tag: "Rang", number: asha })),
      `expected 919840007101 to ring
but that did not happen
nearest: 919840007101 was dialed, at 00:00.000 in call 1: did not ring, USER_BUSY`
    )
  })

  it("is not one whose ringing was ignored", () => {
    const ignored = pen().placed("a", asha).turn("a", { _tag: "LegRinging", at: 5, legId: "caller" }, [
      { _tag: "Ignored", state: "Ended", event: "LegRinging", why: "call-ended" }
    ])
    assert.isFalse(ignored.check({ _tag: "Rang", number: asha }).pass)
  })

  it("counts when it is answered without ringing", () => {
    const answered = pen().placed("a", asha).turn("a", { _tag: "LegAnswered", at: 5, legId: "caller", by: "Person" })
    assert.isTrue(answered.check({ _tag: "Rang", number: asha, times: 1 }).pass)
  })

  it("is never rung when nobody was dialed", () => {
    assert.strictEqual(
      pen().check({ _tag: "Rang", number: asha }).message,
      `expected 919840007101 to ring
but nobody was dialed at all`
    )
    assert.deepInclude(pen().check({ _tag: "Rang", number: asha, times: 0 }), {
      pass: true,
      message: "it never happened that 919840007101 rang"
    })
  })

  it("rings too often when it is not to ring at all", () => {
    assert.strictEqual(
      headOf(once.check({ _tag: "Rang", number: asha, times: 0 })),
      `expected 919840007101 not to ring
but it rang once
  919840007101 rang, at 00:02.000 in call 1`
    )
  })

  it("may be an agent, or a SIP user with or without the domain", () => {
    const endpoints = [{ _tag: "Agent", id: "bot" }, { _tag: "Sip", uri: "sip:desk@office.test" }] as const
    const calls = pen().turn(
      "a",
      { _tag: "TimerFired", at: 1, timer: "t", generation: 1 },
      endpoints.map((endpoint): CallCommand => ({ _tag: "DialLeg", legId: endpoint._tag, endpoint, callerId: own }))
    ).rang("a", 2, "Agent").rang("a", 3, "Sip")
    for (const number of ["bot", "desk@office.test", "sip:desk@office.test", "desk"]) {
      assert.isTrue(calls.check({ _tag: "Rang", number, times: 1 }).pass, number)
    }
  })
})

describe("an expectation of some calls at some time", () => {
  const two = pen().placed("a", asha).placed("b", ravi, 100).rang("a", 2000).rang("b", 5000)
  const rings = (scope: Partial<Expectation>): Expectation => ({ ...scope, _tag: "Rang", number: ravi })

  it.each<readonly [Partial<Expectation>, boolean]>([
    [{ call: "b" }, true],
    [{ call: "request-b" }, true],
    [{ call: ravi }, true],
    [{ call: `+${ravi}` }, true],
    [{ call: own }, true],
    [{ call: 2 }, true],
    [{ call: "a" }, false],
    [{ call: 1 }, false],
    [{ withinMs: 5000 }, true],
    [{ withinMs: 4999 }, false],
    [{ betweenMs: [5000, 5000] }, true],
    [{ betweenMs: [5001, 9000] }, false],
    [{ betweenMs: [0, 9000], withinMs: 4000 }, false]
  ])("in %j is met: %s", (scope, pass) => {
    const verdict = two.check(rings(scope))
    assert.strictEqual(verdict.pass, pass, verdict.message)
    assert.isUndefined(verdict.isMoot)
  })

  it("says on which call it happened instead, or how much too late", () => {
    assert.include(two.check(rings({ call: 1 })).message, "rang, at 00:05.000 in call 2: on another call")
    assert.include(two.check(rings({ withinMs: 4000 })).message, "at 00:05.000 in call 2: too late by 1000 ms")
    assert.include(two.check(rings({ betweenMs: [6000, 7000] })).message, "in call 2: too early by 1000 ms")
  })

  it("is moot on a call that there is not, and says which there are", () => {
    const verdict = two.check(rings({ call: "sales" }))
    assert.isTrue(verdict.isMoot)
    assert.strictEqual(
      headOf(verdict),
      `expected Rang on call "sales"
but there was no such call
  call 1 is from 914400000001 to 919840007101
  call 2 is from 914400000001 to 919840007102`
    )
  })

  it("is moot at a time that ends before it begins", () => {
    assert.isTrue(two.check(rings({ betweenMs: [2, 1] })).isMoot)
  })
})

describe("keys that are pressed", () => {
  const keys = pen().placed("a", asha).asked("a", 1).pressed("a", 10, "9").asked("a", 20).pressed("a", 30, "4")
    .pressed("a", 40, "2").placed("b", ravi, 50).asked("b", 51).pressed("b", 60, "7")

  it.each([["9", true], ["42", true], ["942", true], ["4", false], ["2", false], ["94", false], ["77", false]])(
    "are %s, all of one question or of several in a row: %s",
    (digits, pass) => {
      assert.strictEqual(keys.check({ _tag: "Pressed", digits }).pass, pass)
    }
  )

  it("may be those of another call", () => {
    assert.include(
      keys.check({ _tag: "Pressed", digits: "7", call: 1 }).message,
      "nearest: 919840007102 pressed 7, at 00:00.060 in call 2: on another call"
    )
  })
})

describe("a call that ends", () => {
  const ended = pen().placed("a", asha).turn(
    "a",
    { _tag: "LegRejected", at: 9000, legId: "caller", cause: "USER_BUSY" },
    [record("a", "USER_BUSY")]
  ).placed("b", ravi, 9100)

  it("may end otherwise than expected", () => {
    assert.isTrue(ended.check({ _tag: "Ended", cause: "USER_BUSY", by: "Network", disposition: "Busy" }).pass)
    assert.strictEqual(
      headOf(ended.check({ _tag: "Ended", cause: "NO_ANSWER", by: "Network", disposition: "Missed" })),
      `expected a call to end as Missed with NO_ANSWER by Network
but that did not happen
nearest: ended as Busy, USER_BUSY by Network, at 00:09.000 in call 1
  cause USER_BUSY instead of NO_ANSWER
  disposition Busy instead of Missed
nearest: was Somewhere, at 00:09.100 in call 2: it goes on`
    )
  })

  it("may not have ended at all", () => {
    assert.include(ended.check({ _tag: "Ended", call: 2 }).message, "in call 2: it goes on")
    const broken = pen().placed("a", asha).write(1, { _tag: "Broke", callId: "a", causedBy: 1, message: "no" })
    assert.include(broken.check({ _tag: "Ended" }).message, "the simulator broke on it")
  })
})

describe("a webhook that is delivered", () => {
  const body = JSON.stringify({ digits: "1", cmiuuid: "a", variables: { name: "Asha" } })
  const sent = pen().placed("a", asha).posted("a", 2500, { body, durationMs: 500 })
    .posted("a", 9000, { status: 503, outcome: "Status", body })

  it.each<readonly [Partial<Expectation>, boolean]>([
    [{}, true],
    [{ url: "http://app.test/" }, true],
    [{ url: "/menu" }, true],
    [{ url: "/other" }, false],
    [{ notice: "Digits" }, true],
    [{ notice: "Record" }, false],
    [{ body: { digits: "1" } }, true],
    [{ body: { digits: "2" } }, false],
    [{ times: 1 }, true],
    [{ times: 2 }, false],
    [{ withinMs: 2000 }, true],
    [{ withinMs: 1999 }, false]
  ])("as %j: %s", (options, pass) => {
    assert.strictEqual(sent.check({ ...options, _tag: "WebhookDelivered" }).pass, pass)
  })

  it("may differ in one field: the path, and both values", () => {
    assert.include(
      sent.check({ _tag: "WebhookDelivered", body: { variables: { name: "Ravi" } } }).message,
      "nearest: Digits to http://app.test/menu, at 00:02.000 in call 1: variables.name is \"Asha\" instead of \"Ravi\""
    )
  })

  it("may have been refused by the app, or reached nobody", () => {
    const lost = pen().placed("a", asha).posted("a", 1, { status: 503, outcome: "Status" })
    assert.include(lost.check({ _tag: "WebhookDelivered" }).message, "in call 1: answered 503")
    const [dead] = pen().posted("a", 1, { outcome: "NoReply" }).entries.flatMap((entry) => {
      if (entry._tag !== "Delivered") return []
      const { status: _, ...unanswered } = entry
      return [unanswered]
    })
    assert(dead !== undefined)
    const nobody = pen().placed("a", asha).write(1, dead)
    assert.include(nobody.check({ _tag: "WebhookDelivered" }).message, "in call 1: not delivered: NoReply")
  })

  it("may have a body that the journal has cut", () => {
    const cut = pen().placed("a", asha).posted("a", 1, { body: body.slice(0, 10) })
    assert.include(
      cut.check({ _tag: "WebhookDelivered", body: { a: 1 } }).message,
      "the first 10 characters of its body"
    )
  })
})

describe("a request that is refused", () => {
  const requests = pen().write(0, { _tag: "Requested", operation: "POST /v3/voice/ai/call" })
    .write(1, { _tag: "Requested", operation: "POST /v3/voice/pcmo/call" })
    .write(2, {
      _tag: "Refused",
      causedBy: 2,
      operation: "POST /v3/voice/pcmo/call",
      status: 400,
      error: "invalid_request",
      field: "to_number"
    })

  it.each<readonly [Partial<Expectation>, boolean]>([
    [{}, true],
    [{ operation: "POST /v3/voice/pcmo/call" }, true],
    [{ operation: "/v3/voice/pcmo/call" }, true],
    [{ operation: "/call" }, false],
    [{ operation: "/v3/voice/ai/call" }, false],
    [{ error: "invalid_request" }, true],
    [{ error: "400" }, true],
    [{ error: "401" }, false],
    [{ withinMs: 1 }, false]
  ])("as %j: %s, and never both ways", (options, pass) => {
    assert.strictEqual(requests.check({ ...options, _tag: "Refused" }).pass, pass)
    assert.strictEqual(requests.check({ ...options, _tag: "NotRefused" }).pass, !pass)
  })

  it("is told with its status, its error and its field", () => {
    assert.strictEqual(
      requests.check({ _tag: "NotRefused" }).message,
      `expected a request not to be refused
but it was refused once
  POST /v3/voice/pcmo/call was refused with 400 invalid_request for to_number, at 00:00.002`
    )
  })

  it("is told from one that was taken", () => {
    assert.include(
      requests.check({ _tag: "Refused", operation: "/v3/voice/ai/call" }).message,
      "nearest: POST /v3/voice/ai/call, at 00:00.000: it was not refused"
    )
  })

  it("belongs to no call", () => {
    assert.isTrue(requests.check({ _tag: "Refused", call: 1 }).isMoot)
    assert.isTrue(requests.check({ _tag: "NotRefused", call: 1 }).isMoot)
  })
})

describe("a fault that fires", () => {
  const faulted = pen().write(3, {
    _tag: "Faulted",
    faultId: "fault1",
    name: "slow reply",
    fault: "Delay",
    operation: "POST /v3/voice/ai/call"
  })

  it("goes by its name, or the id of its rule", () => {
    assert.isTrue(faulted.check({ _tag: "FaultFired", name: "slow reply" }).pass)
    assert.isTrue(faulted.check({ _tag: "FaultFired", name: "fault1" }).pass)
    assert.include(
      faulted.check({ _tag: "FaultFired", name: "slow" }).message,
      "nearest: fault \"slow reply\" (Delay) befell POST /v3/voice/ai/call, at 00:00.003: is another one"
    )
  })
})

describe("a phone that two calls dial", () => {
  const twice = pen().placed("a", asha).placed("b", asha, 500).rang("a", 2000)
    .turn("b", { _tag: "LegRejected", at: 800, legId: "caller", cause: "USER_BUSY" })

  it("is reported with both calls and what came of them, also when the second found it engaged", () => {
    const verdict = twice.check({ _tag: "NothingRangTwice" })
    assert.isFalse(verdict.pass)
    assert.strictEqual(
      headOf(verdict),
      `expected no number to be dialed by two calls
but 919840007101 was dialed by 2 calls
  at 00:00.000 in call 1: rang
  at 00:00.500 in call 2: did not ring, USER_BUSY`
    )
  })

  it("is none when that is meant", () => {
    assert.isTrue(twice.check({ _tag: "NothingRangTwice", except: [`+${asha}`] }).pass)
    assert.isFalse(twice.check({ _tag: "NothingRangTwice", except: [ravi] }).pass)
  })

  it("is none when one call dials it again", () => {
    const hunting = pen().placed("a", asha).turn("a", { _tag: "TimerFired", at: 1, timer: "t", generation: 1 }, [
      dial("callee1", ravi),
      dial("callee2", ravi)
    ])
    assert.isTrue(hunting.check({ _tag: "NothingRangTwice" }).pass)
  })

  it("is none when a call that came in is one of them", () => {
    const inbound = pen().placed("a", asha).placed("b", asha, 5, "Inbound")
    assert.isTrue(inbound.check({ _tag: "NothingRangTwice" }).pass)
  })

  it("is none of an agent", () => {
    const toBot = (callId: string, at: number): CallCommand => ({
      _tag: "DialLeg",
      legId: `agent${at}`,
      endpoint: { _tag: "Agent", id: "bot" },
      callerId: callId
    })
    const calls = pen().placed("a", asha).placed("b", ravi)
    for (const callId of ["a", "b"]) {
      calls.turn(callId, { _tag: "TimerFired", at: 1, timer: "t", generation: 1 }, [toBot(callId, 1)])
    }
    assert.isTrue(calls.check({ _tag: "NothingRangTwice" }).pass)
  })

  it("counts on a call that dialed it, and within the time", () => {
    const three = pen().placed("a", asha).placed("b", asha, 500).placed("c", ravi, 600)
    assert.isFalse(three.check({ _tag: "NothingRangTwice", call: "a" }).pass)
    assert.isTrue(three.check({ _tag: "NothingRangTwice", call: "c" }).pass)
    assert.isTrue(three.check({ _tag: "NothingRangTwice", withinMs: 400 }).pass)
  })
})

describe("what rests on an assumption", () => {
  const assuming = pen().placed("a", asha).turn("a", { _tag: "LegRinging", at: 5, legId: "caller" }, [], [
    "default-ring-timeout"
  ]).posted("a", 9, { assumes: ["record-order"] })

  it("is told with what is assumed, where, and what would settle it", () => {
    assert.strictEqual(
      headOf(assuming.check({ _tag: "NoAssumptions", except: ["record-order"] })),
      `expected what happened to rest on no assumption
but on default-ring-timeout, once, first at 00:00.005 in call 1
  assumed: A call without ring_timeout_sec rings 40 s, or as long as the connect of a direct call says; one from outside stops ringing after 40 s, too.
  to be settled by a live call to a phone that is left ringing`
    )
  })

  it("may be reports, too", () => {
    assert.include(
      assuming.check({ _tag: "NoAssumptions", except: ["default-ring-timeout"] }).message,
      "but on record-order, once, first at 00:00.009 in call 1"
    )
  })

  it("is nothing when all of it is meant, or nothing was assumed", () => {
    const except = ["default-ring-timeout", "record-order"] as const
    assert.isTrue(assuming.check({ _tag: "NoAssumptions", except }).pass)
    assert.isTrue(pen().placed("a", asha).check({ _tag: "NoAssumptions" }).pass)
  })
})

describe("a journal that has forgotten entries", () => {
  const evidence = { ...pen().placed("a", asha).rang("a", 1).evidence(), forgotten: 5 }

  it.each<readonly [Expectation, boolean]>([
    [{ _tag: "NothingRangTwice" }, false],
    [{ _tag: "NoAssumptions" }, false],
    [{ _tag: "NotRefused" }, false],
    [{ _tag: "Rang", number: asha, times: 1 }, false],
    [{ _tag: "Rang", number: asha }, true]
  ])("shows %j: %s", (expectation, shown) => {
    assert.isTrue(check(expectation, { ...evidence, forgotten: 0 }).pass)
    const { isMoot = false, message, pass } = check(expectation, evidence)
    assert.deepStrictEqual([pass, isMoot], [shown, !shown])
    assert.strictEqual(message.includes("but the journal has no room for 5 older entries: raise maxEntries"), !shown)
  })
})

describe("a message", () => {
  const Step = Schema.Struct({
    call: Schema.Literals(["a", "b", "c", "d", "e"]),
    does: Schema.Literals(["placed", "rang", "pressed", "asked", "posted", "ends"]),
    text: Schema.String
  })
  const Steps = Schema.Array(Step)

  it.prop(
    "has at most 20 lines of the journal, 45 in all, of 160 characters",
    [Steps, ExpectationSchema],
    ([steps, expectation]) => {
      const written = pen()
      for (let round = 0; round < 12; round++) {
        steps.forEach(({ call, does, text }, index) => {
          const at = round * 1000 + index
          if (does === "ends") written.turn(call, { _tag: "LegRinging", at, legId: text }, [record(call, text)])
          else if (does === "posted") written.posted(call, at, { body: text, url: `http://x/${text.repeat(30)}` })
          else if (does === "pressed") written.pressed(call, at, "5")
          else if (does === "placed") written.placed(call, text.repeat(50), at)
          else written[does](call, at)
        })
      }
      const verdict = written.check(expectation)
      const lines = verdict.message.split("\n")
      assert.isAtMost(ladderOf(verdict).length, 20)
      assert.isAtMost(lines.length, 45)
      assert.isAtMost(Math.max(...lines.map(({ length }) => length)), 160)
    }
  )

  it("has the lines around what it tells of, not those at the end", () => {
    const long = pen().placed("a", asha)
    for (let at = 1; at < 500; at++) long.pressed("a", at, "5")
    long.rang("a", 500)
    for (let at = 501; at < 1000; at++) long.pressed("a", at, "6")
    const ladder = ladderOf(long.check({ _tag: "Rang", number: asha, times: 2 }))
    assert.lengthOf(ladder, 20)
    assert.isTrue(ladder.some((line) => line.includes("rings")))
    assert.deepStrictEqual([ladder[0], ladder.at(-1)], ["     ...", "     ..."])
  })

  it("comes within a second of a journal at its bound", () => {
    const long = pen()
    for (let call = 0; call < 20_000; call++) {
      long.placed(`call${call}`, `91984${call}`, call)
      long.rang(`call${call}`, call + 1)
      long.turn(`call${call}`, { _tag: "LegHungUp", at: call + 2, legId: "caller", cause: "x" }, [], [
        "default-ring-timeout"
      ])
    }
    for (
      const expectation of [{ _tag: "Rang", number: "1" }, { _tag: "NoAssumptions" }, {
        _tag: "NothingRangTwice"
      }] as const
    ) {
      assert.notStrictEqual(long.check(expectation).message, "")
    }
  }, 3000)
})

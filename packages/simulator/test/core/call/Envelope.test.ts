import { assert, describe, it } from "@effect/vitest"
import { type Bench, place } from "./kit.ts"
import { agent, callerNumber, connect, hangup, phone, play, record } from "./programs.ts"
import { envelopes } from "./reports.ts"

const colleague = phone("914400000002")
const seller = phone("914400000003")
const worker = agent("6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")

const told = (call: Bench): ReadonlyArray<string> =>
  envelopes(call).map(({ happened, status }) => `${happened} ${status}`)

describe("Envelope", () => {
  it("tells of a call from its start to its end, each moment once", () => {
    const call = place([connect([colleague])], { variables: { customer: "Asha" } })
    call.ring("caller")
    call.wait(3000)
    call.answer("caller")
    call.answer(colleague)
    call.wait(10_000)
    call.hangUp("caller")
    assert.deepEqual(told(call), [
      "CallInitiated initiated",
      "CallRinging ringing",
      "CallAnswered answered",
      "CallBridged bridged",
      "CallEnded answered"
    ])
    assert.deepEqual(envelopes(call).at(-1), {
      _tag: "Envelope",
      happened: "CallEnded",
      status: "answered",
      at: 13_000,
      durationMs: 10_000,
      hangupCause: "NORMAL_CLEARING",
      callId: "call-1",
      requestId: "request-1",
      direction: "outbound",
      from: "914440000000",
      to: callerNumber,
      variables: { customer: "Asha" }
    })
  })

  it("tells of a transfer under the transfer's own request id", () => {
    const call = place([connect([worker])], { kind: "Agent", agentId: worker._tag === "Agent" ? worker.id : "" })
    call.answer("caller")
    call.answer(worker)
    call.transfer([connect([seller])])
    call.answer(seller)
    const transfers = envelopes(call).filter(({ happened }) => happened.startsWith("Transfer"))
    assert.deepEqual(transfers.map(({ happened, requestId, status }) => [happened, status, requestId]), [
      ["TransferStarted", "started", "transfer"],
      ["TransferCompleted", "completed", "transfer"]
    ])
    assert.strictEqual(transfers[0]?.agentId, "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02")
  })

  it("tells why a transfer failed, before it tells that the call has ended", () => {
    const call = place([connect([worker])])
    call.answer("caller")
    call.answer(worker)
    call.transfer([connect([seller]), hangup])
    call.reject(seller, "USER_BUSY")
    assert.deepEqual(told(call).slice(-3), [
      "TransferStarted started",
      "TransferFailed busy_and_call_ended",
      "CallEnded answered"
    ])
  })

  it("tells of a transfer that is over at once as one that started", () => {
    const call = place([play("a.wav")])
    call.answer("caller")
    call.transfer([play("b.wav")])
    assert.deepEqual(told(call).slice(-2), ["TransferStarted started", "TransferCompleted completed"])
  })

  it("tells of each recording when it is over, once", () => {
    const call = place([record, play("a.wav")])
    call.answer("caller")
    call.wait(5000)
    call.hangUp("caller")
    const ready = envelopes(call).filter(({ happened }) => happened === "RecordingReady")
    assert.deepEqual(ready.map(({ at, recordingId }) => [at, recordingId]), [[
      5000,
      call.call.recordings[0]?.recordingId
    ]])
  })

  it("tells of a call that nobody answered by its disposition", () => {
    const call = place([hangup])
    call.ring("caller")
    call.reject("caller", "USER_BUSY")
    assert.deepEqual(told(call).at(-1), "CallEnded busy")
  })
})

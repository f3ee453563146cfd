/** An example of each operation of the control API, for the document and the docs page. Tests hold them to the schemas. */

/**
 * What is sent, and what comes back where that is JSON. `params` stand in the path.
 *
 * @category models
 * @since 0.1.0
 */
export interface Example {
  readonly params?: Readonly<Record<string, string>>
  readonly request?: unknown
  readonly reply?: unknown
}

const callId = "3f0e7c7a-52cf-4f4e-9d35-6b1fd9f0c1a4"
const requestId = "b7a1f0c2-9a7e-4c0b-8a55-0d3f7f1e2a90"
const legId = "0c8f4a4e-6f0e-4a58-9c57-2c1b5e0f8d11"
const phone = "919840007100"
const originEpochMs = 1_795_000_000_000

const tenant = {
  name: "checkout",
  seed: 7,
  clock: "manual",
  nowMs: 0,
  originEpochMs,
  calls: 0,
  entries: 1,
  expiresInMs: 900_000
}
const times = { tenant: "checkout", nowMs: 4000, originEpochMs }
const acted = { callId, nowMs: 4000, state: "Playing" }
const clock = {
  ...times,
  mode: "manual",
  next: { dueMs: 30_000, label: "party hangs up" },
  holds: [],
  stands: "nobody moves it: POST /_sim/clock/advance"
}
const { nowMs: _, ...origin } = times
const call = {
  callId,
  requestId,
  kind: "Pipeline",
  callerId: "914440000000",
  to: phone,
  startedAt: 0,
  legs: [{ legId: "caller", uuid: legId }]
}
const record = {
  ...call,
  endedAt: 3500,
  durationMs: 1500,
  disposition: "Answered",
  hangupCause: "NORMAL_CLEARING",
  endedBy: "Pipeline"
}
const entry = { _tag: "Requested", seq: 2, at: 0, tenant: "checkout", operation: "POST /v3/voice/pcmo/call" }
const rule = { name: "first one fails", fault: { _tag: "Status", status: 503, effect: "before" }, when: { first: 1 } }
const rang = { _tag: "Rang", number: phone, times: 1 }
const id = { id: callId }

/**
 * By the id of the operation.
 *
 * @category constants
 * @since 0.1.0
 */
export const examples: Readonly<Record<string, Example>> = {
  "tenants.create": {
    request: { name: "checkout", seed: 7, clock: "manual" },
    reply: {
      ...tenant,
      token: "9b2f0c6f1b0f4c0e8d8f0a5c2f7d4e6a1c3b5d7f9e0a2c4d",
      appId: 1_000_002,
      appSecret: "0d1e2f3a4b5c6d7e8f901a2b3c4d5e6f708192a3b4c5d6e7"
    }
  },
  "tenants.list": { reply: [tenant] },
  "tenants.get": { params: { name: "checkout" }, reply: tenant },
  "tenants.reset": { params: { name: "checkout" }, reply: tenant },
  "tenants.remove": { params: { name: "checkout" } },
  "calls.list": {
    reply: { ...times, live: [{ ...call, state: "Playing" }], ended: [] }
  },
  "calls.get": { params: id, reply: { ...times, live: { ...call, state: "Playing" } } },
  "calls.record": { params: id, reply: { tenant: "checkout", originEpochMs, ...record } },
  "calls.recording": { params: id },
  "calls.inbound": {
    request: { from: phone, to: "914440000000", pcmo: [{ action: "play", file_name: "welcome.wav" }] },
    reply: { call_id: callId, request_id: requestId }
  },
  "calls.press": { params: id, request: { digits: "2" }, reply: acted },
  "calls.say": { params: id, request: { voice: { _tag: "Say", text: "I would like to book a table" } }, reply: acted },
  "calls.speak": { params: id, request: { text: "sales" }, reply: acted },
  "calls.answer": { params: id, request: { leg: "callee1" }, reply: { ...acted, state: "Talking" } },
  "calls.reject": { params: id, request: { leg: "callee1", cause: "USER_BUSY" }, reply: acted },
  "calls.hangUp": { params: id, request: {}, reply: { ...acted, state: "Ended" } },
  "parties.script": {
    params: { number: phone },
    request: {
      ringsAfterMs: 500,
      outcome: { _tag: "Answers", afterMs: 2000, by: "Person" },
      answers: [{ _tag: "Presses", afterMs: 600, digits: "1", gapMs: 250 }],
      hangsUp: { afterMs: 30_000, cause: "NORMAL_CLEARING" }
    }
  },
  "parties.unscript": { params: { number: phone } },
  "clock.get": { reply: clock },
  "clock.advance": { request: { ms: 4000 }, reply: { ...clock, fromMs: 0, moments: 3 } },
  "clock.advanceTo": { request: { atMs: 4000 }, reply: { ...clock, fromMs: 0, moments: 3 } },
  "clock.runToNext": { reply: { ...clock, fromMs: 2000, moments: 1 } },
  "clock.letGo": { reply: clock },
  "faults.list": { reply: [{ id: "fault1", rule, matched: 4, fired: 1 }] },
  "faults.add": { request: rule, reply: { id: "fault1" } },
  "faults.remove": { params: { id: "fault1" } },
  "faults.clear": {},
  "faults.outage": { request: { ms: 2000 } },
  "runs.expect": { request: rang, reply: { pass: true, message: `${phone} rang once, at 500 ms` } },
  "runs.scenario": {
    request: {
      name: "a call that is answered",
      steps: [{
        atMs: 0,
        do: {
          _tag: "PlaceCall",
          operation: "/v3/voice/pcmo/call",
          body: {
            caller_id: "914440000000",
            to_number: phone,
            app_id: "app",
            pipeline: [{ action: "play", file_name: "welcome.wav" }, { action: "hangup" }]
          },
          as: "call"
        }
      }],
      expect: [rang]
    },
    reply: {
      name: "a call that is answered",
      passed: true,
      seed: 1,
      clock: "manual",
      failures: [],
      verdicts: [{ expectation: rang, pass: true, message: `${phone} rang once, at 500 ms` }],
      remarks: [],
      virtualMs: 5000,
      realMs: 12
    }
  },
  "journal.query": { reply: { ...origin, nowMs: 4000, last: 2, next: 3, entries: [entry] } }
}

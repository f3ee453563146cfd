import { Action, Calls, Endpoint, Piopiy, Pipeline } from "@effect-piopiy/sdk"
import { Simulator } from "@effect-piopiy/simulator"
import * as SimulatorServer from "@effect-piopiy/simulator/node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import {
  agent,
  agentNotRunning,
  App,
  app,
  asha,
  config,
  connectToColleague,
  jsonReply,
  number,
  office,
  page,
  patient,
  runMenu,
  stay,
  world
} from "./world.ts"

describe("a call over real sockets", () => {
  it.live("is placed by the SDK, asks the webhook application, and leaves a record", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* App
      const { callId, delivery, record } = yield* runMenu(`${url}/menu?x=1`)
      assert.deepEqual(seen, [{
        path: "/menu?x=1",
        method: "POST",
        body: {
          call_id: callId,
          from: office,
          to: asha,
          input_type: "dtmf",
          digits: "1",
          speech: null,
          status: "success",
          variables: { customer: "Asha" },
          dtmf: "1",
          cmiuuid: callId
        }
      }])
      assert.deepEqual([delivery?.status, delivery?.outcome], [200, "NewProgram"])
      assert.deepEqual([record.disposition, record.hangupCause, record.endedBy], [
        "Answered",
        "NORMAL_CLEARING",
        "Pipeline"
      ])
      assert.deepEqual(record.inputs.map(({ entry }) => entry), ["1"])
      assert.isDefined(record.legs.find(({ legId }) => legId === "callee1")?.bridgedAt)
      const shown = yield* page(`/_sim/calls/${callId}`)
      assert.include(shown.text, "\"endedBy\":\"Pipeline\"")
    }).pipe(Effect.provide([world(), app(() => jsonReply(connectToColleague))])))

  it.live("takes its time: rings, answers and ends happen no earlier than the people do them, and not much later", () =>
    Effect.gen(function*() {
      const { url } = yield* App
      const { record } = yield* runMenu(`${url}/menu`)
      const [caller, callee] = record.legs
      assert.isAtLeast(caller?.answeredAt ?? 0, record.startedAt + 20)
      assert.isAtLeast(callee?.endedAt ?? 0, (callee?.startedAt ?? 0) + 20 + 30)
      // Slack for a machine that does other things too.
      assert.isBelow(record.endedAt - record.startedAt, 3000)
    }).pipe(Effect.provide([world(), app(() => jsonReply(connectToColleague))])))

  it.live("is transferred and hung up by the SDK", () =>
    Effect.gen(function*() {
      const calls = yield* Calls.Calls
      const simulator = yield* Simulator.Simulator
      const placed = yield* calls.placeAgentCall({ callerId: office, to: patient, agentId: agent })
      const callId = yield* Effect.fromOption(placed.callId)
      const bridged = simulator.follow({ callId }).pipe(
        Stream.filter((entry) =>
          entry._tag === "Turned" && entry.commands.some((command) => command._tag === "BridgeLegs")
        )
      )
      yield* bridged.pipe(Stream.take(1), Stream.runDrain)
      yield* calls.transfer(
        callId,
        Pipeline.make([Action.connect({ callerId: office, endpoints: [Endpoint.phone(number("914400007100"))] })])
      )
      yield* bridged.pipe(Stream.take(2), Stream.runDrain)
      yield* calls.hangup(callId, { cause: "USER_BUSY", reason: "enough" })
      const record = yield* simulator.ended(callId)
      assert.deepEqual([record.hangupCause, record.hangupReason, record.endedBy], ["USER_BUSY", "enough", "Api"])
      assert.deepEqual(record.legs.map(({ hangupCause }) => hangupCause), [
        "USER_BUSY",
        "BLIND_TRANSFER",
        "NORMAL_CLEARING"
      ])
    }).pipe(Effect.provide(world())))

  it.live("is refused with the reasons that the SDK knows", () =>
    Effect.gen(function*() {
      const { url } = yield* SimulatorServer.SimulatorServer
      const calls = yield* Calls.Calls
      const reasonOf = <A, E extends { readonly reason: { readonly _tag: string } }, R>(
        effect: Effect.Effect<A, E, R>
      ) => Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)
      const placed = yield* stay(calls)
      assert.strictEqual(yield* reasonOf(stay(calls)), "RateLimited")
      const callId = yield* Effect.fromOption(placed.callId)
      yield* calls.hangup(callId)
      assert.strictEqual(yield* reasonOf(calls.hangup(callId)), "CallNotFound")
      assert.strictEqual(
        yield* reasonOf(calls.placeAgentCall({ callerId: office, to: patient, agentId: agentNotRunning })),
        "Forbidden"
      )
      const stranger = Piopiy.layerFetch({ baseUrl: `${url}/v3`, token: Redacted.make("unknown") })
      assert.strictEqual(
        yield* reasonOf(Effect.provide(Calls.Calls.use(stay), stranger)),
        "Unauthorized"
      )
    }).pipe(Effect.provide(world({ config: { ...config, maxCalls: 1 } })), Effect.timeout("15 seconds")))

  it.live("keeps its promises two hundred at a time", () =>
    Effect.gen(function*() {
      const { seen, url } = yield* App
      const ran = yield* Effect.forEach(Array.from({ length: 200 }), () => runMenu(`${url}/menu`), { concurrency: 200 })
      assert.strictEqual(new Set(ran.map(({ callId }) => callId)).size, 200)
      assert.lengthOf(seen, 200)
      for (const { delivery, record } of ran) {
        assert.strictEqual(delivery?.outcome, "NewProgram")
        assert.deepEqual([record.disposition, record.endedBy], ["Answered", "Pipeline"])
      }
      assert.include((yield* page("/_sim/health")).text, "\"calls\":0")
    }).pipe(Effect.provide([world(), app(() => jsonReply(connectToColleague))])))
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as AgentId from "../src/AgentId.ts"
import * as CallId from "../src/CallId.ts"
import * as PhoneNumber from "../src/PhoneNumber.ts"
import { PiopiyError } from "../src/PiopiyError.ts"
import * as PiopiyPromise from "../src/PiopiyPromise.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { junk, untyped } from "./untyped.ts"

const callId = CallId.make("c4d0e5f6-a7b8-12c9-d3e4-f56789012345")
const call = {
  callerId: PhoneNumber.make("919999999999"),
  to: PhoneNumber.make("918888888888"),
  agentId: AgentId.make("bdd32bcb-767c-40a5-be4a-5f45eeb348a6")
}

/** A platform that answers with these bodies, one a request, and keeps the requests. */
const answering = (...bodies: ReadonlyArray<unknown>) => {
  const requests: Array<string> = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    requests.push(`${init?.method} ${String(input)}`)
    return Promise.resolve(Response.json(bodies[requests.length - 1] ?? bodies.at(-1)))
  }
  return { fetch, requests }
}

/** A platform that never answers; `aborted` settles when the request is given up. */
const silent = () => {
  const aborted = Promise.withResolvers<string>()
  const fetch: typeof globalThis.fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => {
        aborted.resolve("aborted")
        reject(new Error("aborted"))
      })
    })
  return { fetch, aborted: aborted.promise }
}

const promise = <A>(evaluate: () => PromiseLike<A>) => Effect.promise(evaluate)
const rejection = (evaluate: () => PromiseLike<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() => evaluate().then(() => "it did not reject", (error: unknown) => error))

describe("promises", () => {
  it.effect("give plain values: what is missing is undefined", () =>
    Effect.gen(function*() {
      const { fetch, requests } = answering({ message: "call_queued", call_id: callId })
      const { calls, dispose } = PiopiyPromise.make({ token: "t", fetch })
      assert.deepStrictEqual(yield* promise(() => calls.placeAgentCall(call)), {
        message: "call_queued",
        callId,
        requestId: undefined
      })
      assert.deepStrictEqual(requests, ["POST https://rest.piopiy.com/v3/voice/ai/call"])
      yield* promise(dispose)
    }))

  it.effect("give milliseconds and dates", () =>
    Effect.gen(function*() {
      const cdr = { duration: 9, from: 1, to: 2, time: 1637124352000, status: "answered" }
      const { fetch } = answering({ code: 200, cdr }, { code: 200, channel: "2" }, { code: 200, balance: "5.5" })
      const { account, calls } = PiopiyPromise.makeLegacy({ appId: 5, appSecret: "s", fetch })
      const record = yield* promise(() => calls.cdrByCallId(callId))
      assert.strictEqual(record?.duration, 9_000)
      assert.deepStrictEqual(record?.time, new Date(1637124352000))
      assert.strictEqual(yield* promise(() => calls.channels()), 2)
      assert.deepStrictEqual(yield* promise(() => account.balance()), {
        amount: 5.5,
        messages: undefined,
        expiresAt: undefined
      })
    }))

  it.effect("are loops where services have streams", () =>
    Effect.gen(function*() {
      const status = (of: string) => ({ request_id: "r", call_id: callId, status: of })
      const { fetch } = answering(status("queued"), status("completed"))
      const { calls } = PiopiyPromise.make({ token: "t", fetch })
      const updates = calls.transferUpdates(CallId.RequestId.make("r"), { every: 1 })
      const seen = yield* Stream.runCollect(Stream.fromAsyncIterable(updates, (error) => error))
      assert.deepStrictEqual(seen.map(({ status }) => status), ["queued", "completed"])
    }))

  it.effect("reject with the error of the package", () =>
    Effect.gen(function*() {
      const { fetch, requests } = answering({})
      const { calls } = PiopiyPromise.make({ token: "t", fetch })
      const error = yield* rejection(() =>
        calls.placeAgentCall({
          ...call,
          to: PhoneNumber.make("1234567"),
          options: {
            maxDuration: 1
          }
        })
      )
      assert.instanceOf(error, PiopiyError)
      assert.strictEqual(error instanceof PiopiyError ? error.reason._tag : "", "InvalidRequest")
      assert.lengthOf(requests, 0)
    }))

  it.effect("abort the request when they are told to", () =>
    Effect.gen(function*() {
      const { aborted, fetch } = silent()
      const front = PiopiyPromise.make({ token: "t", fetch, retryPolicy: RetryPolicy.none })
      const placed = yield* Effect.scoped(
        Effect.map(Effect.abortSignal, (signal) => [front.aborting(signal).calls.placeAgentCall(call)])
      )
      const error = yield* rejection(() => Promise.all(placed))
      assert.notInstanceOf(error, PiopiyError)
      assert.strictEqual(yield* promise(() => aborted), "aborted")
    }))

  it.effect("abort and end with the front", () =>
    Effect.gen(function*() {
      const { fetch, requests } = answering({})
      const { calls, dispose } = PiopiyPromise.make({ token: "t", fetch })
      yield* promise(dispose)
      yield* rejection(() => calls.hangup(callId))
      assert.lengthOf(requests, 0)
    }))
})

describe("a front", () => {
  const thrown = (make: () => unknown): unknown =>
    Result.match(Result.try({ try: make, catch: (error) => error }), {
      onFailure: (error) => error,
      onSuccess: () => "it did not throw"
    })

  it.effect("is not made of options that are unusable", () =>
    Effect.sync(() => {
      for (const token of ["", "a b", 5, undefined]) {
        const error = thrown(() => untyped(PiopiyPromise.make, { token }))
        assert.strictEqual(error instanceof PiopiyError ? error.reason._tag : "", "InvalidConfig")
      }
      const error = thrown(() => PiopiyPromise.makeLegacy({ appId: -1, appSecret: "", baseUrl: "x" }))
      const reason = error instanceof PiopiyError ? error.reason : undefined
      assert.deepStrictEqual(reason?._tag === "InvalidConfig" ? reason.issues.map(({ path }) => path) : [], [
        "appId",
        "appSecret",
        "baseUrl"
      ])
    }))

  it.effect("throws whatever else it is made of", () =>
    Effect.sync(() => {
      for (const value of junk()) {
        for (const make of [PiopiyPromise.make, PiopiyPromise.makeLegacy, PiopiyPromise.makeNotifications]) {
          assert.instanceOf(thrown(() => untyped(make, value)), Error)
        }
      }
    }))
})

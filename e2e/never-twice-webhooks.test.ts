/** The proof that no phone rings twice, as far as webhooks go: a fault of one is no reason for a second ring. */
import {
  Action,
  AppId,
  Calls,
  LegacyAction,
  LegacyCalls,
  LegacyPipeline,
  OnResult,
  PhoneNumber,
  type PiopiyError,
  Pipeline,
  Prompt
} from "@effect-piopiy/sdk"
import { type Entry, type Fault, Simulator } from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as neverTwice from "./neverTwice.ts"
import { everything, standard } from "./neverTwice.ts"
import { jsonReply } from "./world.ts"

/** An app that joins the caller with the number that its URL names, and takes whatever it is told. */
const app = HttpRouter.addAll([
  HttpRouter.route("POST", "/next/:api/:colleague", (request) => {
    const [, , api, colleague = ""] = request.url.split("/")
    return jsonReply(
      api === "v3"
        ? [{
          action: "connect",
          params: { caller_id: neverTwice.office },
          endpoints: [{ type: "pstn", number: colleague }]
        }]
        : [{
          action: "bridge",
          from: Number(neverTwice.office),
          connect: [{ type: "pstn", number: Number(colleague) }]
        }]
    )
  }),
  HttpRouter.route("POST", "/told", Effect.succeed(HttpServerResponse.empty()))
])

/** A phone that answers after a second and presses 1 at the first question. */
const presserOf = (index: number) => PhoneNumber.make(`91${String(index).padStart(6, "0")}7301`)

/** Calls that ask the app what to do next. */
const calls: ReadonlyArray<
  readonly [
    string,
    (
      to: PhoneNumber.PhoneNumber,
      url: (api: "v3" | "v2") => string
    ) => Effect.Effect<unknown, PiopiyError.PiopiyError, neverTwice.Sdk>
  ]
> = [
  ["a question", (to, url) =>
    Calls.Calls.use((calls) =>
      calls.placePipelineCall({
        callerId: neverTwice.office,
        to,
        appId: AppId.make("app"),
        pipeline: Pipeline.make([
          Action.playGetInput({
            prompt: Prompt.file("menu.wav"),
            input: ["dtmf"],
            dtmf: { maxDigits: 1 },
            onResult: OnResult.url(url("v3"))
          })
        ])
      })
    )],
  ["a question of the older API", (to, url) =>
    LegacyCalls.LegacyCalls.use((calls) =>
      calls.placePipelineCall({
        callerId: neverTwice.office,
        to,
        pipeline: LegacyPipeline.make([
          LegacyAction.playGetInput({ prompt: "menu.wav", maxDigits: 1, url: url("v2") })
        ])
      })
    )],
  [
    "an answer URL",
    (to, url) =>
      LegacyCalls.LegacyCalls.use((calls) =>
        calls.placeAnswerUrlCall({ callerId: neverTwice.office, to, answerUrl: url("v2") })
      )
  ]
]

/** Of the phones that the call and the app's reply ring. */
const webhookFaults: ReadonlyArray<readonly [Fault.WebhookFault, rings: readonly [number, number]]> = [
  [{ _tag: "Lost" }, [1, 0]],
  [{ _tag: "Late", ms: 2000 }, [1, 1]],
  [{ _tag: "Twice", afterMs: 0 }, [1, 1]],
  [{ _tag: "Twice", afterMs: 3000 }, [1, 1]],
  [{ _tag: "OutOfOrder" }, [1, 1]],
  [{ _tag: "Changed", set: { digits: "9", dtmf: "9", cmiuuid: "another", call_id: "another" } }, [1, 1]]
]

/** What a call waits for. */
const questions = new Set<Entry.Faulted["webhook"]>(["Answer", "Input", "Digits"])

describe("a webhook that goes wrong", () => {
  it.effect.each([standard, everything].map((approach) => [approach.name, approach] as const))(
    "rings no phone twice, neither the call's nor the reply's, with %s",
    ([, approach]) =>
      Effect.gen(function*() {
        const simulator = yield* Simulator.Simulator
        const cells = calls.flatMap(([name, place]) =>
          webhookFaults.map(([fault, rings]) => ({ name: `${name}, ${JSON.stringify(fault)}`, place, fault, rings }))
        )
        const results = yield* neverTwice.inTime(Effect.forEach(cells, ({ fault, place }, index) =>
          Effect.gen(function*() {
            const to = presserOf(index)
            yield* simulator.faults.add({ fault, when: { number: to } })
            const { colleague } = neverTwice.phonesOf(index)
            return yield* Effect.result(place(to, (api) => `http://app.localhost/next/${api}/${colleague}`))
          }), { concurrency: "unbounded" }))
        const entries = yield* simulator.journal()
        assert.deepStrictEqual(
          cells.map(({ name }, index) => [
            name,
            neverTwice.told(results[index] ?? Result.void),
            neverTwice.ringsOf(entries, presserOf(index)),
            neverTwice.ringsOf(entries, neverTwice.phonesOf(index).colleague)
          ]),
          cells.map(({ name, rings }) => [name, "done", ...rings])
        )
        const befallen = entries.flatMap((entry) =>
          entry._tag === "Faulted" && questions.has(entry.webhook) ? [entry.callId] : []
        )
        assert.strictEqual(new Set(befallen).size, cells.length)
        assert.lengthOf(
          entries.filter(({ _tag }) =>
            _tag === "Requested"
          ),
          cells.length
        )
      }).pipe(Effect.provide(
        neverTwice.sdk(approach).pipe(Layer.provideMerge(InProcess.layer({
          app,
          config: {
            accounts: [{
              token: "sim-token",
              webhooks: { events: "http://app.localhost/told", cdr: "http://app.localhost/told" }
            }]
          }
        })))
      ))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as InProcess from "../../src/testing/InProcess.ts"
import { entriesOf, hangup, journalOf, jsonReply, place, question, recordOf } from "../platform.ts"

const presser = "919840007305"
const ask = (path: string) => question({}, { on_result: { type: "url", url: `http://anywhere.example${path}` } })

/** What the application answered to the digits of one call. */
const statusOf = (path: string) =>
  Effect.gen(function*() {
    const callId = yield* place({ to: presser, pipeline: [ask(path)] })
    yield* recordOf(callId)
    return entriesOf(yield* journalOf(callId), "Delivered")[0]?.status
  })

describe("InProcess", () => {
  const app = Layer.merge(
    HttpRouter.add("POST", "/menu", jsonReply([hangup])),
    HttpRouter.add("POST", "/dies", Effect.die("no"))
  )

  it.effect.each([["/menu", 200], ["/none", 404], ["/dies", 500]] as const)(
    "lets the application answer %s with %s, as a server would",
    ([path, status]) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* statusOf(path), status)
      }).pipe(Effect.provide(InProcess.layer({ app })))
  )

  it.effect("answers webhooks with 404 when there is no application", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* statusOf("/menu"), 404)
    }).pipe(Effect.provide(InProcess.layer())))
})

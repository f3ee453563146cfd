/** Processes that test against one simulator at the same time do not see each other. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import { fileURLToPath } from "node:url"
import { platform, serving } from "./cli-kit.ts"
import { start } from "./processes.ts"

const program = fileURLToPath(new URL("isolated.ts", import.meta.url))
const count = 10

const Entries = Schema.Array(Schema.Record(Schema.String, Schema.Unknown))
const Page = Schema.Struct({ entries: Entries })
const Seen = Schema.fromJsonString(Schema.Struct({
  name: Schema.String,
  calls: Schema.Array(Schema.String),
  entries: Entries,
  other: Schema.String,
  statusOfOther: Schema.Int
}))

/** Runs a process of its own that presses a key on each of its calls. */
const suite = Effect.fnUntraced(function*(url: string, key: string) {
  const { ended } = yield* start(process.execPath, [program, url, key, String(count)])
  const { code, stderr, stdout } = yield* ended
  assert.strictEqual(code, 0, stderr)
  return yield* Schema.decodeEffect(Seen)(stdout)
})

type Seen = typeof Seen.Type

/** The journal, but for whose it is and what was pressed. */
const likeness = ({ entries, name }: Seen, key: string): string =>
  JSON.stringify(entries).replaceAll(`"${name}"`, "\"tenant\"").replaceAll(`"${key}"`, "\"key\"").replaceAll(
    `\\"${key}\\"`,
    "\\\"key\\\""
  )

const texts = (entries: typeof Entries.Type, key: string): ReadonlySet<unknown> =>
  new Set(entries.flatMap((entry) => key in entry ? [entry[key]] : []))

describe("two processes against one simulator", () => {
  it.live("each see their own calls and nothing of the other's", () =>
    Effect.gen(function*() {
      const { url } = yield* serving()
      const [one, two] = yield* Effect.all([suite(url, "1"), suite(url, "2")], { concurrency: "unbounded" })
      assert.deepEqual([one.other, two.other], [two.name, one.name])
      for (const { calls, entries, name, statusOfOther } of [one, two]) {
        assert.strictEqual(new Set(calls).size, count)
        assert.deepEqual(texts(entries, "callId"), new Set(calls))
        assert.deepEqual(texts(entries, "tenant"), new Set([name]))
        assert.strictEqual(statusOfOther, 403)
      }
      // Of one seed: not even a number that is counted on is shared.
      assert.deepEqual(one.calls, two.calls)
      assert.strictEqual(likeness(one, "1"), likeness(two, "2"))
      const page = yield* HttpClient.get(`${url}/_sim/journal`)
      const { entries } = yield* Effect.flatMap(page.json, Schema.decodeUnknownEffect(Page))
      assert.lengthOf(entries, 1)
    }).pipe(Effect.provide(platform)))
})

import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { make, tokenBytes } from "../src/internal/ticketBook.ts"

const Step = Schema.Union([
  Schema.Struct({ _tag: Schema.tag("add") }),
  Schema.Struct({ _tag: Schema.tag("take"), which: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 })) }),
  Schema.Struct({ _tag: Schema.tag("wait"), time: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })) })
])

it.effect.prop(
  "tokens are good once and for their time, and no more wait than there may",
  [Schema.Array(Step)],
  ([steps]) =>
    Effect.sync(() => {
      const [capacity, lifetime] = [3, 100]
      const book = make<number>(capacity, lifetime)
      const given: Array<{ readonly token: string; readonly expiresAt: number; spent: boolean }> = []
      let now = 0
      for (const step of steps) {
        if (step._tag === "wait") now += step.time
        else if (step._tag === "add") {
          const waiting = given.filter(({ expiresAt, spent }) => !spent && expiresAt > now).length
          const added = book.add(now, new Uint8Array(tokenBytes).fill(given.length), given.length)
          assert.strictEqual(Option.isSome(added), waiting < capacity)
          if (Option.isSome(added)) given.push({ token: added.value, expiresAt: now + lifetime, spent: false })
        } else {
          const index = step.which % Math.max(1, given.length)
          const one = given[index]
          if (one === undefined) continue
          const isGood = !one.spent && one.expiresAt > now
          assert.deepStrictEqual(book.take(now, one.token), isGood ? Option.some(index) : Option.none())
          one.spent = true
        }
      }
    })
)

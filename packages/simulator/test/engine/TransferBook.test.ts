import { assert, it } from "@effect/vitest"
import * as TransferBook from "../../src/engine/TransferBook.ts"

const settled = (requestId: string, at: number) => ({ requestId, at, status: "completed" } as const)

it("knows a transfer from its beginning, as long as it takes", () => {
  const book = TransferBook.make()
  TransferBook.begin(book, "r1", "c1")
  assert.deepStrictEqual(TransferBook.find(book, "r1", 10 ** 9), { requestId: "r1", callId: "c1" })
  assert.isUndefined(TransferBook.find(book, "r2", 0))
})

it("knows how it settled, until 15 minutes later", () => {
  const book = TransferBook.make()
  TransferBook.begin(book, "r1", "c1")
  TransferBook.settle(book, "c1", settled("r1", 1000))
  assert.strictEqual(TransferBook.find(book, "r1", 1000 + 15 * 60_000 - 1)?.settled?.status, "completed")
  assert.isUndefined(TransferBook.find(book, "r1", 1000 + 15 * 60_000))
})

it("holds no more than settled in the last 15 minutes, and what is in progress", () => {
  const book = TransferBook.make()
  for (let n = 0; n < 100; n++) {
    TransferBook.begin(book, `r${n}`, "c")
    TransferBook.settle(book, "c", settled(`r${n}`, n * 60_000))
  }
  assert.strictEqual(book.settled.size, 15)
  assert.strictEqual(book.running.size, 0)
})

it("forgets the transfer of a call that broke", () => {
  const book = TransferBook.make()
  TransferBook.begin(book, "r1", "c1")
  TransferBook.forget(book, "r1")
  assert.isUndefined(TransferBook.find(book, "r1", 0))
})

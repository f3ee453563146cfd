import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as HangupCause from "../../../src/core/call/HangupCause.ts"

describe("disposition", () => {
  it.each(
    [
      ["USER_BUSY", "Busy"],
      ["NO_ANSWER", "Missed"],
      ["CALL_REJECTED", "Missed"],
      ["UNALLOCATED_NUMBER", "Failed"],
      ["DESTINATION_OUT_OF_ORDER", "Failed"],
      ["OUTGOING_CALL_BARRED", "Failed"],
      ["NETWORK_OUT_OF_ORDER", "Failed"],
      ["NORMAL_TEMPORARY_FAILURE", "Failed"],
      ["NORMAL_CLEARING", "Canceled"],
      ["ORIGINATOR_CANCEL", "Canceled"],
      ["LOSE_RACE", "Canceled"],
      ["toString", "Canceled"]
    ] as const
  )("of a leg that was never answered and ended with %s is %s", (cause, disposition) => {
    assert.strictEqual(HangupCause.disposition(false, cause), disposition)
  })

  it.prop("of a leg that was answered is Answered, whatever ended it", { cause: Schema.String }, ({ cause }) => {
    assert.strictEqual(HangupCause.disposition(true, cause), "Answered")
  })
})

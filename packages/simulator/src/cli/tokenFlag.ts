/** Flags whose value is a secret that a request carries. */
import * as Flag from "effect/cli/Flag"
import * as Redacted from "effect/Redacted"

/** A token that a request can carry. */
const isToken = (token: Redacted.Redacted<string>): boolean => /^[!-~]+$/.test(Redacted.value(token))

/** A flag that may be left out, whose value is a token. */
export const tokenFlag = (name: string, description: string) =>
  Flag.optional(
    Flag.Redacted(name).pipe(
      Flag.withDescription(description),
      Flag.filter(isToken, () => "a token of visible ASCII characters, not empty")
    )
  )

/**
 * How phones behave with no scripting: by the last four digits of the number.
 *
 * `71nn` and `72nn` take seconds, `73xy` and `74xy` take keys, `7501` and on are people who speak. Any other number is a
 * person who answers after two seconds and hangs up after thirty. The plan is the simulator's own; the platform has no
 * test numbers.
 */
import * as HangupCause from "../call/HangupCause.ts"
import * as Party from "./Party.ts"

/**
 * One row of the plan.
 *
 * @category models
 * @since 0.1.0
 */
export interface Row {
  readonly digits: string
  readonly behaviour: string
  readonly party: (code: string) => Party.Party
}

const ringsAfterMs = 500

const rejects = (afterMs: number, cause: string): Party.Party => ({
  ringsAfterMs,
  outcome: { _tag: "Rejects", afterMs, cause },
  answers: []
})

const refused = (cause: string): Party.Party => ({
  outcome: { _tag: "Rejects", afterMs: 300, cause },
  answers: []
})

/** Answers after 1 s, and speaks on audio streams. */
const speaks = (talksForMs: number, utterances: ReadonlyArray<Party.Utterance>): Party.Party =>
  Party.person({ answersAfterMs: 1000, talksForMs, speaks: utterances })

const speech = (ms: number): Party.Sound => ({ _tag: "Speech", ms })

const seconds = (code: string): number => Number(code.slice(2)) * 1000
/** The keys of `73xy`: a leading zero is left out, so that `7305` is the one key 5. */
const keys = (code: string): string => code.slice(2).replace(/^0/, "")

/**
 * The rows, in the order in which they are tried. `n` stands for a digit.
 *
 * @category constants
 * @since 0.1.0
 */
export const rows: ReadonlyArray<Row> = [
  { digits: "7001", behaviour: "is busy", party: () => refused(HangupCause.userBusy) },
  {
    digits: "7002",
    behaviour: "rings and is never answered",
    party: () => ({ ringsAfterMs, outcome: { _tag: "KeepsRinging" }, answers: [] })
  },
  {
    digits: "7003",
    behaviour: "rings 2 s, then is declined",
    party: () => rejects(2000, HangupCause.callRejected)
  },
  { digits: "7004", behaviour: "does not exist", party: () => refused(HangupCause.unallocatedNumber) },
  { digits: "7005", behaviour: "cannot be reached", party: () => refused(HangupCause.destinationOutOfOrder) },
  { digits: "7006", behaviour: "fails in the network", party: () => refused(HangupCause.networkOutOfOrder) },
  { digits: "7007", behaviour: "is barred for the account", party: () => refused(HangupCause.outgoingCallBarred) },
  {
    digits: "7008",
    behaviour: "is answered by a machine after 2 s, which hangs up after 20 s",
    party: () => ({
      ringsAfterMs,
      outcome: { _tag: "Answers", afterMs: 2000, by: "Machine" },
      answers: [],
      hangsUp: { afterMs: 20_000, cause: HangupCause.normalClearing }
    })
  },
  {
    digits: "71nn",
    behaviour: "answers after nn seconds and stays on the line",
    party: (code) => Party.person({ answersAfterMs: seconds(code) })
  },
  {
    digits: "72nn",
    behaviour: "answers after 1 s and hangs up nn seconds later",
    party: (code) => Party.person({ answersAfterMs: 1000, talksForMs: seconds(code) })
  },
  {
    digits: "73nn",
    behaviour:
      "answers after 1 s, presses the keys nn at the first question (730n: the one key n), hangs up after 30 s",
    party: (code) => Party.person({ answersAfterMs: 1000, talksForMs: 30_000, answers: [Party.presses(keys(code))] })
  },
  {
    digits: "74nn",
    behaviour: "answers after 1 s, presses the first key at the first question and the second at the second, "
      + "hangs up after 30 s",
    party: (code) =>
      Party.person({
        answersAfterMs: 1000,
        talksForMs: 30_000,
        answers: [...code.slice(2)].map((key) => Party.presses(key))
      })
  },
  {
    digits: "7501",
    behaviour: "answers after 1 s, speaks for 2 s after another 0.5 s, then waits, hangs up 7 s after the answer",
    party: () => speaks(7000, [{ afterMs: 500, voice: speech(2000) }])
  },
  {
    digits: "7502",
    behaviour:
      "answers after 1 s, cuts in 1.5 s into what the app says and speaks for 1 s, hangs up 7 s after the answer",
    party: () => speaks(7000, [{ bargeInMs: 1500, voice: speech(1000) }])
  },
  {
    digits: "7503",
    behaviour: "answers after 1 s, says \"My order is late\" 0.5 s after the answer and \"Goodbye\" 4 s after it, "
      + "hangs up 10 s after it",
    party: () =>
      speaks(10_000, [
        { afterMs: 500, voice: { _tag: "Say", text: "My order is late" } },
        { afterMs: 4000, voice: { _tag: "Say", text: "Goodbye" } }
      ])
  },
  {
    digits: "7504",
    behaviour:
      "answers after 1 s, speaks for 2 s whenever the app has been silent for 0.3 s, twice, hangs up after 30 s",
    party: () =>
      speaks(30_000, [
        { afterSilenceMs: 300, voice: speech(2000) },
        { afterSilenceMs: 300, voice: speech(2000) }
      ])
  },
  {
    digits: "7505",
    behaviour: "answers after 1 s, speaks for 10 s at once, whoever else does, hangs up 15 s after the answer",
    party: () => speaks(15_000, [{ afterMs: 0, voice: speech(10_000) }])
  },
  {
    digits: "7506",
    behaviour: "answers after 1 s, speaks 0.5 s after the answer, hangs up in the middle of a word 1.5 s later",
    party: () => speaks(2000, [{ afterMs: 500, voice: speech(5000) }])
  }
]

/** Any number that no row names. */
export const otherwise: Row = {
  digits: "other",
  behaviour: "answers after 2 s and hangs up 30 s later",
  party: () => Party.person({ answersAfterMs: 2000, talksForMs: 30_000 })
}

const matches = (pattern: string, code: string): boolean =>
  [...pattern].every((digit, at) => digit === "n" ? /[0-9]/.test(code.charAt(at)) : digit === code.charAt(at))

/**
 * The party behind a number; a SIP address goes by the digits that its user part ends with.
 *
 * @category folding
 * @since 0.1.0
 */
export const party = (number: string): Party.Party => {
  const code = number.slice(-4)
  return (rows.find((row) => matches(row.digits, code)) ?? otherwise).party(code)
}

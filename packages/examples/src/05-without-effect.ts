/**
 * Lesson 5: the first lesson again, for a program that does not use Effect.
 *
 * Methods give promises. A promise that rejects does so with a `PiopiyError`, whose `verdict` says what trying again would
 * do: `safe` rings nobody twice, `ambiguous` may, `never` is in vain. The checks, the retries and the time-outs are those
 * of the services.
 *
 * Start a platform with `npm run sim -- serve`, then run `node packages/examples/src/05-without-effect.ts`.
 */
import { AgentId, PhoneNumber, PiopiyError, PiopiyPromise } from "@effect-piopiy/sdk"

/** The defaults suit the simulator: this customer answers after 1 s and hangs up 10 s later. */
export interface Settings {
  readonly CALLER_ID?: string
  readonly CUSTOMER?: string
  readonly AGENT_ID?: string
}

/** What became of the request, in the words of the job queue that asked for it. */
export type Outcome =
  | { readonly kind: "queued"; readonly callId: string | undefined }
  | { readonly kind: "try later" }
  | { readonly kind: "look first"; readonly why: string }

/** Rejects when trying again would be in vain. */
export const placeCall = async (
  { calls }: Pick<ReturnType<typeof PiopiyPromise.make>, "calls">,
  { AGENT_ID, CALLER_ID, CUSTOMER }: Settings = {}
): Promise<Outcome> => {
  try {
    const { callId } = await calls.placeAgentCall({
      callerId: PhoneNumber.make(CALLER_ID ?? "914400000001"),
      to: PhoneNumber.make(CUSTOMER ?? "919840007210"),
      agentId: AgentId.make(AGENT_ID ?? "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"),
      options: { ringTimeout: "20 seconds", maxDuration: "10 minutes" },
      variables: { order: "A-1042" }
    })
    return { kind: "queued", callId }
  } catch (error) {
    if (!(error instanceof PiopiyError.PiopiyError)) throw error
    switch (error.verdict) {
      // Nothing has taken effect, and three attempts have been made by now.
      case "safe":
        return { kind: "try later" }
      // The phone may be ringing: one attempt has been made. Look before you make another.
      case "ambiguous":
        return { kind: "look first", why: error.message }
      case "never":
        throw error
    }
  }
}

if (import.meta.main) {
  const { PIOPIY_BASE_URL = "http://127.0.0.1:8787/v3", PIOPIY_TOKEN = "sim-token", ...settings } = process.env
  const piopiy = PiopiyPromise.make({ baseUrl: PIOPIY_BASE_URL, token: PIOPIY_TOKEN })
  try {
    process.stdout.write(`${JSON.stringify(await placeCall(piopiy, settings))}\n`)
  } finally {
    await piopiy.dispose()
  }
}

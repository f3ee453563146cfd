/** What our SDK owes its caller for what the platform does, from the design's table of verdicts. */
import { getIn, isFields } from "./json.ts"
import type { SimulatedResponse } from "./load.ts"
import type { Method } from "./officialCall.ts"
import type { Environment } from "./sdk.ts"

/** The end of one attempt, or of all of them. */
export interface Ending {
  /** `Success`, or the tag of the reason. */
  readonly tag: string
  readonly status?: number
  readonly code?: string
  readonly detail?: string
  readonly requestId?: string
}

export type Verdict = "safe" | "ambiguous" | "never"

const success: Ending = { tag: "Success" }

const textIn = (json: unknown, key: string): string => {
  const text = getIn(json, [key])
  return typeof text === "string" ? text : ""
}

const jsonOf = (response: SimulatedResponse): unknown => "json" in response ? response.json : undefined

/** What one answer means to a method. */
export const endingOf = (method: Method, response: SimulatedResponse, timeoutS: number): Ending => {
  if ((response.sleep ?? 0) >= timeoutS || response.destroy === true || response.close === true) {
    return { tag: "OutcomeUnknown" }
  }
  const { status = 200 } = response
  const json = jsonOf(response)
  const code = textIn(json, "error") || textIn(json, "message")
  if (status < 300) return success
  if (status < 400) return { tag: "UnexpectedReply", status }
  if (status === 408 || status >= 500) return { tag: "Unavailable", status }
  switch (status) {
    case 401:
      return { tag: "Unauthorized", status }
    case 403:
      return { tag: "Forbidden", status, code }
    case 409:
      return { tag: "Conflict", status, requestId: textIn(json, "request_id") }
    case 429:
      return { tag: "RateLimited", status }
  }
  if (status === 404 && (method === "transfer" || method === "hangup")) return { tag: "CallNotFound", status }
  const detail = isFields(json)
    ? textIn(json, "message")
    : json === undefined
    ? response.text ?? ""
    : JSON.stringify(json)
  return { tag: "Rejected", status, code, detail }
}

/** Whether a failure may be tried again. Placing and transfer never take the risk of doing it twice. */
export const verdictOf = (method: Method, { tag }: Ending): Verdict => {
  if (tag === "NotSent" || tag === "RateLimited") return "safe"
  if (["Unavailable", "OutcomeUnknown", "UnexpectedReply"].includes(tag)) {
    return method === "hangup"
      ? "safe"
      : "ambiguous"
  }
  return "never"
}

const retryAfterOf = (response: SimulatedResponse | undefined): number => {
  const header = Object.entries(response?.headers ?? {}).find(([name]) => name.toLowerCase() === "retry-after")?.[1]
  return response?.status === 429 && header !== undefined && /^\d+$/.test(header) ? Number(header) : 0
}

/** The longest wait that a reply may ask for, and the longest that all attempts may take, in seconds. */
const mostRetryAfterS = 30
const mostElapsedS = 60

export interface Course {
  readonly ending: Ending
  readonly attempts: number
  /** The least seconds between two attempts. */
  readonly gaps: ReadonlyArray<number>
}

/** How a call has to go: every attempt, and its end. */
export const courseOf = (
  method: Method,
  responses: ReadonlyArray<SimulatedResponse>,
  options: { readonly maxAttempts: number; readonly timeoutS: number; readonly environment?: Environment }
): Course => {
  const gaps: Array<number> = []
  let elapsedS = 0
  for (let attempts = 1;; attempts += 1) {
    const response = responses[Math.min(attempts, responses.length) - 1]
    const ending = options.environment !== undefined
      ? { tag: "NotSent" }
      : response === undefined
      ? success
      : endingOf(method, response, options.timeoutS)
    if (attempts > 1 && method === "hangup" && ending.tag === "CallNotFound") return { ending: success, attempts, gaps }
    const wait = retryAfterOf(response)
    elapsedS += wait + Math.min(response?.sleep ?? 0, options.timeoutS)
    const again = verdictOf(method, ending) === "safe"
      && attempts < options.maxAttempts
      && wait <= mostRetryAfterS
      && elapsedS <= mostElapsedS
    if (!again) return { ending, attempts, gaps }
    gaps.push(wait)
  }
}

/** Steps and endpoints for tests, with every default spelled once. */
import type { Collect, Connect, Consult, DigitRules, Endpoint, Prompt, Step } from "../../../src/core/pcmo/Program.ts"

export const callerNumber = "919840000001"
/** The number of the platform that a call from outside dials. */
export const ownNumber = "914440000000"

export const phone = (number: string): Endpoint => ({ _tag: "Pstn", number })
export const sip = (uri: string): Endpoint => ({ _tag: "Sip", uri })
export const agent = (id: string): Endpoint => ({ _tag: "Agent", id })

export const file = (name: string): Prompt => ({ _tag: "File", name })

export const play = (name: string): Step => ({ _tag: "Play", prompt: file(name) })
export const hangup: Step = { _tag: "Hangup" }
export const param = (variables: Extract<Step, { readonly _tag: "Param" }>["variables"]): Step => ({
  _tag: "Param",
  variables
})
export const wav = { format: "wav", channels: "dual" } as const
export const mp3 = { format: "mp3", channels: "single" } as const
export const record: Step = { _tag: "Record", recording: wav }
export const runStored = (ref: string, source: "Pipeline" | "Flow" = "Pipeline"): Step => ({
  _tag: "RunStored",
  source,
  ref
})

export const attach = (text: string): Step => ({ _tag: "Attach", text })
export const answerUrl = "http://localhost/answer"
export const askUrl: Step = { _tag: "Ask", url: answerUrl }
export const stream: Step = {
  _tag: "OpenStream",
  url: "ws://localhost/stream",
  listens: "caller",
  sampleRate: 8000,
  onAnswer: true
}

export const ringTimeoutMs = 20_000

/** Sequential, 20 s of ringing, nothing else. */
export const connect = (endpoints: Connect["endpoints"], options: Partial<Connect> = {}): Connect => ({
  _tag: "Connect",
  callerId: "914440000000",
  strategy: "Sequential",
  endpoints,
  ringTimeoutMs,
  machineDetection: false,
  metadata: {},
  ...options
})

/** A warm transfer's only step: 20 s of ringing, no key, no audio. */
export const consult = (endpoint: Endpoint, options: Partial<Consult> = {}): Consult => ({
  _tag: "Consult",
  endpoint,
  ringTimeoutMs,
  confirm: false,
  variables: {},
  ...options
})

export const simultaneous = (endpoints: Connect["endpoints"], options: Partial<Connect> = {}): Connect =>
  connect(endpoints, { strategy: "Simultaneous", ...options })

export const resultUrl = "http://localhost/result"

/** One to four digits, 5 s for the first and 2 s for each further one, `#` finishes, result to a URL. */
export const digitRules: DigitRules = {
  minDigits: 1,
  maxDigits: 4,
  firstDigitTimeoutMs: 5000,
  interDigitTimeoutMs: 2000,
  finishKey: "#",
  flushBuffer: false
}

export const collect = (
  options: Partial<Omit<Collect, "_tag" | "digits">> & { readonly digits?: Partial<DigitRules> } = {}
): Collect => ({
  _tag: "Collect",
  modes: ["dtmf"],
  retries: { max: 0 },
  onResult: { _tag: "Url", url: resultUrl },
  ...options,
  digits: { ...digitRules, ...options.digits }
})

/** The same question, asked with a prompt. */
export const ask = (name: string, options: Parameters<typeof collect>[0] = {}): Collect =>
  collect({ prompt: file(name), ...options })

/**
 * The older API's question: as many plays of the prompt as said, silent without one, no finish key, and one time-out of
 * 5 s for the first digit and each further one.
 */
export const getInput = (
  options: { readonly prompt?: string; readonly plays?: number; readonly min?: number; readonly max?: number } = {}
): Collect => ({
  _tag: "Collect",
  ...(options.prompt === undefined ? {} : { prompt: file(options.prompt) }),
  modes: ["dtmf"],
  digits: {
    minDigits: options.min ?? 1,
    maxDigits: options.max ?? 1,
    firstDigitTimeoutMs: 5000,
    interDigitTimeoutMs: 5000,
    flushBuffer: false
  },
  retries: { max: (options.plays ?? 1) - 1 },
  onResult: { _tag: "Url", url: resultUrl }
})

/** What a client of the older API would have sent had it not refused: its arguments, renamed and nothing more. */
import type { OlderCallVector } from "./olderCallVector.ts"
import type { OlderVector, Step } from "./olderVector.ts"

/** A body, and the path below the host that it goes to. */
export interface OlderBody {
  readonly path: string
  readonly body: object
}

const isUrl = (value: unknown): boolean => typeof value === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(value)

const parties = (type: string, key: string, value: unknown): ReadonlyArray<object> =>
  [value].flat().map((party) => ({ type, [key]: party }))

const actions: Readonly<Record<string, (args: ReadonlyArray<unknown>) => object>> = {
  playMusic: ([file]) => ({ action: "play", [isUrl(file) ? "file_url" : "file_name"]: file }),
  speak: ([text]) => ({ action: "speak", text }),
  setValue: ([text]) => ({ action: "param", text }),
  call: ([to, from]) => ({ action: "bridge", from, connect: parties("pstn", "number", to) }),
  forward: ([to, from]) => ({ action: "connect", from, connect: parties("sip", "user", to) }),
  stream: ([ws_url]) => ({ action: "stream", ws_url })
}

/** A step of an older builder as the action that it stands for, if it stands for one that is known here. */
const actionOf = ({ args = [], method }: Step): ReadonlyArray<object> => {
  const action = Object.hasOwn(actions, method) ? actions[method] : undefined
  return action === undefined ? [] : [action(args)]
}

/** The document that the steps stand for. */
export const documentOf = ({ calls }: OlderVector): ReadonlyArray<object> => calls.flatMap(actionOf)

const callActions: Readonly<Record<string, string>> = {
  hold: "hold",
  unhold: "unhold",
  toggle: "holdToggle",
  hangup: "hangup"
}

/** The request that a call stands for; that of a client that could not even be made is the plainest there is. */
export const bodyOf = ({ args, call, construct }: OlderCallVector): OlderBody | undefined => {
  const [appid, secret] = Array.isArray(construct) ? construct : []
  const [first, from, third, duration] = args
  const method = call?.split(".").at(-1)
  if (method === undefined) return { path: "/v2/piopiy/get_channels", body: { appid, secret } }
  if (method === "call") {
    const pcmo = [{ action: "bridge", from, connect: parties("pstn", "number", third) }]
    return { path: "/v2/ind_pcmo_make_call", body: { appid, secret, from, pcmo, to: first } }
  }
  if (method === "make" || method === "create") {
    return { path: "/v1/make_call", body: { appid, secret, from, duration, answer_url: third, to: first } }
  }
  const action = Object.hasOwn(callActions, method) ? callActions[method] : undefined
  return action === undefined
    ? undefined
    : { path: "/v1/call/action", body: { appid, secret, cmiuuid: first, action } }
}

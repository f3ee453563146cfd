/** The network on the path of a stream: it stands between whoever dials and the port, and delivers late, or not at all. */
import * as Network from "../core/media/Network.ts"
import type { Dial, Line, Listener, StreamClose, StreamPort } from "./StreamPort.ts"
import type { Scheduled, Timeline } from "./Timeline.ts"

/**
 * How a stream is dialed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Path {
  readonly timeline: Timeline["Service"]
  readonly port: StreamPort["Service"]
  readonly network: Network.Network
  readonly seed: number
}

/** Bytes of the app that may be under way to the platform: the app is held back while there are more. */
export const windowBytes = 65_536

/** How long the platform's close waits for what it sent before: then that is dropped. */
export const longestCloseMs = 10_000

const lost: StreamClose = { by: "Network", code: 1006, reason: "" }

interface UnderWay {
  readonly dueMs: number
  readonly byteLength: number
  readonly deliver: () => void
}

/** What is under way in one direction: each is delivered at its moment, in order. */
const makeBelt = (timeline: Timeline["Service"], label: string) => {
  const underWay: Array<UnderWay> = []
  let bytes = 0
  let pending: Scheduled | undefined

  const deliverDue = (): void => {
    pending = undefined
    for (let head = underWay[0]; head !== undefined && head.dueMs <= timeline.nowMs(); head = underWay[0]) {
      underWay.shift()
      bytes -= head.byteLength
      head.deliver()
    }
    schedule()
  }

  const schedule = (): void => {
    const [head] = underWay
    if (head !== undefined && pending === undefined) pending = timeline.at(head.dueMs, label, deliverDue)
  }

  return {
    bytes: () => bytes,
    put: (one: UnderWay): void => {
      if (underWay.length === 0 && one.dueMs <= timeline.nowMs()) return one.deliver()
      underWay.push(one)
      bytes += one.byteLength
      schedule()
    },
    clear: (): void => {
      underWay.length = 0
      bytes = 0
      if (pending !== undefined) timeline.cancel(pending)
      pending = undefined
    }
  }
}

/** Characters count as bytes. */
const lengthOf = (message: string | Uint8Array): number => message.length

/**
 * Dials through a network. A path without faults is the port itself.
 *
 * What the app sends beyond {@link windowBytes} holds it back, where the line can. A close of the platform comes after
 * what it sent, and after {@link longestCloseMs} without the rest; one of the app comes after what the app sent. When the
 * connection is lost, what is under way is lost with it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dial = ({ network, port, seed, timeline }: Path, request: Dial, listener: Listener): Line => {
  if (Object.keys(network).length === 0) return port.dial(request, listener)
  const { burstFrames = 1, handshakeLateMs = 0, handshakeStatus, lostAfterMs } = network
  const toApp = makeBelt(timeline, "network delivers to the app")
  const fromApp = makeBelt(timeline, "network delivers to the platform")
  let { fromApp: wayBack, toApp: wayThere } = Network.ways(seed)
  let state: "Dialing" | "Open" | "Closing" | "Over" = "Dialing"
  let line: Line | undefined
  let openedMs = 0
  let readyMs = 0
  let isHeldBack = false
  /** What waits for the rest of its burst. */
  let burst: Array<string | Uint8Array> = []
  let burstBytes = 0
  const timers: Array<Scheduled> = []

  const after = (ms: number, label: string, run: () => void): void => {
    timers.push(timeline.at(timeline.nowMs() + ms, label, run))
  }

  /** Nothing is told any more but how it ended. */
  const finish = (tell: () => void): void => {
    if (state === "Over") return
    state = "Over"
    for (const timer of timers) timeline.cancel(timer)
    toApp.clear()
    fromApp.clear()
    tell()
  }

  const lose = (): void =>
    finish(() => {
      line?.close(lost.code, lost.reason)
      listener.closed(lost)
    })

  const holdBack = (): void => {
    const isTooMuch = fromApp.bytes() > (isHeldBack ? windowBytes / 2 : windowBytes)
    if (isTooMuch === isHeldBack) return
    isHeldBack = isTooMuch
    line?.hold?.(isTooMuch)
  }

  const set = (message: string | Uint8Array): void => {
    wayThere = Network.send(wayThere, network, timeline.nowMs() - openedMs, lengthOf(message))
    toApp.put({
      dueMs: openedMs + wayThere.lastMs,
      byteLength: lengthOf(message),
      deliver: () => line?.send(message)
    })
  }

  const endBurst = (): void => {
    const messages = burst
    burst = []
    burstBytes = 0
    for (const message of messages) set(message)
  }

  const reached: Listener = {
    opened: () => {
      if (state !== "Dialing") return
      state = "Open"
      openedMs = timeline.nowMs()
      if (lostAfterMs !== undefined) after(lostAfterMs, "network is lost", lose)
      listener.opened()
    },
    failed: (failure) => finish(() => listener.failed(failure)),
    message: (message) => {
      if (state !== "Open") return
      wayBack = Network.send(wayBack, network, timeline.nowMs() - openedMs, lengthOf(message))
      readyMs = Network.readBy(network, readyMs, wayBack.lastMs, lengthOf(message))
      fromApp.put({
        dueMs: openedMs + Math.ceil(readyMs),
        byteLength: lengthOf(message),
        deliver: () => {
          listener.message(message)
          holdBack()
        }
      })
      holdBack()
    },
    closed: (how) => {
      const end = (): void => finish(() => listener.closed(how))
      if (state !== "Open" || how.by !== "App") return end()
      wayBack = Network.send(wayBack, network, timeline.nowMs() - openedMs, 0)
      readyMs = Math.max(readyMs, wayBack.lastMs)
      fromApp.put({ dueMs: openedMs + Math.ceil(readyMs), byteLength: 0, deliver: end })
    }
  }

  const close = (code: number, reason: string): void => {
    if (state === "Closing" || state === "Over") return
    if (code === lost.code) return lose()
    if (line === undefined) {
      state = "Closing"
      return after(0, "handshake is given up", () => finish(() => listener.closed({ by: "Platform", code, reason })))
    }
    const isOpen = state === "Open"
    state = "Closing"
    fromApp.clear()
    endBurst()
    const shut = (): void => {
      toApp.clear()
      line?.close(code, reason)
    }
    if (!isOpen) return shut()
    wayThere = Network.send(wayThere, network, timeline.nowMs() - openedMs, 0)
    toApp.put({ dueMs: openedMs + wayThere.lastMs, byteLength: 0, deliver: shut })
    after(longestCloseMs, "close waits no longer", shut)
  }

  const reach = (): void => {
    if (state !== "Dialing") return
    line = port.dial({ ...request, handshakeMs: request.handshakeMs - handshakeLateMs }, reached)
  }

  if (handshakeLateMs >= request.handshakeMs) {
    after(request.handshakeMs, "handshake is too late", () => reached.failed({ why: "TimedOut" }))
  } else if (handshakeStatus !== undefined) {
    after(handshakeLateMs, "handshake is refused", () => reached.failed({ why: "Refused", status: handshakeStatus }))
  } else if (handshakeLateMs > 0) after(handshakeLateMs, "handshake is late", reach)
  else reach()

  return {
    send: (message) => {
      if (state !== "Open") return
      burst.push(message)
      burstBytes += lengthOf(message)
      if (burst.length >= burstFrames) endBurst()
    },
    bufferedBytes: () => burstBytes + toApp.bytes() + (line?.bufferedBytes() ?? 0),
    close
  }
}

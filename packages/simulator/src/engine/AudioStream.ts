/** One audio stream of a call: its socket, what goes over it in either direction, and what is known of it afterwards. */
import type { Call } from "../core/call/Call.ts"
import { isInbound } from "../core/call/Call.ts"
import type { CommandOf } from "../core/call/CallCommand.ts"
import type { StreamIgnored } from "../core/journal/Entry.ts"
import * as Conversation from "../core/media/Conversation.ts"
import * as Ledger from "../core/media/Ledger.ts"
import type * as Measures from "../core/media/Measures.ts"
import * as Mixer from "../core/media/Mixer.ts"
import * as Recording from "../core/media/Recording.ts"
import type { Lateness, StreamCounts } from "../core/media/StreamCounts.ts"
import type { Program } from "../core/pcmo/Program.ts"
import * as Passage from "../core/stream/Passage.ts"
import * as StreamCodec from "../core/stream/StreamCodec.ts"
import type { StreamProfile } from "../core/stream/StreamProfile.ts"
import type { Happening } from "./happening.ts"
import type { Journal } from "./Journal.ts"
import * as outgoingFrames from "./outgoing.ts"
import { frameMs } from "./Pacer.ts"
import type { Dial, Line, Listener, StreamClose, StreamFailure } from "./StreamPort.ts"
import * as streamTally from "./streamTally.ts"
import type { Scheduled, Timeline } from "./Timeline.ts"

/**
 * What is known of one stream, which may go on. Moments in the ledger are samples from `openedAt`, which is milliseconds
 * from the tenant's origin: the beginning of its first frame, up to 20 ms after the socket was open. `timer` is how late
 * the machine's own timer was meanwhile, absent where time is exact.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamAccount {
  readonly streamId: string
  readonly openedAt: number
  readonly ledger: Ledger.Ledger
  readonly counts: StreamCounts
  /** Of the call's audio; nothing of a stream that is over. */
  readonly waiting: Passage.Waiting
  readonly measures: Measures.Measures
  readonly timer?: Lateness
}

/** A prompt of the platform, in milliseconds from the tenant's origin. */
export interface Prompted {
  readonly label: string
  readonly startMs: number
  readonly endMs: number
}

/** What streams of one tenant have in common. */
export interface Surroundings {
  readonly profile: StreamProfile
  readonly recordAudio: boolean
  /** The steps of a list of actions, or nothing when it is none. */
  readonly readProgram: (json: ReadonlyArray<unknown>) => Program | undefined
  /** Reads what {@link Conversation.decode} cannot. */
  readonly decode: (audio: StreamCodec.Audio) => Conversation.Sound | string | undefined
  readonly timeline: Timeline["Service"]
  readonly journal: Journal["Service"]
  /** How late the machine's own timer was between two moments, where it is known. */
  readonly timerLateness: (fromMs: number, toMs: number) => Lateness | undefined
  /** Dials for a call, over the network that it has. A label tells the chance in it from that of others. */
  readonly dial: (call: Call, label: string, request: Dial, listener: Listener) => Line
}

/** The call that a stream belongs to, and who is told what happens on it. */
export interface Owner {
  readonly call: () => Call
  readonly command: CommandOf<"OpenStream">
  /** The entry that led to the stream. */
  readonly seq: number
  readonly tell: (happening: Happening) => void
  /** Gives the moment at which the first frame begins. */
  readonly opened: () => number
  /** Makes of a frame of the app, which began at a moment, what the caller hears of it, in place. */
  readonly heard: (fromMs: number, app: Conversation.Sound) => void
  /** Lets all frames pass that are over, before something happens that must not reach back. */
  readonly happened: () => void
  /** Whether the call takes another list of actions, so many characters long. */
  readonly admits: (length: number) => boolean
  readonly ended: () => void
}

export interface AudioStream {
  readonly streamId: string
  readonly sampleRate: Conversation.Conversation["sampleRate"]
  /** Of a frame that began at a moment, what goes to the app. */
  readonly speak: (
    fromMs: number,
    caller: Conversation.Said | undefined,
    callee: Conversation.Said | undefined
  ) => void
  /** The rest of it. Gives for how many milliseconds of it the app was heard. */
  readonly hear: (fromMs: number, latenessMs: number) => number
  /** Sends what frames brought that have passed, in a moment in which an answer disturbs nothing. */
  readonly deliver: () => void
  /** The same at any other moment. What happens to a stream itself sends it first. */
  readonly flush: () => void
  readonly skip: (frames: number) => void
  readonly press: (digit: string) => void
  readonly prompted: (prompt: Prompted) => void
  readonly close: (code: number, reason: string) => void
  /** The simulator itself broke on it. */
  readonly broke: (defect: unknown) => void
  /** Nothing while it was never open. */
  readonly account: () => StreamAccount | undefined
  readonly recording: () => Recording.Recording | undefined
}

/** How much of a stream is recorded: ten minutes. */
const longestRecordingMs = 600_000

/** Messages without effect that the journal tells of, of each stream. */
const toldIgnored = 10

/** The close code of a platform that broke. */
const internalError = 1011

const numeric = (text: string): string | number => /^[0-9]{1,15}$/.test(text) ? Number(text) : text

/** Dials a stream. */
export const dial = (around: Surroundings, owner: Owner): AudioStream => {
  const { journal, profile, readProgram, timeline } = around
  const { command: { stream, streamId }, seq, tell } = owner
  const { callId } = owner.call().origin
  const tally = streamTally.make()
  const frames: Array<{ readonly caller: Int16Array | undefined; readonly app: Int16Array }> = []
  let conversation = Conversation.make(stream, profile)
  const { listens, sampleRate } = conversation
  const perMs = sampleRate / 1000
  const outgoing = outgoingFrames.make(profile, tally, Mixer.channels(listens) * perMs)
  let state: "Dialing" | "Open" | "Ended" = "Dialing"
  let originMs: number | undefined
  let line: Line | undefined
  /** Whether the line is open, and not one that was lost or is dialed again. */
  let isUp = false
  let redial: Scheduled | undefined
  let attemptsLeft = profile.reconnectAttempts
  let isPaused = false
  /** What the caller says in the frame that went to the app last. */
  let callerSaid: Conversation.Said | undefined
  let last: StreamAccount | undefined

  const account = (): StreamAccount | undefined => {
    if (last !== undefined || originMs === undefined) return last
    const measures = Conversation.measure(conversation)
    const timer = around.timerLateness(originMs, originMs + (measures.duration * 1000) / sampleRate)
    return {
      streamId,
      openedAt: originMs,
      ledger: Ledger.copy(conversation.ledger),
      counts: tally.counts(),
      waiting: state === "Open" ? outgoing.waiting(line) : Passage.nothingWaits,
      measures,
      ...(timer === undefined ? {} : { timer })
    }
  }

  const flush = (): void => outgoing.flush(line)

  /** The stream is over, however it came about. */
  const finish = (): void => {
    if (state === "Ended") return
    outgoing.withhold()
    if (redial !== undefined) timeline.cancel(redial)
    owner.ended()
    state = "Ended"
    conversation = Conversation.end(conversation)
    last = account()
    if (last === undefined) return
    const { counts, measures, openedAt, timer } = last
    const lateness = tally.lateness()
    journal.append({
      _tag: "Streamed",
      callId,
      causedBy: seq,
      streamId,
      openedAt,
      measures,
      counts,
      ...(lateness === undefined ? {} : { lateness }),
      ...(timer === undefined ? {} : { timer })
    })
  }

  const ignore = (why: StreamIgnored["why"], path: string, note?: string): void => {
    tally.count("ignored")
    if (why === "undecodable") tally.count("undecodable")
    if (tally.counts().ignored > toldIgnored) return
    const told = note === undefined ? { why, path } : { why, path, note }
    journal.append({ _tag: "StreamIgnored", callId, causedBy: seq, streamId, ...told })
  }

  const play = (audio: StreamCodec.Audio): void => {
    const sound = Conversation.decode(audio) ?? around.decode(audio)
    if (typeof sound !== "object") return ignore("undecodable", "data.audioData", sound)
    tally.count("audio")
    conversation = Conversation.play(conversation, sound)
  }

  const run = (json: ReadonlyArray<unknown>, length: number): void => {
    const program = readProgram(json)
    if (program === undefined) return ignore("not-a-program", "")
    if (!owner.admits(length)) return ignore("too-many-lists", "")
    if (profile.pcmoDropsPlayback) conversation = Conversation.interrupt(conversation)
    tell({ _tag: "StreamProgram", streamId, program })
  }

  const obey = (message: StreamCodec.AppMessage, length: number): void => {
    switch (message._tag) {
      case "Audio":
        return play(message)
      case "Pcmo":
        return run(message.json, length)
      case "Break":
        conversation = Conversation.interrupt(conversation)
        return
      case "Pause":
        isPaused = true
        return outgoing.withhold()
      case "Resume":
        isPaused = false
        return
      case "Stop":
        return tell({ _tag: "StreamStopped", streamId })
      case "Ignored":
        return ignore(message.why, message.at)
    }
  }

  const startText = (): string | undefined => {
    const { extraParams, origin, variables } = owner.call()
    const appId = numeric(origin.appId ?? "")
    return StreamCodec.startText(profile, {
      streamId,
      callId,
      cmiuuid: callId,
      from: numeric(origin.callerId),
      to: numeric(origin.to),
      direction: isInbound(owner.call()) ? "inbound" : "outbound",
      ...(typeof appId === "number" ? { appId } : {}),
      extraParams: extraParams ?? variables,
      sampleRate,
      channels: Mixer.channels(listens)
    })
  }

  const close = (code: number, reason: string): void => {
    if (state === "Ended") return
    flush()
    const text = isUp ? StreamCodec.stopText(profile, callId) : undefined
    finish()
    if (text !== undefined) line?.send(text)
    line?.close(code, reason)
  }

  const broke = (defect: unknown): void => {
    if (state === "Ended") return
    close(internalError, "")
    tell({ _tag: "StreamClosed", streamId, by: "Platform", code: internalError, reason: String(defect) })
  }

  /** A defect must not reach the socket, which serves others too. */
  const safely = (act: () => void): void => {
    try {
      act()
    } catch (defect) {
      broke(defect)
    }
  }

  /** Another attempt, where the profile has one left. */
  const dialAgain = (): boolean => {
    if (attemptsLeft <= 0) return false
    attemptsLeft -= 1
    redial = timeline.at(timeline.nowMs() + profile.reconnectDelayMs, "stream is dialed again", dialOnce)
    return true
  }

  const opened = (): void => {
    if (state === "Ended") return
    owner.happened()
    isUp = true
    const text = startText()
    if (text !== undefined) line?.send(text)
    if (state === "Open") return
    state = "Open"
    originMs = owner.opened()
    tell({ _tag: "StreamOpened", streamId })
  }

  const failed = ({ status, why }: StreamFailure): void => {
    if (state === "Ended") return
    owner.happened()
    if (dialAgain()) return
    const isLost = state === "Open"
    finish()
    if (isLost) return tell({ _tag: "StreamClosed", streamId, by: "Network", code: 1006, reason: why })
    tell({ _tag: "StreamFailed", streamId, why, ...(status === undefined ? {} : { status }) })
  }

  const said = (message: string | Uint8Array): void => {
    if (state !== "Open") return
    owner.happened()
    tally.count("messages")
    obey(
      typeof message === "string"
        ? StreamCodec.readText(profile, message)
        : StreamCodec.readBinary(profile, sampleRate, message),
      message.length
    )
  }

  const closed = ({ by, code, reason }: StreamClose): void => {
    if (state === "Ended") return
    owner.happened()
    isUp = false
    outgoing.withhold()
    if (by === "Network" && dialAgain()) return
    finish()
    tell({ _tag: "StreamClosed", streamId, by, code, reason })
  }

  const dialOnce = (): void => {
    redial = undefined
    line = around.dial(owner.call(), `${streamId}/${attemptsLeft}`, {
      url: stream.url,
      handshakeMs: profile.handshakeTimeoutMs,
      pingMs: profile.pingAfterMs,
      maxMessageBytes: profile.maxMessageBytes
    }, {
      opened: () => safely(opened),
      failed: (failure) => safely(() => failed(failure)),
      message: (message) => safely(() => said(message)),
      closed: (how) => safely(() => closed(how))
    })
  }

  /** Whether a frame that began at a moment is one of this stream. */
  const isIn = (fromMs: number): boolean => state === "Open" && originMs !== undefined && fromMs >= originMs

  const send = (samples: Int16Array): void =>
    isPaused || line === undefined || !isUp ? tally.count("withheld") : outgoing.add(line, samples)

  /** Whether there is room. */
  const record = (caller: Int16Array | undefined, app: Int16Array): boolean => {
    if (!around.recordAudio || frames.length >= longestRecordingMs / frameMs) return false
    frames.push({ caller: caller?.slice(), app: app.slice() })
    return true
  }

  dialOnce()
  return {
    streamId,
    sampleRate,
    speak: (fromMs, caller, callee) => {
      if (!isIn(fromMs)) return
      callerSaid = caller
      send(Conversation.up(conversation, frameMs * perMs, caller, callee))
    },
    hear: (fromMs, latenessMs) => {
      if (!isIn(fromMs)) return 0
      const passed = Conversation.pass(conversation, frameMs * perMs, callerSaid, (app) => owner.heard(fromMs, app))
      conversation = passed.conversation
      record(callerSaid?.samples, passed.app)
      tally.late(latenessMs)
      return Math.ceil(passed.heard / perMs)
    },
    deliver: () => outgoing.deliver(line),
    flush,
    skip: (count) => {
      if (state !== "Open") return
      tally.count("skipped", count)
      const perFrame = frameMs * perMs
      conversation = Conversation.skip(conversation, count * perFrame)
      const silence = new Int16Array(perFrame)
      for (let place = 0; place < count && record(undefined, silence); place += 1) continue
    },
    press: (digit) => {
      const text = isUp ? StreamCodec.dtmfText(profile, digit) : undefined
      if (text === undefined) return
      flush()
      line?.send(text)
    },
    prompted: ({ endMs, label, startMs }) => {
      if (state !== "Open" || originMs === undefined) return
      conversation = Conversation.prompted(conversation, {
        label,
        startMs: startMs - originMs,
        endMs: endMs - originMs
      })
    },
    close,
    broke,
    account,
    recording: () => frames.length === 0 ? undefined : Recording.fromFrames(frames, sampleRate)
  }
}

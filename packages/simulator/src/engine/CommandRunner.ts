/** Carries out what the call machine asks for. Each command is done, or on its way, before the next is looked at. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Call from "../core/call/Call.ts"
import type { CallCommand } from "../core/call/CallCommand.ts"
import { promptDurationMs } from "../core/media/promptDuration.ts"
import type { Program } from "../core/pcmo/Program.ts"
import type { Happening } from "./happening.ts"
import { MediaEngine } from "./MediaEngine.ts"
import { Outbox } from "./Outbox.ts"
import { Parties } from "./Parties.ts"
import { realAudio as realAudioOf } from "./Sounds.ts"
import { type Scheduled, Timeline } from "./Timeline.ts"
import type { Receipt } from "./WebhookPort.ts"

/**
 * Documents that the platform keeps: pipelines by the name that `on_result.ref` gives, flows by their id.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stored {
  readonly pipelines: ReadonlyMap<string, Program>
  readonly flows: ReadonlyMap<string, Program>
}

/**
 * Interprets commands.
 *
 * @category services
 * @since 0.1.0
 */
export class CommandRunner extends Context.Service<CommandRunner, {
  /** `tell` takes what comes of the command, now or later. */
  readonly run: (callId: string, command: CallCommand, seq: number, tell: (happening: Happening) => void) => void
  /** Lets go of everything that a call still holds. */
  readonly release: (call: Call.Call) => void
}>()("@effect-piopiy/simulator/CommandRunner") {}

const settled = (receipt: Receipt, deliveryId: string): Happening =>
  receipt._tag === "Replied"
    ? { _tag: "WebhookReplied", deliveryId, reply: receipt.reply }
    : { _tag: "WebhookFailed", deliveryId, why: receipt.why }

const make = (options: { readonly stored: Stored; readonly fileMs: ReadonlyMap<string, number> }) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const outbox = yield* Outbox
    const parties = yield* Parties
    const media = yield* MediaEngine
    const realAudio = yield* realAudioOf
    /** What is still to come for each call, by the name of its timer or playback. */
    const scheduled = new Map<string, Map<string, Scheduled>>()

    const schedule = (callId: string, name: string, dueMs: number, label: string, run: () => void): void => {
      const own = scheduled.get(callId) ?? new Map<string, Scheduled>()
      if (own.size === 0) scheduled.set(callId, own)
      const due = timeline.at(dueMs, label, () => {
        own.delete(name)
        run()
      })
      own.set(name, due)
    }
    const cancel = (callId: string, name: string): void => {
      const own = scheduled.get(callId)
      const found = own?.get(name)
      if (found === undefined) return
      own?.delete(name)
      timeline.cancel(found)
    }

    const run = (callId: string, command: CallCommand, seq: number, tell: (happening: Happening) => void): void => {
      switch (command._tag) {
        case "ArmTimer": {
          const { dueAt, generation, timer } = command
          return schedule(callId, timer, dueAt, timer, () => tell({ _tag: "TimerFired", timer, generation }))
        }
        case "DisarmTimer":
          return cancel(callId, command.timer)
        case "DialLeg":
          return parties.dial(`${callId}/${command.legId}`, command.legId, command.endpoint, tell)
        case "ReceiveLeg":
          return parties.receive(`${callId}/${command.legId}`, command.legId, command.endpoint, tell)
        case "AnswerLeg":
          return parties.pickUp(`${callId}/${command.legId}`)
        case "HangUpLeg":
          return parties.release(`${callId}/${command.legId}`)
        case "StartPlayback": {
          const { playbackId } = command
          media.promptStarted(callId, playbackId, command.prompt)
          if (command.loop) return
          const { prompt } = command
          const dueMs = timeline.nowMs() + promptDurationMs(prompt, options.fileMs, realAudio(prompt))
          return schedule(
            callId,
            playbackId,
            dueMs,
            "prompt ends",
            () => {
              media.promptEnded(callId, playbackId)
              tell({ _tag: "PlaybackFinished", playbackId })
            }
          )
        }
        case "StopPlayback":
          media.promptEnded(callId, command.playbackId)
          return cancel(callId, command.playbackId)
        case "OpenInput":
          return parties.ask(`${callId}/${command.legId}`)
        case "CloseInput":
          return parties.hush(`${callId}/${command.legId}`)
        case "Notify":
          return outbox.ask(callId, command, seq, (receipt) => tell(settled(receipt, command.deliveryId)))
        case "OpenStream":
          return media.open(callId, command, seq, tell)
        case "CloseStream":
          return media.close(callId, command)
        case "LookUpStored": {
          const { lookupId, ref, source } = command
          const program = (source === "Flow" ? options.stored.flows : options.stored.pipelines).get(ref)
          return tell(
            program === undefined ? { _tag: "StoredMissing", lookupId } : { _tag: "StoredFound", lookupId, program }
          )
        }
        case "BridgeLegs":
        case "HoldCall":
        case "ResumeCall":
        case "StartRecording":
        case "StopRecording":
        case "SettleTransfer":
        case "WriteRecord":
        case "Ignored":
          return
      }
    }

    const release = (call: Call.Call): void => {
      media.release(call.origin.callId)
      for (const leg of call.legs) parties.release(`${call.origin.callId}/${leg.legId}`)
      for (const due of scheduled.get(call.origin.callId)?.values() ?? []) timeline.cancel(due)
      scheduled.delete(call.origin.callId)
    }

    return CommandRunner.of({ run, release })
  })

/**
 * A runner over the tenant's timeline, parties, media and outbox.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: { readonly stored: Stored; readonly fileMs: ReadonlyMap<string, number> }
): Layer.Layer<CommandRunner, never, Timeline | Outbox | Parties | MediaEngine> =>
  Layer.effect(CommandRunner, make(options))

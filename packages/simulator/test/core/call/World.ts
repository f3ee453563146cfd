/**
 * The world as the commands of a call leave it: what rings, sounds, listens and ticks.
 *
 * It believes nothing: a command that makes no sense in this world, such as stopping what is not playing, is a fault.
 */
import type { CallCommand, CommandOf } from "../../../src/core/call/CallCommand.ts"
import type { CallEvent } from "../../../src/core/call/CallEvent.ts"
import type { CallRecord } from "../../../src/core/call/CallRecord.ts"

export interface World {
  readonly legs: Map<string, CommandOf<"DialLeg" | "ReceiveLeg">>
  readonly answered: Set<string>
  readonly bridged: Set<string>
  readonly playbacks: Map<string, CommandOf<"StartPlayback">>
  readonly recordings: Map<string, CommandOf<"StartRecording">>
  /** Those that are being dialed, or open. */
  readonly streams: Map<string, CommandOf<"OpenStream">>
  readonly timers: Map<string, CommandOf<"ArmTimer">>
  readonly deliveries: Map<string, CommandOf<"Notify">>
  readonly lookups: Map<string, CommandOf<"LookUpStored">>
  readonly names: Set<string>
  readonly transfers: Set<string>
  readonly records: Array<CallRecord>
  readonly faults: Array<string>
  input: CommandOf<"OpenInput"> | undefined
  held: boolean
}

export const make = (): World => ({
  legs: new Map(),
  answered: new Set(),
  bridged: new Set(),
  playbacks: new Map(),
  recordings: new Map(),
  streams: new Map(),
  timers: new Map(),
  deliveries: new Map(),
  lookups: new Map(),
  names: new Set(),
  transfers: new Set(),
  records: [],
  faults: [],
  input: undefined,
  held: false
})

/** A leg is over; a hold is over with the last party of the bridge. */
const leave = (world: World, legId: string): boolean => {
  world.bridged.delete(legId)
  if (world.bridged.size === 0) world.held = false
  return world.legs.delete(legId)
}

/** An event says what has changed already, before the machine is asked. */
const happen = (world: World, event: CallEvent): void => {
  switch (event._tag) {
    case "LegAnswered": {
      const leg = world.legs.get(event.legId)
      if (leg?._tag === "ReceiveLeg") world.faults.push("a phone that calls in answered itself")
      if (leg !== undefined) world.answered.add(event.legId)
      return
    }
    case "LegRejected":
      if (!world.answered.has(event.legId)) leave(world, event.legId)
      return
    case "LegHungUp":
      if (world.answered.has(event.legId)) leave(world, event.legId)
      return
    case "PlaybackFinished":
      world.playbacks.delete(event.playbackId)
      return
    case "TimerFired":
      if (world.timers.get(event.timer)?.generation === event.generation) world.timers.delete(event.timer)
      return
    case "WebhookReplied":
    case "WebhookFailed":
      world.deliveries.delete(event.deliveryId)
      return
    case "StoredFound":
    case "StoredMissing":
      world.lookups.delete(event.lookupId)
      return
    case "StreamFailed":
    case "StreamClosed":
      world.streams.delete(event.streamId)
      return
    case "TransferRequested":
      world.transfers.add(event.requestId)
      return
    default:
      return
  }
}

/** Does what is asked, or says why it cannot be done. */
const obey = (world: World, command: CallCommand, at: number): string | undefined => {
  const began = <A>(running: Map<string, A>, name: string, it: A): string | undefined => {
    if (world.names.has(name)) return "a name that was used before"
    world.names.add(name)
    running.set(name, it)
    return undefined
  }
  const ended = (running: Map<string, unknown>, name: string): string | undefined =>
    running.delete(name) ? undefined : "nothing to end"
  if (world.records.length > 0 && command._tag !== "Ignored") return "a command after the record"
  switch (command._tag) {
    case "DialLeg":
    case "ReceiveLeg":
      return began(world.legs, command.legId, command)
    case "AnswerLeg": {
      const rings = world.legs.get(command.legId)?._tag === "ReceiveLeg" && !world.answered.has(command.legId)
      world.answered.add(command.legId)
      return rings ? undefined : "nobody to pick up"
    }
    case "HangUpLeg":
      return leave(world, command.legId) ? undefined : "nothing to end"
    case "BridgeLegs": {
      const up = world.legs.has(command.legId) && world.answered.has(command.legId)
      world.bridged.add(command.legId)
      return up ? undefined : "nobody to bridge"
    }
    case "HoldCall":
    case "ResumeCall": {
      const on = command._tag === "HoldCall"
      const changes = world.bridged.size > 0 && world.held !== on
      world.held = on
      return changes ? undefined : "nobody to hold, or to let go on"
    }
    case "OpenStream":
      return began(world.streams, command.streamId, command)
    case "CloseStream":
      return ended(world.streams, command.streamId)
    case "StartPlayback":
      if (world.playbacks.size > 0) return "two playbacks at once"
      return began(world.playbacks, command.playbackId, command)
    case "StopPlayback":
      return ended(world.playbacks, command.playbackId)
    case "OpenInput": {
      const open = world.input !== undefined
      world.input = command
      return open ? "input is open already" : world.answered.has(command.legId) ? undefined : "nobody to ask"
    }
    case "CloseInput": {
      const open = world.input?.legId === command.legId
      world.input = undefined
      return open ? undefined : "input is not open"
    }
    case "StartRecording":
      return began(world.recordings, command.recordingId, command)
    case "StopRecording":
      return ended(world.recordings, command.recordingId)
    case "ArmTimer": {
      const armed = world.timers.has(command.timer)
      world.timers.set(command.timer, command)
      return armed ? "the timer is armed already" : command.dueAt < at ? "the timer is due in the past" : undefined
    }
    case "DisarmTimer": {
      const armed = world.timers.get(command.timer)?.generation === command.generation
      if (armed) world.timers.delete(command.timer)
      return armed ? undefined : "no such timer"
    }
    case "Notify":
      return began(world.deliveries, command.deliveryId, command)
    case "LookUpStored":
      return began(world.lookups, command.lookupId, command)
    case "SettleTransfer":
      return world.transfers.delete(command.transfer.requestId) ? undefined : "no such transfer is in progress"
    case "WriteRecord":
      world.records.push(command.record)
      return undefined
    case "Ignored":
      return undefined
  }
}

/** What one turn does to the world. */
export const turn = (world: World, event: CallEvent, commands: ReadonlyArray<CallCommand>): void => {
  if (!commands.some((command) => command._tag === "Ignored")) happen(world, event)
  else if (commands.length > 1) world.faults.push(`${event._tag}: ignored, and yet something was done`)
  for (const command of commands) {
    const fault = obey(world, command, event.at)
    if (fault !== undefined) world.faults.push(`${event._tag} -> ${JSON.stringify(command)}: ${fault}`)
  }
}

/** What must be over once the call is over. */
export const leftovers = (world: World): ReadonlyArray<string> => [
  ...[...world.legs.keys()].map((name) => `leg ${name}`),
  ...[...world.playbacks.keys()].map((name) => `playback ${name}`),
  ...[...world.recordings.keys()].map((name) => `recording ${name}`),
  ...[...world.streams.keys()].map((name) => `stream ${name}`),
  ...[...world.timers.keys()].map((name) => `timer ${name}`),
  ...[...world.transfers].map((name) => `transfer ${name}`),
  ...(world.input === undefined ? [] : ["input"]),
  ...(world.held ? ["hold"] : [])
]

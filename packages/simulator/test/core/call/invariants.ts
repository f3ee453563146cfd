/** What holds of every call between two events. */
import * as Call from "../../../src/core/call/Call.ts"

const ringing = (leg: Call.Leg): boolean => leg.state === "Dialing" || leg.state === "Ringing"

const legFaults = (call: Call.Call): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const expect = (holds: boolean, claim: string): void => {
    if (!holds) faults.push(claim)
  }
  expect(new Set(call.legs.map((leg) => leg.legId)).size === call.legs.length, "leg ids are unique")
  expect(new Set(call.legs.map((leg) => leg.uuid)).size === call.legs.length, "leg uuids are unique")
  expect(call.legs.length <= 500, "legs are bounded")
  for (const leg of call.legs) {
    const ended = leg.state === "Ended"
    const up = leg.state === "Answered" || leg.state === "Bridged"
    expect((leg.endedAt !== undefined) === ended, `${leg.legId} has an end exactly when ended`)
    expect((leg.hangupCause !== undefined) === ended, `${leg.legId} has a cause exactly when ended`)
    expect(!up || leg.answeredAt !== undefined, `${leg.legId} is up since an answer`)
    expect(leg.state !== "Bridged" || leg.bridgedAt !== undefined, `${leg.legId} is bridged since a moment`)
    expect(leg.state !== "Ringing" || leg.ringingAt !== undefined, `${leg.legId} rings since a moment`)
    expect((leg.answeredBy !== undefined) === (leg.answeredAt !== undefined), `${leg.legId} was answered by somebody`)
    const moments = [leg.startedAt, leg.ringingAt, leg.answeredAt, leg.bridgedAt, leg.endedAt]
      .filter((moment) => moment !== undefined)
    expect(moments.every((moment, n) => moment >= (moments[n - 1] ?? 0)), `${leg.legId} has its moments in order`)
    expect(
      ringing(leg) === (call.timers[`ring:${leg.legId}`] !== undefined),
      `${leg.legId} has a ring timer exactly while it rings`
    )
  }
  return faults
}

const streamFaults = (call: Call.Call): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const expect = (holds: boolean, claim: string): void => {
    if (!holds) faults.push(claim)
  }
  const { streams } = call
  const live = Call.liveStreams(call)
  const isStreaming = call.activity._tag === "Streaming"
  expect(new Set(streams.map(({ streamId }) => streamId)).size === streams.length, "stream ids are unique")
  expect(live.length <= 4 && streams.length <= 500, "streams are bounded")
  for (const { end, endedAt, openedAt, startedAt, streamId } of streams) {
    expect((end !== undefined) === (endedAt !== undefined), `${streamId} says how it ended exactly when ended`)
    expect(end?._tag !== "Failed" || openedAt === undefined, `${streamId} did not fail once it was open`)
    const moments = [startedAt, openedAt, endedAt].filter((moment) => moment !== undefined)
    expect(moments.every((moment, n) => moment >= (moments[n - 1] ?? 0)), `${streamId} has its moments in order`)
  }
  expect(
    (call.timers["stream-lost"] !== undefined) === (isStreaming && live.length === 0),
    "a call with nothing left but its streams waits for its end exactly when they are gone"
  )
  expect(!isStreaming || call.nextStep === call.program.length, "a call lives for its streams once all steps have run")
  return faults
}

const runningFaults = (call: Call.Call): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const expect = (holds: boolean, claim: string): void => {
    if (!holds) faults.push(claim)
  }
  const { activity } = call
  const armed = (timer: string): boolean => call.timers[timer] !== undefined
  const callees = call.legs.slice(1)
  const up = callees.filter((leg) => leg.state === "Answered" || leg.state === "Bridged").map((leg) => leg.legId)
  const consulting = activity._tag === "Consulting" ? activity : undefined
  const conversation = activity._tag === "Talking" ? activity : consulting?.held?.talking
  const talking = activity._tag === "Talking" ? activity : undefined
  const collecting = activity._tag === "Collecting" ? activity : undefined
  expect(
    call.legs[0]?.state === (callees.some((leg) => leg.state === "Bridged") ? "Bridged" : "Answered"),
    "the caller of a running call is bridged exactly while somebody is on the line with it"
  )
  expect(armed("max-duration"), "a running call has its maximum duration armed")
  expect(activity._tag !== "Waiting", "a running call is busy with something")
  expect(
    callees.some(ringing) === (activity._tag === "Hunting" || consulting?.confirming === false),
    "callees ring exactly while hunting, or consulting before the answer"
  )
  expect(armed("confirm") === (consulting?.confirming ?? false), "the key is waited for exactly while confirming")
  expect(
    consulting?.held === undefined || consulting.held.talking.legId === call.retainedLegId,
    "a conversation is held only while its party is kept"
  )
  expect(call.retainedLegId === undefined || call.transfer !== undefined, "nobody is kept but for a transfer")
  const consulted = consulting === undefined ? undefined : Call.leg(call, consulting.legId)
  expect(
    consulting === undefined
      || (consulting.confirming ? consulted?.state === "Answered" : consulted?.state !== "Ended"),
    "whoever is consulted rings, or is on the line and asked"
  )
  expect(talking === undefined || call.retainedLegId === undefined, "who talks keeps nobody from before")
  const wanted = [call.retainedLegId, talking?.legId, consulting?.confirming ? consulting.legId : undefined]
    .filter((id) => id !== undefined && id !== Call.callerLegId)
  expect(JSON.stringify(up) === JSON.stringify(wanted), "the callees on the line are who talks, was kept or is asked")
  expect(
    conversation === undefined || armed("connect-duration") === (conversation.connect.maxDurationMs !== undefined),
    "a connect's own limit runs while it talks or is held"
  )
  expect(
    !armed("connect-duration") || talking !== undefined || call.retainedLegId !== undefined,
    "a connect's own limit runs only for somebody on the line"
  )
  const waits = [collecting?.playbackId !== undefined, armed("first-digit"), armed("inter-digit")]
  expect(
    waits.filter((wait) => wait).length === (collecting === undefined ? 0 : 1),
    "input waits for one thing: the prompt, the first digit, or the next one"
  )
  if (collecting !== undefined) {
    const { digits, retries } = collecting.collect
    expect(collecting.entry === "" || collecting.prompts.length === 0, "no prompt follows a digit")
    expect(collecting.entry === "" || !armed("first-digit"), "the first digit is waited for once")
    expect(collecting.entry.length < Math.max(1, digits.maxDigits), "a full entry is not kept waiting")
    expect(collecting.attempt <= retries.max, "attempts are bounded by the retries")
  }
  return faults
}

/** Everything that is wrong with a call; an empty list for a valid one. */
export const invariants = (call: Call.Call): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const expect = (holds: boolean, claim: string): void => {
    if (!holds) faults.push(claim)
  }
  if (call.phase === "New") {
    expect(JSON.stringify(call) === JSON.stringify(Call.initial), "a new call is the initial one")
    return faults
  }
  const timers = Object.entries(call.timers)
  const open = call.recordings.filter((one) => one.endedAt === undefined)
  const talking = call.activity._tag === "Talking" ? call.activity.legId : undefined
  expect(call.legs[0]?.legId === Call.callerLegId, "the first leg is the caller's")
  expect(call.legs[0]?.uuid === call.origin.callId, "the first leg has the call's own id")
  expect(!call.onHold || Call.isBridged(call), "a call is on hold only while somebody is bridged")
  expect(timers.every(([, generation]) => generation <= call.sequence), "generations are counted")
  expect(new Set(timers.map(([, generation]) => generation)).size === timers.length, "generations are unique")
  expect(call.nextStep <= call.program.length, "the next step is in the program or just past it")
  expect(/^[0-9*#A-D]{0,64}$/.test(call.typedAhead), "what is typed ahead is digits, at most 64")
  expect(call.inputs.length <= 500, "inputs are bounded")
  expect(call.transfers.length <= 500, "transfers are bounded")
  expect(
    call.transfers.every(({ reason, status }) => (status === "failed") === (reason !== undefined)),
    "a transfer has a reason exactly when it failed"
  )
  expect(
    call.phase === "Ended" || call.transfers.every(({ reason }) => !reason?.endsWith("_and_call_ended")),
    "a transfer says that the call ended only when it did"
  )
  expect(open.filter((one) => one.legId === undefined).length <= 1, "the conversation is recorded once at most")
  expect(
    open.every((one) => one.legId === undefined || one.legId === talking || one.legId === call.retainedLegId),
    "a leg is recorded only while it talks or is kept"
  )
  expect((call.phase === "Ended") === (call.ending !== undefined), "a call has an ending exactly when ended")
  faults.push(...legFaults(call), ...streamFaults(call))
  switch (call.phase) {
    case "Calling":
      expect(call.legs.length === 1 && call.legs.every(ringing), "before the answer there is the caller's phone alone")
      expect(timers.length === 1, "before the answer only the ringing is timed")
      expect(
        call.activity._tag === (Call.isInbound(call) ? "AwaitingReply" : "Waiting"),
        "before the answer nothing runs, but a call from outside asks what to run"
      )
      return faults
    case "Running":
      return [...faults, ...runningFaults(call)]
    case "Ended":
      expect(!call.legs.some(Call.isLive), "no leg outlives its call")
      expect(timers.length === 0, "no timer outlives its call")
      expect(open.length === 0, "no recording outlives its call")
      expect(Call.liveStreams(call).length === 0, "no stream outlives its call")
      expect(call.activity._tag === "Waiting", "an ended call does nothing")
      expect(call.retainedLegId === undefined, "an ended call keeps nobody")
      expect(call.transfer === undefined, "no transfer outlives its call")
      return faults
  }
}

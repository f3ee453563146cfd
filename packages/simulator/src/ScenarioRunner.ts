/**
 * Runs a scenario once, on a platform that has been made for it: does its steps when their moments come, moves the clock
 * where that is to be moved, and judges what the journal says in the end.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Broken from "./core/expect/Broken.ts"
import * as check from "./core/expect/check.ts"
import type { Expectation } from "./core/expect/Expectation.ts"
import * as idle from "./core/fault/idle.ts"
import type { Entry } from "./core/journal/Entry.ts"
import { type CallName, callOf, defaultLongestMs, nameOf } from "./core/scenario/Step.ts"
import { pause } from "./engine/pause.ts"
import * as ScenarioActs from "./engine/ScenarioActs.ts"
import * as ScenarioSteps from "./engine/ScenarioSteps.ts"
import * as ScenarioTime from "./engine/ScenarioTime.ts"
import { Tenants } from "./engine/Tenants.ts"
import type { TimeRefused } from "./engine/TimeControl.ts"
import * as Scenario from "./Scenario.ts"
import type { ScenarioReport } from "./ScenarioReport.ts"
import { Simulator } from "./Simulator.ts"

/**
 * How steps reach the platform and the app under test. `platform` takes a URL for any host; `app` is there when steps may
 * ask the app.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reach {
  readonly platform: HttpClient.HttpClient
  readonly app?: HttpClient.HttpClient
}

/** How long a request of a step waits for its reply, in the tenant's time. */
const patienceMs = 10_000
/** How long one may take that waits for no time of the tenant, on the wall. */
const guard = "10 seconds"

/** Faults that keep a request waiting in the tenant's time. */
const slow: ReadonlySet<string> = new Set(["Delay", "NoAnswer", "SlowBody"])
const isSlow = (entry: Entry): boolean => entry._tag === "Faulted" && slow.has(entry.fault)

const Ids = Schema.Struct({
  call_id: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String),
  data: Schema.optionalKey(Schema.Struct({ request_id: Schema.optionalKey(Schema.String) }))
})
const readIds = Schema.decodeUnknownOption(Schema.fromJsonString(Ids))

const Told = Schema.Struct({
  error: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  msg: Schema.optionalKey(Schema.String)
})
const readTold = Schema.decodeUnknownOption(Schema.fromJsonString(Told))

/** What an error reply says, in short. */
const told = (text: string): string =>
  Option.match(readTold(text), {
    onNone: () => text.slice(0, 200),
    onSome: ({ error, message, msg }) => [error, message ?? msg].filter((one) => one !== undefined).join(": ")
  })

const Coded = Schema.Struct({ code: Schema.Finite })
const readCoded = Schema.decodeUnknownOption(Schema.fromJsonString(Coded))

/** The older API refuses with a code in the body of a 200. */
const notRefused = (path: string) => (text: string): Effect.Effect<string, string> => {
  const { code } = Option.getOrElse(readCoded(text), () => ({ code: 200 }))
  return path.startsWith("/v3/") || code < 400 ? Effect.succeed(text) : Effect.fail(`${code} ${told(text)}`)
}

const codeIn = (cause: unknown): string | undefined => {
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string") return cause.code
  return Predicate.hasProperty(cause, "cause") ? codeIn(cause.cause) : undefined
}

/** Why a request came to no reply, with what the system says of it. */
const brokenOff = (error: HttpClientError.HttpClientError): string => {
  const code = codeIn(error.reason)
  return `the request broke off: ${error.message}${code === undefined ? "" : `, ${code}`}`
}

const isOriginated = (entry: Entry): boolean => entry._tag === "Turned" && entry.event._tag === "Originated"

/** What the simulator itself broke on. */
const defects = (entries: ReadonlyArray<Entry>): ReadonlyArray<Broken.Broken> =>
  entries.flatMap((entry) => {
    if (entry._tag !== "Broke") return []
    const { callId, message, seq } = entry
    return [{ why: `the simulator broke on call ${callId}: ${message}; please report this`, seq, callId }]
  })

/** What the run waited for when it gave up. */
const stoodStill = ({ message, reason }: TimeRefused): string =>
  reason._tag === "Stuck" && reason.labels.length > 0
    ? `came to no end at ${reason.nowMs} ms: ${reason.labels.join("; ")}`
    : message

const shownStep = ({ index, step }: ScenarioSteps.Due): string => `steps[${index}] (${step.do._tag})`

const shown = (call: CallName): string => typeof call === "string" ? JSON.stringify(call) : `number ${call}`

/**
 * Runs a scenario on the default tenant, which must be new and made by `Scenario.configOf` with the same options.
 *
 * @category running
 * @since 0.1.0
 */
export const run = Effect.fn("ScenarioRunner.run")(function*(
  scenario: Scenario.Scenario,
  reach: Reach,
  options: Scenario.RunOptions = {}
) {
  const { main, all } = yield* Tenants
  const simulator = yield* Simulator
  const { journal, time, timeline } = main
  const realClock = Clock.Clock.defaultValue()
  const began = realClock.monotonicTimeNanosUnsafe()
  const limitMs = scenario.lastsMs ?? defaultLongestMs
  const token = Scenario.tokenOf(scenario)
  const broken: Array<Broken.Broken> = []
  const requests = yield* FiberSet.make<void>()
  let down = 0
  let comingBack = false

  const moving = yield* ScenarioTime.make(main, limitMs)
  const steps = ScenarioSteps.make(scenario.steps, main, moving.wake)

  const post = (client: HttpClient.HttpClient, request: HttpClientRequest.HttpClientRequest) =>
    client.execute(request).pipe(
      Effect.flatMap((response) => Effect.map(response.text, (text) => ({ status: response.status, text }))),
      Effect.mapError(brokenOff),
      Effect.raceFirst(
        Effect.andThen(
          pause(timeline, patienceMs, "a step of the scenario gives up its request"),
          Effect.fail(`no reply within ${patienceMs} ms`)
        )
      ),
      Effect.flatMap(({ status, text }) =>
        status >= 200 && status < 300 ? Effect.succeed(text) : Effect.fail(`${status} ${told(text)}`)
      )
    )

  const ask = (path: string, body: Schema.Json) =>
    post(
      reach.platform,
      HttpClientRequest.post(path).pipe(
        HttpClientRequest.bearerToken(token),
        HttpClientRequest.bodyJsonUnsafe(body)
      )
    ).pipe(Effect.flatMap(notRefused(path)))

  /** The call that a reply names, or the first that has begun since: the reply may be lost, or name none. */
  const placedSince = (seq: number, text: string | undefined): string | undefined => {
    const ids = Option.getOrUndefined(readIds(text))
    const requestId = ids?.request_id ?? ids?.data?.request_id
    const since = journal.read({ from: seq }).filter(isOriginated)
    const meant = since.find((entry) =>
      entry._tag === "Turned" && entry.event._tag === "Originated"
      && (entry.callId === ids?.call_id || entry.event.requestId === requestId)
    ) ?? since[0]
    return meant?._tag === "Turned" ? meant.callId : undefined
  }

  /** A step did not come about now. */
  const fails = (due: ScenarioSteps.Due, why: string): void => {
    const call = callOf(due.step)
    const callId = call === undefined ? undefined : steps.callId(call)
    const seq = journal.last()
    broken.push({ why: `${shownStep(due)}: ${why}`, seq, ...callId === undefined ? {} : { callId } })
  }

  const deed = ({ step }: ScenarioSteps.Due): Effect.Effect<unknown, string> => {
    const { do: act } = step
    const call = callOf(step)
    const callId = call === undefined ? "" : steps.callId(call)
    if (callId === undefined) return Effect.fail(`there is no call ${shown(call ?? "")}`)
    switch (act._tag) {
      case "CallIn":
        return simulator.callIn({
          from: act.from,
          to: act.to,
          ...(act.answerUrl === undefined ? {} : { answerUrl: act.answerUrl })
        }).pipe(
          Effect.mapError(({ message }) => message),
          Effect.tap((placed) =>
            Effect.sync(() => act.as === undefined ? undefined : steps.name(act.as, placed.callId))
          )
        )
      case "PlaceCall": {
        const seq = journal.last() + 1
        const named = (text?: string) =>
          Effect.sync(() => {
            const placed = placedSince(seq, text)
            if (act.as !== undefined && placed !== undefined) steps.name(act.as, placed)
          })
        const placed = ask(act.operation, act.body).pipe(Effect.tap(named), Effect.tapError(() => named()))
        return act.mayFail === true ? Effect.ignore(placed) : placed
      }
      case "Request": {
        const { app } = reach
        if (app === undefined) return Effect.fail("there is no app that could be asked")
        const asked = post(
          app,
          act.body === undefined
            ? HttpClientRequest.get(act.url)
            : HttpClientRequest.post(act.url).pipe(HttpClientRequest.bodyJsonUnsafe(act.body))
        )
        return act.mayFail === true ? Effect.ignore(asked) : asked
      }
      case "Transfer":
        return ask("/v3/voice/pcmo/transfer", { call_id: callId, pipeline: act.pipeline })
      case "HangUp":
        return ask("/v3/voice/call/hangup", {
          call_id: callId,
          ...(act.cause === undefined ? {} : { cause: act.cause })
        })
      case "Outage":
        return outage(act.ms)
      default:
        return ScenarioActs.perform(main, act, callId)
    }
  }

  /** Up again, and known to be: nothing else happens before. */
  const comeBack = simulator.outage({ lasts: 0 }).pipe(
    Effect.andThen(
      reach.platform.execute(HttpClientRequest.get("/_sim/health")).pipe(
        Effect.retry(Schedule.spaced("5 millis")),
        Effect.orDie,
        Effect.timeoutOption(guard),
        ScenarioTime.onTheWall
      )
    ),
    Effect.asVoid
  )

  /** Goes down now, and comes back in the tenant's time, not in that of the process. */
  const outage = (ms: number) =>
    Effect.andThen(
      simulator.outage({ lasts: "1 day" }),
      Effect.sync(() => {
        down += 1
        timeline.at(time.nowMs() + ms, "the end of the outage", () => {
          comingBack = true
          moving.wake()
        })
      })
    )

  /** Waits for a step as long as it does not itself wait for the tenant's time. */
  const perform = Effect.fnUntraced(function*(due: ScenarioSteps.Due) {
    const done = yield* Deferred.make<void>()
    const name = nameOf(due.step)
    const from = journal.last() + 1
    const slowed = journal.follow({ from }).pipe(Stream.filter(isSlow), Stream.take(1), Stream.runDrain)
    yield* deed(due).pipe(
      Effect.catch((why) => Effect.sync(() => fails(due, why))),
      Effect.ensuring(Effect.sync(() => name === undefined ? undefined : steps.tried(name))),
      Effect.ensuring(Effect.andThen(Deferred.succeed(done, undefined), Effect.sync(moving.wake))),
      Effect.asVoid,
      FiberSet.run(requests)
    )
    const overOrSlow = Effect.raceFirst(Deferred.await(done), slowed)
    const inTime = yield* ScenarioTime.onTheWall(Effect.timeoutOption(overOrSlow, guard))
    if (Option.isNone(inTime)) fails(due, `came to no end within ${guard}`)
  })

  const isOver = Effect.gen(function*() {
    if (time.nowMs() >= limitMs) return true
    if (scenario.lastsMs !== undefined || steps.isAnyToCome()) return false
    const live = yield* main.switchboard.live
    return live.length === 0 && down === 0 && (yield* FiberSet.size(requests)) === 0
  })

  /** Nothing is due: what a request brings is all that can come, and without one there is no more. */
  const isDeadEnd = Effect.gen(function*() {
    if (!moving.isStill() || scenario.lastsMs !== undefined) return false
    if ((yield* FiberSet.size(requests)) === 0) return true
    const inTime = yield* ScenarioTime.onTheWall(Effect.timeoutOption(FiberSet.awaitEmpty(requests), guard))
    return Option.isNone(inTime)
  })

  const play = Effect.gen(function*() {
    while (true) {
      if (comingBack) {
        comingBack = false
        down -= 1
        if (down === 0) yield* comeBack
      }
      steps.look()
      const due = steps.take()
      if (due !== undefined) {
        yield* perform(due)
        yield* moving.settle
      } else if ((yield* isOver) || (yield* isDeadEnd)) {
        return
      } else if (!comingBack) {
        yield* moving.next
      }
    }
  })

  const isStuck = yield* play.pipe(
    Effect.andThen(moving.linger),
    Effect.as(false),
    Effect.catch((refused) =>
      Effect.sync(() => {
        broken.push({ why: stoodStill(refused) })
        return true
      })
    )
  )

  const virtualMs = time.nowMs()
  const entries = all().flatMap((tenant) => tenant.journal.read())
  const live = yield* main.switchboard.live
  const judge = (expectation: Expectation) => {
    const { call } = expectation
    const callId = typeof call === "string" ? steps.callId(call) : undefined
    const meant = callId === undefined ? expectation : { ...expectation, call: callId }
    return { expectation, ...check.check(meant, evidence) }
  }
  const evidence = yield* simulator.evidence()
  for (const due of steps.left()) {
    const { step } = due
    const { when } = step
    const why = when === undefined
      ? `the run was over at ${virtualMs} ms, before ${step.atMs} ms`
      : `call ${shown(when.call)} never was ${when.is}${when.nth === undefined ? "" : ` ${when.nth} times`} in time`
    const callId = when === undefined ? undefined : steps.callId(when.call)
    broken.push({ why: `${shownStep(due)} was never done: ${why}`, ...callId === undefined ? {} : { callId } })
  }
  if (scenario.lastsMs === undefined && live.length > 0 && !isStuck) {
    const why = `calls were still in progress after ${virtualMs} ms: ${live.length}; if that is meant, say lastsMs`
    const callId = steps.calls().find((id) => journal.record(id) === undefined)
    broken.push({ why, ...callId === undefined ? {} : { callId } })
  }
  const report: ScenarioReport = {
    name: scenario.name,
    ...Scenario.settingsOf(scenario, options),
    broken: Broken.tell([...broken, ...defects(entries)], entries),
    verdicts: (scenario.expect ?? []).map(judge),
    remarks: main.faults.list().flatMap((fault) => fault.fired > 0 ? [] : [idle.remark(fault, entries)]),
    entries,
    virtualMs,
    realMs: Number((realClock.monotonicTimeNanosUnsafe() - began) / 1_000_000n)
  }
  return report
}, Effect.scoped)

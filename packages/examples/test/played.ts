/** Plays a lesson on the platform in memory, under virtual time, and keeps what there is to see. */
import { type CallRecord, type Entry, type Evidence, Simulator, type SimulatorConfig } from "@effect-piopiy/simulator"
import { advance, type App, Platform } from "@effect-piopiy/simulator/testing"
import * as ConfigProvider from "effect/ConfigProvider"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"

export interface Circumstances {
  /** What the lesson reads from its environment; its defaults otherwise. */
  readonly settings?: Readonly<Record<string, string>>
  readonly config?: SimulatorConfig.SimulatorConfig
  /** What answers the webhooks. */
  readonly app?: App
  /** How long to watch; five minutes. */
  readonly watch?: Duration.Input
}

export interface Played<A, E> {
  readonly exit: Exit.Exit<A, E>
  readonly records: ReadonlyArray<CallRecord.CallRecord>
  readonly journal: ReadonlyArray<Entry.Entry>
  readonly evidence: Evidence.Evidence
}

/** An environment of these settings and nothing else. */
export const settings = (values: Readonly<Record<string, string>>) =>
  ConfigProvider.layer(ConfigProvider.fromUnknown(values))

/** Runs the lesson's own program, lets time pass, and tells how it ended and what the platform saw. */
export const play = <A, E>(
  program: Effect.Effect<A, E, Platform.Services>,
  { settings: values = {}, watch = "5 minutes", ...platform }: Circumstances = {}
): Effect.Effect<Played<A, E>> =>
  Effect.gen(function*() {
    const running = yield* Effect.forkChild(program)
    yield* advance(watch)
    const exit = yield* Fiber.await(running)
    const { evidence, journal, records } = yield* Simulator.Simulator
    return { exit, records: yield* records, journal: yield* journal(), evidence: yield* evidence() }
  }).pipe(
    Effect.provide(Layer.provideMerge(Platform.layer(platform), settings(values))),
    Effect.orDie
  )

const tagged =
  <Tag extends string>(tag: Tag) =>
  <T extends { readonly _tag: string }>(one: T): one is Extract<T, { readonly _tag: Tag }> => one._tag === tag

type Event = Entry.Turned["event"]
type Command = Entry.Turned["commands"][number]

/** Entries of one kind, in order. */
export const entries = <Tag extends Entry.Entry["_tag"]>(
  journal: ReadonlyArray<Entry.Entry>,
  tag: Tag
): ReadonlyArray<Extract<Entry.Entry, { readonly _tag: Tag }>> => journal.filter(tagged(tag))

/** What happened to the calls, of one kind, in order. */
export const events = <Tag extends Event["_tag"]>(
  journal: ReadonlyArray<Entry.Entry>,
  tag: Tag
): ReadonlyArray<Extract<Event, { readonly _tag: Tag }>> =>
  entries(journal, "Turned").map(({ event }) => event).filter(tagged(tag))

/** What the calls asked the world to do, of one kind, in order. */
export const commands = <Tag extends Command["_tag"]>(
  journal: ReadonlyArray<Entry.Entry>,
  tag: Tag
): ReadonlyArray<Extract<Command, { readonly _tag: Tag }>> =>
  entries(journal, "Turned").flatMap(({ commands }) => commands).filter(tagged(tag))

const whom = ({ endpoint }: CallRecord.LegRecord): string => {
  switch (endpoint._tag) {
    case "Pstn":
      return endpoint.number
    case "Sip":
      return endpoint.uri
    case "Agent":
      return endpoint.id
  }
}

/** One leg of a call: whom it reached, why it ended, and its times in milliseconds. */
export interface Leg {
  readonly to: string
  readonly cause: string
  readonly dialedAt: number
  readonly answeredAt: number | undefined
  readonly endedAt: number
}

/** The legs of a call in the order in which they were dialed; the customer's is the first. */
export const legs = (record: CallRecord.CallRecord | undefined): ReadonlyArray<Leg> =>
  (record?.legs ?? []).map((leg) => ({
    to: whom(leg),
    cause: leg.hangupCause,
    dialedAt: leg.startedAt,
    answeredAt: leg.answeredAt,
    endedAt: leg.endedAt
  }))

/** Plays a lesson on the platform in memory, under virtual time, and keeps what there is to see. */
import { type Calls, Piopiy } from "@effect-piopiy/sdk"
import {
  type CallRecord,
  type Entry,
  Simulator,
  type SimulatorConfig,
  type SimulatorError
} from "@effect-piopiy/simulator"
import * as InProcess from "@effect-piopiy/simulator/testing"
import * as ConfigProvider from "effect/ConfigProvider"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

/** What lies between the SDK and the platform. */
export type Network = (platform: HttpClient.HttpClient) => HttpClient.HttpClient

export interface Circumstances {
  /** What the lesson reads from its environment; its defaults otherwise. */
  readonly settings?: Readonly<Record<string, string>>
  readonly config?: SimulatorConfig.SimulatorConfig
  /** What answers the webhooks. */
  readonly app?: InProcess.App
  readonly network?: Network
  /** How long to watch; five minutes. */
  readonly watch?: Duration.Input
}

export interface Played<A, E> {
  readonly exit: Exit.Exit<A, E>
  readonly records: ReadonlyArray<CallRecord.CallRecord>
  readonly journal: ReadonlyArray<Entry.Entry>
}

const sdk = (network: Network) =>
  Piopiy.layer({ baseUrl: "http://platform.test/v3", token: Redacted.make("sim-token") }).pipe(
    Layer.provide(Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, network))),
    Layer.orDie
  )

/** An environment of these settings and nothing else. */
export const settings = (values: Readonly<Record<string, string>>) =>
  ConfigProvider.layer(ConfigProvider.fromUnknown(values))

/** Runs the lesson's own program, lets time pass, and tells how it ended and what the platform saw. */
export const play = <A, E>(
  program: Effect.Effect<A, E, Calls.Calls>,
  { app, config = {}, network = (platform) => platform, settings: values = {}, watch = "5 minutes" }: Circumstances = {}
): Effect.Effect<Played<A, E>, SimulatorError.SimulatorError> =>
  Effect.gen(function*() {
    const running = yield* Effect.forkChild(Effect.provide(program, sdk(network)))
    yield* TestClock.adjust(watch)
    const exit = yield* Fiber.await(running)
    const simulator = yield* Simulator.Simulator
    return { exit, records: yield* simulator.records, journal: yield* simulator.journal() }
  }).pipe(
    Effect.provide(
      Layer.provideMerge(InProcess.layer(app === undefined ? { config } : { app, config }), settings(values))
    )
  )

const broken = (code: string, request: HttpClientError.TransportError["request"]) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code }) })
    })
  )

/** No connection comes about. */
export const unreachable: Network = () => HttpClient.make((request) => broken("ECONNREFUSED", request))

/** Requests arrive, and the connection breaks before the reply to one whose path ends so. */
export const losingRepliesTo = (end: string): Network => (platform) =>
  HttpClient.make((request) =>
    Effect.filterOrElse(
      platform.execute(request),
      () => !request.url.endsWith(end),
      () => broken("ECONNRESET", request)
    )
  )

/** Requests arrive, and the reply to one whose path ends so is another than the platform's. */
export const replying = (end: string, status: number, body: string): Network => (platform) =>
  HttpClient.make((request) =>
    Effect.map(
      platform.execute(request),
      (response) =>
        request.url.endsWith(end) ? HttpClientResponse.fromWeb(request, new Response(body, { status })) : response
    )
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

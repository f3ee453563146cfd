/**
 * Tenants side by side on one server, each with a clock of its own that is moved by hand: how long they take together,
 * and whether any of them has seen anything of another.
 */
import {
  Action,
  AppId,
  Calls,
  Endpoint,
  OnResult,
  PhoneNumber,
  Piopiy,
  Pipeline,
  Prompt,
  Webhook
} from "@effect-piopiy/sdk"
import * as Control from "@effect-piopiy/simulator/control"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createServer } from "node:http"
import { differing } from "./journals.ts"
import { stopwatch } from "./machine.ts"
import { answering } from "./processes.ts"
import { median, type Report, type Row } from "./Report.ts"

export interface Size {
  readonly tenants: number
  readonly rounds: number
}

const callerId = PhoneNumber.make("914440000000")
/** Answers after a second, and stays on the line. */
const asked = PhoneNumber.make("919840007101")
const colleague = PhoneNumber.make("919840007102")
const callSeconds = 600
/** Who is asked for how much to enter, and when: in the middle of the question. */
const digits = "42"
const pressedAtMs = 5000
const endMs = 660_000
/** How far a tenant is moved at a time, of which no two neighbours move the same. */
const strideMs = (index: number): number => 20_000 + (index % 41) * 1000

const menu = (url: string) =>
  Pipeline.make([
    Action.play("welcome.wav"),
    Action.playGetInput({
      prompt: Prompt.say({ text: "Your order number, please", language: "en-US", voiceId: "female", speed: 1 }),
      input: ["dtmf"],
      dtmf: { maxDigits: digits.length },
      onResult: OnResult.url(url)
    })
  ])

/** What a menu is answered with: the caller talks to a colleague until the call has lasted long enough. */
const reply = Result.getOrThrow(
  Webhook.reply(Pipeline.make([Action.connect({ callerId, endpoints: [Endpoint.phone(colleague)] }), Action.hangup]))
)

const Posted = Schema.Struct({ cmiuuid: Schema.String })

/** The app of all tenants, on a port: each has pages of its own. It keeps which legs each page was told of. */
const listening = Effect.gen(function*() {
  const posted = new Map<string, Array<string>>()
  const routes = HttpRouter.add("POST", "/:page/:tenant", (request) =>
    Effect.gen(function*() {
      const { page = "" } = yield* HttpRouter.params
      const { cmiuuid } = yield* Schema.decodeUnknownEffect(Posted)(yield* request.json)
      posted.set(request.url, [...posted.get(request.url) ?? [], cmiuuid])
      return HttpServerResponse.text(page === "menu" ? reply : "{}", { contentType: "application/json" })
    }).pipe(Effect.orDie))
  const server = NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0, gracefulShutdownTimeout: 0 })
  const { address } = yield* Layer.build(
    HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(Layer.provideMerge(server))
  ).pipe(Effect.flatMap((context) => Effect.provideContext(HttpServer.HttpServer, context)))
  return { url: HttpServer.formatAddress(address), posted }
})

/** What a tenant was, and what it wrote. */
interface World {
  readonly name: string
  readonly callId: string
  readonly appId: number
  readonly requests: number
  readonly moments: number
  readonly journal: string
}

/** Where the simulator and the app are. */
interface Sites {
  readonly url: string
  readonly app: string
  readonly control: Control.Control
}

/** All of a tenant's life: it is made, its call placed, its time moved until the call has ended, its journal read. */
const whole = Effect.fnUntraced(function*({ app, control, url }: Sites, name: string, index: number) {
  const { appId, token } = yield* control.tenants.create({
    payload: {
      name,
      seed: index,
      clock: "manual",
      webhooks: { events: `${app}/events/${name}`, cdr: `${app}/cdr/${name}` }
    }
  })
  const { calls, clock } = yield* Control.make({ url, token })
  const placed = yield* Calls.Calls.use((calls) =>
    calls.placePipelineCall({
      callerId,
      to: asked,
      appId: AppId.make("benchmarks"),
      pipeline: menu(`${app}/menu/${name}`),
      options: { maxDuration: `${callSeconds} seconds` },
      variables: { tenant: name }
    })
  ).pipe(Effect.provide(Piopiy.layer({ baseUrl: `${url}/v3`, token: Redacted.make(token) })))
  const id = yield* Effect.fromOption(placed.callId)
  let moments = 0
  let requests = 3
  const moveTo = Effect.fnUntraced(function*(atMs: number) {
    const moved = yield* clock.advanceTo({ payload: { atMs } })
    moments += moved.moments
    requests += 1
  })
  yield* moveTo(pressedAtMs)
  yield* calls.press({ params: { id }, payload: { digits } })
  for (let atMs = pressedAtMs; atMs < endMs;) {
    atMs = Math.min(atMs + strideMs(index), endMs)
    yield* moveTo(atMs)
  }
  const response = yield* HttpClient.execute(
    HttpClientRequest.get(`${url}/_sim/journal?format=ndjson&limit=10000`).pipe(HttpClientRequest.bearerToken(token))
  )
  const world: World = { name, appId, callId: id, requests: requests + 1, moments, journal: yield* response.text }
  return world
})

const idPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const idsOf = ({ journal }: World): ReadonlySet<string> => new Set(journal.match(idPattern))

const namePattern = /world-\d+/g

/** The journal without what a tenant has of its own: its name, its app id, its seed, and the ids that follow from that. */
const common = (world: World): ReadonlyArray<string> => {
  const ids = [...idsOf(world)]
  return world.journal.replace(idPattern, (id) => `id ${ids.indexOf(id)}`)
    .replace(namePattern, "world").replaceAll(String(world.appId), "0").replace(/"seed":\d+/, "\"seed\":0")
    .trimEnd().split("\n")
}

const Told = Schema.fromJsonString(Schema.Struct({ tenant: Schema.String, callId: Schema.optionalKey(Schema.String) }))

/** How often a page of each tenant is posted to. */
const posts = { menu: 1, events: 6, cdr: 2 }

/** Dies unless each tenant told and was told of its own call alone, and all of them told the same. */
const apart = Effect.fnUntraced(function*(
  worlds: ReadonlyArray<World>,
  posted: ReadonlyMap<string, ReadonlyArray<string>>
) {
  const owners = new Map<string, string>()
  const expected = worlds.slice(0, 1).flatMap(common)
  for (const world of worlds) {
    const ids = idsOf(world)
    const crossed = (why: string) => Effect.die(`${world.name} was not by itself: ${why}`)
    for (const [page, times] of Object.entries(posts)) {
      const told = posted.get(`/${page}/${world.name}`) ?? []
      if (told.length !== times || told.some((id) => !ids.has(id))) {
        return yield* crossed(`${page} was told of ${told.join(", ")}, not ${times} times of its own legs`)
      }
    }
    const lines = world.journal.trimEnd().split("\n")
    for (const line of lines) {
      const { callId = world.callId, tenant } = yield* Schema.decodeEffect(Told)(line)
      if (tenant !== world.name || callId !== world.callId) return yield* crossed(line)
    }
    const name = world.journal.match(namePattern)?.find((name) => name !== world.name)
    if (name !== undefined) return yield* crossed(`it tells of ${name}`)
    for (const id of ids) {
      const owner = owners.get(id)
      if (owner !== undefined) return yield* crossed(`${id} is of ${owner}, too`)
      owners.set(id, world.name)
    }
    if (!world.journal.includes(`"durationMs":${callSeconds * 1000}`)) return yield* crossed("its call was another one")
    const difference = differing(expected, common(world))
    if (difference !== undefined) return yield* crossed(`its journal differs in ${difference}`)
  }
})

const Memory = Schema.fromJsonString(Schema.Struct({ heapMb: Schema.Finite, cpuMs: Schema.Finite }))
const Listening = Schema.fromJsonString(Schema.Struct({ url: Schema.String }))

const ways = [["one after another", 1], ["all at once", "unbounded"]] as const

export const run = Effect.fnUntraced(function*({ rounds, tenants }: Size) {
  const time = yield* stopwatch
  const app = yield* listening
  const server = yield* answering("holding.ts")
  const { url } = yield* Schema.decodeEffect(Listening)(yield* server.said)
  const memory = Effect.flatMap(Effect.andThen(server.ask("memory"), server.said), Schema.decodeEffect(Memory))
  const control = yield* Control.make({ url })

  const all = Effect.fnUntraced(function*(concurrency: number | "unbounded", count: number) {
    const before = yield* memory
    const names = Array.from({ length: count }, (_, index) => `world-${index}`)
    const [{ wallMs }, worlds] = yield* time(
      Effect.forEach(names, (name, index) => whole({ url, app: app.url, control }, name, index), { concurrency })
    )
    const after = yield* memory
    yield* apart(worlds, app.posted)
    app.posted.clear()
    yield* Effect.forEach(names, (name) => control.tenants.remove({ params: { name } }), { discard: true })
    const sum = (figure: (world: World) => number) => worlds.reduce((total, world) => total + figure(world), 0)
    return {
      wallMs,
      cpuMs: after.cpuMs - before.cpuMs,
      kilobytes: (after.heapMb - before.heapMb) * 1024 / count,
      requests: sum(({ requests }) => requests),
      moments: sum(({ moments }) => moments)
    }
  })

  const round = Effect.forEach(ways, ([, concurrency]) => all(concurrency, tenants))
  yield* Effect.forEach(ways, ([, concurrency]) => all(concurrency, Math.ceil(tenants / 4)))
  const measured = yield* Effect.forEach(Array.from({ length: rounds }), () => round)
  const rows = ways.map(([subject], index): Row => {
    const turns = measured.flatMap((round) => {
      const [own, alone] = [round[index], round[0]]
      return own === undefined || alone === undefined ? [] : [{ ...own, timesAlone: own.wallMs / alone.wallMs }]
    })
    const middle = (figure: (turn: (typeof turns)[number]) => number) => median(turns.map(figure))
    return {
      subject,
      figures: {
        wallSeconds: middle(({ wallMs }) => wallMs / 1000),
        timesAlone: middle(({ timesAlone }) => timesAlone),
        cpuSeconds: middle(({ cpuMs }) => cpuMs / 1000),
        cpuMs: middle(({ cpuMs }) => cpuMs / tenants),
        kilobytes: middle(({ kilobytes }) => kilobytes),
        requests: middle(({ requests }) => requests),
        moments: middle(({ moments }) => moments)
      }
    }
  })
  const report: Report = {
    benchmark: "worlds",
    about: `${tenants} tenants on one server, each with a manual clock and a call of ${
      callSeconds / 60
    } minutes, median of ${rounds} rounds`,
    columns: [
      { key: "wallSeconds", title: "wall s", decimals: 2 },
      { key: "timesAlone", title: "x alone", decimals: 2 },
      { key: "cpuSeconds", title: "server CPU s", decimals: 2 },
      { key: "cpuMs", title: "ms/tenant", decimals: 1 },
      { key: "kilobytes", title: "KB/tenant", decimals: 0 },
      { key: "requests", title: "requests", decimals: 0 },
      { key: "moments", title: "moments", decimals: 0 }
    ],
    rows
  }
  return report
}, Effect.scoped)

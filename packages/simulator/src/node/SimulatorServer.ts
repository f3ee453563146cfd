/** The simulator on a port, with webhooks over real HTTP and streams over real sockets: what `piopiy-sim serve` runs, for whoever hosts it in a program. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { lookup } from "node:dns/promises"
import { createServer } from "node:http"
import * as aliases from "../edge/aliases.ts"
import * as hosts from "../edge/webhook/hosts.ts"
import * as ControlTimer from "../engine/ControlTimer.ts"
import * as Holds from "../engine/Holds.ts"
import { Tenants } from "../engine/Tenants.ts"
import * as Simulator from "../Simulator.ts"
import * as SimulatorConfig from "../SimulatorConfig.ts"
import { type Problem, SimulatorError } from "../SimulatorError.ts"
import * as AudioDecoders from "./AudioDecoders.ts"
import * as door from "./door.ts"
import * as Espeak from "./Espeak.ts"
import * as JournalFile from "./JournalFile.ts"
import * as RecordingFiles from "./RecordingFiles.ts"
import * as SoundFiles from "./SoundFiles.ts"
import * as StreamDialer from "./StreamDialer.ts"

/**
 * - `host`, `port`: where to listen; 127.0.0.1 and 8787, port 0 for any free one.
 * - `allowHosts`: hosts beyond this machine that webhooks and audio streams may go to, by name.
 * - `adminToken`: asked for below `/_sim`; needed when `host` is not this machine alone. So is an account of your own in
 *   `config`, and both then go to this machine only when `allowHosts` names it.
 * - `journalFile`: where the journal is copied to, an entry a line.
 * - `sounds`: a folder of WAV files, by whose names parties and prompts have real audio.
 * - `speech`: who speaks texts: `generated` (default) are speech-like sounds, `espeak-ng` is that program.
 * - `recordings`: a folder for what is said on audio streams, a WAV file each.
 * - `aliases`: host names that webhooks and audio streams may go to, and where each leads instead; `*` for all hosts.
 * - `headersTimeout`, `requestTimeout`: how long a client may take to send the head of a request, 10 s, and all of it,
 *   30 s; a head never has longer than the whole. Then it is answered with 408, and the connection ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServerOptions {
  readonly host?: string
  readonly port?: number
  readonly config?: SimulatorConfig.SimulatorConfig
  readonly allowHosts?: ReadonlyArray<string>
  readonly adminToken?: Redacted.Redacted<string>
  readonly journalFile?: string
  readonly recordings?: string
  readonly sounds?: string
  readonly speech?: "generated" | "espeak-ng"
  readonly aliases?: aliases.Aliases
  readonly headersTimeout?: Duration.Input
  readonly requestTimeout?: Duration.Input
}

export {
  /**
   * Decodes the mp3 and ogg that apps send, with the packages that are installed.
   *
   * @category layers
   * @since 0.1.0
   */
  layer as audioDecoders
} from "./AudioDecoders.ts"

export {
  /**
   * Speaks texts with the program espeak-ng.
   *
   * @category layers
   * @since 0.1.0
   */
  layer as espeak
} from "./Espeak.ts"

export {
  /**
   * Sounds from a folder of WAV files.
   *
   * @category layers
   * @since 0.1.0
   */
  layer as soundFiles
} from "./SoundFiles.ts"

/** Where the server listens: `http://127.0.0.1:8787`, without a path. */
export class SimulatorServer extends Context.Service<SimulatorServer, { readonly url: string }>()(
  "@effect-piopiy/simulator/SimulatorServer"
) {}

/** @since 0.1.0 */
export const defaultHost = "127.0.0.1"
/** @since 0.1.0 */
export const defaultPort = 8787

const resolve = (host: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(() => lookup(host.replace(/^\[|\]$/g, ""), { all: true })).pipe(
    Effect.map((found) => found.map(({ address }) => address)),
    Effect.orElseSucceed(() => [])
  )

/**
 * Redirects are not followed: the second hop would escape the check of the first. Said with each request, since the
 * client may be one that the program around has built with other options.
 */
const outbound = (leading: aliases.Aliases) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      client.pipe(
        aliases.client(leading),
        HttpClient.transformResponse(Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }))
      ))
  ).pipe(Layer.provide(FetchHttpClient.layer))

/** How long a client may take to send the head of a request, and all of it. */
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
/** How often connections are looked at for senders that are too slow. */
const checkEveryMs = 1000

/** The longest that a timer of Node can take. */
const longestMs = 0x7fff_ffff

/** As Node counts: whole milliseconds, and none would be no limit. */
const millis = (duration: Duration.Input): number =>
  Math.min(Math.max(1, Math.ceil(Duration.toMillis(duration))), longestMs)

const patience = (options: ServerOptions) => {
  const requestTimeout = millis(options.requestTimeout ?? requestTimeoutMs)
  const headersTimeout = Math.min(millis(options.headersTimeout ?? headersTimeoutMs), requestTimeout)
  return { requestTimeout, headersTimeout, connectionsCheckingInterval: Math.min(checkEveryMs, headersTimeout) }
}

/** Listens, and follows the platform when that goes down and comes back. */
const listen = (host: string, options: ServerOptions) => {
  const port = options.port ?? defaultPort
  const listening = { host, port, gracefulShutdownTimeout: "1 second" } as const
  return Layer.unwrap(Effect.sync(() => {
    const server = createServer(patience(options))
    return Layer.provideMerge(door.layer(server, host), NodeHttpServer.layerServer(() => server, listening))
  })).pipe(
    Layer.catchTag("ServeError", (error) =>
      Layer.effect(
        HttpServer.HttpServer,
        Effect.fail(
          new SimulatorError({
            reason: {
              _tag: "CannotListen",
              host,
              port,
              detail: error.cause instanceof Error ? error.cause.message : String(error.cause)
            }
          })
        )
      ))
  )
}

const address: Layer.Layer<SimulatorServer, never, HttpServer.HttpServer> = Layer.effect(
  SimulatorServer,
  Effect.map(HttpServer.HttpServer, (server) => ({ url: HttpServer.formatAddress(server.address) }))
)

/** Ends the calls while whoever follows the journal, over HTTP or into a file, still listens. */
const endCalls: Layer.Layer<never, never, Tenants> = Layer.effectDiscard(
  Effect.flatMap(
    Tenants,
    ({ all }) =>
      Effect.addFinalizer(() => Effect.forEach(all(), ({ stop }) => stop, { discard: true, concurrency: "unbounded" }))
  )
)

/** What a server needs that can be reached from other machines. */
const exposed = (options: ServerOptions): ReadonlyArray<Problem> => [
  ...(options.adminToken === undefined
    ? [{
      path: "--admin-token",
      message:
        "is needed, or PIOPIY_SIM_ADMIN_TOKEN in the environment, when the server listens beyond this machine: it "
        + "guards /_sim, which shows every call"
    }]
    : []),
  ...SimulatorConfig.wellKnown(options.config ?? {})
]

/**
 * A simulator that listens. When the scope closes it takes no more calls, ends those in progress, and writes their
 * records to the journal and its file; who follows the journal reads them before the connection ends.
 *
 * Fails with `InvalidConfig`, `CannotListen`, `FileUnreadable`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: ServerOptions = {}
): Layer.Layer<SimulatorServer | Simulator.Platform, SimulatorError> => {
  const host = options.host ?? defaultHost
  const open = hosts.isLoopback(host)
  const problems = open ? [] : exposed(options)
  if (problems.length > 0) {
    return Layer.effectContext(Effect.fail(new SimulatorError({ reason: { _tag: "InvalidConfig", problems } })))
  }
  const admin = options.adminToken === undefined ? {} : { adminToken: options.adminToken }
  const routes = Layer.merge(Simulator.routes(admin), door.severing)
  // Built apart, so that the router is nobody else's: a program around has routes of its own.
  const served = Layer.effectDiscard(
    Layer.build(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }))
  )
  const journalFile = options.journalFile === undefined ? Layer.empty : JournalFile.layer(options.journalFile)
  const recordings = options.recordings === undefined ? Layer.empty : RecordingFiles.layer(options.recordings)
  const leading = options.aliases ?? {}
  const allowed = [[...options.allowHosts ?? [], ...Object.keys(leading)], { loopback: open }] as const
  return Layer.fresh(endCalls).pipe(
    Layer.provideMerge(served),
    Layer.provideMerge(Layer.merge(journalFile, recordings)),
    Layer.provideMerge(Layer.fresh(address)),
    Layer.provide(listen(host, options)),
    Layer.provideMerge(
      Simulator.layer(
        options.recordings === undefined ? options.config : { ...options.config, recordAudio: true },
        {
          allows: aliases.areAll(leading) ? () => true : hosts.allows(...allowed),
          resolve: aliases.resolving(leading, resolve)
        }
      )
    ),
    Layer.provide([
      Layer.succeed(Holds.InOrder, true),
      AudioDecoders.layer,
      options.sounds === undefined ? Layer.empty : SoundFiles.layer(options.sounds),
      options.speech === "espeak-ng" ? Espeak.layer() : Layer.empty
    ]),
    Layer.provide(ControlTimer.layer),
    Layer.provide(aliases.streams(leading)),
    Layer.provide(StreamDialer.layer({ allows: hosts.allowsStream(...allowed), resolve })),
    Layer.provide(outbound(leading))
  )
}

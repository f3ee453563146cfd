/** Runs a scenario on a simulator of its own, with sockets and the app under test, and hands over what came of it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as AccountConfig from "../AccountConfig.ts"
import * as Broken from "../core/expect/Broken.ts"
import * as Recording from "../core/media/Recording.ts"
import * as aliases from "../edge/aliases.ts"
import { Tenants } from "../engine/Tenants.ts"
import * as Scenario from "../Scenario.ts"
import * as ScenarioReport from "../ScenarioReport.ts"
import * as ScenarioRunner from "../ScenarioRunner.ts"
import type { SimulatorError } from "../SimulatorError.ts"
import * as AppProcess from "./AppProcess.ts"
import * as SimulatorServer from "./SimulatorServer.ts"

/**
 * How a run differs from what the scenario says, the folder that its command is started in, the hosts beyond this machine
 * that webhooks and streams may go to, and a folder of WAV files, by whose names parties and prompts have real audio.
 *
 * @category models
 * @since 0.1.0
 */
export interface ScenarioRunOptions extends Scenario.RunOptions {
  readonly folder: string
  readonly allowHosts?: ReadonlyArray<string>
  readonly sounds?: string
}

/**
 * What came of a run: the report, and what was said on audio streams, by the id of the call, and beside its first stream
 * `CALL-STREAM`. `appOutput` is what the app printed last.
 *
 * @category models
 * @since 0.1.0
 */
export interface ScenarioRun {
  readonly report: ScenarioReport.ScenarioReport
  readonly recordings: ReadonlyMap<string, Recording.Recording>
  readonly appOutput: string
}

/** What the app finds in its environment. */
const environment = (scenario: Scenario.Scenario, url: string): Readonly<Record<string, string>> => {
  const [account] = scenario.config?.accounts ?? []
  return {
    PUBLIC_URL: `http://${Scenario.appHost}`,
    PIOPIY_BASE_URL: `${url}/v3`,
    PIOPIY_TOKEN: Scenario.tokenOf(scenario),
    PIOPIY_LEGACY_BASE_URL: url,
    PIOPIY_APP_ID: String(account?.appId ?? AccountConfig.defaultAppId),
    PIOPIY_APP_SECRET: account?.appSecret ?? AccountConfig.defaultAppSecret,
    ...scenario.app?.env
  }
}

/** A connection for each request, so that the simulator does not wait for idle ones in the end. */
const fetching = Effect.map(
  HttpClient.HttpClient,
  HttpClient.mapRequest(HttpClientRequest.setHeader("connection", "close"))
)

/** Where the app is not ours to start. */
const noApp: AppProcess.App = { output: () => "", ended: Effect.undefined }

/** A run that did not begin. */
const notBegun = (
  scenario: Scenario.Scenario,
  options: Scenario.RunOptions,
  why: string
): ScenarioReport.ScenarioReport => ({
  name: scenario.name,
  ...Scenario.settingsOf(scenario, options),
  broken: [why],
  verdicts: [],
  remarks: [],
  entries: [],
  virtualMs: 0,
  realMs: 0
})

/**
 * Runs a scenario once. An app that does not come up is a run that failed. Fails with `InvalidConfig`, `CannotListen`.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  scenario: Scenario.Scenario,
  options: ScenarioRunOptions
): Effect.Effect<ScenarioRun, SimulatorError> =>
  Effect.gen(function*() {
    const { app } = scenario
    const port = app?.command === undefined ? undefined : yield* AppProcess.freePort
    const origin = port === undefined ? app?.url : `http://127.0.0.1:${port}`
    const leading = origin === undefined ? {} : { [Scenario.appHost]: origin }
    const server = yield* Layer.build(SimulatorServer.layer({
      port: 0,
      config: Scenario.configOf(scenario, options),
      aliases: leading,
      ...(options.allowHosts === undefined ? {} : { allowHosts: options.allowHosts }),
      ...(options.sounds === undefined ? {} : { sounds: options.sounds })
    }))
    const { url } = Context.get(server, SimulatorServer.SimulatorServer)
    const started = app?.command === undefined || port === undefined ? noApp : yield* AppProcess.start({
      command: app.command,
      folder: options.folder,
      port,
      ready: app.ready ?? "/",
      env: environment(scenario, url)
    })
    const tenants = Context.get(server, Tenants)
    // Time begins once the app is up.
    yield* Effect.orDie(Effect.forEach(tenants.all(), ({ name }) => tenants.reset(name), { discard: true }))
    const client = yield* fetching
    const told = yield* ScenarioRunner.run(scenario, {
      platform: HttpClient.mapRequest(client, HttpClientRequest.prependUrl(url)),
      app: aliases.client(leading)(client)
    }, options).pipe(Effect.provideContext(server))
    const ended = yield* started.ended
    const why = `the app (${app?.command?.join(" ")}) ${ended}`
    // What failed before shows what led to that.
    const fallen = ScenarioReport.passed(told) ? Broken.tell([{ why }], told.entries) : [why]
    const report = ended === undefined ? told : { ...told, broken: [...told.broken, ...fallen] }
    const { media } = tenants.main
    const recordings = new Map<string, Recording.Recording>()
    for (const entry of report.entries) {
      if (entry._tag !== "Streamed") continue
      const { callId, streamId } = entry
      const recording = media.recordingOf(callId, streamId)
      const name = Recording.nameOf(callId, streamId, media.ledgerOf(callId)[0]?.streamId)
      if (recording !== undefined) recordings.set(name, recording)
    }
    return { report, recordings, appOutput: started.output() }
  }).pipe(
    Effect.catchTag("AppFailed", ({ message }) =>
      Effect.succeed({ report: notBegun(scenario, options, message), recordings: new Map(), appOutput: "" })),
    Effect.scoped,
    Effect.provide(FetchHttpClient.layer)
  )

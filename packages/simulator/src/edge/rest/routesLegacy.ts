/**
 * The older API as `HttpRouter` routes, the paths of both of its hosts: `/v1` of piopiy.telecmi.com and `/v2` of
 * rest.telecmi.com.
 */
import * as Messaging from "@effect-piopiy/sdk/wire/Messaging"
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CallRecord } from "../../core/call/CallRecord.ts"
import * as Cdr from "../../core/call/Cdr.ts"
import * as HangupCause from "../../core/call/HangupCause.ts"
import type { Refusal } from "../../engine/Refusal.ts"
import type { Tenant } from "../../engine/Tenants.ts"
import type * as Admission from "./Admission.ts"
import * as AdmissionLegacy from "./AdmissionLegacy.ts"
import * as dialectLegacy from "./dialectLegacy.ts"
import * as operation from "./operation.ts"
import type { Accepted, Refused } from "./reply.ts"
import * as replyLegacy from "./replyLegacy.ts"

type Act<A> = (asked: operation.Asked, admitted: A) => Effect.Effect<Accepted, Refused | Refusal>

interface Operation {
  readonly paths: ReadonlyArray<string>
  readonly routes: operation.Routes
}

const { failureCodes, networks, queries } = RestLegacy

/** What is documented of most requests; that of `channels` and of India differs. */
const voice: dialectLegacy.Credentials<AdmissionLegacy.App> = {
  read: AdmissionLegacy.app,
  find: (tenants, { appId, secret }) => tenants.byApp(appId, secret),
  unknown: failureCodes.badCredentials,
  invalid: failureCodes.invalid
}
const app = dialectLegacy.make(voice)
const appOfChannels = dialectLegacy.make({ ...voice, unknown: failureCodes.badCredentialsOfQuery })
const appIndia = dialectLegacy.make({ ...voice, read: AdmissionLegacy.appIndia })
const user = dialectLegacy.make({
  read: AdmissionLegacy.userToken,
  find: (tenants, token) => tenants.byUserToken(token),
  unknown: Messaging.failureCodes.badToken,
  invalid: Messaging.failureCodes.missingParameter
})
/** What the platform says to a user whom it does not know is not documented; the code is assumed. */
const password = dialectLegacy.make({
  read: AdmissionLegacy.login,
  find: (tenants, { id, password }) => {
    const token = tenants.login(id, password)
    return token === undefined ? undefined : tenants.byUserToken(token)
  },
  unknown: failureCodes.unauthorized,
  invalid: Messaging.failureCodes.missingParameter
})

const post = <A>(
  dialect: operation.Dialect,
  urls: ReadonlyArray<string>,
  admit: (json: unknown) => Admission.Admitted<A>,
  act: Act<A>
): Operation => {
  const paths = urls.map((url) => new URL(url).pathname)
  return {
    paths,
    routes: Layer.mergeAll(Layer.empty, ...paths.map((path) => operation.post(dialect, path, admit, act)))
  }
}

const dial: Act<AdmissionLegacy.DialRequest> = ({ seq, tenant }, { ignored, ...request }) =>
  Effect.map(
    tenant.switchboard.originate({ kind: "Legacy", record: false, variables: {}, ...request }, seq),
    ({ requestId }) => replyLegacy.dialled(requestId, ignored)
  )

const holds = { hold: "On", unhold: "Off", holdToggle: "Toggle" } as const

const callAction: Act<AdmissionLegacy.ActionRequest> = ({ seq, tenant }, { action, uuid }) =>
  tenant.switchboard.callOfLeg(uuid).pipe(
    Effect.flatMap((callId) =>
      action === "hangup"
        ? tenant.switchboard.hangup(callId, { cause: HangupCause.normalClearing }, seq)
        : tenant.switchboard.hold(callId, holds[action], seq)
    ),
    Effect.as(replyLegacy.acted(action))
  )

const cdrsOf = ({ account }: Tenant, record: CallRecord): ReadonlyArray<Cdr.Cdr> =>
  Cdr.of(record, { appId: account.appId, balance: account.balance() })

const cdrByLeg: Act<string> = ({ tenant }, uuid) => {
  const record = tenant.journal.recordOfLeg(uuid)
  const found = record === undefined ? undefined : cdrsOf(tenant, record).find((cdr) => cdr.uuid === uuid)
  return found === undefined
    ? Effect.fail(replyLegacy.noCdr)
    : Effect.succeed(replyLegacy.cdr(found, tenant.timeline.originEpochMs))
}

const cdrByRequest: Act<string> = ({ tenant }, requestId) => {
  const record = tenant.journal.recordOfRequest(requestId)
  return record === undefined
    ? Effect.fail(replyLegacy.noCdr)
    : Effect.succeed(replyLegacy.cdrs(cdrsOf(tenant, record), tenant.timeline.originEpochMs))
}

const operations: ReadonlyArray<Operation> = [
  post(
    app,
    [
      networks.india.dialPcmo,
      networks.global.dialPcmo,
      networks.india.dialPcmoV1,
      networks.global.dialPcmoV1
    ],
    AdmissionLegacy.dialPcmo,
    dial
  ),
  post(app, [networks.india.dialAnswerUrl, networks.global.dialAnswerUrl], AdmissionLegacy.dialAnswerUrl, dial),
  post(app, [networks.india.callAction, networks.global.callAction], AdmissionLegacy.callAction, callAction),
  post(
    appOfChannels,
    [queries.channels],
    AdmissionLegacy.nothing,
    ({ tenant }) => Effect.map(tenant.switchboard.live, (calls) => replyLegacy.channels(calls.length))
  ),
  post(app, [queries.cdrByCallId], AdmissionLegacy.cdrByLeg, cdrByLeg),
  post(app, [queries.cdrByRequestId], AdmissionLegacy.cdrByRequest, cdrByRequest),
  post(
    app,
    [queries.balance],
    AdmissionLegacy.nothing,
    ({ tenant }) => Effect.sync(() => replyLegacy.balance(tenant.account))
  ),
  post(
    appIndia,
    [`${RestLegacy.hosts.piopiy}/balance`],
    AdmissionLegacy.nothing,
    ({ tenant }) => Effect.sync(() => replyLegacy.balanceIndia(tenant.account))
  ),
  post(password, [Messaging.urls.login], AdmissionLegacy.login, ({ tenant }, { id, password }) =>
    // The dialect found the tenant by this login, so it cannot fail now.
    Effect.fromNullishOr(tenant.account.login(id, password)).pipe(
      Effect.orDie,
      Effect.map((token) => replyLegacy.loggedIn(id, token, tenant.account.appId))
    )),
  post(user, [Messaging.urls.messages], AdmissionLegacy.message, ({ seq, tenant }, message) =>
    Effect.sync(() => {
      tenant.journal.append({ _tag: "Messaged", causedBy: seq, ...message })
      return replyLegacy.messageSent
    }))
]

/**
 * Where the operations are.
 *
 * @category constants
 * @since 0.1.0
 */
export const places: ReadonlyArray<operation.Place> = operations.flatMap(({ paths }) =>
  paths.map((path) => ({ method: "POST", path } as const))
)

/**
 * The routes of the older API.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: operation.Routes = Layer.mergeAll(
  Layer.empty,
  ...operations.map(({ routes }) => routes)
)

/**
 * Who answers for the rest.
 *
 * @category constants
 * @since 0.1.0
 */
export const fallbacks: ReadonlyArray<operation.Fallback> = [
  operation.fallback(app, "/v1", places),
  operation.fallback(app, "/v2", places)
]

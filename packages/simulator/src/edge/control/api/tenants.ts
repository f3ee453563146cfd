/** Serves the operations on tenants. */
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Struct from "effect/Struct"
import * as AccountConfig from "../../../AccountConfig.ts"
import * as ClockMode from "../../../engine/ClockMode.ts"
import type { TenantRefused } from "../../../engine/TenantRefused.ts"
import { type Tenant, Tenants } from "../../../engine/Tenants.ts"
import { Simulator } from "../../../Simulator.ts"
import type { SimulatorError } from "../../../SimulatorError.ts"
import { noSuchTenant, type Seen } from "../letIn.ts"
import { served } from "./ControlApi.ts"
import { Configured, type InvalidRequest, NoSuchTenant, Taken, TooMany } from "./Refusals.ts"
import type { NewTenant, TenantState } from "./TenantsApi.ts"
import { Visitor } from "./Visiting.ts"
import { invalid, turnedAway } from "./visits.ts"

/** Bytes of a secret that nobody is to guess. */
const secretBytes = 24

/** The keys that are an account's; the others are a configuration's. */
const accountKeys = Struct.keys(AccountConfig.AccountConfig.fields).filter((key) => key !== "token")

const taken = { NameTaken: "name", TokenTaken: "token", AppIdTaken: "appId", UserTaken: "users" } as const

const refusal = (error: TenantRefused): Taken | TooMany | NoSuchTenant => {
  const { message, why } = error
  switch (why) {
    case "TooMany":
      return new TooMany({ message, what: "tenants" })
    case "NoSuchTenant":
      return new NoSuchTenant({ message })
    default:
      return new Taken({ message, what: taken[why] })
  }
}

/** The problems of a configuration, by their paths in the body. */
const misconfigured = (error: SimulatorError): InvalidRequest =>
  error.reason._tag === "InvalidConfig"
    ? invalid(
      error.reason.problems.map(({ message, path }) => ({ path: path.replace(/^accounts\[\d+\]\.?/, ""), message }))
    )
    : invalid([{ path: "", message: error.message }])

/** The tenant that a path names, among those that the request may see. */
const among = ({ tenants }: Seen, name: string): Effect.Effect<Tenant, ReturnType<typeof turnedAway>> => {
  const found = tenants.find((tenant) => tenant.name === name)
  return found === undefined ? Effect.fail(turnedAway(noSuchTenant(name, tenants))) : Effect.succeed(found)
}

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = HttpApiBuilder.group(
  served,
  "tenants",
  Effect.fnUntraced(function*(handlers) {
    const tenants = yield* Tenants
    const simulator = yield* Simulator
    const { randomBytes } = yield* SecureRandom.SecureRandom
    const secret = Effect.map(randomBytes(secretBytes), Hex.encode)

    const state = ({ journal, name, seed, switchboard, time, timeline }: Tenant): Effect.Effect<TenantState> =>
      Effect.map(switchboard.live, (live) => {
        const expiresInMs = tenants.expiresInMs(name)
        return {
          name,
          seed,
          clock: ClockMode.toSetting(time.mode),
          nowMs: time.nowMs(),
          originEpochMs: timeline.originEpochMs,
          calls: live.length,
          entries: journal.last(),
          ...(expiresInMs === undefined ? {} : { expiresInMs })
        }
      })

    /** The tenant by this name, which is used so. */
    const named = (name: string): Effect.Effect<Tenant, NoSuchTenant> => {
      const found = tenants.byName(name)
      return found === undefined
        ? Effect.fail(new NoSuchTenant({ message: noSuchTenant(name, tenants.all()).message }))
        : Effect.succeed(found)
    }
    const now = (name: string) => Effect.flatMap(named(name), state)

    const create = Effect.fnUntraced(function*({ payload }: { readonly payload: NewTenant }) {
      const given = {
        ...payload,
        token: payload.token ?? (yield* secret),
        appSecret: payload.appSecret ?? (yield* secret)
      }
      const { token, ...keys } = given
      const account = { ...Struct.pick(keys, accountKeys), token }
      const world = yield* simulator.create(account, Struct.omit(keys, accountKeys)).pipe(
        Effect.catchTags({
          TenantRefused: (error) => Effect.fail(refusal(error)),
          SimulatorError: (error) => Effect.fail(misconfigured(error))
        })
      )
      const made = yield* named(world.name)
      return { ...(yield* state(made)), token, appId: made.account.appId, appSecret: given.appSecret }
    })

    return handlers.handleAll({
      create,
      list: () => Visitor.use((seen) => Effect.forEach(seen.tenants, state)),
      get: ({ params }) => Visitor.use((seen) => Effect.flatMap(among(seen, params.name), ({ name }) => now(name))),
      reset: Effect.fnUntraced(function*({ params }) {
        const { name } = yield* among(yield* Visitor, params.name)
        yield* Effect.mapError(tenants.reset(name), ({ message }) => new NoSuchTenant({ message }))
        return yield* now(name)
      }),
      remove: Effect.fnUntraced(function*({ params }) {
        const { name } = yield* among(yield* Visitor, params.name)
        if (yield* tenants.remove(name)) return
        return yield* new Configured({
          message: `${name} is of the configuration, and stays: POST /_sim/tenants/${
            encodeURIComponent(name)
          }/reset starts it anew`
        })
      })
    })
  })
)

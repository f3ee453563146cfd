/**
 * The tenants while a simulator runs: who comes in under which names, who starts anew, who leaves, and who is forgotten
 * for want of use.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Entry } from "../core/journal/Entry.ts"
import { TenantRefused } from "./TenantRefused.ts"
import type { Tenant, TenantOptions } from "./Tenants.ts"

/**
 * How many tenants may be created at run time, and how long one of them may be idle before it is removed.
 *
 * @category models
 * @since 0.1.0
 */
export interface RoomOptions {
  readonly limit: number
  readonly idle: Duration.Input
}

/** @since 0.1.0 */
export const maxTenants = 256
/** @since 0.1.0 */
export const defaults: RoomOptions = { limit: maxTenants, idle: "15 minutes" }

/** A tenant and what belongs to it. While it starts anew the old one is still there, and takes no more calls. */
interface Room {
  readonly options: TenantOptions
  readonly isTemporary: boolean
  readonly lock: Semaphore.Semaphore
  tenant: Tenant | undefined
  scope: Scope.Closeable | undefined
  usedAt: number
}

/** Who gets every entry of every tenant. */
type Copy = (tenant: Tenant, entry: Entry) => void

/** What no two tenants have in common, as keys of one map. */
const keyOf = {
  token: (token: string): string => `token ${token}`,
  app: (appId: number): string => `app ${appId}`,
  user: (id: string): string => `user ${id}`,
  login: (token: string): string => `login ${token}`
}

const claims = ({ account, token }: TenantOptions): ReadonlyArray<readonly [TenantRefused["why"], string]> => [
  ["TokenTaken", keyOf.token(Redacted.value(token))],
  ["AppIdTaken", keyOf.app(account.appId)],
  ...account.users.map(({ id }) => ["UserTaken", keyOf.user(id)] as const)
]

/**
 * No tenants yet. `open` makes one; it ends with its scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  open: (options: TenantOptions) => Effect.Effect<Tenant, never, Scope.Scope>,
  { idle, limit }: RoomOptions
) =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const clock = yield* Clock.Clock
    const fibers = yield* FiberSet.make<unknown, TenantRefused>()
    const fork = yield* FiberSet.runtime(fibers)()
    const idleMs = Duration.toMillis(Duration.fromInputUnsafe(idle))
    const rooms = new Map<string, Room>()
    const byKey = new Map<string, Room>()
    const copies = new Set<Copy>()
    const news = Latch.makeUnsafe(false)

    const nowMs = (): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
    const temporary = (): ReadonlyArray<Room> => [...rooms.values()].filter(({ isTemporary }) => isTemporary)

    /** When a room was last used: asked for, or written of in its journal, unless its time stands. */
    const lastUse = ({ tenant, usedAt }: Room): number => {
      if (tenant === undefined || tenant.time.mode._tag === "Manual") return usedAt
      const { journal, time: { mode, nowMs: tenantNow } } = tenant
      const [newest] = journal.read({ from: journal.last() })
      const quietMs = (tenantNow() - (newest?.at ?? 0)) / (mode._tag === "Scaled" ? mode.factor : 1)
      return Math.max(usedAt, nowMs() - quietMs)
    }
    const expiresAt = (room: Room): number => lastUse(room) + idleMs

    const use = (room: Room | undefined): Tenant | undefined => {
      if (room?.isTemporary === true) room.usedAt = nowMs()
      return room?.tenant
    }

    /** A tenant must not live by the services of whoever asks for it, such as those of one request. */
    const detached = <A>(effect: Effect.Effect<A, TenantRefused>): Effect.Effect<A, TenantRefused> =>
      Effect.suspend(() => Fiber.join(fork(effect)))

    const furnish = Effect.fnUntraced(function*(room: Room) {
      const own = yield* Scope.fork(scope)
      const tenant = yield* Scope.provide(open(room.options), own)
      room.scope = own
      room.tenant = tenant
      room.usedAt = nowMs()
      tenant.journal.copy((entry) => {
        for (const keep of copies) keep(tenant, entry)
      })
      return tenant
    })

    const vacate = Effect.fnUntraced(function*({ scope, tenant }: Room) {
      if (tenant !== undefined) yield* tenant.stop
      if (scope !== undefined) yield* Scope.close(scope, Exit.void)
    })

    const refusalOf = (options: TenantOptions): TenantRefused["why"] | undefined =>
      rooms.has(options.name) ? "NameTaken" : claims(options).find(([, key]) => byKey.has(key))?.[0]

    const enter = (options: TenantOptions, isTemporary: boolean): Effect.Effect<Tenant, TenantRefused> =>
      Effect.suspend(() => {
        const { name } = options
        const why = isTemporary && temporary().length >= limit ? "TooMany" : refusalOf(options)
        if (why !== undefined) return Effect.fail(new TenantRefused({ why, name }))
        const room: Room = {
          options,
          isTemporary,
          lock: Semaphore.makeUnsafe(1),
          tenant: undefined,
          scope: undefined,
          usedAt: nowMs()
        }
        rooms.set(name, room)
        for (const [, key] of claims(options)) byKey.set(key, room)
        if (isTemporary) news.openUnsafe()
        return room.lock.withPermits(1)(furnish(room))
      })

    const forget = (room: Room): void => {
      rooms.delete(room.options.name)
      for (const [key, owner] of byKey) if (owner === room) byKey.delete(key)
    }

    /** What is done to a room is done to the end, and once at a time. */
    const within = <A>(name: string, act: (room: Room) => Effect.Effect<A>): Effect.Effect<A, TenantRefused> =>
      Effect.suspend(() => {
        const room = rooms.get(name)
        const gone = Effect.fail(new TenantRefused({ why: "NoSuchTenant", name }))
        if (room === undefined) return gone
        return Effect.uninterruptible(
          room.lock.withPermits(1)(
            Effect.suspend(() => rooms.get(name) === room ? act(room) : gone)
          )
        )
      })

    const reset = (name: string) => within(name, (room) => Effect.andThen(vacate(room), furnish(room)))

    const remove = (name: string) =>
      within(name, (room) =>
        room.isTemporary
          ? Effect.as(Effect.ensuring(vacate(room), Effect.sync(() => forget(room))), true)
          : Effect.succeed(false)).pipe(Effect.orElseSucceed(() => false))

    /** Calls whose time stands keep nobody: nothing can happen to them by itself. */
    const isBusy = Effect.fnUntraced(function*(room: Room) {
      const { tenant } = room
      if (tenant === undefined) return true
      const { journal, switchboard, time: { mode } } = tenant
      const live = mode._tag === "Manual" ? [] : yield* switchboard.live
      return live.length > 0 || journal.followers() > 0
    })

    const sweep = Effect.gen(function*() {
      for (const room of temporary()) {
        if (expiresAt(room) > nowMs()) continue
        if (yield* isBusy(room)) room.usedAt = nowMs()
        else yield* remove(room.options.name)
      }
    })

    yield* Effect.gen(function*() {
      while (true) {
        const nearest = Math.min(...temporary().map(expiresAt))
        if (nearest === Number.POSITIVE_INFINITY) {
          news.closeUnsafe()
          yield* news.await
        } else if (nearest > nowMs()) yield* Effect.sleep(Math.ceil(nearest - nowMs()))
        else yield* sweep
      }
    }).pipe(Effect.forkScoped)

    return {
      enter: (options: TenantOptions) => enter(options, false),
      create: (options: TenantOptions) => detached(enter(options, true)),
      reset: (name: string) => detached(reset(name)),
      remove: (name: string) => Effect.orElseSucceed(detached(remove(name)), () => false),
      copy: (keep: Copy) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            for (const { tenant } of rooms.values()) tenant?.journal.read().forEach((entry) => keep(tenant, entry))
            copies.add(keep)
          }),
          () => Effect.sync(() => copies.delete(keep))
        ),
      all: (): ReadonlyArray<Tenant> => [...rooms.values()].flatMap(({ tenant }) => tenant ?? []),
      expiresInMs: (name: string): number | undefined => {
        const room = rooms.get(name)
        return room?.isTemporary === true ? Math.max(0, Math.ceil(expiresAt(room) - nowMs())) : undefined
      },
      byName: (name: string) => use(rooms.get(name)),
      byToken: (token: string) => use(byKey.get(keyOf.token(token))),
      byAppId: (appId: number) => use(byKey.get(keyOf.app(appId))),
      byUserToken: (token: string) => use(byKey.get(keyOf.login(token))),
      login: (id: string, password: string): string | undefined => {
        const room = byKey.get(keyOf.user(id))
        const token = use(room)?.account.login(id, password)
        if (room !== undefined && token !== undefined) byKey.set(keyOf.login(token), room)
        return token
      }
    }
  })

/**
 * What is to go wrong in a tenant: the rules, how often each was met and fired, and the journal entry for each time. Who
 * asks carries the fault out.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Notice } from "../core/call/Notice.ts"
import * as decide from "../core/fault/decide.ts"
import {
  type Fault,
  isRequestFault,
  isStreamFault,
  isWebhookFault,
  type Place,
  placeOf,
  type RequestFault,
  type Rule,
  type StreamFault,
  type WebhookFault
} from "../core/fault/Fault.ts"
import { seedOf } from "../core/media/Chance.ts"
import { Journal } from "./Journal.ts"
import { Timeline } from "./Timeline.ts"

/**
 * No more rules are taken: a tenant has {@link maxRules} at most.
 *
 * @category errors
 * @since 0.1.0
 */
export class TooManyRules extends Schema.TaggedError<TooManyRules>()("TooManyRules", { limit: Schema.Natural }) {
  override get message(): string {
    return `no more than ${this.limit} fault rules at a time: remove some`
  }
}

/**
 * A rule by its id, how often it was met with what it is for, and how often it fired. One that never fired does so
 * because nothing met it (`matched` is 0), or because of its `nth`, `first` or `probability`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Standing extends decide.Counts {
  readonly id: string
  readonly rule: Rule
}

interface Befallen {
  readonly causedBy?: number
  readonly callId?: string
  readonly numbers?: ReadonlyArray<string>
}

/**
 * A request that a fault may befall, by its method and path.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestPoint extends Befallen {
  readonly operation: string
}

/**
 * A webhook that a fault may befall.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebhookPoint extends Befallen {
  readonly notice: Notice["_tag"]
  readonly url: string
}

/**
 * An audio stream that a fault may befall, when it is dialed.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamPoint extends Befallen {
  readonly url: string
}

/**
 * The faults of a tenant.
 *
 * Rules are asked in the order in which they were added. Each counts whatever it is for, whether or not another one
 * fires; of a request or a webhook the first that fires counts, of a stream all do.
 *
 * @category services
 * @since 0.1.0
 */
export class Faults extends Context.Service<Faults, {
  /** Takes a rule, and gives its id: `fault1` and on. None is used twice. */
  readonly add: (rule: Rule) => Effect.Effect<string, TooManyRules>
  /** Whether there was such a rule. */
  readonly remove: (id: string) => boolean
  readonly clear: () => void
  /** In the order in which they were added. */
  readonly list: () => ReadonlyArray<Standing>
  /** Whether any rule is for such a place; where none is, there is nothing to ask. */
  readonly watches: (place: Place) => boolean
  readonly request: (point: RequestPoint) => RequestFault | undefined
  readonly webhook: (point: WebhookPoint) => WebhookFault | undefined
  readonly stream: (point: StreamPoint) => ReadonlyArray<StreamFault>
  /** Journals a fault that a request asked for itself. */
  readonly asked: (fault: RequestFault, point: RequestPoint) => void
  /**
   * A request that gets no answer: waits until whoever asked has left, {@link longestHang} at most. Of them there are at
   * most {@link maxHanging} at a time; for one more it does not wait at all.
   */
  readonly hang: Effect.Effect<void>
  /** How many {@link hang} now. */
  readonly hanging: () => number
  /** Waits for {@link sever}. */
  readonly severed: Effect.Effect<void>
  /** Breaks off whatever a fault keeps waiting. */
  readonly sever: () => void
}>()("@effect-piopiy/simulator/Faults") {}

/** @since 0.1.0 */
export const maxRules = 1000
/** @since 0.1.0 */
export const maxHanging = 1000
/** @since 0.1.0 */
export const longestHang = "10 minutes"

/** The id in the journal of a fault that a request asked for itself. */
const headerId = "header"

interface Kept {
  readonly id: string
  readonly rule: Rule
  readonly seed: number
  counts: decide.Counts
}

const make = ({ rules, seed }: FaultsOptions) =>
  Effect.gen(function*() {
    const timeline = yield* Timeline
    const journal = yield* Journal
    const kept = new Map<string, Kept>()
    const watched: Record<Place, number> = { Request: 0, Webhook: 0, Stream: 0 }
    let added = 0
    let hanging = 0
    let severing = Latch.makeUnsafe(false)

    const keep = (rule: Rule): string => {
      added += 1
      const id = `fault${added}`
      kept.set(id, { id, rule, seed: seedOf(`${seed}/${id}`), counts: decide.none })
      watched[placeOf(rule.fault)] += 1
      return id
    }

    const remove = (id: string): boolean => {
      const found = kept.get(id)
      if (found === undefined) return false
      watched[placeOf(found.rule.fault)] -= 1
      return kept.delete(id)
    }

    const write = (
      { id, rule: { fault, name } }: Pick<Kept, "id" | "rule">,
      { callId, causedBy, notice, operation, url }: Befallen & Partial<RequestPoint & WebhookPoint>
    ): void => {
      journal.append({
        _tag: "Faulted",
        faultId: id,
        ...(name === undefined ? {} : { name }),
        fault: fault._tag,
        ...(causedBy === undefined ? {} : { causedBy }),
        ...(callId === undefined ? {} : { callId }),
        ...(operation === undefined ? {} : { operation }),
        ...(notice === undefined ? {} : { webhook: notice }),
        ...(url === undefined ? {} : { url })
      })
    }

    /** What fires, in order. Where only one may, those after it are met all the same. */
    const firing = (place: Place, point: Befallen & Partial<RequestPoint & WebhookPoint>, all: boolean) => {
      if (watched[place] === 0) return []
      const at = timeline.nowMs()
      const found: Array<Fault> = []
      for (const one of kept.values()) {
        if (!decide.matches(one.rule, { ...point, place, at })) continue
        const { counts, fires } = decide.next(one.rule, one.counts, one.seed)
        const counted = fires && (all || found.length === 0)
        one.counts = counted ? counts : { ...one.counts, matched: counts.matched }
        if (!counted) continue
        write(one, point)
        found.push(one.rule.fault)
      }
      return found
    }

    const hang = Effect.suspend(() => {
      if (hanging >= maxHanging) return Effect.void
      hanging += 1
      return Effect.ensuring(
        Effect.sleep(longestHang),
        Effect.sync(() => {
          hanging -= 1
        })
      )
    })

    for (const rule of rules) keep(rule)
    return Faults.of({
      add: (rule) =>
        Effect.suspend(() =>
          kept.size < maxRules ? Effect.succeed(keep(rule)) : Effect.fail(new TooManyRules({ limit: maxRules }))
        ),
      remove,
      clear: () => {
        for (const id of [...kept.keys()]) remove(id)
      },
      list: () => [...kept.values()].map(({ counts, id, rule }) => ({ id, rule, ...counts })),
      watches: (place) => watched[place] > 0,
      request: (point) => firing("Request", point, false).find(isRequestFault),
      webhook: (point) => firing("Webhook", point, false).find(isWebhookFault),
      stream: (point) => firing("Stream", point, true).filter(isStreamFault),
      asked: (fault, point) => write({ id: headerId, rule: { fault } }, point),
      hang,
      hanging: () => hanging,
      severed: Effect.suspend(() => severing.await),
      sever: () => {
        const severed = severing
        severing = Latch.makeUnsafe(false)
        severed.openUnsafe()
      }
    })
  })

/**
 * What a tenant's faults are made with: the seed that chance is drawn from, and the rules that are there from the
 * beginning, {@link maxRules} at most.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultsOptions {
  readonly seed: number
  readonly rules: ReadonlyArray<Rule>
}

/**
 * The faults of a tenant.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: FaultsOptions): Layer.Layer<Faults, never, Timeline | Journal> =>
  Layer.effect(Faults, make(options))

/**
 * What a ladder looks at in an entry. Entries of this process fit, and so do those of a journal that another version has
 * written: a field too many does no harm.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * An event or a command. Its fields are looked at when it is drawn.
 *
 * @category models
 * @since 0.1.0
 */
export interface Told {
  readonly _tag: string
  readonly [field: string]: unknown
}

/**
 * What a ladder needs of an entry: `event`, `commands` and the state that follows (`to`) of a call's turn, `message` of
 * a call that broke, `note` of a message on a stream that had no effect, `fault`, its rule's `name`, and the `operation`
 * or `webhook` that it befell. `at` is milliseconds from the tenant's origin.
 *
 * @category models
 * @since 0.1.0
 */
export interface LadderEntry {
  readonly _tag: string
  readonly at: number
  readonly event?: Told
  readonly to?: string
  readonly commands?: ReadonlyArray<Told>
  readonly message?: string
  readonly fault?: string
  readonly name?: string
  readonly operation?: string
  readonly webhook?: string
  readonly note?: string
}

/**
 * Whom a leg reaches: a phone by its number, a SIP user by its address, anybody else by an id.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Party = Schema.Struct({
  _tag: Schema.String,
  number: Schema.optionalKey(Schema.String),
  uri: Schema.optionalKey(Schema.String),
  id: Schema.optionalKey(Schema.String)
})
/** @since 0.1.0 */
export type Party = typeof Party.Type

/**
 * What a ladder and the lines below it need of a record.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LadderRecord = Schema.Struct({
  callId: Schema.String,
  answeredAt: Schema.optionalKey(Schema.Finite),
  durationMs: Schema.Finite,
  disposition: Schema.String,
  hangupCause: Schema.String,
  hangupReason: Schema.optionalKey(Schema.String),
  endedBy: Schema.String,
  legs: Schema.Array(Schema.Struct({
    legId: Schema.String,
    endpoint: Party,
    answeredAt: Schema.optionalKey(Schema.Finite),
    durationMs: Schema.Finite,
    disposition: Schema.String,
    hangupCause: Schema.String
  })),
  inputs: Schema.Array(Schema.Struct({ status: Schema.String, entry: Schema.optionalKey(Schema.String) }))
})
/** @since 0.1.0 */
export type LadderRecord = typeof LadderRecord.Type

const readWritten = Schema.decodeUnknownOption(Schema.Struct({ record: LadderRecord }))

/**
 * The record of a call, from the entry that ends it.
 *
 * @category getters
 * @since 0.1.0
 */
export const recordOf = ({ commands = [] }: LadderEntry): LadderRecord | undefined => {
  const written = commands.find(({ _tag }) => _tag === "WriteRecord")
  return Option.getOrUndefined(readWritten(written))?.record
}

/**
 * Whether an entry is the last of its call.
 *
 * @category getters
 * @since 0.1.0
 */
export const endsCall = ({ _tag, to }: LadderEntry): boolean => _tag === "Broke" || to === "Ended"

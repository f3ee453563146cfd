/** What pipelines of both APIs are made of: their actions in a frozen value that is equal by content. */
import * as Pipeable from "effect/Pipeable"
import { canonicalItems } from "./canonical.ts"
import type { Codec } from "./fields.ts"
import { attempt, isRecord } from "./plainData.ts"

/** Marks a value that is a pipeline, and says of which API. */
export const typeId = "~@effect-piopiy/sdk/Pipeline"

class Value<Kind extends string, Actions> extends Pipeable.Class {
  readonly [typeId]: Kind
  readonly actions: Actions
  constructor(kind: Kind, actions: Actions) {
    super()
    this[typeId] = kind
    this.actions = actions
    Object.freeze(this)
  }
}

/** A pipeline whose actions are in canonical form. What is no array becomes its one action, to be refused later. */
export const make = <Kind extends string, Actions>(kind: Kind, action: Codec, actions: Actions) =>
  new Value(kind, canonicalItems(action, actions))

/** Whether a value is a pipeline of this kind. */
export const isKind = (kind: string, value: unknown): boolean =>
  attempt(() => isRecord(value) && value[typeId] === kind, false)

/** Values in canonical form, by tables of fields: frozen, durations as `Duration`. */
import { caseOf, type Codec, plain, type Row } from "./fields.ts"
import { attempt, isArray, isRecord, snapshot } from "./plainData.ts"

const canonicalRows = (rows: ReadonlyArray<Row>, value: { readonly [key: string]: unknown }): object => {
  const codecs = new Map(rows.flatMap((row) => ("codec" in row ? [[row.domain, row.codec] as const] : [])))
  return Object.freeze(
    Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, canonical(codecs.get(key) ?? plain, item)])
    )
  )
}

/** The canonical form of a value. What is not understood stays as it is. */
export const canonical = (codec: Codec, value: unknown): unknown => {
  if ("item" in codec) {
    return isArray(value) ? Object.freeze(Array.from(value, (one) => canonical(codec.item, one))) : snapshot(value)
  }
  if ("rows" in codec) return isRecord(value) ? canonicalRows(codec.rows, value) : snapshot(value)
  if ("cases" in codec) {
    return isRecord(value) ? canonicalRows(caseOf(codec, value["_tag"])?.rows ?? [], value) : snapshot(value)
  }
  return codec.canonical?.(value) ?? snapshot(value)
}

/**
 * Actions in canonical form, in a frozen array. What is no array becomes the one item of an array, to be refused later.
 */
export function canonicalItems<Items>(item: Codec, value: Items): Items
export function canonicalItems(item: Codec, value: unknown): unknown {
  const items = isArray(value) ? value : [value]
  return attempt<unknown>(() => canonical({ item }, items), items)
}

/**
 * A tagged value in its canonical form, frozen. It never throws: options that are no object, or that throw when they are
 * read, leave a key behind that no row knows, so that the value is refused when it is checked.
 */
export function build<Tag extends string, Options>(
  codec: Codec,
  tag: Tag,
  options: Options
): { readonly _tag: Tag } & Readonly<Options>
export function build(codec: Codec, tag: string, options: unknown): unknown {
  const read = () => canonical(codec, isRecord(options) ? { ...options, _tag: tag } : { _tag: tag, options })
  return attempt<unknown>(read, Object.freeze({ _tag: tag, unreadable: true }))
}

import * as Effect from "effect/Effect"

/** Calls a function as code without types does. */
export const untyped = (f: (...args: ReadonlyArray<never>) => unknown, ...args: ReadonlyArray<unknown>): unknown =>
  Reflect.apply(f, undefined, args)

/** Values that no type allows, each meant to trip a reader up. */
export const junk = (): ReadonlyArray<unknown> => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  let deep: unknown = "bottom"
  for (let depth = 0; depth < 20_000; depth += 1) deep = { deep, _tag: "Connect", endpoints: [deep] }
  return [
    undefined,
    null,
    true,
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    12n,
    "",
    "text",
    Symbol("symbol"),
    () => 1,
    [],
    // oxlint-disable-next-line no-sparse-arrays
    [, 1],
    {},
    new Date(0),
    new Map([["a", 1]]),
    Object.create(null),
    JSON.parse("{\"__proto__\":{\"polluted\":1},\"constructor\":1,\"toString\":2}"),
    { _tag: "__proto__" },
    { _tag: "toString" },
    { _tag: Symbol("tag") },
    {
      get callerId() {
        throw new Error("read")
      }
    },
    revoked.proxy,
    cyclic,
    deep
  ]
}

/** The effect that an untyped call gave. */
export const effectOf = (value: unknown): Effect.Effect<unknown, unknown> =>
  isEffect(value) ? value : Effect.die("expected an effect")

const isEffect = (value: unknown): value is Effect.Effect<unknown, unknown> => Effect.isEffect(value)

/** How a tenant's time passes. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The fastest that time passes by itself. */
export const fastest = 1000

const Factor = Schema.Finite.check(
  Schema.makeFilter((factor) => factor > 0 && factor <= fastest, {
    message: `Expected a number above 0, up to ${fastest}`,
    toJsonSchema: () => ({ exclusiveMinimum: 0, maximum: fastest })
  })
)

/**
 * `Live`: as the clock of the program around. `Scaled`: `factor` times as fast as that one. `Manual`: not at all, until
 * somebody moves it.
 *
 * @category models
 * @since 0.1.0
 */
export type ClockMode =
  | { readonly _tag: "Live" }
  | { readonly _tag: "Scaled"; readonly factor: number }
  | { readonly _tag: "Manual" }

/** @since 0.1.0 */
export const live: ClockMode = { _tag: "Live" }
/** @since 0.1.0 */
export const manual: ClockMode = { _tag: "Manual" }

/**
 * A mode as a configuration says it: `"live"`, `"manual"` or `{ "scaled": 60 }`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Setting = Schema.Union([Schema.Literals(["live", "manual"]), Schema.Struct({ scaled: Factor })])
/** @since 0.1.0 */
export type Setting = typeof Setting.Type

/**
 * The mode that a configuration means; live when it says nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSetting = (setting: Setting | undefined): ClockMode => {
  if (typeof setting === "object") return { _tag: "Scaled", factor: setting.scaled }
  return setting === "manual" ? manual : live
}

/**
 * A mode as a configuration says it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const toSetting = (mode: ClockMode): Setting => {
  if (mode._tag === "Scaled") return { scaled: mode.factor }
  return mode._tag === "Manual" ? "manual" : "live"
}

const isFactor = Schema.is(Factor)

/**
 * Reads a setting as a command line gives it: `live`, `manual` or `scaled=60`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Option.Option<Setting> => {
  if (text === "live" || text === "manual") return Option.some(text)
  const [, digits = ""] = /^scaled=([0-9]+(?:\.[0-9]+)?)$/.exec(text) ?? []
  const scaled = Number(digits)
  return isFactor(scaled) ? Option.some({ scaled }) : Option.none()
}

/**
 * A setting as a command line gives it, which {@link parse} reads.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (setting: Setting): string => typeof setting === "string" ? setting : `scaled=${setting.scaled}`

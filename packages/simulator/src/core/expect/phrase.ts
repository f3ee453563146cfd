/** How moments, counts and values are written in messages. */

/** The longest line of a message, in characters. */
const longestLine = 160

/**
 * Minutes, seconds and milliseconds from the origin: 02:03.004.
 *
 * @category formatting
 * @since 0.1.0
 */
export const moment = (atMs: number): string => {
  const whole = Math.max(0, Math.round(atMs))
  const [minutes, seconds] = [Math.floor(whole / 60_000), Math.floor(whole / 1000) % 60]
  return `${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}.${
    String(whole % 1000).padStart(3, "0")
  }`
}

/**
 * A duration in milliseconds, to a tenth.
 *
 * @category formatting
 * @since 0.1.0
 */
export const ms = (duration: number): string => `${Math.round(duration * 10) / 10} ms`

/**
 * @category formatting
 * @since 0.1.0
 */
export const times = (count: number): string => count === 1 ? "once" : count === 2 ? "twice" : `${count} times`

/**
 * @category formatting
 * @since 0.1.0
 */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/**
 * Cut where it is too long for a line.
 *
 * @category formatting
 * @since 0.1.0
 */
export const clip = (text: string, longest = longestLine): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`

/** What would break a line, or do something to a terminal. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/gu

/**
 * One line of a message, whatever the text holds.
 *
 * @category formatting
 * @since 0.1.0
 */
export const line = (text: string): string => clip(text.replace(unprintable, " "))

/**
 * A value as JSON, cut; what is not there says so.
 *
 * @category formatting
 * @since 0.1.0
 */
export const value = (json: unknown): string =>
  json === undefined ? "missing" : clip(JSON.stringify(json) ?? "missing", 60)

/**
 * Some of them, and how many more there are.
 *
 * @category formatting
 * @since 0.1.0
 */
export const some = (all: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  all.length <= most ? all : [...all.slice(0, most), `${all.length - most} more`]

/**
 * With commas, and an "and" before the last.
 *
 * @category formatting
 * @since 0.1.0
 */
export const listed = (all: ReadonlyArray<string>): string =>
  all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`

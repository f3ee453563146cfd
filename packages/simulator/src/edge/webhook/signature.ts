/**
 * The signature of what the simulator sends, when a secret is configured. It is the simulator's own: the platform signs
 * nothing, as far as any public source tells.
 *
 * The header holds `t=<seconds since 1970>,v1=<hex>`, where `hex` is the HMAC-SHA256 of `<t>.<body>` under the secret.
 */
import * as Effect from "effect/Effect"

/**
 * The name of the header.
 *
 * @category constants
 * @since 0.1.0
 */
export const header = "x-piopiy-sim-signature"

const bytes = (text: string) => new TextEncoder().encode(text)

const algorithm = { name: "HMAC", hash: "SHA-256" }

/**
 * The value of the header.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(secret: string, body: string, epochMs: number) {
  const t = Math.floor(epochMs / 1000)
  const { subtle } = globalThis.crypto
  const key = yield* Effect.promise(() => subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]))
  const mac = yield* Effect.promise(() => subtle.sign("HMAC", key, bytes(`${t}.${body}`)))
  return `t=${t},v1=${Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("")}`
})

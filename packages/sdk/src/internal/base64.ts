/** Base64 of bytes by what the runtime has for it, which is ten times as fast as a loop. */
import * as Base64 from "effect/encoding/Base64"

interface Encodes {
  readonly toBase64: () => string
}

const encodes = (bytes: object): bytes is Encodes => "toBase64" in bytes && typeof bytes.toBase64 === "function"

const pick = (): (bytes: Uint8Array) => string => {
  if (encodes(Uint8Array.prototype)) return (bytes) => encodes(bytes) ? bytes.toBase64() : Base64.encode(bytes)
  // No import, so that this loads where there is no Node.
  const { Buffer } = globalThis
  if (Buffer === undefined) return Base64.encode
  return ({ buffer, byteLength, byteOffset }) => Buffer.from(buffer, byteOffset, byteLength).toString("base64")
}

/** With padding, in the alphabet of RFC 4648. */
export const encode = pick()

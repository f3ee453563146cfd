import { assert, describe, it } from "@effect/vitest"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as AudioFrame from "../src/AudioFrame.ts"
import * as G711 from "../src/G711.ts"

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

const allSamples = AudioFrame.make(Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768), 8000)

/** Every byte decoded, as little-endian samples: by audioop of CPython 3.11.7, November 2026. */
const goldens = {
  muLaw:
    "hIKEhoSKhI6EkoSWhJqEnoSihKaEqoSuhLKEtoS6hL6EwYTDhMWEx4TJhMuEzYTPhNGE04TVhNeE2YTbhN2E3wThBOIE4wTkBOUE5gTnBOgE6QTqBOsE7ATtBO4E7wTwxPBE8cTxRPLE8kTzxPNE9MT0RPXE9UT2xPZE98T3RPik+OT4JPlk+aT55Pkk+mT6pPrk+iT7ZPuk++T7JPxk/JT8tPzU/PT8FP00/VT9dP2U/bT91P30/RT+NP5U/nT+jP6c/qz+vP7M/tz+7P78/gz/HP8s/zz/TP9c/2z/fP+I/5D/mP+g/6j/sP+4/8D/yP/Q/9j/4P/o//D/+P8AAHx9fHl8dXxxfG18aXxlfGF8XXxZfFV8UXxNfEl8RXxBfD58PHw6fDh8Nnw0fDJ8MHwufCx8KnwofCZ8JHwifCD8Hvwd/Bz8G/wa/Bn8GPwX/Bb8FfwU/BP8EvwR/BD8DzwPvA48DrwNPA28DDwMvAs8C7wKPAq8CTwJvAg8CLwHXAccB9wGnAZcBhwG3AWcBVwFHAXcBJwEXAQcBNwDnANsA0wDLAMMA+wCzAKsAowCbAJMAiwCDALsAcwBrAGMAXQBZAFUAUQBNAEkARQBBAH0AOQA1ADEALQApACUAIQAeABwAGgAYABYAFAASABAADgAMAAoACAAGAAQAAgAAAA=",
  aLaw:
    "gOqA64DogOmA7oDvgOyA7YDigOOA4IDhgOaA54DkgOVA9cD1QPTA9ED3wPdA9sD2QPHA8UDwwPBA88DzQPLA8gCqAK4AogCmALoAvgCyALYAigCOAIIAhgCaAJ4AkgCWANUA1wDRANMA3QDfANkA2wDFAMcAwQDDAM0AzwDJAMuo/rj+iP6Y/uj++P7I/tj+KP44/gj+GP5o/nj+SP5Y/qj/uP+I/5j/6P/4/8j/2P8o/zj/CP8Y/2j/eP9I/1j/oPrg+iD6YPqg++D7IPtg+6D44Pgg+GD4oPng+SD5YPlQ/XD9EP0w/dD98P2Q/bD9UPxw/BD8MPzQ/PD8kPyw/IAVgBSAF4AWgBGAEIATgBKAHYAcgB+AHoAZgBiAG4AawApACsALQAvACEAIwAlACcAOQA7AD0APwAxADMANQA0AVgBSAF4AWgBGAEIATgBKAHYAcgB+AHoAZgBiAG4AagArACkALwAtACMAIQAnACUAOwA5AD8APQAzADEANwA1WAFIAXgBaAEYAQgBOAEoAdgByAH4AegBmAGIAbgBqAFYAEgAeABoABgACAA4ACgA2ADIAPgA6ACYAIgAuACoAGAFIAXgBaAFYAQgBOAEoARgByAH4AegB2AGIAbgBqAGsAKQAvAC0AIwAhACcAJQArADkAPwA9ADMAMQA3ADUAM="
}

/**
 * Tables 2a and 1a of Recommendation G.711: how many intervals of which size follow one another, outwards from zero, at
 * the 16-bit scale.
 */
const intervals: { readonly [law: string]: ReadonlyArray<readonly [count: number, size: number]> } = {
  muLaw: [[1, 4], [15, 8], [16, 16], [16, 32], [16, 64], [16, 128], [16, 256], [16, 512], [16, 1024]],
  aLaw: [[32, 16], [16, 32], [16, 64], [16, 128], [16, 256], [16, 512], [16, 1024]]
}

const laws = [
  {
    name: "mu-law",
    decode: G711.decodeMuLaw,
    encode: G711.encodeMuLaw,
    golden: goldens.muLaw,
    table: intervals["muLaw"] ?? [],
    loudest: 32_124,
    line: (interval: number, isNegative: boolean) => ~(isNegative ? interval | 0x80 : interval) & 0xff
  },
  {
    name: "A-law",
    decode: G711.decodeALaw,
    encode: G711.encodeALaw,
    golden: goldens.aLaw,
    table: intervals["aLaw"] ?? [],
    loudest: 32_256,
    line: (interval: number, isNegative: boolean) => (isNegative ? interval : interval | 0x80) ^ 0x55
  }
]

describe.each(laws)("$name", ({ decode, encode, golden, line, loudest, table }) => {
  it("decodes every byte as an independent implementation does", () => {
    const bytes = AudioFrame.toBytes(decode(allBytes))
    assert.strictEqual(Base64.encode(bytes), golden)
    assert.strictEqual(Math.max(...decode(allBytes).samples), loudest)
    assert.strictEqual(decode(allBytes).sampleRate, 8000)
  })

  it("encodes every sample into the interval that the Recommendation's table puts it in", () => {
    const encoded = Result.getOrThrow(encode(allSamples))
    const sizes = table.flatMap(([count, size]) => Array.from({ length: count }, () => size))
    assert.strictEqual(sizes.length, 128)
    const expected = sizes.flatMap((size, interval) => Array.from({ length: size }, () => interval))
    const wrong = [...allSamples.samples].filter((sample, index) => {
      const interval = expected[sample < 0 ? -sample - 1 : sample] ?? 127
      return encoded[index] !== line(interval, sample < 0)
    })
    assert.deepStrictEqual(wrong, [])
  })

  it("gives every byte back that it has decoded, but for the two zeros of mu-law, which are one", () => {
    const bytes = [...Result.getOrThrow(encode(decode(allBytes)))]
    assert.deepStrictEqual(
      bytes.filter((byte, index) => byte !== index),
      loudest === 32_124 ? [0xff] : []
    )
  })

  it("refuses audio that is not at 8000 samples a second", () => {
    const error = Result.getOrThrow(Result.flip(encode(AudioFrame.silence("20 millis", 16_000))))
    assert.deepStrictEqual({ ...error.reason }, { _tag: "RateMismatch", expected: 8000, actual: 16_000 })
  })
})

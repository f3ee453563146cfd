/** Audio at whatever rate a file has, brought to one of those that the simulator calculates with. */
import * as AudioFrame from "@effect-piopiy/sdk/AudioFrame"

/** Rates beyond are no audio. */
const lowestRate = 4000
const highestRate = 192_000

/** Coefficients lie this many to a sample; between two of them they are interpolated. */
const phases = 512

/** How far the filter reaches to either side, in samples of the lower rate. */
const reach = 24

/** A low-pass by a sinc in a Blackman window, at places counted in samples of the lower rate. */
const impulse = (place: number): number => {
  if (Math.abs(place) >= reach) return 0
  const x = Math.PI * place
  const turn = (Math.PI * place) / reach
  const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn)
  return window * (x === 0 ? 1 : Math.sin(x) / x)
}

const table = Float64Array.from({ length: reach * phases + 2 }, (_, index) => impulse(index / phases))

const coefficient = (place: number): number => {
  const at = Math.min(Math.abs(place), reach) * phases
  const index = Math.floor(at)
  const low = table[index] ?? 0
  return low + (at - index) * ((table[index + 1] ?? 0) - low)
}

const toInt16 = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)))

/**
 * Samples from -1 to 1 as a frame of the next supported rate that is not lower, of the highest one at most. Nothing for
 * rates below 4 kHz and above 192 kHz.
 *
 * @category constructors
 * @since 0.1.0
 */
export const frame = (samples: Float32Array, rate: number): AudioFrame.AudioFrame | undefined => {
  if (!(rate >= lowestRate && rate <= highestRate)) return undefined
  const to = AudioFrame.sampleRates.find((supported) => supported >= rate) ?? 48_000
  if (to === rate) return AudioFrame.make(Int16Array.from(samples, toInt16), to)
  const scale = Math.min(1, to / rate)
  const width = Math.ceil(reach / scale)
  const out = new Int16Array(Math.floor((samples.length * to) / rate))
  for (let index = 0; index < out.length; index += 1) {
    const center = (index * rate) / to
    const first = Math.max(0, Math.ceil(center - width))
    const last = Math.min(samples.length - 1, Math.floor(center + width))
    let sum = 0
    for (let place = first; place <= last; place += 1) {
      sum += (samples[place] ?? 0) * coefficient((place - center) * scale)
    }
    out[index] = toInt16(sum * scale)
  }
  return AudioFrame.make(out, to)
}

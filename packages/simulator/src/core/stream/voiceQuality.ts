/** At which rate the audio of a stream is calculated. */

const rates = [8000, 16_000, 24_000, 32_000, 48_000] as const

/**
 * Samples a second of a stream of some `voice_quality`: that number, or 8000 where the simulator cannot calculate at it
 * (assumed).
 *
 * @category getters
 * @since 0.1.0
 */
export const callRate = (voiceQuality: number): (typeof rates)[number] =>
  rates.find((rate) => rate === voiceQuality) ?? 8000

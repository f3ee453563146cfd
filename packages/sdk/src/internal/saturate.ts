/** The nearest 16-bit number; what is no number counts as 0. */
export const saturate = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-32_768, Math.min(32_767, Math.round(value)))

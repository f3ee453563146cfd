/** What is kept of calls that have ended: as much as fits in its room, the newest. */

/** Mutable, and owned by one engine. */
export interface Shelf<A> {
  readonly get: (callId: string) => A | undefined
  readonly put: (callId: string, one: A) => void
  readonly remove: (callId: string) => void
}

export const make = <A>(room: number, sizeOf: (one: A) => number): Shelf<A> => {
  const kept = new Map<string, A>()
  let taken = 0
  const remove = (callId: string): void => {
    const gone = kept.get(callId)
    if (gone === undefined) return
    kept.delete(callId)
    taken -= sizeOf(gone)
  }
  return {
    remove,
    get: (callId) => kept.get(callId),
    put: (callId, one) => {
      remove(callId)
      kept.set(callId, one)
      taken += sizeOf(one)
      for (const oldest of kept.keys()) {
        if (taken <= room) return
        remove(oldest)
      }
    }
  }
}

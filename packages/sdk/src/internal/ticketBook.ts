/** Tokens that were given out and not used yet: each is good once, for a time, and there are only so many. */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import { isSame } from "./isSame.ts"

interface Entry<A> {
  readonly secret: string
  readonly value: A
  readonly expiresAt: number
}

/** Times are of one clock that never goes back, in the unit of the lifetime. */
export interface TicketBook<A> {
  /** The token for a value, from fresh random bytes, unless the book is full. */
  readonly add: (now: number, bytes: Uint8Array, value: A) => Option.Option<string>
  /** The value of a token, which is spent by this. */
  readonly take: (now: number, token: string) => Option.Option<A>
}

/** How many random bytes a token is made of: 9 find it in the book, 21 prove it. */
export const tokenBytes = 30

/** What finds a token is looked up in a time that may tell something about it; what proves it is compared in one that does not. */
const selectorLength = 12

/** All tokens live equally long, so that the first of the map expires first. */
export const make = <A>(capacity: number, lifetime: number): TicketBook<A> => {
  const entries = new Map<string, Entry<A>>()

  const dropExpired = (now: number): void => {
    for (const [selector, { expiresAt }] of entries) {
      if (expiresAt > now) return
      entries.delete(selector)
    }
  }

  return {
    add: (now, bytes, value) => {
      dropExpired(now)
      if (entries.size >= capacity) return Option.none()
      const token = Base64Url.encode(bytes)
      entries.set(token.slice(0, selectorLength), {
        secret: token.slice(selectorLength),
        value,
        expiresAt: now + lifetime
      })
      return Option.some(token)
    },
    take: (now, token) => {
      dropExpired(now)
      const selector = token.slice(0, selectorLength)
      const entry = entries.get(selector)
      if (entry === undefined || !isSame(entry.secret, token.slice(selectorLength))) return Option.none()
      entries.delete(selector)
      return Option.some(entry.value)
    }
  }
}

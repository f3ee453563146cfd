/**
 * Text messages. They take the login token of a contact-centre user, neither the app id with its secret nor the bearer
 * token: no endpoint for those is public.
 *
 * Everything here is documented (doc.telecmi.com/chub) and nothing of it observed.
 */
import * as Schema from "effect/Schema"
import * as PcmoLegacy from "./PcmoLegacy.ts"
import * as RestLegacy from "./RestLegacy.ts"
import { NonEmpty } from "./Scalars.ts"

/**
 * Addresses, both `POST`.
 *
 * @category constants
 * @since 0.1.0
 */
export const urls = {
  login: `${RestLegacy.hosts.rest}/user/login`,
  messages: `${RestLegacy.hosts.rest}/messages`
} as const

/**
 * Body of `login`. An id looks like `101_2222223`: the extension and the app id.
 *
 * @category requests
 * @since 0.1.0
 */
export const Login = Schema.Struct({ id: NonEmpty, password: NonEmpty })

/**
 * Reply to `login`. How long a token lives is not stated. Open.
 *
 * @category replies
 * @since 0.1.0
 */
export const LoggedIn = Schema.Struct({ ...RestLegacy.Reply.fields, token: NonEmpty })

/**
 * Body of `messages`. Conflict: the table of the page calls `to` text, its sample shows a number; a number is sent.
 *
 * @category requests
 * @since 0.1.0
 */
export const Message = Schema.Struct({
  token: NonEmpty,
  text: NonEmpty,
  to: PcmoLegacy.PhoneNumber
})

/**
 * `msg` of an accepted message.
 *
 * @category constants
 * @since 0.1.0
 */
export const messageSent = "message sent"

/**
 * Codes of failures of `messages`, as numbers in the body.
 *
 * @category constants
 * @since 0.1.0
 */
export const failureCodes = {
  missingParameter: 400,
  /** Messages to the United States are not allowed. */
  notAllowed: 401,
  badToken: 404,
  invalidSender: 407
} as const

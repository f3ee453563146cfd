/** What a command that is run against a simulator finds in its environment. */
import * as RestLegacy from "@effect-piopiy/sdk/wire/RestLegacy"
import * as RestV3 from "@effect-piopiy/sdk/wire/RestV3"

/** The platform's hosts, which a program dials unless it is told otherwise. */
export const hosts: ReadonlyArray<string> = [RestV3.baseUrl, RestLegacy.hosts.rest, RestLegacy.hosts.piopiy].map(
  (url) => new URL(url).hostname
)

/** What the program is told of an account; what is left out stays as it is in the environment around. */
export interface Credentials {
  readonly token?: string
  readonly appId?: number
  readonly appSecret?: string
}

/**
 * - `url`: where the simulator is, without a path.
 * - `allowHosts`: hosts beyond this machine that a Node program may reach, by name.
 */
export interface Options {
  readonly url: string
  readonly allowHosts: ReadonlyArray<string>
  readonly credentials: Credentials
}

// Beside the sources also when what runs is built: it is the same file for every Node.
const preloadFile = new URL("../../src/node/execPreload.mjs", import.meta.url)

/** The module that routes a Node program, with what it has to know in its URL. */
const preload = ({ allowHosts, url }: Options): string => {
  const module = new URL(preloadFile)
  module.searchParams.set("to", url)
  for (const host of hosts) module.searchParams.append("host", host)
  for (const host of allowHosts) module.searchParams.append("allow", host)
  return module.href
}

const joined = (separator: string, ...parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined && part.trim() !== "").join(separator)

/**
 * The environment of the command: the one around, with where the simulator is and as whom to speak to it, and for Node what
 * routes the platform's hosts. A proxy is not asked for those hosts, nor for the simulator.
 */
export const make = (around: NodeJS.ProcessEnv, options: Options): NodeJS.ProcessEnv => {
  const { credentials, url } = options
  const direct = joined(
    ",",
    around["NO_PROXY"],
    around["no_proxy"],
    ...new Set([...hosts, "localhost", "127.0.0.1", new URL(url).hostname])
  )
  return {
    ...around,
    NODE_OPTIONS: joined(" ", around["NODE_OPTIONS"], `--import=${preload(options)}`),
    NO_PROXY: direct,
    no_proxy: direct,
    PIOPIY_BASE_URL: `${url}/v3`,
    PIOPIY_LEGACY_BASE_URL: url,
    PIOPIY_SIM_URL: url,
    ...(credentials.token === undefined ? {} : { PIOPIY_TOKEN: credentials.token }),
    ...(credentials.appId === undefined ? {} : { PIOPIY_APP_ID: String(credentials.appId) }),
    ...(credentials.appSecret === undefined ? {} : { PIOPIY_APP_SECRET: credentials.appSecret })
  }
}

/** Which hosts the simulator may reach: it goes where URLs lead that its users write, so by default only this machine. */

const metadataHosts: ReadonlySet<string> = new Set(["metadata", "metadata.google.internal", "metadata.goog"])

const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "")

/** The IPv4 address inside an IPv6 one (`::ffff:a.b.c.d`, as a URL spells it in hexadecimal), or the host itself. */
const unmapped = (host: string): string => {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? []
  if (high === undefined || low === undefined) return host.replace(/^::ffff:(?=\d+\.)/, "")
  const bytes = [high, low].flatMap((word) => {
    const value = Number.parseInt(word, 16)
    return [value >> 8, value & 255]
  })
  return bytes.join(".")
}

/**
 * Whether the host is this machine: `localhost` and below it, 127.0.0.0/8, `::1`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLoopback = (host: string): boolean => {
  const name = unmapped(bare(host))
  return name === "localhost" || name.endsWith(".localhost") || name === "::1"
    || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}

/**
 * Whether nobody may have it: link-local addresses, among them those of cloud metadata services.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isForbidden = (host: string): boolean => {
  const name = unmapped(bare(host))
  return metadataHosts.has(name) || /^169\.254\./.test(name) || /^fe[89ab][0-9a-f]:/.test(name)
    || name === "fd00:ec2::254" || name === "100.100.100.200"
}

const reaching = (protocols: ReadonlyArray<string>) =>
(
  allowed: Iterable<string>,
  options: { readonly loopback: boolean } = { loopback: true }
): (url: URL) => boolean => {
  const names = new Set(Array.from(allowed, bare))
  return (url) =>
    protocols.includes(url.protocol) && url.username === "" && url.password === ""
    && !isForbidden(url.hostname) && ((options.loopback && isLoopback(url.hostname)) || names.has(bare(url.hostname)))
}

/**
 * Whether a URL may be sent to: http or https, no credentials, a host that is allowed by name, or this machine unless
 * `loopback` is false.
 *
 * @category predicates
 * @since 0.1.0
 */
export const allows = reaching(["http:", "https:"])

/**
 * Whether an audio socket may be dialed there: ws or wss, and otherwise as {@link allows}.
 *
 * @category predicates
 * @since 0.1.0
 */
export const allowsStream = reaching(["ws:", "wss:"])

/**
 * Whether a name may be used that resolves to this address.
 *
 * @category predicates
 * @since 0.1.0
 */
export const allowsAddress = (host: string, address: string): boolean =>
  !isForbidden(address) && (!isLoopback(host) || isLoopback(address))

/**
 * What `piopiy-sim exec` has a Node program load before anything of its own: connections to the platform's hosts go to
 * the simulator, and those to any other host but this machine are refused, unless it is allowed by name.
 *
 * It stands below every HTTP client, where all of them open their connections: `net.Socket` and `tls.connect`. What was to
 * be TLS to one of the platform's hosts is a plain connection that says it is secure, so no certificate is needed and
 * nothing is trusted that was not before.
 *
 * It is JavaScript, and asks for nothing that Node 20 lacks: the program may run on another Node than the simulator.
 * What it is told is in its own URL, so that it goes wherever NODE_OPTIONS go: `to` is the simulator, `host` one of the
 * platform's, `allow` another that may be reached.
 */
import dns from "node:dns"
import { syncBuiltinESMExports } from "node:module"
import net from "node:net"
import tls from "node:tls"

const settings = new URL(import.meta.url).searchParams
const simulator = new URL(settings.get("to") ?? "")

const bare = (host) => String(host).toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "")

const address = { host: bare(simulator.hostname), port: Number(simulator.port || 80) }
const platform = new Set(settings.getAll("host").map(bare))
const allowed = new Set([address.host, ...settings.getAll("allow").map(bare)])

const loopback = new net.BlockList()
loopback.addSubnet("127.0.0.0", 8)
loopback.addAddress("0.0.0.0")
loopback.addAddress("::1", "ipv6")
loopback.addAddress("::", "ipv6")

const isThisMachine = (host) => {
  const version = net.isIP(host)
  return version === 0
    ? host === "localhost" || host.endsWith(".localhost")
    : loopback.check(host, version === 6 ? "ipv6" : "ipv4")
}

const isOpen = (host) => isThisMachine(host) || allowed.has(host)

const warned = new Set()

/** As the system's own refusal, so that clients take it for one: nothing was sent. */
const refusal = (host, port) => {
  const name = host.includes(":") ? `[${host}]` : host
  const place = port === undefined ? name : `${name}:${port}`
  const message = `piopiy-sim exec: connection to ${place} refused; if the program is to reach it, `
    + `start it with: piopiy-sim exec --allow-host ${host}`
  // Clients bury the error: fetch says no more than "fetch failed".
  if (!warned.has(place)) process.emitWarning(message, { type: "PiopiySimWarning", code: "PIOPIY_SIM_REFUSED" })
  warned.add(place)
  return Object.assign(new Error(message), { code: "ECONNREFUSED", syscall: "connect", address: host, port })
}

/** What `connect` was asked for, in whichever of its forms; Node itself passes them on as one list. */
const asked = (args) => {
  const list = Array.isArray(args[0]) ? args[0] : args
  const [first, second] = list
  const place = typeof first === "object" || first === undefined
    ? {}
    : typeof first === "string" && !(Number(first) >= 0)
    ? { path: first }
    : { port: first, ...(typeof second === "string" ? { host: second } : {}) }
  const options = Object.assign(place, ...list.filter((each) => typeof each === "object" && each !== null))
  return { options, listener: list.find((each) => typeof each === "function") }
}

const isPath = ({ path }) => path !== undefined && path !== null

const open = net.Socket.prototype.connect

/** Node itself fails the connection, as it does when a name is not known. */
const refuse = (socket, error) =>
  open.call(socket, { host: "refused.invalid", port: 1, lookup: (_name, _options, done) => done(error) })

net.Socket.prototype.connect = function connect(...args) {
  const { listener, options } = asked(args)
  const host = bare(options.host || "localhost")
  if (isPath(options) || isOpen(host)) return open.apply(this, args)
  if (platform.has(host)) return open.call(this, address, listener)
  return refuse(this, refusal(host, options.port))
}

/** What clients ask of a secure connection. */
const secure = {
  encrypted: true,
  authorized: true,
  authorizationError: null,
  getCertificate: () => ({}),
  getCipher: () => undefined,
  getPeerCertificate: () => ({}),
  getPeerX509Certificate: () => undefined,
  getProtocol: () => null,
  getSession: () => undefined,
  isSessionReused: () => false,
  setServername: () => {}
}

const http1 = "http/1.1"

/** The protocols that a client offers are a list, or one buffer of them all; one that offers none speaks HTTP/1.1. */
const speaksHttp1 = (offered) =>
  offered === undefined || offered === null
  || (Array.isArray(offered) ? offered.map(String) : Buffer.from(offered)).includes(http1)

/** A plain connection to the simulator that looks like a secure one to a host of the platform. */
const pretend = (options, host, listener) => {
  const { ALPNProtocols: offered, allowHalfOpen, highWaterMark, signal, timeout } = options
  const socket = Object.assign(new net.Socket({ allowHalfOpen, highWaterMark, signal }), secure, {
    servername: host,
    alpnProtocol: offered ? http1 : false
  })
  if (timeout) socket.setTimeout(timeout)
  if (listener !== undefined) socket.once("secureConnect", listener)
  if (!speaksHttp1(offered)) {
    const message =
      `piopiy-sim exec: the simulator speaks HTTP/1.1, and this client asks ${host} for other protocols only`
    return refuse(socket, Object.assign(new Error(message), { code: "ECONNREFUSED" }))
  }
  return open.call(socket, address, () => process.nextTick(() => socket.emit("secureConnect")))
}

const handshake = tls.connect

tls.connect = function connect(...args) {
  const { listener, options } = asked(args)
  const { socket: tunnel } = options
  const names = [options.servername, options.host].filter(Boolean).map(bare)
  const host = names.find((name) => platform.has(name))
  const isRefused = tunnel && names.length > 0 && !isOpen(names[0])
  if (isPath(options) || (host === undefined && !isRefused)) return handshake.apply(this, args)
  // What leads through a proxy leads to the real host.
  tunnel?.destroy()
  return host === undefined ? refuse(new net.Socket(), refusal(names[0])) : pretend(options, host, listener)
}

/** Who looks a name up before dialing finds the simulator, also where no name server answers. */
const lookingUp = (owner) => {
  const lookup = owner.lookup
  const found = (host, ...rest) => lookup.call(owner, platform.has(bare(host)) ? address.host : host, ...rest)
  owner.lookup = Object.defineProperties(found, Object.getOwnPropertyDescriptors(lookup))
}
lookingUp(dns)
lookingUp(dns.promises)

syncBuiltinESMExports()

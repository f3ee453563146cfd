import { assert, describe, it } from "@effect/vitest"
import * as hosts from "../../../src/edge/webhook/hosts.ts"

const byDefault = hosts.allows([])
const allowing = (...names: ReadonlyArray<string>) => hosts.allows(names)

const thisMachine = [
  "http://localhost/menu",
  "http://LOCALHOST:8080/menu",
  "http://localhost./menu",
  "https://app.localhost/menu",
  "http://127.0.0.1/menu",
  "http://127.255.255.254/menu",
  "http://127.1/menu",
  "http://2130706433/menu",
  "http://0x7f000001/menu",
  "http://0177.0.0.1/menu",
  "http://127.0.0.1./menu",
  "http://[::1]:9/menu",
  "http://[0:0:0:0:0:0:0:1]/menu",
  "http://[::ffff:127.0.0.1]/menu",
  "http://[::ffff:7f00:1]/menu",
  "http://%6c%6f%63alhost/menu",
  "http://１２７.0.0.1/menu"
]

const elsewhere = [
  "http://example.com/menu",
  "http://192.0.2.1/menu",
  "http://0.0.0.0/menu",
  "http://[::]/menu",
  "http://10.0.0.1/menu",
  "http://192.168.1.1/menu",
  "http://128.0.0.1/menu",
  "http://126.255.255.255/menu",
  "http://127.0.0.1.example.com/menu",
  "http://localhost.example.com/menu",
  "http://notlocalhost/menu",
  "http://[::2]/menu",
  "http://[2001:db8::1]/menu",
  "http://[::ffff:192.0.2.1]/menu",
  "http://[::127.0.0.1]/menu",
  "http://[64:ff9b::7f00:1]/menu"
]

const never = [
  "http://169.254.169.254/latest/meta-data",
  "http://169.254.0.1/",
  "http://2852039166/latest/meta-data",
  "http://0xa9fea9fe/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[fe80::1]/",
  "http://[febf::1]/",
  "http://[fd00:ec2::254]/",
  "http://100.100.100.200/",
  "http://metadata.google.internal/computeMetadata/v1/",
  "http://METADATA.google.internal./",
  "http://metadata/"
]

const malformed = [
  "ftp://127.0.0.1/menu",
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
  "http://user:secret@127.0.0.1/menu",
  "http://user@localhost/menu",
  "http://:secret@localhost/menu"
]

describe("hosts.allows", () => {
  it.each(thisMachine)("lets a webhook go to %s, which is this machine", (url) => {
    assert.isTrue(byDefault(new URL(url)))
  })

  it.each(elsewhere)("keeps a webhook from going to %s, unless its host is allowed by name", (url) => {
    const parsed = new URL(url)
    assert.isFalse(byDefault(parsed))
    assert.isTrue(allowing(parsed.hostname)(parsed))
    assert.isFalse(allowing("other.example")(parsed))
  })

  it.each(never)("keeps a webhook from going to %s, even if its host is allowed by name", (url) => {
    const parsed = new URL(url)
    assert.isFalse(byDefault(parsed))
    assert.isFalse(allowing(parsed.hostname, "169.254.169.254")(parsed))
  })

  it.each(malformed)("refuses %s: credentials, or no web address", (url) => {
    assert.isFalse(byDefault(new URL(url)))
  })

  it("allows a host by its name, in any case, with or without a dot at its end or brackets", () => {
    assert.isTrue(allowing("Hooks.Example.COM")(new URL("http://hooks.example.com:81/x?y=1")))
    assert.isTrue(allowing("hooks.example.com.")(new URL("http://hooks.example.com/")))
    assert.isTrue(allowing("hooks.example.com")(new URL("http://hooks.example.com./")))
    assert.isTrue(allowing("[2001:DB8::1]")(new URL("http://[2001:db8::1]/")))
    assert.isTrue(allowing("2001:db8::1")(new URL("http://[2001:db8::1]/")))
  })

  it("allows no host below or above one that is allowed", () => {
    assert.isFalse(allowing("example.com")(new URL("http://a.example.com/")))
    assert.isFalse(allowing("a.example.com")(new URL("http://example.com/")))
  })
})

describe("hosts.allowsStream", () => {
  const stream = (url: string) => new URL(url.replace(/^http/, "ws"))

  it("judges hosts as those of webhooks", () => {
    const allowed = ["hooks.example.com"]
    for (const url of [...thisMachine, ...elsewhere, ...never, ...malformed, "http://hooks.example.com/"]) {
      assert.strictEqual(hosts.allowsStream(allowed)(stream(url)), hosts.allows(allowed)(new URL(url)), url)
    }
  })

  it("is for sockets alone, as webhooks are for the rest of the web", () => {
    assert.isTrue(hosts.allowsStream([])(new URL("wss://localhost/audio")))
    assert.isFalse(hosts.allowsStream([])(new URL("https://localhost/audio")))
    assert.isFalse(byDefault(new URL("wss://localhost/audio")))
  })
})

describe("hosts.allowsAddress", () => {
  it.each(
    [
      ["hooks.example.com", "192.0.2.1", true],
      ["hooks.example.com", "127.0.0.1", true],
      ["hooks.example.com", "169.254.169.254", false],
      ["hooks.example.com", "::ffff:169.254.169.254", false],
      ["hooks.example.com", "fe80::1", false],
      ["localhost", "127.0.0.1", true],
      ["localhost", "::1", true],
      ["app.localhost", "192.0.2.1", false],
      ["localhost", "10.0.0.1", false]
    ] as const
  )("lets %s be at %s: %s", (host, address, expected) => {
    assert.strictEqual(hosts.allowsAddress(host, address), expected)
  })
})

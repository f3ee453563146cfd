import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as StreamProfile from "../../../src/core/stream/StreamProfile.ts"

const isProfile = Schema.is(StreamProfile.StreamProfile)

it("the default sends nothing beyond the audio that is documented, and plays no binary", () => {
  const { playsBinary, sendsDtmf, sendsStart, sendsStop } = StreamProfile.conservative
  assert.isTrue(isProfile(StreamProfile.conservative))
  assert.deepStrictEqual([sendsStart, sendsDtmf, sendsStop, playsBinary], [false, false, false, false])
})

it("each field tells its default and its mark, and the default it tells is the one it has", () => {
  for (const [name, schema] of Object.entries(StreamProfile.StreamProfile.fields)) {
    const description = String(Schema.resolveAnnotations(schema)?.["description"])
    const value = Object.entries(StreamProfile.conservative).find(([key]) => key === name)?.[1]
    const told = typeof value === "boolean"
      ? (value ? "yes" : "no")
      : typeof value === "object"
      ? "none"
      : String(value)
    if (typeof value === "object") assert.deepStrictEqual(value, {})
    assert.include(description, `Default: ${told}${name === "name" ? "." : " (assumed"}`)
    if (name.endsWith("Ms")) assert.match(description, /, ms[.:;]/)
    if (name.endsWith("Bytes")) assert.include(description, ", bytes")
  }
})

it("a profile keeps what it does not change, and is called custom unless it says otherwise", () => {
  const profile = StreamProfile.make({ sendsStart: true, frameMs: 40 })
  assert.deepStrictEqual(profile, { ...StreamProfile.conservative, name: "custom", sendsStart: true, frameMs: 40 })
  assert.strictEqual(StreamProfile.make({ name: "stereo", bothSides: "stereo" }, profile).name, "stereo")
  assert.strictEqual(StreamProfile.make({ bothSides: "stereo" }, profile).frameMs, 40)
})

it.prop("any options that a configuration may hold make a profile", [StreamProfile.Options], ([options]) => {
  const profile = StreamProfile.make(options)
  assert.isTrue(isProfile(profile))
})

it("a frame is a multiple of 20 ms, and no count is negative or broken", () => {
  const refused: ReadonlyArray<Readonly<Record<string, unknown>>> = [
    { frameMs: 0 },
    { frameMs: 30 },
    { frameMs: 1020 },
    { queueCapMs: -1 },
    { carrierBufferMs: 0.5 },
    { name: "" },
    { overflow: "both" },
    { network: { jitterMs: -1 } },
    { network: { handshakeStatus: 101 } },
    { carrier: { codec: "opus" } },
    { carrier: { loss: 2 } }
  ]
  for (const options of refused) assert.isFalse(isProfile({ ...StreamProfile.conservative, ...options }))
})

import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as junit from "../../src/cli/junit.ts"

const ok: junit.TestCase = { file: "a.json", name: "a call", realMs: 1234, failures: [], output: [] }

describe("junit", () => {
  it("writes a suite for each file and a case for each run", () => {
    const failed = { ...ok, name: "<b> & \"c\"", failures: ["expected 1\nwas 2 < 3", "another"], output: ["replay it"] }
    assert.strictEqual(
      junit.toXml([ok, failed, { ...ok, file: "b.json" }]),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="piopiy-sim" tests="3" failures="1" errors="0" time="3.702">
  <testsuite name="a.json" tests="2" failures="1" errors="0" time="2.468">
    <testcase classname="a.json" name="a call" time="1.234"/>
    <testcase classname="a.json" name="&lt;b&gt; &amp; &quot;c&quot;" time="1.234">
      <failure message="expected 1">expected 1
was 2 &lt; 3

another</failure>
      <system-out>replay it</system-out>
    </testcase>
  </testsuite>
  <testsuite name="b.json" tests="1" failures="0" errors="0" time="1.234">
    <testcase classname="b.json" name="a call" time="1.234"/>
  </testsuite>
</testsuites>
`
    )
  })

  it("writes no character that XML cannot hold", () => {
    const xml = junit.toXml([{ ...ok, name: "a\u0000\u001b[31m\ud800", failures: ["\u0007 ]]> \u{1F600}"] }])
    assert.include(xml, "name=\"a\uFFFD\uFFFD[31m\uFFFD\"")
    assert.include(xml, "\uFFFD ]]&gt; \u{1F600}</failure>")
  })

  it.prop("lets no text out of its element", [Schema.String], ([text]) => {
    const xml = junit.toXml([{ ...ok, name: text, failures: [text], output: [text] }])
    assert.lengthOf(xml.match(/<testcase /g) ?? [], 1)
    assert.lengthOf(xml.match(/<\/failure>/g) ?? [], 1)
    assert.isTrue([...xml].every((character) => character >= " " || "\t\n\r".includes(character)))
  })
})

/** Results as JUnit XML, which the reports of CI hosts are made from. */

/**
 * One run: in which file, under what name, how long in real milliseconds, and why it failed, if it did.
 *
 * @category models
 * @since 0.1.0
 */
export interface TestCase {
  readonly file: string
  readonly name: string
  readonly realMs: number
  readonly failures: ReadonlyArray<string>
  readonly output: ReadonlyArray<string>
}

/** All that XML 1.0 cannot hold, even escaped. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;"
}

const readable = (text: string): string => text.replace(unwritable, "\uFFFD")
const content = (text: string): string => readable(text).replace(/[&<>]/g, (found) => entities[found] ?? found)
const attribute = (text: string): string =>
  readable(text).replace(/[&<>"'\n\r\t]/g, (found) => entities[found] ?? found)

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const failureLines = (message: string): ReadonlyArray<string> => [
  `      <failure message="${attribute(message.split("\n", 1)[0] ?? "")}">${content(message)}</failure>`
]

const caseLines = ({ failures, file, name, output, realMs }: TestCase): ReadonlyArray<string> => {
  const head = `    <testcase classname="${attribute(file)}" name="${attribute(name)}" time="${seconds(realMs)}"`
  const body = [
    ...(failures.length === 0 ? [] : failureLines(failures.join("\n\n"))),
    ...(output.length === 0 ? [] : [`      <system-out>${content(output.join("\n"))}</system-out>`])
  ]
  return body.length === 0 ? [`${head}/>`] : [`${head}>`, ...body, "    </testcase>"]
}

const totals = (cases: ReadonlyArray<TestCase>): string => {
  const failed = cases.filter(({ failures }) => failures.length > 0).length
  const realMs = cases.reduce((sum, one) => sum + one.realMs, 0)
  return `tests="${cases.length}" failures="${failed}" errors="0" time="${seconds(realMs)}"`
}

/**
 * A suite for each file, a case for each run.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toXml = (cases: ReadonlyArray<TestCase>): string => {
  const suites = Map.groupBy(cases, ({ file }) => file)
  return [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    `<testsuites name="piopiy-sim" ${totals(cases)}>`,
    ...[...suites].flatMap(([file, own]) => [
      `  <testsuite name="${attribute(file)}" ${totals(own)}>`,
      ...own.flatMap(caseLines),
      "  </testsuite>"
    ]),
    "</testsuites>",
    ""
  ].join("\n")
}

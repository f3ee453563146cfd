/** What the docs page is written with. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

/** Text that is no markup. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

/** Prose in which `code` stands between backticks. */
export const prose = (text: string): string => escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>")

/** JSON for people. */
export const pretty = (json: unknown): string => JSON.stringify(json, null, 2)

/** Text as it stands. */
export const block = (text: string): string => `<pre>${escaped(text)}</pre>`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A line for a shell: a GET, a POST where there is a body, or another method. */
export const curl = ({ body, headers, method, url }: {
  readonly url: string
  readonly method?: string
  readonly headers: ReadonlyArray<string>
  readonly body?: unknown
}): string =>
  [
    `curl -sS ${method === undefined ? "" : `-X ${method} `}${quoted(url)}`,
    ...headers.map((header) => `-H ${quoted(header)}`),
    ...(body === undefined
      ? []
      : [`-H ${quoted("Content-Type: application/json")}`, `-d ${quoted(pretty(body))}`])
  ].join(" \\\n  ")

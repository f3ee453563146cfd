/**
 * `/_sim/docs`: the emulated API for people. One page of HTML with its style inside and no script, which asks nobody for
 * anything, so it works offline.
 */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as NumberPlan from "../../core/scenario/NumberPlan.ts"
import * as docsControl from "./docsControl.ts"
import { block, curl as line, escaped, pretty, prose } from "./docsHtml.ts"
import { style } from "./docsStyle.ts"
import { originOf, replies, requests, schemas } from "./openapi.ts"
import { type Group, groups, type Operation, operations, type RefusalName, refusals } from "./openapiOperations.ts"
import type { Visit } from "./page.ts"

const schemaLink = (name: string): string => `<a href="#schema-${name}">${name}</a>`

const concrete = ({ path, pathId }: Operation): string =>
  pathId === undefined ? path : path.replace(`{${pathId.name}}`, pathId.example)

const takesToken = ({ group }: Operation): boolean => group === "Calls" || group === "Live calls"

/** A line for a shell: the operation with an example of one form of its body. */
const curl = (origin: string, operation: Operation, body: unknown): string =>
  line({
    url: `${origin}${concrete(operation)}`,
    headers: takesToken(operation) ? ["Authorization: Bearer sim-token"] : [],
    body
  })

const tries = (origin: string, operation: Operation): string =>
  operation.requests === undefined
    ? block(curl(origin, operation, undefined))
    : operation.requests.map((name) =>
      `<p class="label">Body: ${schemaLink(name)}</p>${block(curl(origin, operation, requests[name].example))}`
    ).join("")

const refusal = (name: RefusalName): string => `<li><b>${refusals[name].status}</b> ${prose(refusals[name].about)}</li>`

const operationPart = (origin: string, operation: Operation): string => {
  const { about, id, mark, method, path, refusals: refused, reply, replyExample, source, summary } = operation
  return `<details>
<summary><b class="method ${method}">${method.toUpperCase()}</b><code>${escaped(path)}</code><span>${
    escaped(summary)
  }</span>
<em class="mark ${mark}" title="${escaped(source)}">${mark}</em></summary>
<p id="${id}">${prose(about)}</p><p class="source">Source: ${escaped(source)}, ${mark}.</p>
${tries(origin, operation)}
<p class="label">Reply: ${schemaLink(reply)}</p>${block(pretty(replyExample ?? replies[reply].example))}
${refused.length === 0 ? "" : `<p class="label">Refusals</p><ul>${refused.map(refusal).join("")}</ul>`}
</details>`
}

const groupNames: ReadonlyArray<Group> = ["Calls", "Live calls", "Older API", "Messages"]

const groupId = (group: Group): string => group.toLowerCase().replace(" ", "-")

const groupPart = (origin: string, group: Group): string =>
  `<section id="${groupId(group)}"><h2>${group}</h2><p>${prose(groups[group])}</p>
${
    operations.filter((operation) => operation.group === group).map((one) => operationPart(origin, one)).join("\n")
  }</section>`

const schemasPart = (): string => {
  const all = schemas()
  const parts = Object.entries({ ...requests, ...replies }).map(([name, { about }]) =>
    `<details><summary><b>${name}</b><span>${prose(about)}</span></summary><div id="schema-${name}">${
      block(pretty(all[name]))
    }</div></details>`
  )
  return `<section id="schemas"><h2>Schemas</h2>${parts.join("\n")}</section>`
}

const numbersPart = (): string => {
  const rows = NumberPlan.rows.map(({ behaviour, digits }) =>
    `<tr><td><code>${escaped(digits)}</code></td><td>${escaped(behaviour)}</td></tr>`
  )
  return `<section id="numbers"><h2>Phones</h2><p>A phone behaves by the last four digits of its number. Any other number is
a person who answers after two seconds and hangs up after thirty.</p><table>${rows.join("")}</table></section>`
}

const links = [
  ...groupNames.map((group) => [groupId(group), group] as const),
  ["numbers", "Phones"] as const,
  ["schemas", "Schemas"] as const,
  ["control", "Control"] as const
]

/**
 * The page, for a server at this origin.
 *
 * @category constructors
 * @since 0.1.0
 */
export const html = (origin: string): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Piopiy simulator: the API</title><style>${style}</style></head><body>
<header><h1>The emulated API</h1>
<p>This server answers at <code>${
    escaped(origin)
  }</code> as the Piopiy voice platform does, and calls nobody. Paste a line
into a shell; put a token of yours where <code>sim-token</code> stands if you have given accounts of your own. What became of
a call is at <a href="/_sim/calls">/_sim/calls</a>, everything that happened at <a href="/_sim/journal">/_sim/journal</a>, and
this page for programs at <a href="/_sim/openapi.json">/_sim/openapi.json</a>.</p>
<p>Each operation says how it is known: <em class="mark documented">documented</em> by the platform,
<em class="mark observed">observed</em> of its official clients, or <em class="mark assumed">assumed</em>.</p>
</header><nav>${links.map(([id, name]) => `<a href="#${id}">${name}</a>`).join(" ")}</nav>
<main>${groupNames.map((group) => groupPart(origin, group)).join("\n")}
${numbersPart()}
${schemasPart()}
${docsControl.part(origin)}</main></body></html>
`

/** The browser is held to what is said above: no script, no request, no frame around it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * `GET /_sim/docs`.
 *
 * @category pages
 * @since 0.1.0
 */
export const page = ({ request }: Pick<Visit, "request">): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.sync(() =>
    HttpServerResponse.text(html(originOf(request)), {
      contentType: "text/html; charset=utf-8",
      headers: {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer"
      }
    })
  )

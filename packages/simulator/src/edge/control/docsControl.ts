/** The control API on the docs page. */
import { document, operations, type Placed } from "./api/document.ts"
import { block, curl, escaped, pretty, prose } from "./docsHtml.ts"

const concrete = ({ example: { params = {} }, path }: Placed): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? name))

/** The method, where curl would take another one by itself. */
const said = ({ example: { request }, method }: Placed): { readonly method?: string } =>
  method === (request === undefined ? "get" : "post") ? {} : { method: method.toUpperCase() }

const refusals = ({ operation: { responses } }: Placed): string =>
  Object.entries(responses).flatMap(([status, { description }]) =>
    status.startsWith("2") ? [] : [`<li><b>${status}</b> ${escaped(description)}</li>`]
  ).join("")

const operationPart = (origin: string, placed: Placed): string => {
  const { example: { reply, request }, method, operation: { description = "", operationId, summary = "" }, path } =
    placed
  return `<details>
<summary><b class="method ${method}">${method.toUpperCase()}</b><code>${escaped(path)}</code><span>${
    escaped(summary)
  }</span></summary>
<p id="control-${operationId}">${prose(description)}</p>
${block(curl({ url: `${origin}${concrete(placed)}`, ...said(placed), headers: [], body: request }))}
${reply === undefined ? "" : `<p class="label">Reply</p>${block(pretty(reply))}`}
<p class="label">Refusals</p><ul>${refusals(placed)}</ul>
</details>`
}

/**
 * The part of the page, for a server at this origin.
 *
 * @category constructors
 * @since 0.1.0
 */
export const part = (origin: string): string => {
  const { info, tags } = document(origin)
  const all = operations()
  return `<section id="control"><h2>The control API</h2><p>${
    prose(info.description ?? "")
  } A server that other machines can
reach asks for the admin token. For programs it is at <a href="/_sim/control/openapi.json">/_sim/control/openapi.json</a>.</p>
${
    tags.map(({ description = "", name }) =>
      `<h3>${escaped(name)}</h3><p>${prose(description)}</p>
${all.filter(({ operation }) => operation.tags.includes(name)).map((one) => operationPart(origin, one)).join("\n")}`
    ).join("\n")
  }</section>`
}

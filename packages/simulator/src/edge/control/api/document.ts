/** The control API as an OpenAPI 3.1 document, made from its definition and the table of examples. */
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { originOf } from "../openapi.ts"
import type { Visit } from "../page.ts"
import { api } from "./ControlApi.ts"
import { type Example, examples } from "./examples.ts"

type Operation = OpenApi.OpenAPISpecOperation

/**
 * An operation by its place, with its example.
 *
 * @category models
 * @since 0.1.0
 */
export interface Placed {
  readonly method: string
  readonly path: string
  readonly operation: Operation
  readonly example: Example
}

const methods = ["get", "put", "post", "delete"] as const

/** What only a body can be refused with. */
const aboutBodies: ReadonlySet<string> = new Set(["413", "415"])

const tenantParameter = {
  name: "tenant",
  in: "query",
  required: false,
  description: "The tenant that is meant, by its name. A tenant's own token says it too.",
  schema: { type: "string" }
} as const

const withExample = <Content extends object>(content: Content, value: unknown): Content =>
  value === undefined
    ? content
    : Object.assign(
      {},
      content,
      Object.fromEntries(
        Object.entries(content).map(([type, media]) => [type, { ...media, example: value }])
      )
    )

const finished = (operation: Operation, { params = {}, reply, request }: Example): Operation => ({
  ...operation,
  security: [{}, { bearer: [] }],
  parameters: [
    ...operation.parameters.map((parameter) =>
      parameter.in === "path" ? { ...parameter, example: params[parameter.name] } : parameter
    ),
    ...(operation.parameters.some(({ name }) => name === "tenant") ? [] : [tenantParameter])
  ],
  ...(operation.requestBody === undefined ? {} : {
    requestBody: { ...operation.requestBody, content: withExample(operation.requestBody.content, request) }
  }),
  responses: Object.fromEntries(
    Object.entries(operation.responses)
      .filter(([status]) => operation.requestBody !== undefined || !aboutBodies.has(status))
      .map(([status, response]) => [
        status,
        status.startsWith("2") && response.content !== undefined
          ? { ...response, content: withExample(response.content, reply) }
          : response
      ])
  )
})

/**
 * All operations.
 *
 * @category getters
 * @since 0.1.0
 */
export const operations = (): ReadonlyArray<Placed> =>
  Object.entries(OpenApi.fromApi(api).paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      if (operation === undefined) return []
      const example = examples[operation.operationId] ?? {}
      return [{ method, path, operation: finished(operation, example), example }]
    })
  )

/**
 * The document, for a server at this origin.
 *
 * @category constructors
 * @since 0.1.0
 */
export const document = (origin: string): OpenApi.OpenAPISpec => {
  const { components, ...spec } = OpenApi.fromApi(api)
  const paths: OpenApi.OpenAPISpecPaths = {}
  for (const { method, operation, path } of operations()) paths[path] = { ...paths[path], [method]: operation }
  return {
    ...spec,
    servers: [{ url: origin, description: "This simulator" }],
    paths,
    components: {
      ...components,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "The token of a tenant; of a server that other machines can reach, the admin token."
        }
      }
    }
  }
}

/**
 * `GET /_sim/control/openapi.json`.
 *
 * @category pages
 * @since 0.1.0
 */
export const page = ({ request }: Pick<Visit, "request">): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.sync(() => HttpServerResponse.jsonUnsafe(document(originOf(request))))

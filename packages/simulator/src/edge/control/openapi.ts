/**
 * The emulated API as an OpenAPI 3.1 document, made from the wire schemas and the table of operations.
 *
 * The document is for readers and generators of clients. What the simulator takes is decided by its admission, which is
 * written apart; tests hold the two against each other.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { compiled } from "./openapiComponents.ts"
import { groups, type Operation, operations, refusals } from "./openapiOperations.ts"
import * as legacy from "./openapiSchemasLegacy.ts"
import * as v3 from "./openapiSchemasV3.ts"
import type { Visit } from "./page.ts"

/** A part of the document: JSON. */
export interface Json {
  readonly [key: string]: unknown
}

/**
 * The components of requests, by name.
 *
 * @category constants
 * @since 0.1.0
 */
export const requests = { ...v3.requests, ...legacy.requests }

/**
 * The components of replies, by name.
 *
 * @category constants
 * @since 0.1.0
 */
export const replies = { ...v3.replies, ...legacy.replies }

/**
 * `components.schemas` of the document.
 *
 * @category constructors
 * @since 0.1.0
 */
export const schemas = (): Readonly<Record<string, Json>> => ({
  ...compiled(requests, "error"),
  ...compiled(replies, "ignore")
})

const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const refused = (bodies: ReadonlyArray<Json>): Json => ({
  "application/json": {
    schema: schemaRef("Refused"),
    ...(bodies.length === 0
      ? {}
      : { examples: Object.fromEntries(bodies.map((body) => [String(body["error"]), { value: body }])) })
  }
})

const responses: Json = Object.fromEntries(
  Object.entries(refusals).map(([name, { about, bodies, status }]) => [name, {
    description: about,
    ...(status === 429 ? { headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } } } : {}),
    content: refused(bodies)
  }])
)

const requestBody = (names: NonNullable<Operation["requests"]>): Json => {
  const [first, ...others] = names.map(schemaRef)
  return {
    required: true,
    content: {
      "application/json": {
        schema: others.length === 0 ? first : { anyOf: [first, ...others] },
        examples: Object.fromEntries(names.map((name) => [name, { value: requests[name].example }]))
      }
    }
  }
}

const isLegacy = ({ group }: Operation): boolean => group === "Older API" || group === "Messages"

const success = (operation: Operation): Json => ({
  description: replies[operation.reply].about,
  content: {
    "application/json": {
      schema: isLegacy(operation) && operation.reply !== "LegacyReply"
        ? { anyOf: [schemaRef(operation.reply), schemaRef("LegacyReply")] }
        : schemaRef(operation.reply),
      examples: {
        taken: { value: operation.replyExample ?? replies[operation.reply].example },
        ...(isLegacy(operation) ? { refused: { value: { code: 422, cmi_code: 422, msg: "to: required" } } } : {})
      }
    }
  }
})

const answers = (operation: Operation): Json => ({
  200: success(operation),
  ...Object.fromEntries(
    operation.refusals.map((name) => [refusals[name].status, { $ref: `#/components/responses/${name}` }])
  )
})

const operationObject = (operation: Operation): Json => ({
  operationId: operation.id,
  tags: [operation.group],
  summary: operation.summary,
  description: `${operation.about}\n\nSource: ${operation.source} (${operation.mark}).`,
  ...(operation.pathId === undefined ? {} : {
    parameters: [{
      name: operation.pathId.name,
      in: "path",
      required: true,
      schema: schemaRef("Uuid"),
      example: operation.pathId.example
    }]
  }),
  ...(operation.requests === undefined ? {} : { requestBody: requestBody(operation.requests) }),
  responses: answers(operation),
  ...(isLegacy(operation) ? { security: [] } : {}),
  "x-mark": operation.mark
})

const paths = (): Json =>
  Object.fromEntries(
    operations.map((operation) => [operation.path, { [operation.method]: operationObject(operation) }])
  )

/**
 * The document, for a server at this origin (`http://127.0.0.1:8787`).
 *
 * @category constructors
 * @since 0.1.0
 */
export const document = (origin: string): Json => ({
  openapi: "3.1.0",
  info: {
    title: "Piopiy voice API, as the simulator emulates it",
    version: "3",
    summary: "Made by the simulator from its wire schemas; not a publication of the platform.",
    description:
      "Every operation says how it is known: documented by the platform, observed of its official clients, or "
      + "assumed."
  },
  servers: [{ url: origin, description: "This simulator" }],
  tags: Object.entries(groups).map(([name, description]) => ({ name, description })),
  security: [{ bearer: [] }],
  paths: paths(),
  components: {
    securitySchemes: {
      bearer: {
        type: "http",
        scheme: "bearer",
        description: "The token of an account; the default one is `sim-token`."
      }
    },
    schemas: schemas(),
    responses
  }
})

/**
 * Where a client reached this server, as its `Host` header says if that is a host and perhaps a port.
 *
 * @category getters
 * @since 0.1.0
 */
export const originOf = (request: HttpServerRequest.HttpServerRequest): string => {
  const host = request.headers["host"] ?? ""
  return /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/.test(host)
    ? `http://${host}`
    : "http://localhost:8787"
}

/**
 * `GET /_sim/openapi.json`.
 *
 * @category pages
 * @since 0.1.0
 */
export const page = ({ request }: Pick<Visit, "request">): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.sync(() => HttpServerResponse.jsonUnsafe(document(originOf(request))))

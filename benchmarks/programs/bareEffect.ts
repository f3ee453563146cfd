/** One AI call with Effect alone: what `throughSdk` is measured against. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Phone = Schema.String.check(Schema.isPattern(/^[1-9][0-9]{6,15}$/))
const AiCall = Schema.Struct({ caller_id: Phone, to_number: Phone, agent_id: Schema.String })
const Accepted = Schema.Struct({ message: Schema.String, call_id: Schema.optionalKey(Schema.String) })

const program = HttpClientRequest.post("https://rest.piopiy.com/v3/voice/ai/call").pipe(
  HttpClientRequest.bearerToken(Redacted.make("token")),
  HttpClientRequest.schemaBodyJson(AiCall)({
    caller_id: "914440000000",
    to_number: "919840007230",
    agent_id: "2f6a3b1e-52a1-4c70-9a3f-0d6cc2f9a001"
  }),
  Effect.flatMap(HttpClient.execute),
  Effect.flatMap(HttpClientResponse.filterStatusOk),
  Effect.flatMap(HttpClientResponse.schemaBodyJson(Accepted)),
  Effect.timeout("10 seconds"),
  Effect.provide(FetchHttpClient.layer)
)

void Effect.runPromise(program)

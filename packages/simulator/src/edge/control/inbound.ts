/** A phone calls a number of the platform: the body of `POST /_sim/calls/inbound`, and what comes of it. */
import * as Limits from "@effect-piopiy/sdk/wire/Limits"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { Program } from "../../core/pcmo/Program.ts"
import type { Tenant } from "../../engine/Tenants.ts"
import * as Admission from "../rest/Admission.ts"
import * as AdmissionPcmoLegacy from "../rest/AdmissionPcmoLegacy.ts"
import * as AdmissionReader from "../rest/AdmissionReader.ts"
import * as AdmissionValues from "../rest/AdmissionValues.ts"
import * as body from "../rest/body.ts"
import { noting } from "../rest/operation.ts"
import * as reply from "../rest/reply.ts"

const operation = "POST /_sim/calls/inbound"

/**
 * A call from outside: the phone, the platform's number, and what is run.
 *
 * @category models
 * @since 0.1.0
 */
export interface Inbound {
  readonly callerId: string
  readonly to: string
  readonly program: Program
}

const { optional, required } = AdmissionReader

const read = Admission.document(AdmissionReader.struct({
  from: required(AdmissionValues.legacyPhoneOrText),
  to: required(AdmissionValues.legacyPhoneOrText),
  answer_url: optional(AdmissionReader.textMatching(Limits.resultUrlPattern, "a URL that starts with http")),
  pcmo: optional(AdmissionPcmoLegacy.pipeline)
}))

/**
 * Reads `{"from", "to"}` with `answer_url`, which is asked what to do, or `pcmo`, which is run without asking. Without
 * either, the URL that is configured for the number or the account is asked.
 *
 * @category readers
 * @since 0.1.0
 */
export const admit = (
  json: unknown,
  answerUrlOf: (number: string) => string | undefined
): Admission.Admitted<Inbound> =>
  Result.flatMap(read(json, ""), ({ answer_url, from, pcmo, to }) => {
    if (answer_url !== undefined && pcmo !== undefined) {
      return Admission.refused({ path: "pcmo", message: "expected answer_url or pcmo, not both" })
    }
    if (pcmo !== undefined) return Result.succeed({ callerId: from, to, program: pcmo })
    const url = answer_url ?? answerUrlOf(to)
    return url === undefined
      ? Admission.refused({
        path: "answer_url",
        message: "required, but missing: give it here, or configure one for the account or the number; or give pcmo"
      })
      : Result.succeed({ callerId: from, to, program: [{ _tag: "Ask", url }] })
  })

/**
 * Lets the phone call, or says why not, in the form of the current API. The request is journalled, and so is a refusal.
 *
 * @category handling
 * @since 0.1.0
 */
export const place = <E extends reply.Refused>(
  { account, answerUrlOf, journal, switchboard }: Tenant,
  json: Effect.Effect<unknown, E>
): Effect.Effect<{ readonly callId: string; readonly requestId: string }, reply.Refused> =>
  Effect.suspend(() => {
    const seq = journal.append({ _tag: "Requested", operation })
    return json.pipe(
      Effect.flatMap((json) => Effect.mapError(Effect.fromResult(admit(json, answerUrlOf)), reply.invalid)),
      Effect.flatMap((inbound) =>
        switchboard.originate(
          { kind: "Inbound", ...inbound, appId: String(account.appId), record: false, variables: {} },
          seq
        ).pipe(Effect.mapError(reply.fromRefusal))
      ),
      noting(journal, operation, seq)
    )
  })

/**
 * {@link place} over HTTP: 202 with `call_id` and `request_id`.
 *
 * @category handling
 * @since 0.1.0
 */
export const handle = (
  tenant: Tenant,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.match(place(tenant, body.jsonSaid(request)), {
    onFailure: reply.toResponse,
    onSuccess: ({ callId, requestId }) =>
      HttpServerResponse.jsonUnsafe({ call_id: callId, request_id: requestId }, { status: 202 })
  })

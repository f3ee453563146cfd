/** The lists of actions that apps send on their streams. */
import type * as Result from "effect/Result"
import type { Program } from "../../core/pcmo/Program.ts"
import type { Problem } from "../rest/Admission.ts"
import * as AdmissionPcmoLegacy from "../rest/AdmissionPcmoLegacy.ts"

/**
 * What a list means, or everything that is wrong with it, each by its path (`[0].action_url`). It is read as the PCMO of
 * the older API, whose actions are those that `StreamAction` of the official SDKs queues (observed); an action that is
 * unknown is passed over, and an empty list is none.
 *
 * @category reading
 * @since 0.1.0
 */
export const readProgram = (json: unknown): Result.Result<Program, ReadonlyArray<Problem>> =>
  AdmissionPcmoLegacy.pipeline(json, "")

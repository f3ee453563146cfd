/** A pipeline built and encoded, and nothing sent. */
import * as Action from "@effect-piopiy/sdk/Action"
import * as Pipeline from "@effect-piopiy/sdk/Pipeline"

export const encoded = Pipeline.encode(Pipeline.make([Action.play("welcome.wav"), Action.hangup]))

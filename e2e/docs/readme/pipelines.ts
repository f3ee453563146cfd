import { Action, Endpoint, OnResult, PhoneNumber, Pipeline, Prompt } from "@effect-piopiy/sdk"

const office = PhoneNumber.make("914400000001")

export const menu = Pipeline.empty.pipe(
  Pipeline.playGetInput({
    prompt: Prompt.say({ text: "Press 1 for sales", language: "en-US", voiceId: "female", speed: 1 }),
    input: ["dtmf"],
    dtmf: { maxDigits: 1, firstDigitTimeout: "5 seconds" },
    onResult: OnResult.url("https://example.com/menu")
  })
)

export const desk = Pipeline.make([
  Action.connect({ callerId: office, endpoints: [Endpoint.phone(PhoneNumber.make("919840000002"))] }),
  Action.hangup
])

export const checked = Pipeline.check(desk) // every problem at once, each with its path; `Calls` checks before it sends

import { type RunningSimulator, startSimulator, type Tenant } from "@effect-piopiy/simulator/testing/promise"
import "@effect-piopiy/simulator/vitest"
import { once } from "node:events"
import { createServer } from "node:http"
import { afterAll, assert, beforeAll, beforeEach, expect, test } from "vitest"

// What is tested: any app that answers calls. This one asks for a key, and then says something.
const app = createServer((request, response) => {
  const actions = request.url === "/answer"
    ? [{ action: "play_get_input", file_name: "menu.wav", timeout: 5, action_url: "https://shop.example/digits" }]
    : [{ action: "speak", text: "We are closed" }, { action: "hangup" }]
  request.resume().on("end", () => response.setHeader("content-type", "application/json").end(JSON.stringify(actions)))
})

let simulator: RunningSimulator
let tenant: Tenant

beforeAll(async () => {
  await once(app.listen(0, "127.0.0.1"), "listening")
  const address = app.address()
  assert(typeof address === "object" && address !== null)
  simulator = await startSimulator({ app: `http://127.0.0.1:${address.port}` }) // all that is posted goes there
})
afterAll(async () => {
  await simulator.stop()
  app.close()
})
beforeEach(async () => {
  tenant = await simulator.tenant({ answerUrl: "https://shop.example/answer" }) // no other test sees it
})

test("tells who presses a key that the shop is closed", async () => {
  const { callId } = await tenant.callIn({ from: "919840007100", to: "914400000001" })
  await tenant.until(callId, "Asked")
  await tenant.press(callId, "1")
  await tenant.until(callId, "Ended")
  expect(await tenant.evidence()).toHaveHeardPrompt("We are closed")
  expect(await tenant.evidence()).toHaveEnded({ by: "Pipeline" })
})

test("places a call, and two hours pass at once", async () => {
  await fetch(`${tenant.baseUrl}/voice/ai/call`, {
    method: "POST",
    headers: { authorization: `Bearer ${tenant.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      caller_id: "914400000001",
      to_number: "919840007100", // answers and stays
      agent_id: "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
    })
  })
  await tenant.advance(7_200_000)
  expect(await tenant.evidence()).toHaveEnded({ cause: "ALLOTTED_TIMEOUT", betweenMs: [7_200_000, 7_200_000] })
})

/** The front for tests without Effect, as such a test uses it: plain vitest, a plain HTTP server, `fetch`. */
import { Action, AppId, OnResult, PhoneNumber, PiopiyPromise, Pipeline, Prompt } from "@effect-piopiy/sdk"
import { SimulatorError, TenantRefused } from "@effect-piopiy/simulator"
import { Party } from "@effect-piopiy/simulator"
import { type RunningSimulator, startSimulator, type Tenant } from "@effect-piopiy/simulator/testing/promise"
import "@effect-piopiy/simulator/vitest"
import { createServer, type Server } from "node:http"
import { afterAll, assert, beforeAll, describe, expect, it } from "vitest"

const clinic = PhoneNumber.make("914400000001")
/** Answers after 1 s, and hangs up a minute later. */
const patient = PhoneNumber.make("919840007260")
const friend = PhoneNumber.make("919840000001")

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

/** The service under test: thanks whoever presses 1, and lets go of others. */
const app = createServer((request, response) => {
  let text = ""
  request.setEncoding("utf8").on("data", (more: string) => {
    text += more
  }).on("end", () => {
    const { digits } = JSON.parse(text)
    const pipeline = digits === "1"
      ? [{ action: "play", file_name: "thanks.wav" }, { action: "hangup" }]
      : [{ action: "hangup" }]
    setTimeout(() => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(pipeline))
    }, 5)
  })
})

let sim: RunningSimulator

beforeAll(async () => {
  sim = await startSimulator({
    app: `http://127.0.0.1:${await listening(app)}`,
    config: { files: { "thanks.wav": 1200 } }
  })
})
afterAll(async () => {
  await sim.stop()
  app.close()
})

const remind = async ({ baseUrl, token }: Tenant, to: PhoneNumber.PhoneNumber = patient) => {
  const piopiy = PiopiyPromise.make({ baseUrl, token })
  const { callId } = await piopiy.calls.placePipelineCall({
    callerId: clinic,
    to,
    appId: AppId.make("reminders"),
    pipeline: Pipeline.make([
      Action.playGetInput({
        prompt: Prompt.file("who.wav"),
        input: ["dtmf"],
        dtmf: { maxDigits: 1 },
        onResult: OnResult.url("https://clinic.example/answer")
      })
    ])
  })
  await piopiy.dispose()
  assert(callId !== undefined)
  return callId
}

describe("a tenant", () => {
  it("lets a test act as the people on the phone, and look at what came of it", async () => {
    await using world = await sim.tenant()
    const callId = await remind(world)
    expect((await world.until(callId, "Asked")).at).toBe(1000)
    await world.press(callId, "1")
    const record = await world.ended(callId)
    expect(record.inputs).toEqual([{ at: 1000, status: "success", inputType: "dtmf", entry: "1" }])
    expect(record.endedAt).toBe(1000 + 1200)
    await world.expect({ _tag: "HeardPrompt", text: "thanks.wav", call: callId })
    expect(await world.evidence()).toHaveDeliveredWebhook({ notice: "Input", body: { digits: "1" } })
    expect(await world.cdrs(callId)).toHaveLength(1)
    expect(await world.recording(callId)).toBeUndefined()
    expect((await world.records()).map((one) => one.callId)).toEqual([callId])
    expect((await world.find(record.requestId))._tag).toBe("Ended")
  })

  it("says what happened instead of what was expected", async () => {
    const world = await sim.tenant()
    const callId = await remind(world)
    await world.until(callId, "Asked")
    await world.press(callId, "2")
    await world.ended(callId)
    await expect(world.expect({ _tag: "HeardPrompt", text: "thanks.wav" })).rejects.toThrow(/nearest: .*"who.wav"/)
  })

  it("has an hour pass at once", async () => {
    const world = await sim.tenant({
      config: { people: { [friend]: Party.person({ answersAfterMs: 100, answers: [] }) } }
    })
    const callId = await remind(world, friend)
    expect(await world.advance(60)).toBe(60)
    expect((await world.until(callId, "Answered")).at).toBe(100)
    expect(await world.advance(3_600_000)).toBe(3_600_100)
    expect(world.nowMs()).toBe(3_600_100)
  })

  it("takes calls from outside, scripts and faults", async () => {
    const world = await sim.tenant({ answerUrl: "https://clinic.example/answer" })
    await world.script(friend, Party.person({ answersAfterMs: 200 }))
    const called = await remind(world, friend)
    expect((await world.until(called, "Answered")).at).toBe(200)

    const id = await world.faults.add({ name: "lost", fault: { _tag: "Lost" } })
    const { callId } = await world.callIn({ from: friend, to: clinic })
    const record = await world.ended(callId)
    expect(record.disposition).not.toBe("Answered")
    expect(await world.evidence()).toHaveFiredFault("lost")
    expect(world.faults.list().map(({ fired }) => fired)).toEqual([1])
    expect(world.faults.remove(id)).toBe(true)
  })

  it("begins anew", async () => {
    const world = await sim.tenant()
    const first = await remind(world)
    await world.reset()
    expect(await world.journal()).toHaveLength(1)
    expect(await remind(world)).toBe(first)
  })

  it("is another one for each test, and none sees what others do", async () => {
    const worlds = await Promise.all(Array.from({ length: 8 }, () => sim.tenant({ seed: 7 })))
    const calls = await Promise.all(worlds.map((world) => remind(world)))
    await Promise.all(worlds.map(async (world, place) => {
      const callId = calls[place] ?? ""
      await world.until(callId, "Asked")
      await world.press(callId, String(place))
      await world.ended(callId)
    }))
    expect(new Set(calls).size).toBe(1)
    for (const [place, world] of worlds.entries()) {
      const journal = await world.journal()
      expect(new Set(journal.map(({ tenant }) => tenant))).toEqual(new Set([world.name]))
      expect((await world.records()).flatMap(({ inputs }) => inputs.map(({ entry }) => entry))).toEqual([String(place)])
    }
    const [one, other] = worlds
    const answer = await fetch(`${sim.url}/_sim/journal?tenant=${other?.name}`, {
      headers: { authorization: `Bearer ${one?.token}` }
    })
    expect(answer.status).toBe(403)
  })

  it("is gone once it was removed", async () => {
    const world = await sim.tenant({ name: "short" })
    await world.remove()
    const { status } = await fetch(`${world.baseUrl}/voice/pcmo/call`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.token}` }
    })
    expect(status).toBe(401)
  })
})

describe("a promise that is rejected", () => {
  it("tells of a moment that never came, and of what came instead", async () => {
    const world = await sim.tenant()
    const callId = await remind(world)
    const error: unknown = await world.until(callId, "Bridged", { withinMs: 2000 }).catch((error: unknown) => error)
    assert(error instanceof SimulatorError.SimulatorError)
    expect(error.reason._tag).toBe("NeverCame")
    expect(error.message).toContain("plays who.wav")
  })

  it("tells what nobody can do", async () => {
    const world = await sim.tenant()
    const callId = await remind(world)
    await expect(world.press(callId, "1")).rejects.toThrow("this leg is not on the line")
    await expect(world.advance(-1)).rejects.toThrow("time does not go back")
    await expect(world.callIn({ from: friend, to: clinic })).rejects.toThrow("answer_url")
  })

  it("tells what another tenant has already", async () => {
    await sim.tenant({ name: "twin" })
    const error: unknown = await sim.tenant({ name: "twin" }).catch((error: unknown) => error)
    assert(error instanceof TenantRefused.TenantRefused)
    expect(error.why).toBe("NameTaken")
  })

  it("tells that nobody can listen there", async () => {
    const error: unknown = await startSimulator({ port: Number(new URL(sim.url).port) }).catch((error: unknown) =>
      error
    )
    assert(error instanceof SimulatorError.SimulatorError)
    expect(error.reason._tag).toBe("CannotListen")
  })
})

describe("a simulator", () => {
  it("goes down for a while, and comes back", async () => {
    await using other = await startSimulator()
    const world = await other.tenant()
    const callId = await remind(world)
    await other.outage(50)
    await expect(fetch(other.url)).rejects.toThrow("fetch failed")
    expect((await world.ended(callId)).hangupCause).toBe("SYSTEM_SHUTDOWN")
  })

  it("listens no more once it was stopped", async () => {
    const other = await startSimulator()
    await other.stop()
    await expect(fetch(other.url)).rejects.toThrow("fetch failed")
  })
})

/**
 * A test suite of somebody else's, as a process of its own: `node isolated.ts URL KEY COUNT`. It takes a tenant on a simulator
 * that others use, too, places so many calls in it and presses its key on each, and prints what it saw as a line of JSON.
 * It knows HTTP and nothing else of this repository.
 */
const [url = "", key = "", count = ""] = process.argv.slice(2)

const ask = async <A>(path: string, token?: string, body?: unknown) => {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const json: A = JSON.parse(await response.text())
  return { status: response.status, json }
}

interface Named {
  readonly name: string
  readonly token: string
}

const { json: { name, token } } = await ask<Named>("/_sim/tenants", undefined, { seed: 7, clock: "manual" })

const others = async (): Promise<ReadonlyArray<string>> => {
  const { json } = await ask<ReadonlyArray<Named>>("/_sim/tenants")
  return json.flatMap((one) => one.name === name || one.name === "default" ? [] : [one.name])
}
// All are there before anybody begins, so that they run at the same time.
while ((await others()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
const [other = ""] = await others()

const prompt = { type: "say", say: "Press a key", language: "en-US", voice_id: "female", speed: 1 }
const calls: Array<string> = []
for (let index = 0; index < Number(count); index += 1) {
  const { json: { call_id: id } } = await ask<{ readonly call_id: string }>("/v3/voice/pcmo/call", token, {
    caller_id: "914400000001",
    to_number: "919840007260",
    app_id: "app",
    pipeline: [{
      action: "play_get_input",
      prompt,
      input: ["dtmf"],
      dtmf: { max_digits: 1 },
      on_result: { type: "url", url: `${url}/nobody` }
    }]
  })
  calls.push(id)
  await ask("/_sim/clock/advance", token, { ms: 1000 })
  await ask(`/_sim/calls/${id}/press`, token, { digits: key })
  await ask("/_sim/clock/advance", token, { ms: 60_000 })
}

const { json: { entries } } = await ask<{ readonly entries: ReadonlyArray<unknown> }>("/_sim/journal", token)
const { status } = await ask(`/_sim/journal?tenant=${other}`, token)
console.log(JSON.stringify({ name, calls, entries, other, statusOfOther: status }))

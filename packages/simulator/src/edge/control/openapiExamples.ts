/** Values that the examples of the OpenAPI document share. Ids and numbers are made up; the phones are the simulator's. */

export const agentId = "6f1d0a52-3c1e-4a77-8f0a-0c9d8e7f6a02"
export const callId = "8a1f0d7c-52b1-4c0e-9a43-0b8a5d1c7e21"
export const requestId = "d2c7a9f0-1b3e-4f58-8a6d-7e5c4b3a2910"
export const legacyRequestId = "q7Zt3Nf0aYx8Lr2Kc5Vb9Mw1Ej4Hd6Gs0Pu3Ti8Oq2R"
export const url = "http://localhost:3000/menu"

const callerId = "914400000001"
/** Answers after two seconds and hangs up after thirty. */
const person = "919840000001"

export const variables = { customer: "Asha", visits: 3, vip: true }
export const credentials = { appid: 1_000_001, secret: "sim-secret" }
export const login = { id: "101_1000001", password: "sim-password" }

export const prompt = { type: "say", say: "Press one to go on", language: "en-US", voice_id: "female", speed: 1 }
export const toUrl = { type: "url", url }

export const connect = {
  action: "connect",
  params: { caller_id: callerId, strategy: "sequential" },
  endpoints: [{ type: "pstn", number: "914400000011" }]
}
export const play = { action: "play", file_name: "welcome.wav" }
export const playGetInput = {
  action: "play_get_input",
  prompt,
  input: ["dtmf"],
  on_result: toUrl,
  dtmf: { max_digits: 1 }
}
export const input = { action: "input", on_result: toUrl, dtmf: { max_digits: 4, finish_on_key: "#" } }
export const param = { action: "param", data: variables }

export const aiCall = { caller_id: callerId, to_number: person, agent_id: agentId, variables }
export const pcmoCall = {
  caller_id: callerId,
  to_number: person,
  app_id: "app",
  pipeline: [connect],
  options: { ring_timeout_sec: 30 }
}
export const flowCall = {
  flow_id: "0b9d2c44-7b1f-4f0e-9a51-3f2d6a1c5e70",
  org_id: "4d8f3a10-2a6b-4c9e-8d17-5b0c9e2f1a33",
  caller_id: callerId,
  to_number: person,
  app_id: "app"
}
export const warmTransfer = {
  to_number: "914400000011",
  caller_id: callerId,
  timeout_sec: 30,
  confirm: true,
  hold_audio: true,
  transfer_summary: "Wants to move a booking"
}

export const accepted = { message: "call_queued", call_id: callId, request_id: requestId }
export const queued = { message: "queued", call_id: callId, request_id: requestId }

const legacyCallerId = 914_400_000_001
const legacyPerson = 919_840_000_001

export const legacyPlay = { action: "play", file_name: "welcome.mp3" }
export const legacyBridge = {
  action: "bridge",
  from: legacyCallerId,
  connect: [{ type: "pstn", number: 914_400_000_011 }],
  duration: 600,
  timeout: 30,
  loop: 1
}
export const legacyConnect = {
  action: "connect",
  from: legacyCallerId,
  connect: [{ type: "sip", user: 101 }],
  duration: 600,
  timeout: 30,
  loop: 1
}
export const legacyInput = { action: "input", action_url: url, max_digit: 4, timeout: 5 }
export const legacyPlayGetInput = {
  action: "play_get_input",
  file_name: "menu.mp3",
  action_url: url,
  max_digit: 1,
  max_retry: 2,
  timeout: 5
}
export const legacyStream = {
  action: "stream",
  ws_url: "ws://localhost:3000/audio",
  listen_mode: "caller",
  voice_quality: "8000",
  stream_on_answer: true
}
export const dialPcmo = {
  ...credentials,
  extra_params: { order: 17 },
  from: legacyCallerId,
  duration: 4200,
  pcmo: [legacyBridge],
  to: legacyPerson
}
export const dialAnswerUrl = {
  ...credentials,
  from: legacyCallerId,
  duration: 4200,
  answer_url: url,
  to: legacyPerson
}
export const dialled = {
  data: { status: "progress", request_id: legacyRequestId },
  status: "progress",
  request_id: legacyRequestId,
  code: 200,
  cmi_code: 200
}
export const callRecord = {
  duration: 30,
  balance: 99.5,
  rate: 0.5,
  from: legacyCallerId,
  to: legacyPerson,
  time: 1_790_000_000_000,
  leg: "a",
  direction: "outbound",
  status: "answered"
}

/**
 * What the simulator does that no public source states.
 *
 * Each rule that rests on one names it, and the journal carries the name.
 */

/**
 * The assumptions by name: what is assumed, and what would settle it.
 *
 * @category constants
 * @since 0.1.0
 */
export const assumptions = {
  "direct-call-rings-once": {
    claim: "A first connect to nobody but the number that the call itself dialed joins that phone; it rings once.",
    settledBy: "a direct call on a live account, watched on the handset"
  },
  "own-number-is-engaged": {
    claim: "In any other connect, and in a warm transfer, the number that the call itself dialed is engaged.",
    settledBy: "a live connect to the called number and another one"
  },
  "default-ring-timeout": {
    claim: "A call without ring_timeout_sec rings 40 s, or as long as the connect of a direct call says.",
    settledBy: "a live call to a phone that is left ringing"
  },
  "default-max-duration": {
    claim: "A call without max_duration_sec ends 7200 s after it was answered.",
    settledBy: "a live call left alone"
  },
  "max-duration-from-answer": {
    claim: "max_duration_sec counts from the answer of the phone that the call dials.",
    settledBy: "a live call with a short max_duration_sec and a long ringing"
  },
  "phones-before-agents": {
    claim: "A simultaneous connect rings the phones and SIP users at once, then the agents one after another.",
    settledBy: "a live simultaneous connect to a phone and two agents"
  },
  "agent-drop-fails-over": {
    claim: "An agent that drops off a bridged call is replaced by the next endpoint of the connect.",
    settledBy: "killing a worker in the middle of a live call"
  },
  "machine-skipped": {
    claim: "With machine_detection an answering machine counts as not reached, and its verdict comes with the answer.",
    settledBy: "a live connect to a voicemail"
  },
  "connect-limit-continues": {
    claim: "When a connect's own maximum duration runs out, that leg ends and the pipeline goes on.",
    settledBy: "a live connect with a short max_duration_sec"
  },
  "connect-failure-continues": {
    claim: "A connect that reaches nobody is followed by the next action.",
    settledBy: "a live pipeline with a busy number first"
  },
  "bridge-end-continues": {
    claim: "When the bridged party hangs up, the pipeline goes on with the next action.",
    settledBy: "a live connect followed by a play"
  },
  "pipeline-end-hangs-up": {
    claim: "A call whose pipeline is exhausted is hung up.",
    settledBy: "a live pipeline of one play"
  },
  "digits-typed-ahead": {
    claim: "Digits pressed before a question answer it, unless flush_buffer is set.",
    settledBy: "a live play followed by play_get_input, with keys pressed during the play"
  },
  "ref-names-stored-pipeline": {
    claim: "on_result of type pcmo runs the pipeline that the platform keeps under its ref.",
    settledBy: "a live input with a ref"
  },
  "input-result-body": {
    claim: "The on_result callback is a POST of call_id, from, to, input_type, digits, speech, status and variables.",
    settledBy: "one recorded callback"
  },
  "reply-replaces-rest": {
    claim: "The reply to an on_result callback, a bare array or one under \"pipeline\", replaces what was left to run.",
    settledBy: "a live callback answered both ways"
  },
  "empty-reply-hangs-up": {
    claim: "An empty reply to a callback ends the call.",
    settledBy: "a live callback answered with 204"
  },
  "bad-reply-hangs-up": {
    claim: "A reply that is late, not a 2xx or not a pipeline ends the call as a temporary failure.",
    settledBy: "a live callback answered with 500, with text, and after a minute"
  },
  "stored-miss-hangs-up": {
    claim: "A stored pipeline or flow that does not exist ends the call as a temporary failure.",
    settledBy: "a live input whose ref is unknown"
  },
  "retry-repeats-prompt": {
    claim: "After no input or a wrong one, the prompt for that plays, then the first prompt again.",
    settledBy: "a live play_get_input with both prompts"
  },
  "finish-key-alone-is-invalid": {
    claim: "The finish key with too few digits before it is an invalid entry, not a missing one.",
    settledBy: "a live play_get_input answered with the finish key"
  },
  "transfer-keeps-agent-until-answer": {
    claim: "After a transfer the bridged party stays until the new pipeline's connect is answered or plays something.",
    settledBy: "a live transfer, listened to"
  },
  "transfer-settled-by-prompt": {
    claim: "A transfer whose new pipeline plays, asks or hangs up is over then: completed, or failed when a connect "
      + "before it reached nobody.",
    settledBy: "a live transfer to a pipeline of one play, with its status polled"
  },
  "transfer-reason-by-cause": {
    claim: "The reason of a failed transfer follows from the hangup cause of the endpoint that was out last.",
    settledBy: "live transfers to a busy, a silent, a wrong and a switched-off number, with their statuses polled"
  },
  "transfer-abandoned": {
    claim: "A transfer whose call ends before anybody answered or refused failed with no_answer_and_call_ended.",
    settledBy: "a live transfer during which the caller hangs up"
  },
  "warm-holds-caller": {
    claim:
      "During a warm transfer the caller hears hold_audio, nothing without one, and the party it talked with stays "
      + "until the human has answered, and pressed the key when asked to.",
    settledBy: "a live warm transfer, listened to on all three phones"
  },
  "warm-confirm-key": {
    claim: "With confirm, other keys than 1 change nothing, hanging up counts as rejected, and 15 s without the key as "
      + "no_answer.",
    settledBy: "a live warm transfer answered with a wrong key, with none, and by hanging up"
  },
  "warm-failure-returns": {
    claim: "After a warm transfer that reaches nobody the caller is back with the party that it talked with.",
    settledBy: "a live warm transfer to a busy number"
  },
  "warm-failure-hangs-up": {
    claim:
      "A warm transfer that reaches nobody ends the call when the caller talked with nobody, or that party has left.",
    settledBy: "a live warm transfer to a busy number, whose agent has left meanwhile"
  },
  "transfer-before-answer": {
    claim: "A transfer that arrives before the phone is answered replaces what runs upon the answer.",
    settledBy: "a live transfer while it rings"
  }
} as const satisfies Record<string, { readonly claim: string; readonly settledBy: string }>

/**
 * The name of an assumption.
 *
 * @category models
 * @since 0.1.0
 */
export type Assumption = keyof typeof assumptions

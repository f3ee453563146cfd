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
    claim:
      "In any other connect, and in a warm transfer, the number that the call itself dialed, or that called in, is "
      + "engaged.",
    settledBy: "a live connect to the called number and another one"
  },
  "default-ring-timeout": {
    claim: "A call without ring_timeout_sec rings 40 s, or as long as the connect of a direct call says; one from "
      + "outside stops ringing after 40 s, too.",
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
    claim:
      "The reply to a callback, a bare array or for on_result one under \"pipeline\", replaces what was left to run.",
    settledBy: "a live callback answered both ways, with an action left after the question"
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
  "metadata-joins-variables": {
    claim: "The metadata of a connect join the call's variables in the session metadata of its agents, and win.",
    settledBy: "a live connect with metadata, read by the agent's worker"
  },
  "loop-repeats-list": {
    claim: "Each of the loops of a bridge goes through the whole list of numbers.",
    settledBy: "a live bridge to two silent numbers with a loop of 2"
  },
  "no-digits-posted": {
    claim: "After all retries the action_url is told what came last: an empty dtmf for no digit, too few as they are.",
    settledBy: "a live play_get_input that nobody answers"
  },
  "param-replaces-extra-params": {
    claim: "The text of a param action takes the place of the extra_params that the call was placed with.",
    settledBy: "a live call placed with extra_params, whose pcmo has a param before an input"
  },
  "answer-url-says-outbound": {
    claim:
      "The request to the answer URL of a placed call is that of a call from outside, with \"outbound\" as its action.",
    settledBy: "one recorded request of a call placed with an answer_url"
  },
  "picked-up-with-actions": {
    claim: "An inbound call is picked up when the answer URL has replied with anything but a hangup in first place.",
    settledBy: "a live inbound call whose answer URL takes four seconds, watched on the calling phone"
  },
  "hold-mutes-bridge": {
    claim: "A call on hold stays bridged, its parties do not hear each other, and its limits run on.",
    settledBy: "a live call that is put on hold, listened to on both phones"
  },
  "transfer-before-answer": {
    claim:
      "A transfer that arrives before the phone is answered replaces what runs upon the answer; that of a call from "
      + "outside takes the place of the answer URL's reply, too.",
    settledBy: "a live transfer while it rings"
  },
  "stream-before-answer": {
    claim:
      "A placed call opens the streams that it begins with while its phone rings, unless stream_on_answer is true.",
    settledBy: "a live call with stream_on_answer false, whose handshake is timed"
  },
  "four-streams-at-once": {
    claim: "A call has four audio streams at once at most; a further stream action does nothing.",
    settledBy: "a live call with five stream actions"
  },
  "other-voice-quality": {
    claim: "A stream of a voice_quality other than 8000, 16000, 24000, 32000 and 48000 is one of 8000.",
    settledBy: "a live stream of voice_quality 12000, whose frames are counted"
  },
  "stream-keeps-call": {
    claim: "A call whose actions have all run stays up while an audio stream of it is open, or being opened.",
    settledBy: "a live call whose only action is a stream"
  },
  "lost-stream-grace": {
    claim:
      "A call with nothing left to run ends 2 s after its last audio stream was closed by the app, broke off or was "
      + "refused.",
    settledBy: "a live call whose app closes the socket, and one whose app refuses it"
  },
  "stream-program-replaces-rest": {
    claim: "A list of actions that an app sends on its stream stops what runs, and replaces the rest.",
    settledBy: "a live stream that sends a speak during a play, with an action left after it"
  },
  "bridge-keeps-stream-of-both": {
    claim: "When an app bridges the call, its stream goes on if it listens to both sides, and is closed otherwise.",
    settledBy: "a live stream of each listen mode that sends a bridge"
  }
} as const satisfies Record<string, { readonly claim: string; readonly settledBy: string }>

/**
 * The name of an assumption.
 *
 * @category models
 * @since 0.1.0
 */
export type Assumption = keyof typeof assumptions

/**
 * The assumptions of what is reported to URLs: deliveries rest on them, turns of calls do not.
 *
 * @category constants
 * @since 0.1.0
 */
export const reportAssumptions = {
  "live-event-order": {
    claim:
      "A leg that makes room for another is told to have ended before that one starts; when a call ends, the later "
      + "legs are told of first. All legs name the number of the call as from, and callees that are no phones by their "
      + "user or id. Calls of the current API cause the same events, with their variables as extra_params.",
    settledBy: "the live events of one call with two numbers to hunt"
  },
  "stream-event-leg": {
    claim: "The live events of a stream name leg b, as the samples do, with the id of the call's first leg.",
    settledBy: "the live events of one streamed call"
  },
  "hangup-event-name": {
    claim: "The live events of an end are named in_hangup and out_hangup.",
    settledBy: "the live events of one call each way"
  },
  "record-order": {
    claim: "The records of all legs come when the call has ended, that of the first leg last.",
    settledBy: "the records of one bridged call"
  },
  "record-time-and-rate": {
    claim:
      "A record's time is the start of its leg, its call_rate what that leg cost: the account's rate for every minute "
      + "that an answered leg started, from its answer on.",
    settledBy: "the records of two live calls, of 59 and of 61 seconds"
  },
  "envelope-of-current-api": {
    claim: "The current API reports calls, recordings and transfers in one envelope.",
    settledBy: "one recorded webhook of a call placed with a bearer token"
  }
} as const satisfies Record<string, { readonly claim: string; readonly settledBy: string }>

/**
 * The name of an assumption about reports.
 *
 * @category models
 * @since 0.1.0
 */
export type ReportAssumption = keyof typeof reportAssumptions

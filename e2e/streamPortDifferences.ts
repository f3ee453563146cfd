/** What the ports do differently on purpose, and why. `docs/limits.md` has the same words. */
export const differences = {
  says: {
    what: "what an app can say",
    sockets: "text and bytes",
    memory: "text",
    why: "the SDK, which is the app in memory, says nothing else"
  },
  counts: {
    what: "`maxMessageBytes` of a text",
    sockets: "counts bytes",
    memory: "counts characters",
    why: "what an app says is ASCII but for its prompts, and encoding all of it costs time"
  },
  buffers: {
    what: "what the app does not take waits",
    sockets: "in the system's buffers first, and then with the line",
    memory: "with the line",
    why: "there is no system in between"
  },
  heldWord: {
    what: "what an app says that is held",
    sockets: "is taken by the system's buffers, megabytes of it",
    memory: "waits, and fails when the stream ends",
    why: "there is no system in between"
  },
  heldEnd: {
    what: "the end of an app that is held",
    sockets: "is left unread like what it said, and told after it",
    memory: "is told at once",
    why: "it has said nothing that would have to come first"
  },
  end: {
    what: "when the way out is closed",
    sockets: "its sockets are closed with 1001, by the platform",
    memory: "its streams are closed as their `StreamServer` ends, by the app; handshakes are not told",
    why: "both ends are in one process and go together"
  }
} as const

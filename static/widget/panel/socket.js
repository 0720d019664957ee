// One WebSocket that comes back by itself. It knows frames as objects and nothing of chats.

import { toJson } from "../basics.js";

const PROTOCOL = "balie.v1";
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
// A handshake that takes longer is a proxy that swallows it; no close event would ever come.
const OPEN_LIMIT = 10_000;
// This many tries without one success: something between us blocks WebSocket, so long poll takes over.
const POLL_AFTER = 3;
// The server will say the same again: this page, or this site, may not chat.
const FINAL = { 4403: "bad_origin", 4404: "unknown_site" };

/** Milliseconds before try `attempt` (from 1): doubling from 0.5 s to 10 s, each up to 40 % sooner. */
export function backoff(attempt, random) {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
  return Math.round(full * (1 - 0.4 * random));
}

/**
 * @param {string} url
 * @param {import("../types.js").LineEvents} on
 */
export function makeSocket(url, on) {
  let socket = null;
  let attempts = 0;
  let timer = 0;
  let limit = 0;
  let wanted = false;
  /** @type {new (url: string, protocol: string) => WebSocket | import("./poll.js").PollSocket} */
  let Line = globalThis.WebSocket;
  let reached = false;

  function connect() {
    clearTimeout(timer);
    if (socket || !wanted) return;
    on.net({ net: "connecting", attempts });
    try {
      socket = new Line(url, PROTOCOL);
    } catch {
      // A page's policy may forbid the connection outright.
      lost(0);
      return;
    }
    const mine = socket;
    limit = setTimeout(() => mine === socket && drop(), OPEN_LIMIT);
    mine.onopen = () => {
      clearTimeout(limit);
      reached = true;
      if (mine === socket) on.open();
    };
    mine.onmessage = (event) => mine === socket && take(event.data);
    mine.onclose = (event) => mine === socket && lost(event.code);
  }

  function take(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame?.type) on.frame(frame);
  }

  function lost(code) {
    clearTimeout(limit);
    socket = null;
    if (!wanted) return;
    if (FINAL[code]) {
      wanted = false;
      on.net({ net: "refused", attempts, refusal: FINAL[code] });
      return;
    }
    attempts += 1;
    if (attempts === POLL_AFTER && !reached)
      import("./poll.js").then(
        (poll) => (Line = poll.PollSocket),
        () => {},
      );
    const wait = backoff(attempts, Math.random());
    timer = setTimeout(connect, wait);
    on.net({ net: "offline", attempts, wait });
  }

  // Doesn't wait for the close handshake: on a dead line its event comes minutes later.
  function drop() {
    const old = socket;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    lost(0);
    old.close();
  }

  return {
    start() {
      wanted = true;
      connect();
    },
    stop() {
      wanted = false;
      clearTimeout(timer);
      drop();
    },
    drop,
    /** Tries at once instead of at the end of the wait. */
    now() {
      if (wanted && !socket) connect();
    },
    /** The server took us in: the next loss starts from the shortest wait. */
    settled() {
      attempts = 0;
    },
    send(frame) {
      if (socket?.readyState !== 1) return false;
      socket.send(toJson(frame));
      return true;
    },
  };
}

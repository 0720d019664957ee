// One WebSocket that comes back by itself. It carries frames as objects and knows nothing of chats.

import { steady } from "./time.js";

const PROTOCOL = "balie.v1";
const FIRST_WAIT = 500;
// A seat's lease is 15 s: two tries must fit in it.
const LONGEST_WAIT = 5_000;
// A handshake that takes longer is a proxy that swallows it; no close event would ever come.
const OPEN_LIMIT = 10_000;
// The server would say the same again.
const FINAL = { 4401: "signed_out", 4403: "bad_origin" };

/** Milliseconds before try `attempt` (from 1): doubling from 0.5 s to 5 s, each up to 40 % sooner. */
export function backoff(attempt, random) {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
  return Math.round(full * (1 - 0.4 * random));
}

/**
 * @param {string} url
 * @param {object} on
 * @param {() => void} on.open
 * @param {(frame: object) => void} on.frame
 * @param {(line: {net: string, retryAt?: number, refusal?: string}) => void} on.net `net` is connecting, open, offline
 *   (with `retryAt`, this device's time) or refused (with `refusal`).
 */
export function makeSocket(url, on) {
  let socket = null;
  let attempts = 0;
  let timer = 0;
  let limit = 0;
  let retryAt = 0;

  function connect() {
    clearTimeout(timer);
    retryAt = 0;
    if (socket) return;
    on.net({ net: "connecting" });
    const mine = new WebSocket(url, PROTOCOL);
    socket = mine;
    limit = setTimeout(drop, OPEN_LIMIT);
    mine.onopen = () => {
      clearTimeout(limit);
      on.net({ net: "open" });
      on.open();
    };
    mine.onmessage = (event) => on.frame(JSON.parse(event.data));
    mine.onclose = (event) => lost(event.code);
  }

  function lost(code) {
    clearTimeout(limit);
    socket = null;
    if (FINAL[code]) {
      on.net({ net: "refused", refusal: FINAL[code] });
      return;
    }
    attempts += 1;
    const wait = backoff(attempts, Math.random());
    timer = setTimeout(connect, wait);
    retryAt = steady() + wait;
    on.net({ net: "offline", retryAt });
  }

  // Doesn't wait for the close handshake: on a dead line its event comes minutes later.
  function drop() {
    if (!socket) return;
    const old = socket;
    old.onopen = old.onmessage = old.onclose = null;
    lost(0);
    old.close();
  }

  return {
    connect,
    drop,
    /** Connect if the wait is over: a hidden page's own timer may be a minute late. */
    look() {
      if (retryAt && steady() >= retryAt) connect();
    },
    /** The server took us in: the next loss starts from the shortest wait. */
    settled() {
      attempts = 0;
    },
    /** Whether the frame went out; a false is sent again by the caller after the next open. */
    send(frame) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
  };
}

// A visitor's session on a line that the test plays.

import { mock } from "node:test";
import { makeSession } from "../../../../static/widget/panel/session.js";

export const CHAT = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
export const AT = "2026-11-21T13:03:41.000Z";

export function shelf() {
  let kept = {};
  return { get: () => kept, fresh: () => kept, put: (change) => (kept = { ...kept, ...change }) };
}

/** A session on a line that the test plays. */
export function desk({ watched = true, store = { local: shelf(), tab: shelf() } } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse(AT) });
  const sent = [];
  const line = { up: false, drops: 0, wakes: 0 };
  let on = null;
  let ids = 0;
  const session = makeSession({
    pace: () => Date.now(),
    connect(handlers) {
      on = handlers;
      return {
        start: () => {},
        stop: () => (line.up = false),
        drop: () => {
          line.drops += 1;
          lose();
        },
        now: () => (line.wakes += 1),
        settled: () => {},
        send(frame) {
          if (line.up) sent.push(frame);
          return line.up;
        },
      };
    },
    store,
    page: () => ({ url: "https://shop.example/", title: "", referrer: "" }),
    newId: () => `id-${(ids += 1)}`,
    watched: () => watched,
    hidden: () => false,
    changed: () => {},
  });
  function lose() {
    line.up = false;
    on.net({ net: "offline", attempts: 1, wait: 500 });
  }
  const open = (chat = null) => {
    line.up = true;
    on.open();
    const availability = { mode: "chat", promise_seconds: 20, closes_at: null, opens_at: null, phone: "" };
    on.frame({ type: "welcome", token: "token", server_time: AT, availability, chat });
  };
  const ack = (client_id, seq) => on.frame({ type: "ack", client_id, seq, chat_id: CHAT, at: AT });
  const say = (seq) => {
    const message = {
      seq,
      kind: "text",
      side: "operator",
      name: "Alice",
      body: "Hoi",
      at: AT,
      client_id: null,
      data: {},
    };
    on.frame({ type: "message.posted", chat_id: CHAT, message });
  };
  const of = (type) => sent.filter((frame) => frame.type === type);
  return { session, store, sent, of, line, open, lose, ack, say, hello: () => on.open(), frame: (f) => on.frame(f) };
}

export const texts = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    seq: from + i,
    kind: "text",
    side: "visitor",
    name: "",
    body: "Hoi",
    at: AT,
    client_id: null,
    data: {},
  }));
export const longChat = (from, to, last_seq) => ({
  id: CHAT,
  state: "open",
  rating: null,
  transcripts: [],
  last_seq,
  arrived_at: AT,
  promise_seconds: 20,
  operator: "Alice",
  operator_read: 0,
  visitor_read: 0,
  answered: true,
  messages: texts(from, to),
});

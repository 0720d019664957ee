// What the server and the page say to the widget's state, and a state made of it.

import { reduce, START } from "../../../../static/widget/panel/state.js";

export const CHAT = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
export const OTHER = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f22";
export const AT = "2026-11-21T13:03:41.000Z";
export const NOW = Date.parse(AT);
export const GREETING = { id: "0b8f8f0e-94d4-4a53-8a30-6f6a1f8f0002", body: "Hoi! Kan ik je helpen?", starts: [] };

const freeze = (value) => {
  if (value && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
};
export const run = (state, ...actions) => actions.reduce((s, a) => freeze(reduce(freeze(s), freeze(a))), state);

export const availability = (mode = "chat") => ({
  mode,
  promise_seconds: 20,
  closes_at: null,
  opens_at: null,
  phone: "",
});
export const message = (seq, extra = {}) => ({
  seq,
  kind: "text",
  side: "operator",
  name: "Alice",
  body: `tekst ${seq}`,
  at: AT,
  client_id: null,
  data: {},
  ...extra,
});
export const posted = (seq, extra, chat_id = CHAT) => ({
  type: "message.posted",
  chat_id,
  message: message(seq, extra),
});
export const system = (seq, data) => posted(seq, { kind: "system", side: "system", body: "", data });
export const welcome = (chat = null, mode = "chat") => ({
  type: "welcome",
  token: "t",
  server_time: AT,
  availability: availability(mode),
  chat,
  now: NOW - 5000,
});
export const serverChat = (extra = {}) => ({
  id: CHAT,
  state: "open",
  rating: null,
  transcripts: [],
  last_seq: 3,
  arrived_at: AT,
  promise_seconds: 20,
  operator: "Alice",
  operator_read: 2,
  visitor_read: 1,
  messages: [
    message(1, { kind: "auto", name: "" }),
    message(2, { side: "visitor", client_id: "c1", name: "" }),
    message(3),
  ],
  ...extra,
});
export const text = (clientId, body = "Hoi") => ({
  type: "my.text",
  clientId,
  body,
  at: NOW,
  page: { url: "https://a.example/" },
});
export const ack = (client_id, seq, chat_id = CHAT) => ({ type: "ack", client_id, seq, chat_id, at: AT });
export const error = (client_id, code) => ({ type: "error", client_id, code });
export const wish = (type, client_id, facts = {}) => ({ type: "my.wish", wish: { type, client_id, ...facts } });
export const close = () => wish("chat.close", "k");
export const set = (facts) => ({ type: "my.set", ...facts });

export const fresh = () => run(START, set({ greeting: GREETING }), welcome());
export const begun = () => run(fresh(), text("c1"), ack("c1", 2));

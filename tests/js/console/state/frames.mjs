// What the server says of one chat at one desk, and a state made of it.

import { applyEvent, fromSnapshot } from "../../../../static/console/state/state.js";

export const ACME = "00000000-0000-4000-8000-0000000000aa";
export const CHAT = "00000000-0000-4000-8000-00000000c001";
export const OTHER = "00000000-0000-4000-8000-00000000c002";
export const MINE = "00000000-0000-4000-8000-00000000d001";
export const NEXT = "00000000-0000-4000-8000-00000000d002";
export const AT = "2026-11-21T13:03:41Z";

export const seat = (facts = {}) => ({
  epoch: 12,
  capacity: 6,
  used: 1,
  paused: false,
  pause_reason: "",
  draining: false,
  lease_until: AT,
  ...facts,
});
export const entry = (facts = {}) => ({
  chat_id: CHAT,
  company_id: ACME,
  state: "open",
  fence: 2,
  last_seq: 2,
  turn: "operator",
  turn_at: AT,
  arrived_at: AT,
  promise_seconds: 20,
  first_human_at: null,
  visitor_seen_at: AT,
  visitor_read: 0,
  operator_read: 0,
  wrap_up_at: null,
  ...facts,
});
export const message = (seq, facts = {}) => ({
  seq,
  kind: "text",
  side: "visitor",
  name: "",
  body: `woord ${seq}`,
  at: `2026-11-21T13:04:0${seq}Z`,
  client_id: `00000000-0000-4000-8000-00000000e00${seq}`,
  data: {},
  ...facts,
});
export const chat = (facts = {}) => ({
  entry: entry(facts),
  site: "Acme webwinkel",
  number: 4812,
  visitor_name: "",
  visitor_id: OTHER,
  language: "nl",
  page_url: "https://acme.example/a",
  page_title: "A",
  referrer: "",
  earlier: 0,
  messages: [message(1), message(2)],
  rating: null,
  transcripts: [],
  lead: false,
});
export const snapshot = (facts = {}) => ({
  type: "snapshot",
  server_time: AT,
  me: { id: MINE, name: "Alice", language: "nl" },
  seat: seat(),
  companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }],
  chats: [chat()],
  offers: [],
  ...facts,
});
export const posted = (one) => ({ type: "message.posted", chat_id: CHAT, message: one });
export const post = (client_id, body = "Hoi") => ({
  type: "message.post",
  chat_id: CHAT,
  fence: 2,
  client_id,
  body,
  note: false,
  at: AT,
});
export const start = () => fromSnapshot(snapshot());
export const play = (state, ...events) => events.reduce(applyEvent, state);

// A console against a socket and a clock of our own.

import "../../mocked-pace.mjs";
import { mock } from "node:test";
import { FakeSocket, lines } from "../../fake-line.mjs";

const BEGAN = Date.parse("2026-11-21T13:00:00Z");
export const ACME = "00000000-0000-4000-8000-0000000000aa";
export const CHAT = "00000000-0000-4000-8000-00000000c001";
export const OTHER = "00000000-0000-4000-8000-00000000c002";
export const ALICE = "00000000-0000-4000-8000-00000000d001";
export const BOB = "00000000-0000-4000-8000-00000000d002";
export const EPOCH = 12;

// As much of a browser as the socket's side of the console asks for. The page has no focus, so nothing counts as read.
export const page = { lang: "nl", focused: false, dataset: { operator: ALICE } };
const storage = () => ({ getItem: () => null, setItem: () => {} });
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  sessionStorage: storage(),
  localStorage: storage(),
  window: { matchMedia: () => ({ matches: false, addEventListener() {} }), addEventListener() {} },
  document: {
    documentElement: page,
    hidden: false,
    hasFocus: () => page.focused,
    addEventListener() {},
  },
});
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: BEGAN });

export const sync = await import("../../../../static/console/sync.js");
export const { act, clock, floorOpen, lookForSomebody, net, reading, showFloor, shown, state } =
  await import("../../../../static/console/store.js");
sync.start("ws://localhost/ws/console/");

export const iso = (ms) => new Date(ms).toISOString();
export const now = () => iso(Date.now());
export const seat = (facts = {}) => ({
  epoch: EPOCH,
  capacity: 6,
  used: 1,
  paused: false,
  pause_reason: "",
  draining: false,
  lease_until: iso(Date.now() + 15_000),
  ...facts,
});
export const entry = (id, facts = {}) => ({
  chat_id: id,
  company_id: ACME,
  state: "open",
  fence: 2,
  last_seq: 1,
  turn: "operator",
  turn_at: now(),
  arrived_at: now(),
  promise_seconds: 20,
  first_human_at: null,
  visitor_seen_at: now(),
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
  at: now(),
  client_id: null,
  data: {},
  ...facts,
});
export const chat = (id = CHAT, facts = {}) => ({
  entry: entry(id, facts),
  site: "Acme webwinkel",
  number: 1,
  visitor_name: "",
  visitor_id: ALICE,
  language: "nl",
  page_url: "https://acme.example/",
  page_title: "",
  referrer: "",
  earlier: 0,
  messages: [message(1)],
});
export const snapshot = (facts = {}) => ({
  type: "snapshot",
  server_time: now(),
  me: { id: ALICE, name: "Alice", language: "nl" },
  seat: seat(),
  companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }],
  chats: [chat()],
  offers: [],
  ...facts,
});
export const renewed = (held, facts = {}) => ({
  type: "seat.renewed",
  seat: seat(),
  server_time: now(),
  held,
  offers: [],
  ...facts,
});
export const line = () => lines[lines.length - 1];
// What has to go out is planned in a microtask.
export const settled = () => new Promise((done) => setImmediate(done));
export const post = (body, id = CHAT) => sync.onChat("message.post", state.value.chats[id], { body, note: false });

export async function passes(ms) {
  mock.timers.tick(ms);
  await settled();
}

export async function hears(event) {
  line().say(event);
  await settled();
}

// Waits out the longest pause between two tries and lets the next socket open.
export async function comesBack() {
  await passes(10_000);
  line().accept();
  await settled();
}

// A test begins on a fresh line with one chat, nothing under way and the seat our own.
export async function freshLine() {
  page.focused = false;
  shown.value = null;
  if (line().readyState === 0) line().accept();
  if (line().readyState === FakeSocket.OPEN) line().lose();
  for (const item of state.value.outbox) act({ type: "my.forget", client_id: item.client_id });
  act({ type: "hello", take_seat: true });
  await comesBack();
  await hears(snapshot());
  line().sent.length = 0;
}

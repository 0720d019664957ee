// The list stands still under a hand that counts along it, and never because somebody types.

import "../mocked-pace.mjs";
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { makePage } from "../fake-page.mjs";

const ACME = "00000000-0000-4000-8000-0000000000aa";
const ALICE = "00000000-0000-4000-8000-00000000d001";
const [WAITS, SILENT] = ["00000000-0000-4000-8000-00000000c001", "00000000-0000-4000-8000-00000000c002"];
const BEGAN = Date.parse("2026-11-21T13:00:00Z");
const HANDS_OFF_MS = 400;

const body = makePage({ operator: ALICE });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: BEGAN });

const { h, options, render } = await import("preact");
Object.assign(options, { requestAnimationFrame: setImmediate, debounceRendering: setImmediate });
const { keyDown, List, standingParts } = await import("../../../static/console/views/list/list.js");
const { clock, happen, second } = await import("../../../static/console/store.js");

const iso = (ms = 0) => new Date(Date.now() + ms).toISOString();
const chat = (id, turn) => ({
  entry: {
    chat_id: id,
    company_id: ACME,
    state: "open",
    fence: 1,
    last_seq: 1,
    turn,
    turn_at: iso(-9000),
    arrived_at: iso(-60_000),
    promise_seconds: 20,
    first_human_at: iso(-50_000),
    visitor_seen_at: iso(),
    visitor_read: 0,
    operator_read: 1,
    wrap_up_at: null,
    transfer: null,
    ticks: {},
  },
  site: "Acme",
  number: 1,
  visitor_name: "",
  visitor_id: ALICE,
  language: "nl",
  page_url: "",
  page_title: "",
  referrer: "",
  earlier: 0,
  messages: [
    { seq: 1, kind: "text", side: "visitor", name: "", body: "Hoi", at: iso(-9000), client_id: null, data: {} },
  ],
  rating: null,
  transcripts: [],
});
const writes = { type: "message.posted", chat_id: SILENT };
// With the beat that draws it anew twice a second.
const parts = () => {
  mock.timers.tick(1);
  second.value = clock.now();
  render(h(List), body);
  const { mine, theirs } = standingParts();
  return { mine, theirs };
};
const ELEMENTS = { list: { closest: (selector) => selector === ".list" }, box: { closest: () => null } };
const list = () => body.querySelectorAll(".list")[0];

beforeEach(() => {
  mock.timers.tick(HANDS_OFF_MS * 2);
  happen({
    type: "snapshot",
    server_time: iso(),
    me: { id: ALICE, name: "Alice", language: "nl", is_lead: false },
    seat: { epoch: 1, capacity: 6, used: 2 },
    limits: { text: 4000, idle: 600, gone: 30, wrap_up: 120, offer: 10 },
    companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }],
    chats: [chat(WAITS, "operator"), chat(SILENT, "visitor")],
    offers: [],
  });
  assert.deepEqual(parts(), { mine: [WAITS], theirs: [SILENT] });
});
afterEach(() => render(null, body));

// The visitor who was silent writes: where the list is free, their chat goes to those who wait.
function visitorWrites() {
  happen({
    ...writes,
    message: {
      seq: 2,
      kind: "text",
      side: "visitor",
      name: "",
      body: "Bent u er?",
      at: iso(),
      client_id: null,
      data: {},
    },
  });
  return parts();
}

const MOVED = { mine: [WAITS, SILENT], theirs: [] };
const STANDS = { mine: [WAITS], theirs: [SILENT] };
const KEYS = [
  ["a letter of an answer", { altKey: false, key: "a", target: ELEMENTS.box }, MOVED],
  ["Enter, that sends it", { altKey: false, key: "Enter", target: ELEMENTS.box }, MOVED],
  ["an arrow in the text", { altKey: false, key: "ArrowDown", target: ELEMENTS.box }, MOVED],
  ["a capital", { altKey: false, shiftKey: true, key: "A", target: ELEMENTS.box }, MOVED],
  ["Alt alone, before a digit", { altKey: true, key: "Alt", target: ELEMENTS.box }, STANDS],
  ["Alt and an arrow", { altKey: true, key: "ArrowDown", target: ELEMENTS.box }, STANDS],
  ["Alt and a digit", { altKey: true, key: "2", target: ELEMENTS.box }, STANDS],
  ["Tab along the list", { altKey: false, key: "Tab", target: ELEMENTS.list }, STANDS],
];

for (const [what, event, expected] of KEYS) {
  test(`${what}: the list ${expected === STANDS ? "stands" : "goes on"}`, () => {
    keyDown(event);
    assert.deepEqual(visitorWrites(), expected);
    mock.timers.tick(HANDS_OFF_MS);
    assert.deepEqual(parts(), MOVED, "a key holds it for a moment only");
  });
}

test("the mouse on it holds it as long as it is there; a finger doesn't", () => {
  list().send("pointerenter", { pointerType: "mouse" });
  assert.deepEqual(visitorWrites(), STANDS);
  mock.timers.tick(60_000);
  assert.deepEqual(parts(), STANDS);
  list().send("pointerleave", { pointerType: "mouse" });
  assert.deepEqual(parts(), MOVED);
  list().send("pointerenter", { pointerType: "touch" });
  assert.deepEqual(parts(), MOVED);
});

test("typing goes on for minutes, and who waits is seen all the time", () => {
  for (let second = 0; second < 120; second += 1) {
    keyDown({ altKey: false, key: "x", target: ELEMENTS.box });
    mock.timers.tick(100);
  }
  assert.deepEqual(visitorWrites(), MOVED);
});

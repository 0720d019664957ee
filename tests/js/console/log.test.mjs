// What a switch between long chats draws, and what a message draws anew: counted on a page of ours.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { countAnew, counts, makePage } from "../fake-page.mjs";

const ACME = "00000000-0000-4000-8000-0000000000aa";
const ALICE = "00000000-0000-4000-8000-00000000d001";
const AT = "2026-11-21T13:03:41Z";
const LONG = 500;

const body = makePage({ operator: ALICE });
// Idle time is had when the test says so.
const idle = new Set();
Object.assign(globalThis, {
  requestIdleCallback: (work) => idle.add(work) && work,
  cancelIdleCallback: (work) => idle.delete(work),
});

const { h, options, render } = await import("preact");
const { Log } = await import("../../../static/console/views/chat/log.js");
const { DRAWN, FIRST } = await import("../../../static/console/rules/runs.js");
const { happen, shownChat, shown } = await import("../../../static/console/store.js");

const id = (nth) => `00000000-0000-4000-8000-00000000c0${String(nth).padStart(2, "0")}`;
const message = (seq) => ({
  seq,
  kind: "text",
  side: seq % 3 ? "visitor" : "operator",
  name: seq % 3 ? "" : "Alice",
  body: `woord ${seq}`,
  at: AT,
  client_id: null,
  data: {},
});
const chat = (nth, size) => ({
  entry: {
    chat_id: id(nth),
    company_id: ACME,
    state: "open",
    fence: 1,
    last_seq: size,
    turn: "visitor",
    turn_at: AT,
    arrived_at: AT,
    promise_seconds: 20,
    first_human_at: AT,
    visitor_seen_at: AT,
    visitor_read: 0,
    operator_read: size,
    wrap_up_at: null,
    transfer: null,
    ticks: {},
  },
  site: "Acme",
  number: nth,
  visitor_name: "",
  visitor_id: ALICE,
  language: "nl",
  page_url: "",
  page_title: "",
  referrer: "",
  earlier: 0,
  messages: Array.from({ length: size }, (_, at) => message(at + 1)),
  rating: null,
  transcripts: [],
});
// Drawing and what follows it take a turn each, in our own time; what they ask for takes more.
Object.assign(options, { requestAnimationFrame: setImmediate, debounceRendering: setImmediate });
const settled = async () => {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((done) => setImmediate(done));
};
const bubbles = () => body.querySelectorAll(".bub").length;
const Shown = () => h(Log, { key: shown.value, chat: shownChat() });

happen({
  type: "snapshot",
  server_time: AT,
  me: { id: ALICE, name: "Alice", language: "nl" },
  seat: { epoch: 1, capacity: 6, used: 3 },
  companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }],
  chats: [chat(1, LONG), chat(2, LONG), chat(3, 4)],
  offers: [],
});

// What is drawn for a chat before its first frame; the rest waits for idle time.
async function open(nth) {
  countAnew();
  shown.value = id(nth);
  render(h(Shown), body);
  const { made } = counts;
  await settled();
  return made;
}

// The browser has time: one turn of it.
async function hasTime() {
  const works = [...idle];
  idle.clear();
  for (const work of works) work();
  await settled();
  return works.length > 0;
}

afterEach(() => render(null, body));

test("a chat of 500 messages costs its first frame what one of 20 does", async () => {
  await open(3);
  const long = await open(1);
  assert.equal(bubbles(), FIRST);
  assert.ok(long < FIRST * 20, `${long} nodes were made`);
  const again = await open(2);
  assert.equal(again, long);
});

test("what lies above the screen is drawn in idle time, in pieces, and then nothing more", async () => {
  await open(1);
  const drawn = [bubbles()];
  while (await hasTime()) drawn.push(bubbles());
  assert.deepEqual(drawn, [FIRST, 2 * FIRST, DRAWN]);
  const words = body.querySelectorAll(".bub").map((one) => one.textContent);
  assert.deepEqual(
    words,
    Array.from({ length: DRAWN }, (_, at) => `woord ${LONG - DRAWN + at + 1}`),
  );
});

test("a chat that is left before there was time is drawn no further", async () => {
  await open(1);
  await open(3);
  assert.equal(await hasTime(), false);
  assert.equal(bubbles(), 4);
});

test("a message that comes draws itself and nothing else", async () => {
  await open(1);
  while (await hasTime());
  const before = body.querySelectorAll(".msg");
  countAnew();
  happen({ type: "message.posted", chat_id: id(1), message: message(LONG + 1) });
  render(h(Shown), body);
  await settled();
  const after = body.querySelectorAll(".msg");
  // 500 and 501 are two persons', so one run comes with one bubble.
  const kept = after.filter((one) => before.includes(one));
  assert.equal(kept.length, before.length, "every run stands where it stood");
  assert.equal(bubbles(), DRAWN + 1);
  assert.ok(counts.made < 20, `${counts.made} nodes were made`);
  assert.ok(counts.changed < 40, `${counts.changed} changes`);
});

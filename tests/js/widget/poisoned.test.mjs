// Reload and restore on a page whose built-ins an old framework replaced before we came (tests/data/old_framework.js,
// which the browser's hostile page loads too).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pairs, toJson } from "../../../static/widget/basics.js";
import { makeShelf } from "../../../static/widget/device.js";
import { localFacts, tabFacts } from "../../../static/widget/kept.js";
import { wordsOf } from "../../../static/widget/panel/panel.js";
import { isMuted } from "../../../static/widget/invite/invite.js";
import { chooseGreeting } from "../../../static/widget/invite/targeting.js";
import { reduce, START } from "../../../static/widget/panel/state.js";
import { cut } from "../../../static/shared/text.js";

const ID = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
const AT = "2026-11-21T13:03:41.000Z";
const page = { url: "https://shop.example/", title: "", referrer: "" };
const text = (seq, side = "operator") => ({
  seq,
  kind: "text",
  side,
  name: "Alice",
  body: `tekst ${seq}`,
  at: AT,
  client_id: null,
  data: {},
});
const SPOILT = [
  [Object, ["keys", "values", "entries", "assign"]],
  [Object.prototype, ["inject", "muted"]],
  [Array, ["from"]],
  [Array.prototype, ["each", "first", "toJSON", "reduce", "entries"]],
  [Date, ["parse"]],
  [Date.prototype, ["toJSON"]],
  [globalThis, ["Intl", "fetch"]],
];

/** What `act` answers on such a page; the page is mended before anybody judges. */
function spoilt(act) {
  const before = SPOILT.map(([owner, names]) => names.map((name) => Object.getOwnPropertyDescriptor(owner, name)));
  const define = Object.defineProperty;
  (0, eval)(readFileSync(new URL("../../data/old_framework.js", import.meta.url), "utf8"));
  Object.prototype.muted = 8e15;
  let found;
  try {
    found = act();
  } finally {
    for (let i = 0; i < SPOILT.length; i += 1) {
      const [owner, names] = SPOILT[i];
      for (let j = 0; j < names.length; j += 1) {
        delete owner[names[j]];
        if (before[i][j]) define(owner, names[j], { ...before[i][j] });
      }
    }
  }
  return found;
}

test("what a tab wrote there comes back to the letter after a reload", () => {
  const item = {
    clientId: ID,
    body: "Hoi",
    at: 1,
    page,
    greeting: { id: ID, body: "Dag", starts: ["a", "b"] },
    status: "flying",
    slow: true,
    reason: null,
  };
  const found = spoilt(() => {
    let raw = null;
    const storage = () => ({ getItem: () => raw, setItem: (_, value) => (raw = value) });
    makeShelf("k", storage, tabFacts).put({ open: true, outbox: [item, { ...item, body: "twee" }] });
    return makeShelf("k", storage, tabFacts).get();
  });
  assert.deepEqual(
    found.outbox.map((one) => [one.body, one.greeting.starts]),
    [
      ["Hoi", ["a", "b"]],
      ["twee", ["a", "b"]],
    ],
  );
  assert.equal(found.open, true);
});

test("names that a page put on every object are not ours", () => {
  const found = spoilt(() => [localFacts({ chat: ID }), pairs({ a: 1 }), pairs([7]), isMuted({}, 1)]);
  assert.deepEqual(found, [{ chat: ID }, [["a", 1]], [["0", 7]], false]);
});

test("a chat is welcomed, read and gone on with there", () => {
  const chat = {
    id: ID,
    state: "open",
    rating: null,
    transcripts: [],
    last_seq: 3,
    arrived_at: AT,
    promise_seconds: 20,
    operator: "Alice",
    operator_read: 0,
    visitor_read: 0,
    answered: true,
    messages: [text(1), text(2), text(3)],
  };
  const availability = { mode: "chat", promise_seconds: 20, closes_at: null, opens_at: null, phone: "" };
  const state = spoilt(() => {
    const welcomed = reduce(START, {
      type: "welcome",
      token: "t",
      server_time: AT,
      now: 1000,
      availability,
      chat,
      wait: "",
    });
    return reduce(welcomed, { type: "message.posted", chat_id: ID, message: text(4) });
  });
  assert.deepEqual([state.chat.messages.length, state.chat.have, state.offset], [4, 4, new Date(AT).getTime() - 1000]);
});

test("a frame is what it is without the page's toJSON", () => {
  const frame = { type: "hello", n: 1, odd: undefined, list: ["a", { b: [null, true, "é\n"] }] };
  const found = spoilt(() => toJson(frame));
  assert.equal(found, JSON.stringify(frame));
});

test("words and cuts do without Intl", () => {
  const found = spoilt(() => [cut("abc", 2), wordsOf({ a: "{n} keer" }, "je")("a", { n: 2 })]);
  assert.deepEqual(found, ["ab", "2 keer"]);
});

test("the greeting of a page is chosen there", () => {
  const greetings = [
    { patterns: ["/*"], body: "Hoi" },
    { patterns: ["/schoenen/*"], body: "Een vraag over schoenen?" },
  ];
  const body = (url) => spoilt(() => chooseGreeting(greetings, { url })?.body);
  assert.equal(body("https://shop.example/schoenen/veluwe"), "Een vraag over schoenen?");
  assert.equal(body("https://shop.example/contact"), "Hoi");
});

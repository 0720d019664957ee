// The live facts of chats, offers and the seat, by events and renewals.

import assert from "node:assert/strict";
import { test } from "node:test";
import { applyCommand, applyEvent, fromSnapshot } from "../../../../static/console/state/state.js";
import { comparable } from "../../comparable.mjs";
import { ACME, AT, CHAT, chat, entry, OTHER, play, seat, snapshot, start } from "./frames.mjs";

test("older live facts that overtake newer ones change nothing", () => {
  const state = play(start(), { type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) });
  assert.equal(play(state, { type: "chat.changed", entry: entry({ fence: 2 }) }), state);
});

test("the seat is as it was told last, and never what an older console of it was told", () => {
  const paused = play(start(), { type: "seat.changed", seat: seat({ paused: true, used: 3 }) });
  assert.deepEqual([paused.seat.paused, paused.seat.used], [true, 3]);
  assert.equal(play(paused, { type: "seat.changed", seat: seat({ epoch: 11 }) }), paused);
  assert.equal(play(paused, { type: "seat.changed", seat: seat({ epoch: 13 }) }).seat.epoch, 13);
});

test("a chat that is given anew is as it was given, unless newer facts came before", () => {
  const again = (fence) => ({ type: "chat.added", chat: { ...chat({ fence, last_seq: 3 }), rating: { good: true } } });
  const facts = ({ entry: { fence, last_seq }, rating }) => [fence, last_seq, rating];
  for (const fence of [2, 3]) {
    assert.deepEqual(facts(play(start(), again(fence)).chats[CHAT]), [fence, 3, { good: true }]);
  }
  assert.deepEqual(facts(play(start(), again(1)).chats[CHAT]), [2, 2, null]);
});

test("a renewal fetches what differs and removes what is gone", () => {
  const two = fromSnapshot(snapshot({ chats: [chat(), chat({ chat_id: OTHER })] }));
  const asked = applyCommand(two, { type: "seat.renew", epoch: 12 });
  const state = play(asked, {
    type: "seat.renewed",
    seat: seat(),
    server_time: AT,
    held: [[CHAT, "open", 2, 3, 1, 2, AT]],
    offers: [],
  });
  assert.deepEqual(Object.keys(state.chats), [CHAT]);
  assert.deepEqual(state.stale, { [CHAT]: true });
  assert.deepEqual([state.chats[CHAT].entry.operator_read, state.chats[CHAT].entry.visitor_read], [1, 2]);
});

test("a chat that came while the renewal was under way isn't taken for gone", () => {
  const asked = applyCommand(fromSnapshot(snapshot({ chats: [] })), { type: "seat.renew", epoch: 12 });
  const state = play(
    asked,
    { type: "chat.added", chat: chat() },
    { type: "seat.renewed", seat: seat(), server_time: AT, held: [], offers: [] },
  );
  assert.deepEqual(Object.keys(state.chats), [CHAT]);
});

test("a held chat or an offer that we never heard of asks for a fresh snapshot", () => {
  const held = play(start(), {
    type: "seat.renewed",
    seat: seat(),
    server_time: AT,
    held: [
      [CHAT, "open", 2, 2, 0, 0, AT],
      [OTHER, "open", 1, 1, 0, 0, AT],
    ],
    offers: [],
  });
  assert.ok(held.outOfDate);
  const offered = play(start(), {
    type: "seat.renewed",
    seat: seat(),
    server_time: AT,
    held: [[CHAT, "open", 2, 2, 0, 0, AT]],
    offers: [OTHER],
  });
  assert.ok(offered.outOfDate);
});

test("the same offer twice rings once; a newer fence replaces it", () => {
  const offer = {
    chat_id: OTHER,
    company_id: ACME,
    site: "s",
    language: "nl",
    fence: 1,
    arrived_at: AT,
    promise_seconds: 20,
    expires_at: AT,
  };
  const once = play(start(), { type: "offer.made", offer });
  assert.equal(play(once, { type: "offer.made", offer }), once);
  assert.equal(play(once, { type: "offer.made", offer: { ...offer, fence: 3 } }).offers[OTHER].fence, 3);
  assert.deepEqual(play(once, { type: "offer.gone", chat_id: OTHER, reason: "expired" }).offers, {});
});

test("another screen that takes the seat leaves this one to read; taking it back ends that", () => {
  assert.equal(play(start(), { type: "seat.taken", epoch: 12 }).readOnly, start().readOnly, "by this very console");
  const state = play(start(), { type: "seat.taken", epoch: 13 });
  assert.ok(state.readOnly);
  assert.ok(!applyCommand(state, { type: "hello", take_seat: true }).readOnly);
});

test("an unknown event changes nothing", () => {
  const state = start();
  assert.equal(applyEvent(state, { type: "something.new" }), state);
});

test("a renewal brings the visitor's last sign of life", () => {
  const held = [[CHAT, "open", 2, 2, 0, 0, "2026-11-21T13:05:00Z"]];
  const state = play(start(), { type: "seat.renewed", seat: seat(), server_time: AT, held, offers: [] });
  assert.equal(state.chats[CHAT].entry.visitor_seen_at, "2026-11-21T13:05:00Z");
});

test("what is compared leaves out the clock and this screen's own marks", () => {
  const later = fromSnapshot(
    snapshot({ server_time: "2026-11-21T14:00:00Z", seat: seat({ lease_until: "2026-11-21T14:00:15Z" }) }),
  );
  assert.deepEqual(comparable(later), comparable(start()));
});

const rated = (facts) => ({ type: "chat.rated", chat_id: CHAT, good: true, words: "", ...facts });
const mailed = (facts) => ({
  type: "transcript.changed",
  chat_id: CHAT,
  address: "m@v.nl",
  state: "queued",
  at: AT,
  reason: "",
  ...facts,
});

test("a rating comes, changes, and a repeat changes nothing", () => {
  const state = play(start(), rated(), rated({ good: false, words: "Te laat" }));
  assert.deepEqual(state.chats[CHAT].rating, { good: false, words: "Te laat" });
  assert.equal(play(state, rated({ good: false, words: "Te laat" })), state);
  assert.equal(play(state, rated({ chat_id: OTHER })), state);
});

test("transcripts stand once per address, in the order they were asked for", () => {
  const state = play(
    start(),
    mailed(),
    mailed({ address: "j@v.nl" }),
    mailed({ state: "failed", reason: "later 451" }),
  );
  assert.deepEqual(
    state.chats[CHAT].transcripts.map(({ address, state: stands, reason }) => [address, stands, reason]),
    [
      ["m@v.nl", "failed", "later 451"],
      ["j@v.nl", "queued", ""],
    ],
  );
  assert.equal(play(state, mailed({ address: "j@v.nl" })), state);
});

test("a visitor who was passed on stays so, told once or twice", () => {
  const told = { type: "lead.posted", chat_id: CHAT };
  const state = play(start(), told);
  assert.deepEqual([start().chats[CHAT].lead, state.chats[CHAT].lead], [false, true]);
  assert.equal(play(state, told), state);
});

// The console's state: what events and commands make of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lastSeq } from "../../../static/console/state/chat.js";
import { ready } from "../../../static/console/state/outbox.js";
import { applyCommand, applyEvent, comparable, fromSnapshot } from "../../../static/console/state/state.js";

const ACME = "00000000-0000-4000-8000-0000000000aa";
const CHAT = "00000000-0000-4000-8000-00000000c001";
const OTHER = "00000000-0000-4000-8000-00000000c002";
const MINE = "00000000-0000-4000-8000-00000000d001";
const NEXT = "00000000-0000-4000-8000-00000000d002";
const AT = "2026-11-21T13:03:41Z";

const seat = (facts = {}) => ({
  epoch: 12, capacity: 6, used: 1, paused: false, pause_reason: "", draining: false, lease_until: AT, ...facts,
});
const entry = (facts = {}) => ({
  chat_id: CHAT, company_id: ACME, state: "open", fence: 2, last_seq: 2, turn: "operator", turn_at: AT, arrived_at: AT,
  promise_seconds: 20, first_human_at: null, visitor_seen_at: AT, visitor_read: 0, operator_read: 0, wrap_up_at: null,
  ...facts,
});
const message = (seq, facts = {}) => ({
  seq, kind: "text", side: "visitor", name: "", body: `woord ${seq}`, at: `2026-11-21T13:04:0${seq}Z`,
  client_id: `00000000-0000-4000-8000-00000000e00${seq}`, data: {}, ...facts,
});
const chat = (facts = {}) => ({
  entry: entry(facts), site: "Acme webwinkel", number: 4812, visitor_name: "", visitor_id: OTHER, language: "nl",
  page_url: "https://acme.example/a", page_title: "A", referrer: "", earlier: 0, messages: [message(1), message(2)],
  rating: null, transcripts: [],
});
const snapshot = (facts = {}) => ({
  type: "snapshot", server_time: AT, me: { id: MINE, name: "Alice", language: "nl" }, seat: seat(),
  companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }], chats: [chat()], offers: [], ...facts,
});
const posted = (one) => ({ type: "message.posted", chat_id: CHAT, message: one });
const post = (client_id, body = "Hoi") => ({ type: "message.post", chat_id: CHAT, fence: 2, client_id, body, note: false, at: AT });
const start = () => fromSnapshot(snapshot());
const play = (state, ...events) => events.reduce(applyEvent, state);

test("a message that follows is added and moves the live facts", () => {
  const state = play(start(), posted(message(3, { side: "operator", name: "Alice" })));
  assert.equal(state.chats[CHAT].messages.length, 3);
  assert.equal(state.chats[CHAT].entry.turn, "visitor");
  assert.equal(state.chats[CHAT].entry.first_human_at, "2026-11-21T13:04:03Z");
  assert.equal(state.chats[CHAT].entry.last_seq, 3);
});

test("a repeated message changes nothing at all", () => {
  const state = start();
  assert.equal(play(state, posted(message(2))), state);
});

test("a gap leaves the messages as they were and marks the chat stale", () => {
  const state = play(start(), posted(message(4)));
  assert.equal(state.chats[CHAT].messages.length, 2);
  assert.deepEqual(state.stale, { [CHAT]: true });
});

test("what was missing comes with chat.synced, and the chat is no longer stale", () => {
  const state = play(start(), posted(message(4)), {
    type: "chat.synced", chat_id: CHAT, messages: [message(3), message(4)], last_seq: 4, entry: entry({ last_seq: 4 }),
  });
  assert.deepEqual(state.chats[CHAT].messages.map((one) => one.seq), [1, 2, 3, 4]);
  assert.deepEqual(state.stale, {});
});

test("chat.synced without an entry: the chat is no longer ours", () => {
  const state = play(start(), { type: "chat.synced", chat_id: CHAT, messages: [], last_seq: 2, entry: null });
  assert.deepEqual(state.chats, {});
  assert.equal(state.refusals[0].code, "gone.taken");
});

test("a text is shown as sending until its ack gives it a seq", () => {
  const sending = applyCommand(start(), post(MINE));
  assert.equal(sending.outbox[0].status, "queued");
  const state = play(sending, { type: "ack", client_id: MINE, seq: 3, chat_id: CHAT, at: AT });
  assert.deepEqual(state.outbox, []);
  assert.deepEqual(state.chats[CHAT].messages[2], {
    seq: 3, kind: "text", side: "operator", name: "Alice", body: "Hoi", at: AT, client_id: MINE, data: {},
  });
});

test("an ack twice adds one message", () => {
  const ack = { type: "ack", client_id: MINE, seq: 3, chat_id: CHAT, at: AT };
  const state = play(applyCommand(start(), post(MINE)), ack, ack);
  assert.equal(state.chats[CHAT].messages.length, 3);
});

test("an ack behind a gap keeps the text in sight until the sync brings it", () => {
  const sent = play(applyCommand(start(), post(MINE)), { type: "ack", client_id: MINE, seq: 4, chat_id: CHAT, at: AT });
  assert.equal(sent.outbox[0].status, "sent");
  assert.ok(sent.stale[CHAT]);
  const own = message(4, { side: "operator", name: "Alice", client_id: MINE });
  const state = play(sent, { type: "chat.synced", chat_id: CHAT, messages: [message(3), own], last_seq: 4, entry: entry({ last_seq: 4 }) });
  assert.deepEqual(state.outbox, []);
  assert.equal(state.chats[CHAT].messages.length, 4);
});

test("one text of a chat goes out at a time, in order; other chats don't wait", () => {
  let state = fromSnapshot(snapshot({ chats: [chat(), chat({ chat_id: OTHER })] }));
  state = [post(MINE), post(NEXT), { ...post("x"), chat_id: OTHER }].reduce(applyCommand, state);
  assert.deepEqual(ready(state.outbox).map((item) => item.client_id), [MINE, "x"]);
  state = applyCommand(state, { type: "my.sent", client_id: MINE });
  assert.deepEqual(ready(state.outbox).map((item) => item.client_id), ["x"]);
});

test("what was under way when the socket broke goes again with the same client_id", () => {
  let state = applyCommand(applyCommand(start(), post(MINE)), { type: "my.sent", client_id: MINE });
  state = applyCommand(state, { type: "my.offline" });
  assert.deepEqual(ready(state.outbox).map((item) => item.client_id), [MINE]);
});

test("a text that the fresh snapshot already holds isn't sent again", () => {
  const own = message(3, { side: "operator", name: "Alice", client_id: MINE });
  const fresh = { ...chat({ last_seq: 3 }), messages: [message(1), message(2), own] };
  const state = play(applyCommand(start(), post(MINE)), snapshot({ chats: [fresh] }));
  assert.deepEqual(state.outbox, []);
});

test("a refused text stays, with its reason, and retries with the fence of now", () => {
  let state = play(applyCommand(start(), post(MINE)), { type: "error", code: "fence", client_id: MINE, chat_id: CHAT });
  assert.deepEqual([state.outbox[0].status, state.outbox[0].code], ["failed", "fence"]);
  assert.ok(state.stale[CHAT]);
  state = play(state, { type: "chat.changed", entry: entry({ fence: 5 }) });
  state = applyCommand(state, { type: "my.retry", client_id: MINE });
  assert.deepEqual([state.outbox[0].status, state.outbox[0].frame.fence], ["queued", 5]);
});

test("busy asks for patience, not for the operator", () => {
  const state = play(applyCommand(start(), post(MINE)), { type: "error", code: "busy", client_id: MINE });
  assert.equal(state.outbox[0].status, "queued");
  assert.deepEqual(state.refusals, []);
});

test("a text refused after its chat went away is kept aside, not dropped", () => {
  const state = play(
    applyCommand(start(), post(MINE, "Bijna klaar")),
    { type: "chat.removed", chat_id: CHAT, reason: "lost" },
    { type: "error", code: "not_found", client_id: MINE, chat_id: CHAT },
  );
  assert.deepEqual(state.unsent.map((item) => item.body), ["Bijna klaar"]);
  assert.deepEqual(state.outbox, []);
});

test("older live facts that overtake newer ones change nothing", () => {
  const state = play(start(), { type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) });
  assert.equal(play(state, { type: "chat.changed", entry: entry({ fence: 2 }) }), state);
});

test("a renewal fetches what differs and removes what is gone", () => {
  const two = fromSnapshot(snapshot({ chats: [chat(), chat({ chat_id: OTHER })] }));
  const asked = applyCommand(two, { type: "seat.renew", epoch: 12 });
  const state = play(asked, { type: "seat.renewed", seat: seat(), server_time: AT, held: [[CHAT, "open", 2, 3, 1, 2, AT]], offers: [] });
  assert.deepEqual(Object.keys(state.chats), [CHAT]);
  assert.deepEqual(state.stale, { [CHAT]: true });
  assert.deepEqual([state.chats[CHAT].entry.operator_read, state.chats[CHAT].entry.visitor_read], [1, 2]);
});

test("a chat that came while the renewal was under way isn't taken for gone", () => {
  const asked = applyCommand(fromSnapshot(snapshot({ chats: [] })), { type: "seat.renew", epoch: 12 });
  const state = play(asked, { type: "chat.added", chat: chat() }, { type: "seat.renewed", seat: seat(), server_time: AT, held: [], offers: [] });
  assert.deepEqual(Object.keys(state.chats), [CHAT]);
});

test("a held chat or an offer that we never heard of asks for a fresh snapshot", () => {
  const held = play(start(), { type: "seat.renewed", seat: seat(), server_time: AT, held: [[CHAT, "open", 2, 2, 0, 0, AT], [OTHER, "open", 1, 1, 0, 0, AT]], offers: [] });
  assert.ok(held.outOfDate);
  const offered = play(start(), { type: "seat.renewed", seat: seat(), server_time: AT, held: [[CHAT, "open", 2, 2, 0, 0, AT]], offers: [OTHER] });
  assert.ok(offered.outOfDate);
});

test("the same offer twice rings once; a newer fence replaces it", () => {
  const offer = { chat_id: OTHER, company_id: ACME, site: "s", language: "nl", fence: 1, arrived_at: AT, promise_seconds: 20, expires_at: AT };
  const once = play(start(), { type: "offer.made", offer });
  assert.equal(play(once, { type: "offer.made", offer }), once);
  assert.equal(play(once, { type: "offer.made", offer: { ...offer, fence: 3 } }).offers[OTHER].fence, 3);
  assert.deepEqual(play(once, { type: "offer.gone", chat_id: OTHER, reason: "expired" }).offers, {});
});

test("another screen that takes the seat leaves this one to read; taking it back ends that", () => {
  const state = play(start(), { type: "seat.taken", epoch: 13 });
  assert.ok(state.readOnly);
  assert.ok(!applyCommand(state, { type: "hello", take_seat: true }).readOnly);
});

test("an unknown event changes nothing", () => {
  const state = start();
  assert.equal(applyEvent(state, { type: "something.new" }), state);
});

test("pages make a trail; where the chat began is not overwritten", () => {
  const seq = lastSeq(start().chats[CHAT]) + 1;
  const data = { code: "page", url: "https://acme.example/b", title: "B" };
  const moved = message(seq, { kind: "system", side: "system", body: "", data });
  const state = play(start(), posted(moved), posted(moved));
  assert.deepEqual(state.chats[CHAT].trail.map((page) => page.title), ["A", "B"]);
  assert.equal(state.chats[CHAT].page_url, "https://acme.example/a");
  const again = fromSnapshot(snapshot({ chats: [{ ...chat(), messages: state.chats[CHAT].messages }] }));
  assert.deepEqual(again.chats[CHAT].trail.map((page) => page.title), ["A", "B"]);
});

test("a renewal brings the visitor's last sign of life", () => {
  const held = [[CHAT, "open", 2, 2, 0, 0, "2026-11-21T13:05:00Z"]];
  const state = play(start(), { type: "seat.renewed", seat: seat(), server_time: AT, held, offers: [] });
  assert.equal(state.chats[CHAT].entry.visitor_seen_at, "2026-11-21T13:05:00Z");
});

test("what is compared leaves out the clock and this screen's own marks", () => {
  const later = fromSnapshot(snapshot({ server_time: "2026-11-21T14:00:00Z", seat: seat({ lease_until: "2026-11-21T14:00:15Z" }) }));
  assert.deepEqual(comparable(later), comparable(start()));
});

const rated = (facts) => ({ type: "chat.rated", chat_id: CHAT, good: true, words: "", ...facts });
const mailed = (facts) => ({ type: "transcript.changed", chat_id: CHAT, address: "m@v.nl", state: "queued", at: AT, reason: "", ...facts });

test("a rating comes, changes, and a repeat changes nothing", () => {
  const state = play(start(), rated(), rated({ good: false, words: "Te laat" }));
  assert.deepEqual(state.chats[CHAT].rating, { good: false, words: "Te laat" });
  assert.equal(play(state, rated({ good: false, words: "Te laat" })), state);
  assert.equal(play(state, rated({ chat_id: OTHER })), state);
});

test("transcripts stand once per address, in the order they were asked for", () => {
  const state = play(start(), mailed(), mailed({ address: "j@v.nl" }), mailed({ state: "failed", reason: "later 451" }));
  assert.deepEqual(state.chats[CHAT].transcripts.map(({ address, state: stands, reason }) => [address, stands, reason]), [
    ["m@v.nl", "failed", "later 451"], ["j@v.nl", "queued", ""],
  ]);
  assert.equal(play(state, mailed({ address: "j@v.nl" })), state);
});

const run = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i, { client_id: `id-${from + i}`, at: AT }));
const long = (from, to) => ({ ...chat({ last_seq: to }), messages: run(from, to) });
const seqs = (state) => state.chats[CHAT].messages.map(({ seq }) => seq);
const synced = (from, to, last_seq) => ({
  type: "chat.synced", chat_id: CHAT, messages: run(from, to), last_seq, entry: entry({ last_seq }),
});

test("a chat that begins with its newest messages is whole, and goes on", () => {
  const state = play(fromSnapshot(snapshot({ chats: [long(421, 500)] })), posted(message(501, { at: AT })));
  assert.deepEqual(state.stale, {});
  assert.equal(lastSeq(state.chats[CHAT]), 501);
});

test("older messages join in front, page by page; a repeat, or a page that leaves a gap, changes nothing", () => {
  const start = fromSnapshot(snapshot({ chats: [long(421, 500)] }));
  const gap = play(start, synced(200, 279, 500));
  assert.deepEqual(seqs(gap), seqs(start));
  const state = play(start, synced(341, 420, 500), synced(341, 420, 500), synced(261, 340, 500));
  assert.deepEqual(seqs(state), run(261, 500).map(({ seq }) => seq));
  assert.deepEqual(state.stale, {});
});

test("who is far behind asks on until the newest is there", () => {
  let state = play(fromSnapshot(snapshot({ chats: [long(1, 10)] })), posted(message(200, { at: AT })));
  assert.deepEqual(state.stale, { [CHAT]: true });
  state = play(state, synced(11, 90, 200));
  assert.deepEqual(state.stale, { [CHAT]: true });
  state = play(state, synced(91, 170, 200), synced(171, 200, 200));
  assert.deepEqual(state.stale, {});
  assert.equal(lastSeq(state.chats[CHAT]), 200);
});

test("a snapshot keeps the older messages that its own follow on, and drops those behind a gap", () => {
  const before = play(fromSnapshot(snapshot({ chats: [long(421, 500)] })), synced(341, 420, 500));
  const near = applyEvent(before, snapshot({ chats: [long(450, 529)] }));
  assert.deepEqual(seqs(near), run(341, 529).map(({ seq }) => seq));
  const far = applyEvent(before, snapshot({ chats: [long(600, 679)] }));
  assert.deepEqual(seqs(far), run(600, 679).map(({ seq }) => seq));
});

test("the trail is that of all messages held", () => {
  const page = (seq, url) => message(seq, { kind: "system", side: "system", data: { code: "page", url, title: url }, at: AT });
  const begin = { ...long(3, 4), messages: [page(3, "https://acme.example/c"), message(4)] };
  const start = fromSnapshot(snapshot({ chats: [{ ...begin, entry: entry({ last_seq: 4 }) }] }));
  const older = { ...synced(1, 2, 4), messages: [message(1), page(2, "https://acme.example/b")] };
  const urls = play(start, older).chats[CHAT].trail.map(({ url }) => url);
  assert.deepEqual(urls, ["https://acme.example/a", "https://acme.example/b", "https://acme.example/c"]);
});

const ticked = (step, on, facts = {}) => ({ type: "chat.tick", chat_id: CHAT, fence: 2, client_id: MINE, step, on, at: AT, ...facts });

test("a tick is shown at once, and is what the server says of it from then on", () => {
  const state = applyCommand(start(), ticked("order", true));
  assert.deepEqual(state.chats[CHAT].entry.ticks, { order: AT });
  assert.deepEqual(ready(state.outbox).map(({ frame }) => [frame.step, frame.on, frame.at]), [["order", true, undefined]]);
  const told = { order: "2026-11-21T13:03:42Z" };
  const after = play(state, { type: "chat.changed", entry: entry({ ticks: told }) }, { type: "ack", client_id: MINE, chat_id: CHAT });
  assert.deepEqual([after.chats[CHAT].entry.ticks, after.outbox], [told, []]);
  const off = applyCommand(after, ticked("order", false, { client_id: NEXT }));
  assert.deepEqual(off.chats[CHAT].entry.ticks, {});
});

test("a tick that waits goes with the fence the chat has now; one that is refused is looked up", () => {
  const waits = applyCommand(start(), ticked("order", true));
  const asked = play(waits, { type: "chat.changed", entry: entry({ fence: 3 }) });
  assert.equal(asked.outbox[0].frame.fence, 3);
  const refused = play(waits, { type: "error", code: "too_many", client_id: MINE, chat_id: CHAT });
  assert.deepEqual([refused.stale, refused.refusals[0].code], [{ [CHAT]: true }, "too_many"]);
  const synced = play(refused, { type: "chat.synced", chat_id: CHAT, messages: [], last_seq: 2, entry: entry({ ticks: {} }) });
  assert.deepEqual([synced.chats[CHAT].entry.ticks, synced.stale], [{}, {}]);
});

test("whoever takes the chat over sees what was ticked; of a chat that went nothing waits to be ticked", () => {
  const before = fromSnapshot(snapshot({ chats: [] }));
  const state = play(before, { type: "chat.added", chat: chat({ fence: 4, ticks: { order: AT } }) });
  assert.deepEqual(state.chats[CHAT].entry.ticks, { order: AT });
  const gone = play(applyCommand(start(), ticked("order", true)), { type: "chat.removed", chat_id: CHAT, reason: "taken", name: "Bram" });
  assert.deepEqual([gone.outbox, gone.unsent], [[], []]);
});

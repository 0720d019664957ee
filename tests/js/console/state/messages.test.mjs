// The messages a console holds of a chat: their order, their gaps, and the trail they make.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lastSeq } from "../../../../static/console/state/chat.js";
import { applyEvent, fromSnapshot } from "../../../../static/console/state/state.js";
import { AT, CHAT, chat, entry, message, play, posted, snapshot, start } from "./frames.mjs";

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
    type: "chat.synced",
    chat_id: CHAT,
    messages: [message(3), message(4)],
    last_seq: 4,
    entry: entry({ last_seq: 4 }),
  });
  assert.deepEqual(
    state.chats[CHAT].messages.map((one) => one.seq),
    [1, 2, 3, 4],
  );
  assert.deepEqual(state.stale, {});
});

test("chat.synced without an entry: the chat is no longer ours", () => {
  const state = play(start(), { type: "chat.synced", chat_id: CHAT, messages: [], last_seq: 2, entry: null });
  assert.deepEqual(state.chats, {});
  assert.equal(state.refusals[0].code, "gone.taken");
});

test("pages make a trail; where the chat began is not overwritten", () => {
  const seq = lastSeq(start().chats[CHAT]) + 1;
  const data = { code: "page", url: "https://acme.example/b", title: "B" };
  const moved = message(seq, { kind: "system", side: "system", body: "", data });
  const state = play(start(), posted(moved), posted(moved));
  assert.deepEqual(
    state.chats[CHAT].trail.map((page) => page.title),
    ["A", "B"],
  );
  assert.equal(state.chats[CHAT].page_url, "https://acme.example/a");
  const again = fromSnapshot(snapshot({ chats: [{ ...chat(), messages: state.chats[CHAT].messages }] }));
  assert.deepEqual(
    again.chats[CHAT].trail.map((page) => page.title),
    ["A", "B"],
  );
});

const run = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i, { client_id: `id-${from + i}`, at: AT }));
const long = (from, to) => ({ ...chat({ last_seq: to }), messages: run(from, to) });
const seqs = (state) => state.chats[CHAT].messages.map(({ seq }) => seq);
const synced = (from, to, last_seq) => ({
  type: "chat.synced",
  chat_id: CHAT,
  messages: run(from, to),
  last_seq,
  entry: entry({ last_seq }),
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
  assert.deepEqual(
    seqs(state),
    run(261, 500).map(({ seq }) => seq),
  );
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
  assert.deepEqual(
    seqs(near),
    run(341, 529).map(({ seq }) => seq),
  );
  const far = applyEvent(before, snapshot({ chats: [long(600, 679)] }));
  assert.deepEqual(
    seqs(far),
    run(600, 679).map(({ seq }) => seq),
  );
});

test("the trail is that of all messages held", () => {
  const page = (seq, url) =>
    message(seq, { kind: "system", side: "system", data: { code: "page", url, title: url }, at: AT });
  const begin = { ...long(3, 4), messages: [page(3, "https://acme.example/c"), message(4)] };
  const start = fromSnapshot(snapshot({ chats: [{ ...begin, entry: entry({ last_seq: 4 }) }] }));
  const older = { ...synced(1, 2, 4), messages: [message(1), page(2, "https://acme.example/b")] };
  const urls = play(start, older).chats[CHAT].trail.map(({ url }) => url);
  assert.deepEqual(urls, ["https://acme.example/a", "https://acme.example/b", "https://acme.example/c"]);
});

test("the page where a chat is already is no step of its trail, nor is one that it reloads", () => {
  const page = (seq, url) =>
    message(seq, { kind: "system", side: "system", data: { code: "page", url, title: url }, at: AT });
  const seen = (...urls) => play(start(), ...urls.map((url, index) => posted(page(3 + index, url)))).chats[CHAT].trail;
  const begun = "https://acme.example/a";
  assert.deepEqual(
    seen(begun, "https://acme.example/b", "https://acme.example/b", begun).map((one) => one.url),
    [begun, "https://acme.example/b", begun],
  );
});

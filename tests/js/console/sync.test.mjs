// What the console says over its socket, and when: against a socket and a clock of our own.

import "../mocked-pace.mjs";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { FakeSocket, lines } from "../fake-line.mjs";

const BEGAN = Date.parse("2026-11-21T13:00:00Z");
const ACME = "00000000-0000-4000-8000-0000000000aa";
const CHAT = "00000000-0000-4000-8000-00000000c001";
const OTHER = "00000000-0000-4000-8000-00000000c002";
const ALICE = "00000000-0000-4000-8000-00000000d001";
const BOB = "00000000-0000-4000-8000-00000000d002";
const EPOCH = 12;

// As much of a browser as the socket's side of the console asks for. The page has no focus, so nothing counts as read.
const page = { lang: "nl", focused: false, dataset: { operator: ALICE } };
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

const sync = await import("../../../static/console/sync.js");
const { act, clock, floorOpen, lookForSomebody, net, reading, showFloor, shown, state } = await import("../../../static/console/store.js");
sync.start("ws://localhost/ws/console/");

const iso = (ms) => new Date(ms).toISOString();
const now = () => iso(Date.now());
const seat = (facts = {}) => ({
  epoch: EPOCH, capacity: 6, used: 1, paused: false, pause_reason: "", draining: false, lease_until: iso(Date.now() + 15_000), ...facts,
});
const entry = (id, facts = {}) => ({
  chat_id: id, company_id: ACME, state: "open", fence: 2, last_seq: 1, turn: "operator", turn_at: now(), arrived_at: now(),
  promise_seconds: 20, first_human_at: null, visitor_seen_at: now(), visitor_read: 0, operator_read: 0, wrap_up_at: null, ...facts,
});
const message = (seq, facts = {}) => ({
  seq, kind: "text", side: "visitor", name: "", body: `woord ${seq}`, at: now(), client_id: null, data: {}, ...facts,
});
const chat = (id = CHAT, facts = {}) => ({
  entry: entry(id, facts), site: "Acme webwinkel", number: 1, visitor_name: "", visitor_id: ALICE, language: "nl",
  page_url: "https://acme.example/", page_title: "", referrer: "", earlier: 0, messages: [message(1)],
});
const snapshot = (facts = {}) => ({
  type: "snapshot", server_time: now(), me: { id: ALICE, name: "Alice", language: "nl" }, seat: seat(),
  companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }], chats: [chat()], offers: [], ...facts,
});
const renewed = (held, facts = {}) => ({
  type: "seat.renewed", seat: seat(), server_time: now(), held, offers: [], ...facts,
});
const line = () => lines[lines.length - 1];
// What has to go out is planned in a microtask.
const settled = () => new Promise((done) => setImmediate(done));
const post = (body, id = CHAT) => sync.onChat("message.post", state.value.chats[id], { body, note: false });

async function passes(ms) {
  mock.timers.tick(ms);
  await settled();
}

async function hears(event) {
  line().say(event);
  await settled();
}

// Waits out the longest pause between two tries and lets the next socket open.
async function comesBack() {
  await passes(10_000);
  line().accept();
  await settled();
}

// Each test begins on a fresh line with one chat, nothing under way and the seat our own.
beforeEach(async () => {
  page.focused = false;
  shown.value = null;
  if (line().readyState === 0) line().accept();
  if (line().readyState === FakeSocket.OPEN) line().lose();
  for (const item of state.value.outbox) act({ type: "my.forget", client_id: item.client_id });
  act({ type: "hello", take_seat: true });
  await comesBack();
  await hears(snapshot());
  line().sent.length = 0;
});

test("the first frame takes the seat, on the protocol of the wire", async () => {
  line().lose();
  await comesBack();
  assert.equal(line().protocol, "balie.v1");
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: true }]);
});

test("nothing but hello goes out before the snapshot", async () => {
  line().lose();
  post("Hoi");
  await comesBack();
  post("Ben je er nog?");
  await passes(5000);
  assert.deepEqual(line().sent.map((frame) => frame.type), ["hello"]);
  await hears(snapshot());
  assert.deepEqual(line().of("message.post").map((frame) => frame.body), ["Hoi"]);
});

test("the seat is renewed each 5 s with its own epoch", async () => {
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  await passes(5000);
  assert.deepEqual(line().of("seat.renew"), Array(2).fill({ type: "seat.renew", epoch: EPOCH }));
});

test("a renewal that agrees asks for nothing", async () => {
  await passes(5000);
  line().sent.length = 0;
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  assert.deepEqual(line().sent, []);
});

for (const [what, held] of [
  ["a higher seq", [CHAT, "open", 2, 3, 0, 0]],
  ["a higher fence", [CHAT, "open", 3, 1, 0, 0]],
  ["another state", [CHAT, "wrap_up", 2, 1, 0, 0]],
]) {
  test(`a renewal with ${what} is fetched once, after what we have`, async () => {
    await passes(5000);
    await hears(renewed([held]));
    await hears(renewed([held]));
    assert.deepEqual(line().of("chat.sync"), [{ type: "chat.sync", chat_id: CHAT, after: 1 }]);
  });
}

test("a gap is fetched, and its answer closes it", async () => {
  await hears({ type: "message.posted", chat_id: CHAT, message: message(3) });
  assert.deepEqual(line().of("chat.sync"), [{ type: "chat.sync", chat_id: CHAT, after: 1 }]);
  await hears({
    type: "chat.synced", chat_id: CHAT, messages: [message(2), message(3)], last_seq: 3, entry: entry(CHAT, { last_seq: 3 }),
  });
  assert.deepEqual(state.value.chats[CHAT].messages.map((one) => one.seq), [1, 2, 3]);
  assert.equal(line().of("chat.sync").length, 1);
});

test("older messages are asked for once, from the first that is held; a lost line forgets it", async () => {
  const long = { ...chat(CHAT, { last_seq: 240 }), messages: [message(240)] };
  await hears(snapshot({ chats: [long] }));
  const asked = () => line().sent.filter((frame) => frame.before).map((frame) => frame.before);
  sync.older(state.value.chats[CHAT]);
  sync.older(state.value.chats[CHAT]);
  assert.deepEqual(asked(), [240]);
  const messages = Array.from({ length: 239 }, (_, i) => message(i + 1));
  await hears({ type: "chat.synced", chat_id: CHAT, messages: messages.slice(159), last_seq: 240, entry: entry(CHAT, { last_seq: 240 }) });
  await passes(1);
  sync.older(state.value.chats[CHAT]);
  assert.deepEqual(asked(), [240, 160]);
  line().lose();
  await comesBack();
  await hears(snapshot({ chats: [long] }));
  line().sent.length = 0;
  sync.older(state.value.chats[CHAT]);
  assert.deepEqual(asked(), [160]);
});

test("a lost chat.sync is asked again with the next renewal", async () => {
  await hears({ type: "message.posted", chat_id: CHAT, message: message(3) });
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 3, 0, 0]]));
  assert.equal(line().of("chat.sync").length, 2);
});

test("a chat that nobody told us of asks for a fresh snapshot and leaves the seat alone", async () => {
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0], [OTHER, "open", 2, 1, 0, 0]]));
  assert.deepEqual(line().of("hello"), [{ type: "hello", take_seat: false }]);
});

test("a chat held when the renewal went out and missing in its answer is gone", async () => {
  await passes(5000);
  await hears(renewed([]));
  assert.equal(state.value.chats[CHAT], undefined);
});

test("a chat that came while the renewal was under way stays", async () => {
  await passes(5000);
  await hears({ type: "chat.added", chat: chat(OTHER) });
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  assert.ok(state.value.chats[OTHER]);
});

test("of one chat the second text waits for the first one's ack; another chat doesn't", async () => {
  await hears({ type: "chat.added", chat: chat(OTHER) });
  post("een");
  post("twee");
  post("elders", OTHER);
  await settled();
  assert.deepEqual(line().of("message.post").map((frame) => frame.body), ["een", "elders"]);
  const [first] = line().of("message.post");
  await hears({ type: "ack", client_id: first.client_id, seq: 2, chat_id: CHAT, at: now() });
  assert.deepEqual(line().of("message.post").map((frame) => frame.body), ["een", "elders", "twee"]);
});

test("what had no ack goes again on the new line, with the same id and in the same order", async () => {
  post("een");
  post("twee");
  await settled();
  const [sent] = line().of("message.post");
  line().lose();
  await comesBack();
  await hears(snapshot());
  const [again] = line().of("message.post");
  assert.deepEqual(again, sent);
  await hears({ type: "ack", client_id: again.client_id, seq: 2, chat_id: CHAT, at: now() });
  assert.deepEqual(line().of("message.post").map((frame) => frame.body), ["een", "twee"]);
});

test("what the snapshot shows as stored is not sent again", async () => {
  post("een");
  await settled();
  const [{ client_id }] = line().of("message.post");
  line().lose();
  await comesBack();
  const stored = chat(CHAT, { last_seq: 2 });
  stored.messages.push(message(2, { side: "operator", name: "Alice", body: "een", client_id }));
  await hears(snapshot({ chats: [stored] }));
  assert.deepEqual(line().of("message.post"), []);
  assert.deepEqual(state.value.outbox, []);
});

test("a busy server gets the same command again, a little later", async () => {
  post("een");
  await settled();
  const [sent] = line().of("message.post");
  await hears({ type: "error", code: "busy", client_id: sent.client_id, chat_id: CHAT });
  assert.equal(line().of("message.post").length, 1);
  await passes(700);
  assert.deepEqual(line().of("message.post"), [sent, sent]);
});

test("a refused text is not sent again by itself", async () => {
  post("een");
  await settled();
  const [{ client_id }] = line().of("message.post");
  await hears({ type: "error", code: "too_long", client_id, chat_id: CHAT });
  await passes(5000);
  assert.equal(line().of("message.post").length, 1);
  assert.equal(state.value.outbox[0].status, "failed");
  assert.equal(state.value.outbox[0].code, "too_long");
});

test("once the seat is taken, nothing that writes goes out and reconnecting doesn't take it back", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 1 });
  post("een");
  sync.typing(CHAT, true);
  await passes(5000);
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: false }]);
  line().lose();
  await comesBack();
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: false }]);
});

test("the seat comes back when it is asked for", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 1 });
  sync.takeSeat();
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 2 }) }));
  assert.deepEqual(line().of("hello"), [{ type: "hello", take_seat: true }]);
  await passes(5000);
  assert.deepEqual(line().of("seat.renew"), [{ type: "seat.renew", epoch: EPOCH + 2 }]);
});

test("a renewal with the old epoch can't lose the seat that is just being taken back", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 10 });
  sync.takeSeat();
  const before = line().sent.length;
  // The answer to an earlier look: not the seat that was asked for.
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 10 }) }));
  await passes(5000);
  assert.deepEqual(line().sent.slice(before).filter((frame) => frame.type === "seat.renew"), []);
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 11 }) }));
  await passes(5000);
  assert.deepEqual(line().of("seat.renew").at(-1), { type: "seat.renew", epoch: EPOCH + 11 });
});

test("typing is told at most each 3 s, and its end once", () => {
  for (const _ of "abc") sync.typing(CHAT, true);
  mock.timers.tick(3000);
  sync.typing(CHAT, true);
  sync.typing(CHAT, false);
  sync.typing(CHAT, false);
  assert.deepEqual(line().of("typing").map((frame) => frame.on), [true, true, false]);
});

test("read is told for the open chat, in a page with the focus, once", async () => {
  shown.value = CHAT;
  await settled();
  assert.deepEqual(line().of("read"), []);
  page.focused = true;
  await hears({ type: "message.posted", chat_id: CHAT, message: message(2) });
  await hears({ type: "message.posted", chat_id: CHAT, message: message(2) });
  assert.deepEqual(line().of("read"), [{ type: "read", chat_id: CHAT, seq: 2 }]);
});

test("a line that doesn't answer a renewal is given up while the lease still holds", async () => {
  const dead = line();
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  const answered = Date.now();
  await passes(4000);
  await hears({ type: "typing", chat_id: CHAT, name: "", on: true });
  while (net.value.net === "open") await passes(500);
  assert.equal(dead.readyState, 3);
  assert.ok(Date.now() - answered > 5000);
  assert.ok(Date.now() - answered < 12_000);
});

test("a line that never answers the hello is given up", async () => {
  line().lose();
  await comesBack();
  await passes(7000);
  assert.notEqual(net.value.net, "open");
});

test("the clock is the server's, at this device's pace", async () => {
  await hears({ ...renewed([[CHAT, "open", 2, 1, 0, 0]]), server_time: iso(Date.now() + 90_000) });
  mock.timers.tick(1000);
  assert.equal(clock.now() - Date.now(), 90_000);
});

test("the floor is asked for while somebody looks, each 3 s, and no longer", async () => {
  showFloor(true);
  await settled();
  await passes(3000);
  assert.equal(line().of("floor.get").length, 2);
  showFloor(false);
  await passes(3000);
  assert.equal(line().of("floor.get").length, 2);
});

test("one's own day is asked for where no chat is open: once, and then each minute", async () => {
  const asked = () => line().of("own_day.get").length;
  const before = asked();
  shown.value = CHAT;
  await settled();
  assert.equal(asked(), before, "a chat is open");
  shown.value = null;
  await settled();
  assert.equal(asked(), before + 1);
  for (let n = 0; n < 11; n += 1) await hears(renewed([], { seat: seat() }));
  assert.equal(asked(), before + 1, "whatever else comes");
  await passes(60_000);
  assert.equal(asked(), before + 2);
  floorOpen.value = true;
  await settled();
  floorOpen.value = false;
  await settled();
  assert.equal(asked(), before + 3, "back from the floor");
});

test("what stands behind the floor isn't read", async () => {
  shown.value = CHAT;
  floorOpen.value = true;
  page.focused = true;
  await hears({ type: "read", chat_id: CHAT, side: "visitor", seq: 1 });
  assert.deepEqual(line().of("read"), []);
  floorOpen.value = false;
  await hears({ type: "typing", chat_id: CHAT, on: true });
  assert.deepEqual(line().of("read").map((frame) => frame.seq), [1]);
});

test("whom a chat can go to is asked once each time somebody looks for one", async () => {
  lookForSomebody(CHAT);
  await settled();
  await hears({ type: "transfer.options", chat_id: CHAT, people: [], languages: [] });
  lookForSomebody(null);
  await settled();
  lookForSomebody(CHAT);
  await settled();
  assert.deepEqual(line().of("transfer.options"), Array(2).fill({ type: "transfer.options", chat_id: CHAT }));
  lookForSomebody(null);
});

test("what changed is asked for the open chat's company while it is to be read, and again when a newer version comes", async () => {
  shown.value = CHAT;
  await settled();
  assert.deepEqual(line().of("reading.get"), []);
  await hears({ type: "reading.due", company_id: ACME, unread: true });
  await hears({ type: "reading", company_id: ACME, from_major: 1, major: 2, parts: [] });
  assert.deepEqual(line().of("reading.get"), [{ type: "reading.get", company_id: ACME }]);
  await hears({ type: "reading.due", company_id: ACME, unread: true });
  assert.equal(line().of("reading.get").length, 2);
  reading.value = null;
});

test("a page of one operator asks for another as soon as somebody else signed in, and says nothing in their name", async () => {
  let reloads = 0;
  globalThis.location = { reload: () => (reloads += 1) };
  post("Uw pincode is 1234");
  line().lose();
  await comesBack();
  await hears(snapshot({ me: { id: BOB, name: "Bob", language: "nl" }, chats: [chat(CHAT, { fence: 2 })] }));
  await passes(5000);
  assert.deepEqual([reloads, line().sent.map((frame) => frame.type)], [1, ["hello"]]);
  assert.equal(state.value.me.name, "Alice");
});

// Last: nothing comes back from this one.
test("a session that ended is not tried again, and nothing of it is on the screen", async () => {
  const count = lines.length;
  await hears({ type: "error", code: "signed_out" });
  assert.deepEqual([state.value.signedOut, state.value.ready, state.value.chats, state.value.offers], [true, false, {}, {}]);
  await passes(5000);
  line().lose(4401);
  await passes(30_000);
  assert.equal(lines.length, count);
  assert.ok(state.value.signedOut);
});

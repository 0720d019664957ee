// A chat that leaves takes neither the cursor nor the draft along; and what a tab keeps has an owner.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const ACME = "00000000-0000-4000-8000-0000000000aa";
const ZEN = "00000000-0000-4000-8000-0000000000bb";
const CHAT = "00000000-0000-4000-8000-00000000c001";
const OTHER = "00000000-0000-4000-8000-00000000c002";
const ALICE = "00000000-0000-4000-8000-00000000d001";
const BOB = "00000000-0000-4000-8000-00000000d002";
const TEXT = "00000000-0000-4000-8000-00000000e001";
const AT = "2026-11-21T13:03:41Z";

// One tab: its storage outlives the pages that are loaded in it.
const tab = new Map();
const page = { lang: "nl", dataset: {} };
Object.assign(globalThis, {
  window: { matchMedia: () => ({ matches: false, addEventListener() {} }) },
  document: { documentElement: page },
  sessionStorage: { getItem: (key) => tab.get(key) ?? null, setItem: (key, value) => tab.set(key, value), removeItem: (key) => tab.delete(key) },
});

const seat = { epoch: 12, capacity: 6, used: 1, paused: false, pause_reason: "", draining: false, lease_until: AT };
const chat = (id, company_id, facts = {}) => ({
  entry: {
    chat_id: id, company_id, state: "open", fence: 2, last_seq: 1, turn: "operator", turn_at: AT, arrived_at: AT, promise_seconds: 20,
    first_human_at: null, visitor_seen_at: AT, visitor_read: 0, operator_read: 0, wrap_up_at: null, transfer: null, ...facts,
  },
  site: "s", number: 7, visitor_name: "Marieke", visitor_id: BOB, language: "nl", page_url: "", page_title: "", referrer: "", earlier: 0,
  messages: [{ seq: 1, kind: "text", side: "visitor", name: "", body: "Hoi", at: AT, client_id: null, data: {} }], rating: null, transcripts: [],
});
const company = (id, name) => ({ id, name, monogram: "", tone: "je", language: "nl", unread: false });
const both = () => [chat(CHAT, ACME), chat(OTHER, ZEN)];
const snapshot = (chats = both(), who = ALICE) => ({
  type: "snapshot", server_time: AT, me: { id: who, name: "Alice", language: "nl", is_lead: false }, seat, chats,
  companies: [company(ACME, "Acme"), company(ZEN, "Zen")], offers: [], calls: [],
});
const entry = (facts) => chat(CHAT, ACME, facts).entry;
const refused = (code) => ({ type: "error", code, client_id: TEXT, chat_id: CHAT });
const post = (body = "Een halve maat", facts = {}) => ({ type: "message.post", chat_id: CHAT, fence: 2, client_id: TEXT, body, note: false, ...facts });

let pages = 0;
/** A page of the console as this operator loads it in the tab. */
async function load(operator, chats) {
  page.dataset.operator = operator;
  pages += 1;
  const store = await import(`../../../static/console/store.js?page=${pages}`);
  if (chats) store.happen(snapshot(chats, operator));
  return store;
}
const told = (store) => store.state.value.refusals.map(({ code, about }) => [code, about.company, about.visitor_name]);
const aside = (store) => store.state.value.unsent.map(({ body, note, about }) => [body, note, about.company, about.visitor_name]);

beforeEach(() => tab.clear());

/** A desk with both chats; Acme's is open, and half a sentence stands in it. */
async function typing() {
  const store = await load(ALICE, both());
  store.open(CHAT);
  store.draft(CHAT, { answer: "Uw pincode is" });
  return store;
}

const asking = { to: "Bob", expires_at: AT };
const renewed = { type: "seat.renewed", seat, server_time: AT, held: [[OTHER, "open", 2, 1, 0, 0, AT]], offers: [], calls: [], unread: [] };
const WAYS = {
  "a transfer that was accepted": ["gone.transferred", { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) }, { type: "chat.removed", chat_id: CHAT, reason: "transferred" }],
  "a lead who took it": ["gone.taken", { type: "chat.removed", chat_id: CHAT, reason: "taken" }],
  "a manager who moved it": ["gone.moved", { type: "chat.removed", chat_id: CHAT, reason: "moved" }],
  "a shift that ended": ["gone.requeued", { type: "chat.removed", chat_id: CHAT, reason: "requeued" }],
  "a lease that was lost": ["gone.lost", { type: "chat.removed", chat_id: CHAT, reason: "lost" }],
  "a renewal without it": ["gone.lost", renewed],
  "a fresh picture without it": ["gone.away", snapshot([chat(OTHER, ZEN)])],
  "a sync that says so": ["gone.taken", { type: "chat.synced", chat_id: CHAT, messages: [], last_seq: 1, entry: null }],
  "a wrap-up that ran out": ["gone.settled", { type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) }, { type: "chat.removed", chat_id: CHAT, reason: "settled" }],
};

for (const [way, [code, ...events]] of Object.entries(WAYS)) {
  test(`${way} leaves chat and draft where they are, until the operator moves`, async () => {
    const store = await typing();
    const wished = store.writeHere.value;
    for (const event of events) store.happen(event);
    assert.equal(store.shown.value, CHAT);
    assert.equal(store.visibleChat(), null, "no key acts on it");
    assert.equal(store.shownLeft().code, code);
    assert.equal(store.shownLeft().chat.messages.length, 1);
    assert.equal(store.draftOf(CHAT).answer, "Uw pincode is");
    assert.equal(store.writeHere.value, wished, "nobody asks for the focus");
    assert.equal(store.draftOf(OTHER).answer, "");
    store.open(OTHER);
    assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
    assert.deepEqual([told(store), store.state.value.left], [[], {}], "what was read isn't told again");
  });
}

test("a chat that leaves unseen is told by name, with its draft, note and note for a colleague", async () => {
  const store = await typing();
  store.draft(CHAT, { note: "belt terug", passing: "kent de maat" });
  store.open(OTHER);
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "taken" });
  assert.equal(store.shown.value, OTHER);
  assert.deepEqual(told(store), [["gone.taken", "Acme", "Marieke"]]);
  assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"], ["belt terug", true, "Acme", "Marieke"], ["kent de maat", true, "Acme", "Marieke"]]);
  assert.deepEqual(store.state.value.left, {});
});

const question = (facts = {}) => ({ type: "chat.transfer", chat_id: CHAT, fence: 2, client_id: TEXT, to: "any", note: "kent de maat", ...facts });
const delivered = { type: "message.posted", chat_id: CHAT, message: { seq: 2, kind: "note", side: "operator", name: "Alice", body: "kent de maat", at: AT, client_id: TEXT, data: {} } };

test("a note for a colleague that was delivered is never called unsent, nor asked with twice", async () => {
  // The note is stored before the question is acknowledged.
  for (const last of [[{ type: "ack", client_id: TEXT, chat_id: CHAT }], []]) {
    tab.clear();
    const store = await typing();
    store.draft(CHAT, { passing: "kent de maat" });
    store.act(question());
    store.happen(delivered);
    last.forEach(store.happen);
    assert.equal(store.draftOf(CHAT).passing, "", "the next question begins without it");
    store.happen({ type: "chat.removed", chat_id: CHAT, reason: "transferred" });
    store.open(OTHER);
    assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
  }
});

test("a note for a colleague is a draft again when the question is refused, and kept aside when the chat went", async () => {
  const store = await typing();
  store.draft(CHAT, { passing: "kent de maat" });
  store.act(question());
  store.happen(refused("nobody"));
  assert.equal(store.draftOf(CHAT).passing, "kent de maat");
  store.act(question());
  store.draft(CHAT, { answer: "" });
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "taken" });
  store.happen(refused("not_yours"));
  assert.deepEqual(aside(store), [["kent de maat", true, "Acme", "Marieke"]]);
});

test("a note for a colleague outlives a reload, unless it was stored", async () => {
  const first = await typing();
  first.act(question());
  const again = await load(ALICE, both());
  assert.deepEqual(again.state.value.outbox.map(({ frame }) => [frame.type, frame.body, frame.note, frame.client_id]), [["message.post", "kent de maat", true, TEXT]]);
  const stored = chat(CHAT, ACME, { last_seq: 2 });
  stored.messages.push(delivered.message);
  assert.deepEqual((await load(ALICE, [stored, chat(OTHER, ZEN)])).state.value.outbox, []);
});

test("a chat that comes back is written in where it was", async () => {
  const store = await typing();
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "lost" });
  store.happen({ type: "chat.added", chat: chat(CHAT, ACME, { fence: 4 }) });
  assert.deepEqual([store.shownLeft(), store.visibleChat().entry.fence, store.draftOf(CHAT).answer], [null, 4, "Uw pincode is"]);
  assert.deepEqual(told(store), [], "it went nowhere");
});

test("a visitor who ends the chat turns no answer into a note", async () => {
  const store = await typing();
  store.happen({ type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) });
  assert.deepEqual([store.draftOf(CHAT).mode, store.draftOf(CHAT).answer, store.draftOf(CHAT).note], ["answer", "Uw pincode is", ""]);
  store.open(CHAT);
  assert.equal(store.draftOf(CHAT).mode, "answer", "an answer that stands there is shown first");
  store.draft(CHAT, { answer: "" });
  store.open(CHAT);
  assert.equal(store.draftOf(CHAT).mode, "note", "who opens a closed chat can only leave a note");
});

test("a chat that another screen of the same person took opens nothing here", async () => {
  const store = await load(ALICE, [chat(CHAT, ACME)]);
  store.open(CHAT);
  store.happen({ type: "chat.added", chat: chat(OTHER, ZEN) });
  assert.equal(store.shown.value, CHAT);
});

test("a chat that was accepted opens at the press, and nothing is left of it when it is refused", async () => {
  for (const type of ["offer.accept", "chat.pick", "chat.take"]) {
    const store = await load(ALICE, [chat(CHAT, ACME)]);
    store.open(CHAT);
    store.act({ type, chat_id: OTHER, fence: 1, client_id: TEXT });
    store.open(OTHER);
    store.happen({ type: "message.posted", chat_id: CHAT, message: { ...chat(CHAT, ACME).messages[0], seq: 2 } });
    assert.equal(store.shown.value, OTHER, "another chat's news changes nothing");
    store.happen(refused("busy"));
    assert.equal(store.shown.value, OTHER);
    store.happen(refused("not_found"));
    assert.equal(store.shown.value, null, type);
  }
});

test("who ends or gives a chat away goes on at that press, and not again when it is done", async () => {
  const store = await typing();
  store.act({ type: "chat.requeue", chat_id: CHAT, fence: 2, client_id: TEXT });
  const wished = store.writeHere.value;
  store.moveOn(CHAT);
  assert.deepEqual([store.shown.value, store.writeHere.value], [OTHER, wished + 1], "the next is answered at once");
  store.open(null);
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "requeued" });
  store.happen({ type: "ack", client_id: TEXT, chat_id: CHAT });
  assert.deepEqual([store.shown.value, store.state.value.left, told(store)], [null, {}, []]);
  assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
});

test("a text under way when its chat left is named when it is refused", async () => {
  const store = await typing();
  store.act(post());
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "taken" });
  store.happen(refused("not_yours"));
  assert.deepEqual(aside(store), [["Een halve maat", false, "Acme", "Marieke"]]);
});

/** Alice's page with a draft in one chat and a text under way in the other, and then no page at all. */
async function leftBehind() {
  const store = await typing();
  store.draft(OTHER, { note: "stroom" });
  store.act(post());
  store.act({ type: "my.sent", client_id: TEXT });
  return store;
}

test("a reload brings back what was open, written and under way", async () => {
  await leftBehind();
  const store = await load(ALICE);
  assert.deepEqual(store.drafts.value, {}, "nothing before the server said whose it is");
  store.happen(snapshot());
  assert.equal(store.shown.value, CHAT);
  assert.deepEqual([store.draftOf(CHAT).answer, store.draftOf(OTHER).note], ["Uw pincode is", "stroom"]);
  assert.deepEqual(store.state.value.outbox.map(({ status, frame }) => [status, frame.client_id, frame.fence]), [["queued", TEXT, 2]]);
  assert.deepEqual([aside(store), told(store)], [[], []]);
});

test("a chat lost while the page was away is said, with what was written in it", async () => {
  await leftBehind();
  const store = await load(ALICE, [chat(OTHER, ZEN)]);
  assert.deepEqual(told(store), [["gone.away", "Acme", "Marieke"]]);
  assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
  assert.equal(store.draftOf(OTHER).note, "stroom");
  store.happen(refused("not_yours"));
  assert.deepEqual(aside(store).map(([body]) => body), ["Uw pincode is", "Een halve maat"]);
});

test("the unsent stay over reloads until they are dropped, and the draft of a chat that left becomes one", async () => {
  const first = await typing();
  first.happen({ type: "chat.removed", chat_id: CHAT, reason: "taken" });
  const second = await load(ALICE, [chat(OTHER, ZEN)]);
  const third = await load(ALICE, [chat(OTHER, ZEN)]);
  for (const store of [second, third]) assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
  third.act({ type: "my.forget", client_id: third.state.value.unsent[0].client_id });
  assert.deepEqual(aside(await load(ALICE, [chat(OTHER, ZEN)])), []);
});

test("a text refused for its fence after a reload is a draft, and never a sending", async () => {
  await leftBehind();
  for (const fence of [2, 5]) {
    const store = await load(ALICE, [chat(CHAT, ACME, { fence }), chat(OTHER, ZEN)]);
    assert.equal(store.state.value.outbox[0].frame.fence, 2, "it keeps the fence it was written under");
    store.happen({ type: "chat.changed", entry: entry({ fence: 5 }) });
    assert.equal(store.state.value.outbox[0].frame.fence, 2);
    store.happen(refused("fence"));
    assert.deepEqual(store.state.value.outbox, []);
    assert.equal(store.draftOf(CHAT).answer, "Een halve maat\nUw pincode is");
    store.draft(CHAT, { answer: "Uw pincode is" });
    store.act(post());
  }
});

test("a text that was stored before the reload isn't written a second time", async () => {
  await leftBehind();
  const stored = chat(CHAT, ACME, { last_seq: 2 });
  stored.messages.push({ ...stored.messages[0], seq: 2, side: "operator", client_id: TEXT });
  assert.deepEqual((await load(ALICE, [stored, chat(OTHER, ZEN)])).state.value.outbox, []);
});

test("a text that was refused before a reload is not sent after it", async () => {
  const first = await typing();
  first.act(post());
  first.happen(refused("too_long"));
  const store = await load(ALICE, both());
  assert.deepEqual(store.state.value.outbox.map(({ status, code }) => [status, code]), [["failed", "too_long"]]);
});

test("who signs in next in this tab finds nothing, and takes nothing away", async () => {
  const hers = await leftBehind();
  hers.happen({ type: "error", code: "signed_out" });
  assert.deepEqual([hers.drafts.value, hers.state.value.chats, hers.state.value.unsent, hers.shown.value], [{}, {}, [], null], "hidden at once");
  assert.ok(hers.hasKeptWords());
  const his = await load(BOB, [chat(CHAT, ACME, { fence: 5 })]);
  assert.deepEqual([his.state.value.outbox, his.state.value.unsent, his.drafts.value, told(his)], [[], [], {}, []]);
  his.draft(CHAT, { answer: "Bob hier" });
  const again = await load(ALICE, [chat(OTHER, ZEN)]);
  assert.equal(again.draftOf(OTHER).note, "stroom");
  assert.deepEqual(aside(again).map(([body]) => body), ["Uw pincode is"]);
  assert.equal((await load(BOB, [chat(CHAT, ACME, { fence: 5 })])).draftOf(CHAT).answer, "Bob hier");
});

test("a sign-out by one's own hand leaves nothing in the tab", async () => {
  const store = await leftBehind();
  store.forgetAll();
  assert.deepEqual([[...tab], store.hasKeptWords(), store.state.value.signedOut], [[], false, true]);
  store.happen({ type: "error", code: "signed_out" });
  assert.deepEqual([...tab], []);
});

test("kept state of another shape is as if it were not there", async () => {
  const key = `balie.console.${ALICE}`;
  const odd = [
    "{", "null", "7", '"x"', "[]", '{"drafts":[],"texts":{},"unsent":"x","abouts":null,"held":7,"shown":{}}',
    '{"drafts":{"a":7},"texts":[null,7,{"frame":{"type":"chat.close"}}],"unsent":[null,{"body":7}],"held":["a"],"ticks":{"a":null}}',
    JSON.stringify({ texts: [{ about: {}, frame: { type: "message.post", chat_id: 1, client_id: TEXT, body: "x" } }] }),
    JSON.stringify({ drafts: { [CHAT]: { answer: 7, note: null } } }),
  ];
  for (const kept of odd) {
    tab.set(key, kept);
    const store = await load(ALICE, both());
    assert.deepEqual([store.state.value.outbox, store.state.value.unsent], [[], []], kept);
    assert.equal(store.draftOf(CHAT).answer, "", kept);
  }
});

test("what comes is shown against the time it came at", async () => {
  const store = await load(ALICE);
  store.clock.set(AT);
  store.happen(snapshot());
  const isNow = (signal) => Math.abs(signal.value - store.clock.now()) < 1000;
  assert.ok(isNow(store.second) && isNow(store.quarter), "the device's own clock is never shown");
  store.second.value = store.quarter.value = 0;
  store.happen({ type: "offer.made", offer: { chat_id: TEXT, company_id: ACME, fence: 1, expires_at: AT } });
  assert.ok(isNow(store.second) && isNow(store.quarter));
});

// A chat that leaves takes neither the cursor nor the draft along.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  ACME,
  ALICE,
  aside,
  AT,
  CHAT,
  chat,
  delivered,
  entry,
  load,
  OTHER,
  post,
  question,
  refused,
  seat,
  snapshot,
  tab,
  TEXT,
  told,
  typing,
  ZEN,
} from "./one-tab.mjs";

beforeEach(() => tab.clear());

const asking = { to: "Bob", expires_at: AT };
const renewed = {
  type: "seat.renewed",
  seat,
  server_time: AT,
  held: [[OTHER, "open", 2, 1, 0, 0, AT]],
  offers: [],
  calls: [],
  unread: [],
};
const WAYS = {
  "a transfer that was accepted": [
    "gone.transferred",
    { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) },
    { type: "chat.removed", chat_id: CHAT, reason: "transferred" },
  ],
  "a lead who took it": ["gone.taken", { type: "chat.removed", chat_id: CHAT, reason: "taken" }],
  "a manager who moved it": ["gone.moved", { type: "chat.removed", chat_id: CHAT, reason: "moved" }],
  "a shift that ended": ["gone.requeued", { type: "chat.removed", chat_id: CHAT, reason: "requeued" }],
  "a lease that was lost": ["gone.lost", { type: "chat.removed", chat_id: CHAT, reason: "lost" }],
  "a renewal without it": ["gone.lost", renewed],
  "a fresh picture without it": ["gone.away", snapshot([chat(OTHER, ZEN)])],
  "a sync that says so": ["gone.taken", { type: "chat.synced", chat_id: CHAT, messages: [], last_seq: 1, entry: null }],
  "a wrap-up that ran out": [
    "gone.settled",
    { type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) },
    { type: "chat.removed", chat_id: CHAT, reason: "settled" },
  ],
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
  assert.deepEqual(aside(store), [
    ["Uw pincode is", false, "Acme", "Marieke"],
    ["belt terug", true, "Acme", "Marieke"],
    ["kent de maat", true, "Acme", "Marieke"],
  ]);
  assert.deepEqual(store.state.value.left, {});
});

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

test("a note for a colleague is a draft again when it is refused, and kept aside when the chat went", async () => {
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

test("a chat that comes back is written in where it was", async () => {
  const store = await typing();
  store.happen({ type: "chat.removed", chat_id: CHAT, reason: "lost" });
  store.happen({ type: "chat.added", chat: chat(CHAT, ACME, { fence: 4 }) });
  assert.deepEqual(
    [store.shownLeft(), store.visibleChat().entry.fence, store.draftOf(CHAT).answer],
    [null, 4, "Uw pincode is"],
  );
  assert.deepEqual(told(store), [], "it went nowhere");
});

test("a visitor who ends the chat turns no answer into a note", async () => {
  const store = await typing();
  store.happen({ type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) });
  assert.deepEqual(
    [store.draftOf(CHAT).mode, store.draftOf(CHAT).answer, store.draftOf(CHAT).note],
    ["answer", "Uw pincode is", ""],
  );
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

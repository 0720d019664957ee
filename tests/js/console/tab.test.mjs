// What a tab keeps of what was open, written and under way, and whose it is.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  ACME,
  ALICE,
  aside,
  AT,
  BOB,
  both,
  CHAT,
  chat,
  delivered,
  entry,
  load,
  OTHER,
  post,
  question,
  refused,
  snapshot,
  tab,
  TEXT,
  told,
  typing,
  ZEN,
} from "./one-tab.mjs";

beforeEach(() => tab.clear());

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
  assert.deepEqual(
    store.state.value.outbox.map(({ status, frame }) => [status, frame.client_id, frame.fence]),
    [["queued", TEXT, 2]],
  );
  assert.deepEqual([aside(store), told(store)], [[], []]);
});

test("a chat lost while the page was away is said, with what was written in it", async () => {
  await leftBehind();
  const store = await load(ALICE, [chat(OTHER, ZEN)]);
  assert.deepEqual(told(store), [["gone.away", "Acme", "Marieke"]]);
  assert.deepEqual(aside(store), [["Uw pincode is", false, "Acme", "Marieke"]]);
  assert.equal(store.draftOf(OTHER).note, "stroom");
  store.happen(refused("not_yours"));
  assert.deepEqual(
    aside(store).map(([body]) => body),
    ["Uw pincode is", "Een halve maat"],
  );
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
  assert.deepEqual(
    store.state.value.outbox.map(({ status, code }) => [status, code]),
    [["failed", "too_long"]],
  );
});

test("a note for a colleague outlives a reload, unless it was stored", async () => {
  const first = await typing();
  first.act(question());
  const again = await load(ALICE, both());
  assert.deepEqual(
    again.state.value.outbox.map(({ frame }) => [frame.type, frame.body, frame.note, frame.client_id]),
    [["message.post", "kent de maat", true, TEXT]],
  );
  const stored = chat(CHAT, ACME, { last_seq: 2 });
  stored.messages.push(delivered.message);
  assert.deepEqual((await load(ALICE, [stored, chat(OTHER, ZEN)])).state.value.outbox, []);
});

test("who signs in next in this tab finds nothing, and takes nothing away", async () => {
  const hers = await leftBehind();
  hers.happen({ type: "error", code: "signed_out" });
  assert.deepEqual(
    [hers.drafts.value, hers.state.value.chats, hers.state.value.unsent, hers.shown.value],
    [{}, {}, [], null],
    "hidden at once",
  );
  assert.ok(hers.hasKeptWords());
  const his = await load(BOB, [chat(CHAT, ACME, { fence: 5 })]);
  assert.deepEqual([his.state.value.outbox, his.state.value.unsent, his.drafts.value, told(his)], [[], [], {}, []]);
  his.draft(CHAT, { answer: "Bob hier" });
  const again = await load(ALICE, [chat(OTHER, ZEN)]);
  assert.equal(again.draftOf(OTHER).note, "stroom");
  assert.deepEqual(
    aside(again).map(([body]) => body),
    ["Uw pincode is"],
  );
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
    "{",
    "null",
    "7",
    '"x"',
    "[]",
    '{"drafts":[],"texts":{},"unsent":"x","abouts":null,"held":7,"shown":{}}',
    '{"drafts":{"a":7},"texts":[null,7,{"frame":{"type":"chat.close"}}],' +
      '"unsent":[null,{"body":7}],"held":["a"],"ticks":{"a":null}}',
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

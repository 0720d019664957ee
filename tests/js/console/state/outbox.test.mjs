// What an operator sends, until the server has it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ready, refenced } from "../../../../static/console/state/outbox.js";
import { applyCommand, fromSnapshot } from "../../../../static/console/state/state.js";
import { AT, CHAT, chat, entry, message, MINE, NEXT, OTHER, play, post, snapshot, start } from "./frames.mjs";

test("a text is shown as sending until its ack gives it a seq", () => {
  const sending = applyCommand(start(), post(MINE));
  assert.equal(sending.outbox[0].status, "queued");
  const state = play(sending, { type: "ack", client_id: MINE, seq: 3, chat_id: CHAT, at: AT });
  assert.deepEqual(state.outbox, []);
  assert.deepEqual(state.chats[CHAT].messages[2], {
    seq: 3,
    kind: "text",
    side: "operator",
    name: "Alice",
    body: "Hoi",
    at: AT,
    client_id: MINE,
    data: {},
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
  const state = play(sent, {
    type: "chat.synced",
    chat_id: CHAT,
    messages: [message(3), own],
    last_seq: 4,
    entry: entry({ last_seq: 4 }),
  });
  assert.deepEqual(state.outbox, []);
  assert.equal(state.chats[CHAT].messages.length, 4);
});

test("one text of a chat goes out at a time, in order; other chats don't wait", () => {
  let state = fromSnapshot(snapshot({ chats: [chat(), chat({ chat_id: OTHER })] }));
  state = [post(MINE), post(NEXT), { ...post("x"), chat_id: OTHER }].reduce(applyCommand, state);
  assert.deepEqual(
    ready(state.outbox).map((item) => item.client_id),
    [MINE, "x"],
  );
  state = applyCommand(state, { type: "my.sent", client_id: MINE });
  assert.deepEqual(
    ready(state.outbox).map((item) => item.client_id),
    ["x"],
  );
});

test("what was under way when the socket broke goes again with the same client_id", () => {
  let state = applyCommand(applyCommand(start(), post(MINE)), { type: "my.sent", client_id: MINE });
  state = applyCommand(state, { type: "my.offline" });
  assert.deepEqual(
    ready(state.outbox).map((item) => item.client_id),
    [MINE],
  );
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
  assert.deepEqual(
    state.unsent.map((item) => item.body),
    ["Bijna klaar"],
  );
  assert.deepEqual(state.outbox, []);
});

test("what was refused for its fence goes again with the newer one, and forgets that it was refused", () => {
  const item = (facts = {}) => ({
    chat_id: CHAT,
    frame: { type: "message.post", fence: 2 },
    status: "failed",
    code: "fence",
    ...facts,
  });
  const newer = { chat_id: CHAT, state: "open", fence: 3 };
  const [again] = refenced([item()], newer);
  assert.deepEqual([again.status, again.code, again.frame.fence], ["queued", "", 3]);
  const same = [
    item({ code: "too_long" }),
    item({ kept: true }),
    item({ chat_id: OTHER }),
    item({ frame: { type: "message.post", fence: 3 } }),
  ];
  assert.equal(refenced(same, newer), same);
  assert.equal(refenced([item()], { ...newer, state: "wrap_up" })[0].status, "failed");
});

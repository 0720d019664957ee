// Ticks of the script: shown at once, and what the server says of them from then on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ready } from "../../../../static/console/state/outbox.js";
import { applyCommand, fromSnapshot } from "../../../../static/console/state/state.js";
import { AT, CHAT, chat, entry, MINE, NEXT, play, snapshot, start } from "./frames.mjs";

const ticked = (step, on, facts = {}) => ({
  type: "chat.tick",
  chat_id: CHAT,
  fence: 2,
  client_id: MINE,
  step,
  on,
  at: AT,
  ...facts,
});

test("a tick is shown at once, and is what the server says of it from then on", () => {
  const state = applyCommand(start(), ticked("order", true));
  assert.deepEqual(state.chats[CHAT].entry.ticks, { order: AT });
  assert.deepEqual(
    ready(state.outbox).map(({ frame }) => [frame.step, frame.on, frame.at]),
    [["order", true, undefined]],
  );
  const told = { order: "2026-11-21T13:03:42Z" };
  const after = play(
    state,
    { type: "chat.changed", entry: entry({ ticks: told }) },
    { type: "ack", client_id: MINE, chat_id: CHAT },
  );
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
  const synced = play(refused, {
    type: "chat.synced",
    chat_id: CHAT,
    messages: [],
    last_seq: 2,
    entry: entry({ ticks: {} }),
  });
  assert.deepEqual([synced.chats[CHAT].entry.ticks, synced.stale], [{}, {}]);
});

test("whoever takes the chat over sees what was ticked; of a chat that went nothing waits to be ticked", () => {
  const before = fromSnapshot(snapshot({ chats: [] }));
  const state = play(before, { type: "chat.added", chat: chat({ fence: 4, ticks: { order: AT } }) });
  assert.deepEqual(state.chats[CHAT].entry.ticks, { order: AT });
  const gone = play(applyCommand(start(), ticked("order", true)), {
    type: "chat.removed",
    chat_id: CHAT,
    reason: "taken",
    name: "Bram",
  });
  assert.deepEqual([gone.outbox, gone.unsent], [[], []]);
});

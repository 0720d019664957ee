// A chat of more messages than one answer carries.

import assert from "node:assert/strict";
import { test } from "node:test";

import { START } from "../../../../static/widget/panel/state.js";
import { hasHumanAnswer, isStale } from "../../../../static/widget/talk/transcript.js";
import { CHAT, message, posted, run, serverChat, welcome } from "./actions.mjs";

const range = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i, { side: "visitor", name: "" }));
const longChat = (from, to, extra = {}) =>
  serverChat({ last_seq: 500, answered: false, messages: range(from, to), ...extra });
const syncedTo = (from, to, last_seq = 500) => ({
  type: "chat.synced",
  chat_id: CHAT,
  messages: range(from, to),
  last_seq,
  entry: null,
});
const held = ({ chat }) => [chat.messages[0].seq, chat.messages.at(-1).seq, chat.messages.length, chat.base, chat.have];

test("a welcome with the newest messages of a long chat leaves nothing to fetch", () => {
  const state = run(START, welcome(longChat(421, 500)));
  assert.deepEqual(held(state), [421, 500, 80, 420, 500]);
  assert.ok(!isStale(state.chat));
});

test("older messages join in front, and what is known twice is there once", () => {
  const state = run(START, welcome(longChat(421, 500)), syncedTo(341, 420), syncedTo(341, 420), syncedTo(1, 340));
  assert.deepEqual(held(state), [1, 500, 500, 0, 500]);
});

test("who is far behind is stale until the last page", () => {
  const late = run(START, welcome(serverChat({ last_seq: 3 })), welcome(longChat(4, 83)));
  assert.deepEqual(held(late), [1, 83, 83, 0, 83]);
  assert.ok(isStale(late.chat));
  const state = run(late, syncedTo(84, 163), syncedTo(164, 500));
  assert.deepEqual(held(state), [1, 500, 500, 0, 500]);
  assert.ok(!isStale(state.chat));
});

test("one message of a chat that another tab began is filled up by a page that begins anywhere", () => {
  const state = run(START, welcome(), posted(500));
  assert.ok(isStale(state.chat));
  assert.deepEqual(held(run(state, syncedTo(421, 500))), [421, 500, 80, 420, 500]);
});

test("an answer before the messages that are here counts", () => {
  const state = run(START, welcome(longChat(421, 500, { answered: true })));
  assert.ok(hasHumanAnswer(state.chat));
  assert.ok(!hasHumanAnswer(run(START, welcome(longChat(421, 500))).chat));
});

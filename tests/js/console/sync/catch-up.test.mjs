// What a console missed is fetched, once.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  CHAT,
  chat,
  comesBack,
  entry,
  freshLine,
  hears,
  line,
  message,
  OTHER,
  passes,
  renewed,
  snapshot,
  state,
  sync,
} from "./desk.mjs";

beforeEach(freshLine);

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
    type: "chat.synced",
    chat_id: CHAT,
    messages: [message(2), message(3)],
    last_seq: 3,
    entry: entry(CHAT, { last_seq: 3 }),
  });
  assert.deepEqual(
    state.value.chats[CHAT].messages.map((one) => one.seq),
    [1, 2, 3],
  );
  assert.equal(line().of("chat.sync").length, 1);
});

test("older messages are asked for once, from the first that is held; a lost line forgets it", async () => {
  const long = { ...chat(CHAT, { last_seq: 240 }), messages: [message(240)] };
  await hears(snapshot({ chats: [long] }));
  const asked = () =>
    line()
      .sent.filter((frame) => frame.before)
      .map((frame) => frame.before);
  sync.older(state.value.chats[CHAT]);
  sync.older(state.value.chats[CHAT]);
  assert.deepEqual(asked(), [240]);
  const messages = Array.from({ length: 239 }, (_, i) => message(i + 1));
  await hears({
    type: "chat.synced",
    chat_id: CHAT,
    messages: messages.slice(159),
    last_seq: 240,
    entry: entry(CHAT, { last_seq: 240 }),
  });
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
  await hears(
    renewed([
      [CHAT, "open", 2, 1, 0, 0],
      [OTHER, "open", 2, 1, 0, 0],
    ]),
  );
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

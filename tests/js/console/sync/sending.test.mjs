// Texts go out one by one, and again only when they have to.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  CHAT,
  chat,
  comesBack,
  freshLine,
  hears,
  line,
  message,
  now,
  OTHER,
  passes,
  post,
  settled,
  snapshot,
  state,
} from "./desk.mjs";

beforeEach(freshLine);

test("of one chat the second text waits for the first one's ack; another chat doesn't", async () => {
  await hears({ type: "chat.added", chat: chat(OTHER) });
  post("een");
  post("twee");
  post("elders", OTHER);
  await settled();
  assert.deepEqual(
    line()
      .of("message.post")
      .map((frame) => frame.body),
    ["een", "elders"],
  );
  const [first] = line().of("message.post");
  await hears({ type: "ack", client_id: first.client_id, seq: 2, chat_id: CHAT, at: now() });
  assert.deepEqual(
    line()
      .of("message.post")
      .map((frame) => frame.body),
    ["een", "elders", "twee"],
  );
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
  assert.deepEqual(
    line()
      .of("message.post")
      .map((frame) => frame.body),
    ["een", "twee"],
  );
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

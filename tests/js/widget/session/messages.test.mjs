// Messages of a chat: gaps, older pages, and what counts as read.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CHAT, desk, longChat, texts } from "./desk.mjs";

test("a gap is asked for once it stays, and not again and again", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.say(3);
  mock.timers.tick(149);
  assert.equal(d.of("chat.sync").length, 0);
  mock.timers.tick(1);
  assert.deepEqual(d.of("chat.sync"), [{ type: "chat.sync", after: 1 }]);
  mock.timers.tick(2900);
  assert.equal(d.of("chat.sync").length, 1);
  mock.timers.tick(200);
  assert.equal(d.of("chat.sync").length, 2);
});

test("a gap that closes by itself is never asked for", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.say(3);
  d.say(2);
  mock.timers.tick(200);
  assert.equal(d.of("chat.sync").length, 0);
});

test("read is told when the visitor can see it, and not before", () => {
  const seen = desk();
  seen.open();
  seen.session.post("een");
  seen.ack("id-1", 1);
  seen.say(2);
  assert.deepEqual(seen.of("read"), [{ type: "read", seq: 2 }]);
  const away = desk({ watched: false });
  away.open();
  away.session.post("een");
  away.ack("id-1", 1);
  away.say(2);
  assert.deepEqual(away.of("read"), []);
});

const synced = (from, to, last_seq) => ({
  type: "chat.synced",
  chat_id: CHAT,
  messages: texts(from, to),
  last_seq,
  entry: null,
});
const syncs = (sent) => sent.filter((frame) => frame.type === "chat.sync");

test("older messages are asked for once at a time, and not when there are none", () => {
  const { session, sent, open, frame } = desk();
  open(longChat(161, 240, 240));
  session.older();
  session.older();
  assert.deepEqual(syncs(sent), [{ type: "chat.sync", before: 161 }]);
  frame(synced(81, 160, 240));
  session.older();
  frame(synced(1, 80, 240));
  session.older();
  assert.deepEqual(
    syncs(sent).map(({ before }) => before),
    [161, 81],
  );
});

test("a lost line forgets that older messages were asked for", () => {
  const { session, sent, open, lose } = desk();
  open(longChat(161, 240, 240));
  session.older();
  lose();
  open(longChat(241, 241, 241));
  session.older();
  assert.equal(syncs(sent).length, 2);
});

test("who is pages behind asks for the next as soon as one is there", () => {
  const { sent, open, frame } = desk();
  open(longChat(1, 80, 240));
  mock.timers.tick(150);
  frame(synced(81, 160, 240));
  mock.timers.tick(150);
  frame(synced(161, 240, 240));
  mock.timers.tick(5000);
  assert.deepEqual(
    syncs(sent).map(({ after }) => after),
    [80, 160],
  );
});

test("an answer that brings nothing isn't asked for again at once", () => {
  const { sent, open, frame } = desk();
  open(longChat(1, 80, 240));
  mock.timers.tick(150);
  frame({ ...synced(1, 1, 240), messages: [] });
  mock.timers.tick(1000);
  assert.equal(syncs(sent).length, 1);
});

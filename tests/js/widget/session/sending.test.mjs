// A visitor's texts and wishes: one at a time, in order, and again over the next line.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { AT, CHAT, desk } from "./desk.mjs";

test("one text is in flight at a time, in the order of typing", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.session.post("twee");
  d.session.post("drie");
  assert.deepEqual(
    d.of("message.post").map((f) => f.body),
    ["een"],
  );
  d.ack("id-1", 1);
  d.ack("id-2", 2);
  assert.deepEqual(
    d.of("message.post").map((f) => f.body),
    ["een", "twee", "drie"],
  );
});

test("only the first text names page and greeting", () => {
  const d = desk();
  d.session.dispatch({ type: "my.set", greeting: { id: "g", body: "Hoi", starts: [] } });
  d.open();
  d.session.post("een");
  d.ack("id-1", 2);
  d.session.post("twee");
  const [first, second] = d.of("message.post");
  assert.deepEqual([first.greeting_id, first.page.url], ["g", "https://shop.example/"]);
  assert.deepEqual(Object.keys(second).sort(), ["body", "client_id", "type"]);
});

test("after a lost line the unacknowledged texts go again, same ids, same order", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.lose();
  d.session.post("twee");
  d.sent.length = 0;
  d.open();
  d.ack("id-1", 1);
  assert.deepEqual(
    d.of("message.post").map((f) => [f.client_id, f.body]),
    [
      ["id-1", "een"],
      ["id-2", "twee"],
    ],
  );
});

test("busy: the same text with the same id, a second later", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.frame({ type: "error", code: "busy", client_id: "id-1" });
  assert.equal(d.of("message.post").length, 1);
  mock.timers.tick(1000);
  assert.deepEqual(
    d.of("message.post").map((f) => f.client_id),
    ["id-1", "id-1"],
  );
});

test("a text without an ack is told as not sent after 4 s and goes over a new line after 8", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  mock.timers.tick(4000);
  assert.equal(d.session.state.outbox[0].slow, true);
  mock.timers.tick(4000);
  assert.equal(d.line.drops, 1);
  assert.equal(d.session.state.outbox[0].status, "queued");
});

test("typing is told at most each 3 s, and its end at once", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  mock.timers.tick(5000);
  for (let key = 0; key < 5; key += 1) d.session.typing(true);
  mock.timers.tick(3000);
  d.session.typing(true);
  d.session.typing(false);
  assert.deepEqual(
    d.of("typing").map((f) => f.on),
    [true, true, false],
  );
});

test("who leaves a question behind stops waiting", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.session.dispatch({ type: "my.ask", kind: "mail" });
  const values = { body: "een", email: "a@b.nl", phone: "", name: "", page: null };
  d.session.dispatch({ type: "my.question", clientId: "q", ...values });
  assert.equal(d.of("question.post").length, 1);
  d.frame({ type: "question.posted", client_id: "q" });
  assert.equal(d.of("chat.close").length, 1);
});

test("a close that the line lost goes again with the same id", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.session.wish({ type: "chat.close" });
  d.lose();
  const chat = {
    id: CHAT,
    state: "waiting",
    last_seq: 1,
    arrived_at: AT,
    promise_seconds: 20,
    messages: [],
    rating: null,
    transcripts: [],
  };
  d.open({ ...chat, operator: null, operator_read: 0, visitor_read: 0 });
  assert.deepEqual(
    d.of("chat.close").map((f) => f.client_id),
    ["id-2", "id-2"],
  );
});

const BAD = { type: "error", code: "bad_frame", client_id: null, detail: "Expected `str`" };

test("a text that the server can't read is in trouble, and the next one goes", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.session.post("twee");
  d.frame({ ...BAD, client_id: "id-1" });
  assert.deepEqual(
    d.of("message.post").map((f) => f.body),
    ["een", "twee"],
  );
  assert.deepEqual(
    d.session.state.outbox.map((i) => [i.status, i.reason]),
    [
      ["failed", "bad_frame"],
      ["flying", null],
    ],
  );
});

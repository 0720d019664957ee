// The line of a session: its hello, its beat, and what a server says to either.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CHAT, desk } from "./desk.mjs";

test("nothing is stored before the line is opened, the token after", () => {
  const d = desk();
  assert.deepEqual(d.store.local.get(), {});
  d.open();
  assert.equal(d.store.local.get().token, "token");
});

test("hello goes on from the last text known, with the token", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.lose();
  d.sent.length = 0;
  d.open();
  assert.deepEqual(
    { ...d.of("hello")[0], page: null },
    { type: "hello", page: null, token: "token", chat_id: CHAT, after: 1 },
  );
});

test("a forged or expired token is forgotten and the next hello has none", () => {
  for (const code of ["bad_token", "expired_token", "wrong_site"]) {
    const d = desk();
    d.open();
    d.frame({ type: "error", code });
    d.lose();
    d.sent.length = 0;
    d.open();
    assert.equal("token" in d.of("hello")[0], false, code);
  }
});

test("a beat without an answer for 8 s is a dead line", () => {
  const d = desk();
  d.open();
  mock.timers.tick(10_000);
  assert.deepEqual(d.of("beat"), [{ type: "beat", hidden: false }]);
  mock.timers.tick(7999);
  assert.equal(d.line.drops, 0);
  mock.timers.tick(1);
  assert.equal(d.line.drops, 1);
});

test("an answered beat keeps the line", () => {
  const d = desk();
  d.open();
  mock.timers.tick(10_000);
  d.frame({ type: "beat", last_seq: 0, state: "none" });
  mock.timers.tick(9_000);
  assert.equal(d.line.drops, 0);
});

test("put away without a chat, the line is closed; with one it stays", () => {
  const idle = desk();
  idle.open();
  idle.session.rest();
  assert.equal(idle.line.up, false);
  const busy = desk();
  busy.open();
  busy.session.post("een");
  busy.session.rest();
  assert.equal(busy.line.up, true);
});

const BAD = { type: "error", code: "bad_frame", client_id: null, detail: "Expected `str`" };

test("a hello that the server can't read goes once more, as plain as can be", () => {
  const d = desk();
  d.store.local.put({ token: "odd", chat: CHAT, live: true });
  d.line.up = true;
  d.hello();
  d.frame(BAD);
  assert.deepEqual(d.of("hello")[1], { type: "hello" });
  assert.deepEqual(d.store.local.get(), { token: null, chat: null, live: false });
  d.open();
  assert.equal(d.session.state.net, "online");
  // The next line begins as ever.
  d.lose();
  d.open();
  assert.equal(d.of("hello").at(-1).token, "token");
});

test("a server that takes no hello at all is said to the visitor", () => {
  const d = desk();
  d.line.up = true;
  d.hello();
  d.frame(BAD);
  d.frame(BAD);
  assert.deepEqual([d.session.state.net, d.session.state.refusal], ["refused", "broken"]);
  assert.equal(d.line.up, false);
  assert.equal(d.of("hello").length, 2);
});

test("a server that asks for patience hears the same hello again", () => {
  const d = desk();
  d.line.up = true;
  d.hello();
  d.frame({ type: "error", code: "retry", client_id: null });
  mock.timers.tick(1000);
  assert.equal(d.of("hello").length, 2);
  d.open();
  mock.timers.tick(5000);
  assert.equal(d.of("hello").length, 3);
});

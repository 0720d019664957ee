import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { makeSession } from "../../../static/widget/panel/session.js";
import { unreadOf } from "../../../static/widget/panel/state.js";

const CHAT = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
const AT = "2026-11-21T13:03:41.000Z";

function shelf() {
  let kept = {};
  return { get: () => kept, fresh: () => kept, put: (change) => (kept = { ...kept, ...change }) };
}

/** A session on a line that the test plays. */
function desk({ watched = true, store = { local: shelf(), tab: shelf() } } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse(AT) });
  const sent = [];
  const line = { up: false, drops: 0, wakes: 0 };
  let on = null;
  let ids = 0;
  const session = makeSession({
    pace: () => Date.now(),
    connect(handlers) {
      on = handlers;
      return {
        start: () => {},
        stop: () => (line.up = false),
        drop: () => {
          line.drops += 1;
          lose();
        },
        now: () => (line.wakes += 1),
        settled: () => {},
        send(frame) {
          if (line.up) sent.push(frame);
          return line.up;
        },
      };
    },
    store,
    page: () => ({ url: "https://shop.example/", title: "", referrer: "" }),
    newId: () => `id-${(ids += 1)}`,
    watched: () => watched,
    hidden: () => false,
    changed: () => {},
  });
  function lose() {
    line.up = false;
    on.net({ net: "offline", attempts: 1, wait: 500 });
  }
  const open = (chat = null) => {
    line.up = true;
    on.open();
    const availability = { mode: "chat", promise_seconds: 20, closes_at: null, opens_at: null, phone: "" };
    on.frame({ type: "welcome", token: "token", server_time: AT, availability, chat });
  };
  const ack = (client_id, seq) => on.frame({ type: "ack", client_id, seq, chat_id: CHAT, at: AT });
  const say = (seq) => {
    const message = { seq, kind: "text", side: "operator", name: "Alice", body: "Hoi", at: AT, client_id: null, data: {} };
    on.frame({ type: "message.posted", chat_id: CHAT, message });
  };
  const of = (type) => sent.filter((frame) => frame.type === type);
  return { session, store, sent, of, line, open, lose, ack, say, hello: () => on.open(), frame: (f) => on.frame(f) };
}

const texts = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => ({
  seq: from + i, kind: "text", side: "visitor", name: "", body: "Hoi", at: AT, client_id: null, data: {},
}));
const longChat = (from, to, last_seq) => ({
  id: CHAT, state: "open", rating: null, transcripts: [], last_seq, arrived_at: AT, promise_seconds: 20, operator: "Alice",
  operator_read: 0, visitor_read: 0, answered: true, messages: texts(from, to),
});
test("nothing is stored before the line is opened, the token after", () => {
  const d = desk();
  assert.deepEqual(d.store.local.get(), {});
  d.open();
  assert.equal(d.store.local.get().token, "token");
});

test("one text is in flight at a time, in the order of typing", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.session.post("twee");
  d.session.post("drie");
  assert.deepEqual(d.of("message.post").map((f) => f.body), ["een"]);
  d.ack("id-1", 1);
  d.ack("id-2", 2);
  assert.deepEqual(d.of("message.post").map((f) => f.body), ["een", "twee", "drie"]);
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
  assert.deepEqual(d.of("message.post").map((f) => [f.client_id, f.body]), [["id-1", "een"], ["id-2", "twee"]]);
});

test("hello goes on from the last text known, with the token", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.ack("id-1", 1);
  d.lose();
  d.sent.length = 0;
  d.open();
  assert.deepEqual({ ...d.of("hello")[0], page: null }, { type: "hello", page: null, token: "token", chat_id: CHAT, after: 1 });
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

test("busy: the same text with the same id, a second later", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.frame({ type: "error", code: "busy", client_id: "id-1" });
  assert.equal(d.of("message.post").length, 1);
  mock.timers.tick(1000);
  assert.deepEqual(d.of("message.post").map((f) => f.client_id), ["id-1", "id-1"]);
});

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
  assert.deepEqual(d.of("typing").map((f) => f.on), [true, true, false]);
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
  const chat = { id: CHAT, state: "waiting", last_seq: 1, arrived_at: AT, promise_seconds: 20, messages: [], rating: null, transcripts: [] };
  d.open({ ...chat, operator: null, operator_read: 0, visitor_read: 0 });
  assert.deepEqual(d.of("chat.close").map((f) => f.client_id), ["id-2", "id-2"]);
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

test("unsent texts survive a page load in their tab, the draft in every tab", () => {
  const d = desk();
  d.open();
  d.lose();
  d.session.post("een");
  d.session.dispatch({ type: "my.set", draft: "half" });
  const kept = d.store.tab.get();
  assert.deepEqual([d.store.local.get().draft, kept.outbox.map((i) => i.body)], ["half", ["een"]]);
});

const spoken = { ...longChat(1, 3, 3), messages: texts(1, 3).map((text) => ({ ...text, side: "operator" })) };

/** Two tabs of one visitor; what one writes the other hears of, as by the browser's `storage` event. */
function twoTabs() {
  const local = shelf();
  const one = desk({ store: { local, tab: shelf() } });
  one.open(spoken);
  const other = desk({ watched: false, store: { local, tab: shelf() } });
  other.open(spoken);
  return { one, other, unread: () => unreadOf(other.session.state) };
}

test("what was read in one tab is read in the other", () => {
  const { one, other, unread } = twoTabs();
  one.session.wake();
  assert.equal(unread(), 3);
  other.session.elsewhere();
  assert.equal(unread(), 0);
});

test("the draft and the open form are a visitor's, and what is sent in one tab is gone from the other", () => {
  const { one, other } = twoTabs();
  one.session.dispatch({ type: "my.set", draft: "half" });
  other.session.elsewhere();
  assert.equal(other.session.state.draft, "half");
  one.session.post("half een zin");
  one.session.dispatch({ type: "my.ask", kind: "mail" });
  other.session.elsewhere();
  assert.equal(other.session.state.draft, "");
  assert.deepEqual([other.session.state.question.kind, other.session.state.question.body], ["mail", "half een zin"]);
  one.session.dispatch({ type: "my.set", question: null });
  other.session.elsewhere();
  assert.equal(other.session.state.question, null);
});

test("a form that was left open is there again after a reload, for a day", () => {
  const d = desk();
  d.session.dispatch({ type: "my.set", draft: "Wanneer komt het?" });
  d.session.dispatch({ type: "my.ask", kind: "mail" });
  assert.equal(desk({ store: d.store }).session.state.question.body, "Wanneer komt het?");
  d.store.local.put({ form: { ...d.store.local.get().form, at: Date.parse(AT) - 86_400_001 } });
  assert.equal(desk({ store: d.store }).session.state.question, null);
});

const CLOSED = {
  id: CHAT, state: "closed", last_seq: 1, arrived_at: AT, promise_seconds: 20, operator: null, operator_read: 0, visitor_read: 0,
  messages: [{ seq: 1, kind: "system", side: "system", name: "", body: "", at: AT, client_id: null, data: { code: "closed", by: "operator" } }],
  rating: null, transcripts: [],
};
const DAY = 86_400_000;

/** What the first hello of a next visit asks for, on another page and this much later; a panel that opens says so first. */
function nextVisit(d, later, wasOpen = false) {
  const store = { local: d.store.local, tab: shelf() };
  store.tab.put({ open: wasOpen });
  const next = desk({ store });
  store.tab.put({ open: true });
  mock.timers.tick(later);
  next.open();
  return next.of("hello")[0].chat_id;
}

test("a chat that ended is asked for within a day, and not after it", () => {
  const d = desk();
  d.open(CLOSED);
  assert.equal(nextVisit(d, DAY - 1), CHAT);
  assert.equal(nextVisit(d, DAY), undefined);
});

test("rated, put away or begun anew, it isn't shown again", () => {
  const rated = desk();
  rated.open(CLOSED);
  rated.frame({ type: "chat.rated", chat_id: CHAT, good: true, words: "" });
  assert.equal(nextVisit(rated, 1000), undefined);
  assert.equal(nextVisit(rated, 1000, true), CHAT);
  const away = desk();
  away.open(CLOSED);
  away.session.rest();
  assert.equal(nextVisit(away, 1000), undefined);
  assert.equal(nextVisit(away, 1000, true), undefined);
  const anew = desk();
  anew.open(CLOSED);
  anew.session.fresh();
  assert.equal(nextVisit(anew, 1000), undefined);
});

test("a wish goes once per line, again over the next one, and a moment after busy", () => {
  const d = desk();
  d.open(CLOSED);
  d.session.wish({ type: "chat.rate", chat_id: CHAT, good: true, words: "" });
  d.say(2);
  assert.deepEqual(d.of("chat.rate").map((f) => f.client_id), ["id-1"]);
  d.lose();
  d.open(CLOSED);
  d.frame({ type: "error", client_id: "id-1", code: "busy" });
  assert.equal(d.of("chat.rate").length, 2);
  mock.timers.tick(1000);
  assert.deepEqual(d.of("chat.rate").map((f) => f.client_id), ["id-1", "id-1", "id-1"]);
  d.ack("id-1");
  d.lose();
  d.open(CLOSED);
  assert.equal(d.of("chat.rate").length, 3);
});

test("a panel that is put away with a rating under way keeps its line", () => {
  const d = desk();
  d.open(CLOSED);
  d.session.wish({ type: "chat.rate", chat_id: CHAT, good: true, words: "" });
  d.session.rest();
  assert.equal(d.line.up, true);
});

const synced = (from, to, last_seq) => ({ type: "chat.synced", chat_id: CHAT, messages: texts(from, to), last_seq, entry: null });
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
  assert.deepEqual(syncs(sent).map(({ before }) => before), [161, 81]);
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
  assert.deepEqual(syncs(sent).map(({ after }) => after), [80, 160]);
});

test("an answer that brings nothing isn't asked for again at once", () => {
  const { sent, open, frame } = desk();
  open(longChat(1, 80, 240));
  mock.timers.tick(150);
  frame({ ...synced(1, 1, 240), messages: [] });
  mock.timers.tick(1000);
  assert.equal(syncs(sent).length, 1);
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

test("a text that the server can't read is in trouble, and the next one goes", () => {
  const d = desk();
  d.open();
  d.session.post("een");
  d.session.post("twee");
  d.frame({ ...BAD, client_id: "id-1" });
  assert.deepEqual(d.of("message.post").map((f) => f.body), ["een", "twee"]);
  assert.deepEqual(d.session.state.outbox.map((i) => [i.status, i.reason]), [["failed", "bad_frame"], ["flying", null]]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { reduce, screenOf, START, unreadOf } from "../../../static/widget/panel/state.js";
import { hasHumanAnswer, isStale, lastToRead } from "../../../static/widget/talk/transcript.js";

const CHAT = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
const OTHER = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f22";
const AT = "2026-11-21T13:03:41.000Z";
const NOW = Date.parse(AT);
const GREETING = { id: "0b8f8f0e-94d4-4a53-8a30-6f6a1f8f0002", body: "Hoi! Kan ik je helpen?", starts: [] };

const freeze = (value) => {
  if (value && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
};
const run = (state, ...actions) => actions.reduce((s, a) => freeze(reduce(freeze(s), freeze(a))), state);

const availability = (mode = "chat") => ({ mode, promise_seconds: 20, closes_at: null, opens_at: null, phone: "" });
const message = (seq, extra = {}) => ({
  seq, kind: "text", side: "operator", name: "Alice", body: `tekst ${seq}`, at: AT, client_id: null, data: {}, ...extra,
});
const posted = (seq, extra, chat_id = CHAT) => ({ type: "message.posted", chat_id, message: message(seq, extra) });
const system = (seq, data) => posted(seq, { kind: "system", side: "system", body: "", data });
const welcome = (chat = null, mode = "chat") => ({
  type: "welcome", token: "t", server_time: AT, availability: availability(mode), chat, now: NOW - 5000,
});
const serverChat = (extra = {}) => ({
  id: CHAT, state: "open", rating: null, transcripts: [], last_seq: 3, arrived_at: AT, promise_seconds: 20, operator: "Alice", operator_read: 2, visitor_read: 1,
  messages: [
    message(1, { kind: "auto", name: "" }),
    message(2, { side: "visitor", client_id: "c1", name: "" }),
    message(3),
  ],
  ...extra,
});
const text = (clientId, body = "Hoi") => ({ type: "my.text", clientId, body, at: NOW, page: { url: "https://a.example/" } });
const ack = (client_id, seq, chat_id = CHAT) => ({ type: "ack", client_id, seq, chat_id, at: AT });
const error = (client_id, code) => ({ type: "error", client_id, code });
const wish = (type, client_id, facts = {}) => ({ type: "my.wish", wish: { type, client_id, ...facts } });
const close = () => wish("chat.close", "k");
const set = (facts) => ({ type: "my.set", ...facts });

const fresh = () => run(START, set({ greeting: GREETING }), welcome());
const begun = () => run(fresh(), text("c1"), ack("c1", 2));

test("an unknown event changes nothing", () => {
  assert.equal(reduce(START, { type: "nonsense" }), START);
});

test("server time is kept as an offset to this clock", () => {
  assert.equal(fresh().offset, 5000);
});

test("the ack of the first text begins the chat with the greeting before it", () => {
  const state = begun();
  assert.deepEqual(state.chat.messages.map((m) => [m.seq, m.kind, m.body]), [[1, "auto", GREETING.body], [2, "text", "Hoi"]]);
  assert.equal(state.outbox.length, 0);
  assert.equal(state.chat.promise, 20);
  assert.equal(isStale(state.chat), false);
});

test("without a greeting the first text is seq 1", () => {
  const state = run(START, welcome(), text("c1"), ack("c1", 1));
  assert.deepEqual(state.chat.messages.map((m) => m.seq), [1]);
  assert.equal(isStale(state.chat), false);
});

test("a repeated ack, event, welcome or sync changes no message", () => {
  const state = run(begun(), posted(3));
  for (const again of [ack("c1", 2), posted(3), posted(2, { side: "visitor", client_id: "c1" })]) {
    assert.equal(reduce(state, again), state);
  }
  const synced = { type: "chat.synced", chat_id: CHAT, messages: [message(3), message(2)], last_seq: 3, entry: null };
  assert.equal(reduce(state, synced), state);
  assert.deepEqual(run(state, welcome(serverChat())).chat.messages, state.chat.messages);
});

test("an event that names one message twice keeps it once", () => {
  const twice = { type: "chat.synced", chat_id: CHAT, messages: [message(3), message(3)], last_seq: 3 };
  assert.deepEqual(run(begun(), twice).chat.messages.map((m) => m.seq), [1, 2, 3]);
});

test("a gap makes the chat stale until what was missed is there, in order", () => {
  const gap = run(begun(), posted(5));
  assert.equal(isStale(gap.chat), true);
  assert.equal(gap.chat.have, 2);
  const healed = run(gap, { type: "chat.synced", chat_id: CHAT, messages: [message(3), message(4), message(5)], last_seq: 5 });
  assert.equal(isStale(healed.chat), false);
  assert.deepEqual(healed.chat.messages.map((m) => m.seq), [1, 2, 3, 4, 5]);
});

test("a hidden message fills its place", () => {
  const state = run(begun(), posted(3, { kind: "hidden", side: "", body: "" }), posted(4));
  assert.equal(isStale(state.chat), false);
});

test("a beat with a higher last_seq makes the chat stale; an equal one changes nothing", () => {
  const state = begun();
  assert.equal(reduce(state, { type: "beat", last_seq: 2, state: "waiting" }), state);
  assert.equal(isStale(run(state, { type: "beat", last_seq: 4, state: "open" }).chat), true);
});

test("a text that another tab sent arrives as an event; one of ours isn't doubled by its event", () => {
  const own = run(begun(), text("c2"), posted(3, { side: "visitor", client_id: "c2", body: "Hoi" }));
  assert.equal(own.outbox.length, 0);
  assert.deepEqual(run(own, ack("c2", 3)).chat.messages.map((m) => m.seq), [1, 2, 3]);
});

test("a chat begun in another tab is adopted, a foreign one never replaces a live chat", () => {
  assert.equal(run(fresh(), posted(1, {}, OTHER)).chat.id, OTHER);
  const state = begun();
  assert.equal(reduce(state, posted(1, {}, OTHER)), state);
});

test("a lost connection puts texts in flight back in the queue, a refused one stays refused", () => {
  const flying = { type: "my.item", clientId: "c1", change: { status: "flying" } };
  const state = run(fresh(), text("c1"), flying, text("c2"), error("c2", "too_long"));
  const lost = run(state, { type: "my.net", net: "offline", attempts: 1, retryAt: NOW });
  assert.deepEqual(lost.outbox.map((i) => [i.clientId, i.status, i.reason]), [["c1", "queued", null], ["c2", "failed", "too_long"]]);
});

test("a welcome that already holds a queued text takes it from the queue", () => {
  const state = run(fresh(), text("c1"), { type: "my.net", net: "offline", attempts: 1 }, welcome(serverChat()));
  assert.equal(state.outbox.length, 0);
  assert.equal(state.chat.messages.length, 3);
});

test("busy and retry hold a text for another try with the same id", () => {
  for (const code of ["busy", "retry"]) {
    const [item] = run(fresh(), text("c1"), error("c1", code)).outbox;
    assert.deepEqual([item.clientId, item.status], ["c1", "held"]);
  }
});

test("nobody: every word goes to the question form", () => {
  const state = run(fresh(), text("c1", "Eerste"), text("c2", "Tweede"), set({ draft: "half" }), error("c1", "nobody"));
  assert.equal(screenOf(state), "form");
  assert.equal(state.question.body, "Eerste\nTweede\nhalf");
  assert.equal(state.draft, "");
});

test("the operator takes over, reads, types, and answers", () => {
  let state = run(begun(), system(3, { code: "accepted", name: "Alice" }));
  assert.deepEqual([state.chat.state, state.chat.operator], ["open", "Alice"]);
  state = run(state, { type: "read", chat_id: CHAT, side: "operator", seq: 3 });
  assert.equal(state.chat.operatorRead, 3);
  assert.equal(reduce(state, { type: "read", chat_id: CHAT, side: "operator", seq: 2 }), state);
  state = run(state, { type: "typing", chat_id: CHAT, name: "Alice", on: true, now: NOW });
  assert.equal(state.typing.name, "Alice");
  assert.equal(run(state, { type: "my.tick", now: NOW + 6999 }).typing?.name, "Alice");
  assert.equal(run(state, { type: "my.tick", now: NOW + 7000 }).typing, null);
  assert.equal(run(state, posted(4)).typing, null);
});

test("typing in another chat is nobody's here", () => {
  const state = begun();
  assert.equal(reduce(state, { type: "typing", chat_id: OTHER, name: "Bob", on: true, now: NOW }), state);
});

test("an old system line that comes late doesn't undo a newer one", () => {
  const state = run(begun(), system(4, { code: "requeued" }), system(3, { code: "accepted", name: "Alice" }));
  assert.deepEqual([state.chat.state, state.chat.operator], ["waiting", null]);
});

test("closed by the operator ends the talk; texts on their way say why they failed", () => {
  const state = run(begun(), system(3, { code: "accepted", name: "Alice" }), posted(4), text("c2"), system(5, { code: "closed", by: "operator" }));
  assert.equal(screenOf(state), "ended");
  assert.deepEqual([state.outbox[0].status, state.outbox[0].reason], ["failed", "chat_closed"]);
  const again = run(state, { type: "my.fresh" });
  assert.deepEqual([again.chat, again.draft, screenOf(again)], [null, "Hoi", "talk"]);
});

test("closed before anybody answered: the form has the words, unless the visitor left", () => {
  for (const by of ["end_of_hours", "manager"]) {
    const state = run(begun(), system(3, { code: "closed", by }));
    assert.deepEqual([screenOf(state), state.question.body], ["form", "Hoi"], by);
  }
  const back = run(begun(), system(3, { code: "closed", by: "end_of_hours" }), set({ question: null }), system(4, { code: "settled" }));
  assert.equal(screenOf(back), "ended", "the form can be left for the ending, and doesn't come back");
  for (const by of ["operator", "end_of_hours", "nobody", "manager", "dead_console", "visitor", "left", "idle"]) {
    assert.equal(screenOf(run(begun(), system(3, { code: "accepted", name: "Alice" }), posted(4), system(5, { code: "closed", by }))), "ended", by);
  }
  for (const by of ["visitor", "left", "idle"]) {
    assert.equal(screenOf(run(begun(), system(3, { code: "closed", by }))), "ended", by);
  }
});

test("the visitor closes: the ack's own line takes its seq, its event comes too late to matter", () => {
  const state = run(begun(), close(), { type: "ack", client_id: "k", seq: 3, chat_id: CHAT });
  assert.deepEqual([state.chat.state, state.chat.closedBy, state.wishes], ["closed", "visitor", []]);
  assert.equal(isStale(state.chat), false);
  const event = system(3, { code: "closed", by: "visitor" });
  assert.equal(reduce(state, event), state);
});

test("closing a chat that is gone is closed all the same", () => {
  for (const code of ["not_found", "chat_closed"]) {
    const state = run(begun(), close(), error("k", code));
    assert.equal(state.chat.state, "closed");
  }
});

test("the question form: sent once, refused with a reason, done", () => {
  const asked = { type: "my.question", clientId: "q", body: "b", email: "a@b.nl", phone: "", name: "", page: null };
  const state = run(fresh(), { type: "my.ask", kind: "mail" }, asked);
  assert.equal(run(state, error("q", "bad_address")).question.problem, "bad_address");
  assert.equal(run(state, error("q", "retry")), state, "it is sent again");
  assert.equal(run(state, { type: "question.posted", client_id: "other" }), state);
  const done = run(state, { type: "question.posted", client_id: "q" });
  assert.equal(screenOf(done), "done");
  assert.equal(run(done, { type: "question.posted", client_id: "q" }), done);
});

test("the screen follows what the site offers, but never takes a chat away", () => {
  const shown = (mode) => screenOf(run(START, set({ availability: availability(mode) })));
  assert.deepEqual(["chat", "form", "phone", "hidden"].map(shown), ["talk", "form", "phone", "shut"]);
  assert.equal(screenOf(run(begun(), set({ availability: availability("hidden") }))), "talk");
});

test("unread counts operators' texts after the last one seen", () => {
  const state = run(begun(), posted(3), posted(4));
  assert.equal(unreadOf(state), 2);
  assert.equal(lastToRead(state.chat), 4);
  assert.equal(unreadOf(run(state, { type: "my.read", seq: 4 })), 0);
});

test("duplicated, reordered and lost events end in the same conversation after one sync", () => {
  const events = [
    system(3, { code: "accepted", name: "Alice" }), posted(4), posted(5), posted(6, { kind: "hidden", body: "" }),
    system(7, { code: "requeued" }), system(8, { code: "accepted", name: "Bob" }), posted(9, { name: "Bob" }),
  ];
  const straight = run(begun(), ...events);
  const all = { type: "chat.synced", chat_id: CHAT, messages: events.map((e) => e.message), last_seq: 9 };
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round += 1) {
    const rough = events.flatMap((e) => (random() < 0.3 ? [] : random() < 0.3 ? [e, e] : [e])).sort(() => random() - 0.5);
    const { messages, state, operator, have } = run(begun(), ...rough, all).chat;
    assert.deepEqual(messages, straight.chat.messages);
    assert.deepEqual([state, operator, have], ["open", "Bob", 9]);
  }
});

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i, { side: "visitor", name: "" }));
const longChat = (from, to, extra = {}) => serverChat({ last_seq: 500, answered: false, messages: range(from, to), ...extra });
const syncedTo = (from, to, last_seq = 500) => ({ type: "chat.synced", chat_id: CHAT, messages: range(from, to), last_seq, entry: null });
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

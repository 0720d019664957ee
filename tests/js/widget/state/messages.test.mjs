// Messages of a chat, however their events come: repeated, late, with gaps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { reduce, START } from "../../../../static/widget/panel/state.js";
import { isStale } from "../../../../static/widget/talk/transcript.js";
import { ack, begun, CHAT, GREETING, message, posted, run, serverChat, system, text, welcome } from "./actions.mjs";

test("the ack of the first text begins the chat with the greeting before it", () => {
  const state = begun();
  assert.deepEqual(
    state.chat.messages.map((m) => [m.seq, m.kind, m.body]),
    [
      [1, "auto", GREETING.body],
      [2, "text", "Hoi"],
    ],
  );
  assert.equal(state.outbox.length, 0);
  assert.equal(state.chat.promise, 20);
  assert.equal(isStale(state.chat), false);
});

test("without a greeting the first text is seq 1", () => {
  const state = run(START, welcome(), text("c1"), ack("c1", 1));
  assert.deepEqual(
    state.chat.messages.map((m) => m.seq),
    [1],
  );
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
  assert.deepEqual(
    run(begun(), twice).chat.messages.map((m) => m.seq),
    [1, 2, 3],
  );
});

test("a gap makes the chat stale until what was missed is there, in order", () => {
  const gap = run(begun(), posted(5));
  assert.equal(isStale(gap.chat), true);
  assert.equal(gap.chat.have, 2);
  const healed = run(gap, {
    type: "chat.synced",
    chat_id: CHAT,
    messages: [message(3), message(4), message(5)],
    last_seq: 5,
  });
  assert.equal(isStale(healed.chat), false);
  assert.deepEqual(
    healed.chat.messages.map((m) => m.seq),
    [1, 2, 3, 4, 5],
  );
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
  assert.deepEqual(
    run(own, ack("c2", 3)).chat.messages.map((m) => m.seq),
    [1, 2, 3],
  );
});

test("duplicated, reordered and lost events end in the same conversation after one sync", () => {
  const events = [
    system(3, { code: "accepted", name: "Alice" }),
    posted(4),
    posted(5),
    posted(6, { kind: "hidden", body: "" }),
    system(7, { code: "requeued" }),
    system(8, { code: "accepted", name: "Bob" }),
    posted(9, { name: "Bob" }),
  ];
  const straight = run(begun(), ...events);
  const all = { type: "chat.synced", chat_id: CHAT, messages: events.map((e) => e.message), last_seq: 9 };
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round += 1) {
    const rough = events
      .flatMap((e) => (random() < 0.3 ? [] : random() < 0.3 ? [e, e] : [e]))
      .sort(() => random() - 0.5);
    const { messages, state, operator, have } = run(begun(), ...rough, all).chat;
    assert.deepEqual(messages, straight.chat.messages);
    assert.deepEqual([state, operator, have], ["open", "Bob", 9]);
  }
});

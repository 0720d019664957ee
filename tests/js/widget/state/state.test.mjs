// What a visitor's page knows of chat, question and line, action by action.

import assert from "node:assert/strict";
import { test } from "node:test";

import { screenOf, unreadOf } from "../../../../static/widget/panel/screen.js";
import { reduce, START } from "../../../../static/widget/panel/state.js";
import { isStale, lastToRead } from "../../../../static/widget/talk/transcript.js";
import {
  ack,
  availability,
  begun,
  CHAT,
  close,
  error,
  fresh,
  NOW,
  OTHER,
  posted,
  run,
  serverChat,
  set,
  system,
  text,
  welcome,
} from "./actions.mjs";

test("an unknown event changes nothing", () => {
  assert.equal(reduce(START, { type: "nonsense" }), START);
});

test("before the first answer the panel is there to talk: a visitor who types at once is not turned away", () => {
  assert.equal(screenOf(START), "talk");
});

test("server time is kept as an offset to this clock", () => {
  assert.equal(fresh().offset, 5000);
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
  assert.deepEqual(
    lost.outbox.map((i) => [i.clientId, i.status, i.reason]),
    [
      ["c1", "queued", null],
      ["c2", "failed", "too_long"],
    ],
  );
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
  const state = run(
    begun(),
    system(3, { code: "accepted", name: "Alice" }),
    posted(4),
    text("c2"),
    system(5, { code: "closed", by: "operator" }),
  );
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
  const back = run(
    begun(),
    system(3, { code: "closed", by: "end_of_hours" }),
    set({ question: null }),
    system(4, { code: "settled" }),
  );
  assert.equal(screenOf(back), "ended", "the form can be left for the ending, and doesn't come back");
  for (const by of ["operator", "end_of_hours", "nobody", "manager", "dead_console", "visitor", "left", "idle"]) {
    assert.equal(
      screenOf(
        run(begun(), system(3, { code: "accepted", name: "Alice" }), posted(4), system(5, { code: "closed", by })),
      ),
      "ended",
      by,
    );
  }
  for (const by of ["visitor", "left", "idle"]) {
    assert.equal(screenOf(run(begun(), system(3, { code: "closed", by }))), "ended", by);
  }
});

test("the visitor closes: the ack's own line takes its seq, its event comes too late to matter", () => {
  const state = run(begun(), close(), ack("k", 3));
  assert.deepEqual([state.chat.state, state.chat.closedBy, state.wishes], ["closed", "visitor", []]);
  assert.equal(isStale(state.chat), false);
  const event = system(3, { code: "closed", by: "visitor" });
  assert.deepEqual(state.chat.messages.at(-1), { ...event.message, name: "" }, "as the server's own line is");
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

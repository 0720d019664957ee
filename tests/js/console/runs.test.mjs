// What a log draws: the newest of a long chat, in runs that stay the same objects while they show the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withMessages } from "../../../static/console/state/chat.js";
import { DRAWN, earlierFrom, newestFrom, runsOf } from "../../../static/console/rules/runs.js";

const AT = "2026-11-21T13:03:41Z";
const text = (seq, side = "visitor", facts = {}) => ({
  seq,
  kind: "text",
  side,
  name: side,
  body: `nr ${seq}`,
  at: AT,
  client_id: null,
  data: {},
  ...facts,
});
const page = (seq) => text(seq, "system", { kind: "system", data: { code: "page", url: `p${seq}` } });
const chat = (messages) => ({
  entry: { chat_id: "c", last_seq: messages.at(-1)?.seq ?? 0, turn: "visitor", turn_at: AT, first_human_at: AT },
  messages,
  trail: [],
});
const long = (n, from = 1) =>
  Array.from({ length: n }, (_, at) => text(from + at, (from + at) % 4 < 2 ? "visitor" : "operator"));
const seqs = (runs) => runs.map((run) => run.messages.map((one) => one.seq));

test("of a long chat the newest are drawn, and more when somebody reads back", () => {
  const held = chat(long(500));
  const from = newestFrom(held);
  assert.equal(seqs(runsOf(held, from)).flat().length, DRAWN);
  assert.deepEqual([from, earlierFrom(from), earlierFrom(30), earlierFrom(1)], [441, 381, 1, 1]);
  assert.equal(newestFrom(chat(long(4))), 1);
  // The first message that is held is not the chat's first.
  assert.equal(seqs(runsOf(chat(long(80, 421)), 381)).flat().length, 80);
  assert.equal(newestFrom(chat(long(30, 421))), 421);
});

test("an incoming message leaves every run but the last one the object it was", () => {
  const held = chat(long(500));
  const before = runsOf(held, newestFrom(held));
  const next = withMessages(held, [text(501, "visitor")]);
  const after = runsOf(next, newestFrom(held), before);
  assert.deepEqual(after.map((run, at) => run === before[at]).filter((same) => !same).length, 1);
  assert.deepEqual(
    after.slice(0, -1).filter((run) => !before.includes(run)),
    [],
  );
  const read = { ...next, entry: { ...next.entry, visitor_read: 501 } };
  assert.deepEqual(
    runsOf(read, newestFrom(held), after).filter((run) => !after.includes(run)),
    [],
    "a receipt makes none anew",
  );
});

test("texts of one person in a row are a run; the first answer ends it", () => {
  const held = chat([
    text(1),
    text(2),
    text(3, "operator"),
    text(4, "operator"),
    text(5, "operator", { name: "Bob" }),
    text(6, "operator", { kind: "note" }),
  ]);
  const runs = runsOf(held, 1);
  assert.deepEqual(seqs(runs), [[1, 2], [3], [4], [5], [6]]);
  assert.deepEqual(
    runs.map((run) => run.answers),
    [false, true, false, false, false],
  );
});

test("where the chat's beginning isn't held only the answer that the entry names is the first", () => {
  const later = text(41, "operator", { at: "2026-11-21T14:00:00Z" });
  assert.deepEqual(
    runsOf(chat([text(40), later]), 40).map((run) => run.answers),
    [false, false],
  );
  assert.deepEqual(
    runsOf(chat([text(40), text(41, "operator")]), 40).map((run) => run.answers),
    [false, true],
  );
});

test("of pages only the last is shown, and of what isn't ours nothing", () => {
  assert.deepEqual(seqs(runsOf(chat([page(1), text(2), page(3), text(4, "x", { kind: "hidden" })]), 1)), [[2], [3]]);
});

// The order of the list, and that it stands still under a hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrange,
  counted,
  flat,
  hold,
  mostUrgent,
  neighbour,
  pressure,
  urgencyOf,
} from "../../../static/console/rules/order.js";

const NOON = Date.parse("2026-11-21T12:00:00Z");
const ago = (seconds) => new Date(NOON - seconds * 1000).toISOString();
const chat = (chat_id, facts) => ({
  entry: {
    chat_id,
    state: "open",
    turn: "operator",
    turn_at: ago(0),
    arrived_at: ago(0),
    promise_seconds: 20,
    first_human_at: null,
    ...facts,
  },
});

test("urgency turns at 50, 80 and 100 % of the promise", () => {
  assert.deepEqual([0, 0.49, 0.5, 0.79, 0.8, 0.99, 1, 3].map(urgencyOf), [
    "calm",
    "calm",
    "attention",
    "attention",
    "now",
    "now",
    "late",
    "late",
  ]);
});

test("a first answer runs against the chat's own promise, a follow-up against 60 s", () => {
  const first = pressure(chat("a", { arrived_at: ago(12) }).entry, NOON);
  assert.deepEqual([first.first, first.left, first.urgency], [true, 8, "attention"]);
  const follow = pressure(chat("b", { first_human_at: ago(90), turn_at: ago(24) }).entry, NOON);
  assert.deepEqual([follow.first, follow.left, follow.urgency], [false, 36, "calm"]);
});

test("who has least time left stands on top, whatever the company promised", () => {
  const chats = [
    chat("long", { promise_seconds: 60, arrived_at: ago(30) }),
    chat("late", { promise_seconds: 20, arrived_at: ago(23) }),
    chat("soon", { promise_seconds: 20, arrived_at: ago(17) }),
    chat("follow", { first_human_at: ago(100), turn_at: ago(50) }),
  ];
  assert.deepEqual(arrange(chats, NOON).mine, ["late", "soon", "follow", "long"]);
  assert.equal(mostUrgent(chats, NOON), "late");
});

test("who is thinking longest, and who is to be wrapped up first, stand on top of their parts", () => {
  const parts = arrange(
    [
      chat("a", { turn: "visitor", turn_at: ago(10) }),
      chat("b", { turn: "visitor", turn_at: ago(100) }),
      chat("c", { state: "wrap_up", wrap_up_at: ago(5) }),
      chat("d", { state: "wrap_up", wrap_up_at: ago(50) }),
    ],
    NOON,
  );
  assert.deepEqual(parts, { mine: [], theirs: ["b", "a"], wrap_up: ["d", "c"] });
});

test("the same moment twice is the same order: ids decide a tie", () => {
  const chats = [chat("b", {}), chat("a", {})];
  assert.deepEqual(arrange(chats, NOON).mine, ["a", "b"]);
});

test("under a hand nothing moves: what came stands last, what left is gone", () => {
  const shown = { mine: ["a", "b"], theirs: ["c"], wrap_up: [] };
  const wanted = { mine: ["d", "c", "b"], theirs: [], wrap_up: [] };
  assert.deepEqual(hold(shown, wanted), { mine: ["b", "d"], theirs: ["c"], wrap_up: [] });
});

test("what stands still under a wrong heading is counted for what it is", () => {
  const [mine, theirs, closed] = [chat("a", {}), chat("b", { turn: "visitor" }), chat("c", { state: "wrap_up" })].map(
    (one) => one.entry,
  );
  assert.deepEqual(counted("mine", [mine, theirs, mine, closed]), [
    ["mine", 2],
    ["theirs", 1],
    ["wrap_up", 1],
  ]);
  assert.deepEqual(counted("mine", [theirs]), [["theirs", 1]]);
});

test("next and previous go round the ends", () => {
  const parts = { mine: ["a"], theirs: ["b"], wrap_up: ["c"] };
  assert.deepEqual(flat(parts), ["a", "b", "c"]);
  assert.equal(neighbour(parts, "c", 1), "a");
  assert.equal(neighbour(parts, "a", -1), "c");
  assert.equal(neighbour(parts, null, 1), "a");
  assert.equal(neighbour({ mine: [], theirs: [], wrap_up: [] }, null, 1), null);
});

// An operator's own day: how its figures read, when they are asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTime, shiftWords } from "../../../../static/console/state/own_day.js";
import { applyEvent, EMPTY } from "../../../../static/console/state/state.js";

const nl = (seconds) => answerTime(seconds, "nl").replaceAll("\u00a0", " ");

test("seconds read as the report prints them: never as a promise that was kept when it wasn't", () => {
  const read = [
    [0, "0 s"],
    [11, "11 s"],
    [11.4, "11,4 s"],
    [20, "20 s"],
    [20.04, "20,1 s"],
    [8.1, "8,1 s"],
    [59.9, "59,9 s"],
  ];
  const long = [
    [59.91, "1 min 0 s"],
    [60.000001, "1 min 0 s"],
    [60.2, "1 min 1 s"],
    [125, "2 min 5 s"],
  ];
  for (const [seconds, words] of [...read, ...long]) assert.equal(nl(seconds), words, `${seconds}`);
  assert.equal(answerTime(11.4, "en"), "11.4\u00a0s");
});

test("a shift reads in the reader's own zone, also over midnight", () => {
  const zone = process.env.TZ;
  const night = { starts_at: "2026-11-23T21:00:00Z", ends_at: "2026-11-24T05:00:00Z" };
  try {
    process.env.TZ = "Europe/Amsterdam";
    assert.deepEqual(shiftWords(night, "nl"), { day: "ma 23 nov", from: "22:00", to: "06:00" });
    process.env.TZ = "Europe/Lisbon";
    assert.deepEqual(shiftWords(night, "en"), { day: "Mon 23 Nov", from: "21:00", to: "05:00" });
  } finally {
    process.env.TZ = zone;
  }
});

test("an answer replaces what was known, and a sign-out leaves nothing of it", () => {
  const told = { type: "own_day", offered: 3, within_promise: 2, base: 3, response_p50: 9, next_shift: null };
  const state = applyEvent(EMPTY, told);
  assert.equal(state.ownDay.offered, 3);
  assert.equal(applyEvent(state, { ...told, offered: 4 }).ownDay.offered, 4);
  assert.equal(applyEvent(state, { type: "error", code: "signed_out" }).ownDay, null);
});

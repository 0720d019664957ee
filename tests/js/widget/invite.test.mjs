// Which pages give up the chat first, how long a no lasts, and what a waiting visitor is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isLowValue, isMuted } from "../../../static/widget/invite/invite.js";
import { reduce, START } from "../../../static/widget/panel/state.js";
import { newChat } from "../../../static/widget/talk/transcript.js";

test("a page is of low value when one of the patterns fits its path", () => {
  const patterns = ["/jobs/*", "/over"];
  for (const url of ["https://a.nl/jobs/x?b=1", "https://a.nl/over#team"]) assert.ok(isLowValue(patterns, url), url);
  for (const url of ["https://a.nl/", "https://a.nl/shoes/jobs/", "https://a.nl/over/ons"])
    assert.ok(!isLowValue(patterns, url), url);
  assert.ok(!isLowValue([], "https://a.nl/jobs/"));
});

test("a no holds until its date, and nothing readable is no no", () => {
  assert.ok(isMuted({ muted: 1001 }, 1000));
  for (const kept of [null, {}, { muted: 1000 }, { muted: "never" }, { token: "x" }]) assert.ok(!isMuted(kept, 1000));
});

test("each beat says how the wait stands, and a transfer names who helps now", () => {
  const state = { ...START, chat: newChat("c", "2026-11-21T13:00:00Z", 20) };
  const busy = reduce(state, { type: "beat", last_seq: 0, state: "waiting", wait: "busy" });
  assert.equal(busy.wait, "busy");
  assert.equal(reduce(busy, { type: "beat", last_seq: 0, state: "waiting", wait: "busy" }), busy);
  const line = { seq: 1, kind: "system", side: "system", at: "2026-11-21T13:00:05Z" };
  for (const code of ["transferred", "taken"]) {
    const message = { ...line, data: { code, name: "Bram" } };
    assert.equal(reduce(busy, { type: "message.posted", chat_id: "c", message }).chat.operator, "Bram");
  }
});

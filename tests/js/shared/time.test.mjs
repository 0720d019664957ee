// Time on a device whose clock is wrong, or is set while the page is open.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { makeClock, steady } from "../../../static/shared/time.js";

const NOW = Date.parse("2026-11-21T13:00:00Z");
const MINUTE = 60_000;
const rightNow = Date.now;

for (const wrong of [-10 * MINUTE, 11 * MINUTE]) {
  test(`a device's clock that is set by ${wrong / MINUTE} minutes moves neither pace nor server's time`, (t) => {
    const clock = makeClock();
    clock.set(new Date(NOW).toISOString());
    const before = steady();
    Date.now = () => rightNow() + wrong;
    t.after(() => (Date.now = rightNow));
    assert.ok(Math.abs(steady() - before) < MINUTE / 2);
    assert.ok(Math.abs(clock.now() - NOW) < MINUTE / 2);
    // An offer of 10 s that the server made at that moment.
    assert.ok(NOW + 10_000 - clock.now() <= 10_000);
    assert.ok(NOW + 10_000 + MINUTE / 2 - clock.now() > 0);
  });
}

// What a page keeps for days is kept by the calendar, and a style sheet's address needs no time at all.
const BY_CALENDAR = {
  "widget/ending/question.js": 1,
  "console/main.js": 1,
  "widget/invite/invite.js": 2,
  // Only how soon to ask again before the closing minute.
  "widget/loader.js": 1,
};

test("nothing that runs out is counted by the device's clock", () => {
  const root = new URL("../../../static/", import.meta.url);
  const found = {};
  for (const name of readdirSync(root, { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const uses = readFileSync(new URL(name, root), "utf8").match(/Date\.now\b/g) ?? [];
    if (uses.length) found[name] = uses.length;
  }
  assert.deepEqual(found, BY_CALENDAR);
});

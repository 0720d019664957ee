import assert from "node:assert/strict";
import { test } from "node:test";

import { temporary } from "../../../../static/console/rules/temporary.js";

const notice = (id, until) => ({ id, kind: "notice", data: { until } });

test("notices that haven't ended stand beside the chat, the first to end on top", () => {
  const texts = [
    notice("late", "2026-12-01T18:00:00+00:00"),
    notice("soon", "2026-12-01T15:00:00+00:00"),
    { id: "script", kind: "script", data: {} },
  ];
  const at = (iso) => temporary(texts, Date.parse(iso)).map((one) => one.id);
  assert.deepEqual(at("2026-12-01T14:59:59Z"), ["soon", "late"]);
  // No news is needed for the end.
  assert.deepEqual(at("2026-12-01T15:00:00Z"), ["late"]);
  assert.deepEqual(at("2026-12-01T18:00:00Z"), []);
});

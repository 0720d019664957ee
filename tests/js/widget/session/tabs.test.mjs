// What the tabs of one visitor share, and what outlives a page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { unreadOf } from "../../../../static/widget/panel/screen.js";
import { AT, desk, longChat, shelf, texts } from "./desk.mjs";

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

// A chat that ended: asked for, rated, put away.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { FakeSocket, lines } from "../../fake-line.mjs";
import { makeSession } from "../../../../static/widget/panel/session.js";
import { makeSocket } from "../../../../static/widget/panel/socket.js";
import { AT, CHAT, desk, shelf } from "./desk.mjs";

const CLOSED = {
  id: CHAT,
  state: "closed",
  last_seq: 1,
  arrived_at: AT,
  promise_seconds: 20,
  operator: null,
  operator_read: 0,
  visitor_read: 0,
  messages: [
    {
      seq: 1,
      kind: "system",
      side: "system",
      name: "",
      body: "",
      at: AT,
      client_id: null,
      data: { code: "closed", by: "operator" },
    },
  ],
  rating: null,
  transcripts: [],
};
const DAY = 86_400_000;

/**
 * What the first hello of a next visit asks for, on another page and this much later; a panel that opens says so first.
 */
function nextVisit(d, later, wasOpen = false) {
  const store = { local: d.store.local, tab: shelf() };
  store.tab.put({ open: wasOpen });
  const next = desk({ store });
  store.tab.put({ open: true });
  mock.timers.tick(later);
  next.open();
  return next.of("hello")[0].chat_id;
}

test("a chat that ended is asked for within a day, and not after it", () => {
  const d = desk();
  d.open(CLOSED);
  assert.equal(nextVisit(d, DAY - 1), CHAT);
  assert.equal(nextVisit(d, DAY), undefined);
});

test("rated, put away or begun anew, it isn't shown again", () => {
  const rated = desk();
  rated.open(CLOSED);
  rated.frame({ type: "chat.rated", chat_id: CHAT, good: true, words: "" });
  assert.equal(nextVisit(rated, 1000), undefined);
  assert.equal(nextVisit(rated, 1000, true), CHAT);
  const away = desk();
  away.open(CLOSED);
  away.session.rest();
  assert.equal(nextVisit(away, 1000), undefined);
  assert.equal(nextVisit(away, 1000, true), undefined);
  const anew = desk();
  anew.open(CLOSED);
  anew.session.fresh();
  assert.equal(nextVisit(anew, 1000), undefined);
});

test("a new chat has a new line, even after one that was closed for good", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse(AT) });
  globalThis.WebSocket = FakeSocket;
  const session = makeSession({
    connect: (on) => makeSocket("wss://balie.example/", on),
    store: { local: shelf(), tab: shelf() },
    page: () => ({}),
    pace: () => Date.now(),
    newId: () => "id",
    watched: () => true,
    hidden: () => false,
    changed: () => {},
  });
  session.start();
  lines.at(-1).accept();
  lines.at(-1).lose(4403);
  mock.timers.tick(60_000);
  assert.deepEqual([lines.length, session.state.net], [1, "refused"]);
  session.fresh();
  assert.deepEqual([lines.length, session.state.net], [2, "connecting"]);
  session.end();
});

test("a wish goes once per line, again over the next one, and a moment after busy", () => {
  const d = desk();
  d.open(CLOSED);
  d.session.wish({ type: "chat.rate", chat_id: CHAT, good: true, words: "" });
  d.say(2);
  assert.deepEqual(
    d.of("chat.rate").map((f) => f.client_id),
    ["id-1"],
  );
  d.lose();
  d.open(CLOSED);
  d.frame({ type: "error", client_id: "id-1", code: "busy" });
  assert.equal(d.of("chat.rate").length, 2);
  mock.timers.tick(1000);
  assert.deepEqual(
    d.of("chat.rate").map((f) => f.client_id),
    ["id-1", "id-1", "id-1"],
  );
  d.ack("id-1");
  d.lose();
  d.open(CLOSED);
  assert.equal(d.of("chat.rate").length, 3);
});

test("a panel that is put away with a rating under way keeps its line", () => {
  const d = desk();
  d.open(CLOSED);
  d.session.wish({ type: "chat.rate", chat_id: CHAT, good: true, words: "" });
  d.session.rest();
  assert.equal(d.line.up, true);
});

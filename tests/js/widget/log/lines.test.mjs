// The conversation as elements: each is made once, and says what stands where.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countAnew, counts } from "../../fake-page.mjs";
import { NOW, bubbles, done, draw, log, metas, mine, press, state, system, text } from "./page.mjs";

test("what is drawn twice is made once and changes nothing", () => {
  const messages = [mine(1), system(2, { code: "accepted", name: "Alice" }), text(3)];
  draw(messages);
  const before = [...log.node.childNodes];
  countAnew();
  draw(messages);
  assert.deepEqual([...log.node.childNodes], before);
  assert.equal(counts.changed, 0);
  const greeting = { id: "g", body: "Hoi", starts: ["Maat?"] };
  const fresh = () => log.render({ ...state([]), chat: null, greeting }, NOW);
  fresh();
  countAnew();
  fresh();
  assert.deepEqual({ ...counts }, { made: 0, changed: 0 }, "nor are the words to choose from");
});

test("a text that is fetched later stands between the ones that came before it", () => {
  draw([text(1), text(3)]);
  const [first, third] = log.node.querySelectorAll(".b");
  draw([text(1), text(2), text(3)]);
  assert.deepEqual(bubbles(), ["tekst 1", "tekst 2", "tekst 3"]);
  assert.deepEqual([log.node.querySelectorAll(".b")[0], log.node.querySelectorAll(".b")[2]], [first, third]);
});

test("a text that was taken back leaves its bubble, and its group when it was the last", () => {
  const pending = (clientId, status) => ({ clientId, body: clientId, status, reason: status && "too_long" });
  draw([text(1)], { outbox: [pending("a", "failed"), pending("b", "")] });
  assert.deepEqual(bubbles(), ["tekst 1", "a", "b"]);
  draw([text(1)], { outbox: [pending("b", "")] });
  assert.deepEqual(bubbles(), ["tekst 1", "b"]);
  assert.equal(log.node.querySelectorAll(".m").length, 2);
  draw([text(1)]);
  assert.equal(log.node.querySelectorAll(".m").length, 1);
});

test("a text of the visitor's says how far it came, and only a trouble asks for something", () => {
  const pending = (more) => ({ clientId: "x", body: "x", ...more });
  draw([mine(1), mine(2)], { chat: { operatorRead: 1 } });
  assert.deepEqual(metas(), ["received"]);
  draw([mine(1), mine(2)], { chat: { operatorRead: 2 } });
  assert.deepEqual(metas(), ["read"]);
  const one = (outbox, more) => {
    draw([], { ...more, outbox: [pending(outbox)] });
    const [node] = log.node.querySelectorAll(".b");
    const classes = ["b--sending", "b--fail"].filter((name) => node.classList.contains(name));
    return [metas()[0].trim(), ...classes, ...log.node.querySelectorAll(".meta--fail").map(() => "meta--fail")];
  };
  assert.deepEqual(one({}), ["busy", "b--sending"]);
  assert.equal(log.node.querySelectorAll(".vh").find((node) => node.textContent === "busy").localName, "span");
  assert.deepEqual(one({}, { net: "offline" }), ["busy", "b--sending"], "it may be back in a moment");
  assert.deepEqual(one({}, { attempts: 1 }), ["busy", "b--sending"]);
  assert.deepEqual(one({}, { net: "offline", attempts: 1 }), ["not_senttry_now", "b--fail", "meta--fail"]);
  assert.deepEqual(one({}, { net: "refused" }), ["not_senttry_now", "b--fail", "meta--fail"]);
  assert.deepEqual(one({ slow: true }), ["not_senttry_now", "b--fail", "meta--fail"]);
  assert.deepEqual(one({ status: "failed", reason: "too_long" }), ["refused_longchange", "b--fail", "meta--fail"]);
  assert.deepEqual(one({ status: "failed", reason: "bad_text" }), ["refused_textchange", "b--fail", "meta--fail"]);
  assert.deepEqual(one({ status: "failed", reason: "chat_closed" }), ["refused_over", "b--fail", "meta--fail"]);
  for (const reason of ["too_many", "too_fast"]) {
    assert.deepEqual(one({ status: "failed", reason }), ["refused_oftentry_now", "b--fail", "meta--fail"]);
  }
  press("try_now");
  one({ status: "failed", reason: "too_long" });
  press("change");
  assert.deepEqual(done, [
    ["retry", "x"],
    ["drop", "x"],
  ]);
  assert.deepEqual(one({}), ["busy", "b--sending"], "and it is on its way again");
});

test("a text in trouble stands alone", () => {
  const pending = (clientId, more) => ({ clientId, body: clientId, ...more });
  const groups = () =>
    log.node.querySelectorAll(".m").map((node) => node.querySelectorAll(".b").map((one) => one.textContent));
  draw([mine(1)], {
    outbox: [
      pending("a"),
      pending("b", { slow: true }),
      pending("c", { status: "failed" }),
      pending("d"),
      pending("e"),
    ],
  });
  assert.deepEqual(groups(), [["tekst 1"], ["a"], ["b"], ["c"], ["d", "e"]]);
});

test("an operator's texts bear a name and a time, the company's own only its name", () => {
  draw([text(1), text(2, { name: "Bob" }), text(3, { kind: "auto", name: "" })]);
  assert.deepEqual(metas(), ["Alice · 12:59", "Bob · 12:59", "Acme"]);
});

test("what happened is a line by itself, in the same element when its words change", () => {
  const told = (data, chat) => {
    draw([mine(1), system(2, data)], { chat });
    return log.node.querySelectorAll(".sys").map((node) => node.textContent);
  };
  assert.deepEqual(told({ code: "accepted", name: "Alice" }), ["Alice helps Acme"]);
  const [node] = log.node.querySelectorAll(".sys");
  assert.deepEqual(told({ code: "transferred", name: "Bob" }), ["takes_over transferred Bob"]);
  assert.equal(log.node.querySelectorAll(".sys")[0], node);
  assert.deepEqual(told({ code: "taken", name: "Bob" }), ["takes_over taken Bob"]);
  assert.deepEqual(told({ code: "requeued" }), [], "nobody had answered yet");
  draw([mine(1), text(2), system(3, { code: "requeued" })]);
  assert.deepEqual(
    log.node.querySelectorAll(".sys").map((node) => node.textContent),
    ["colleague"],
  );
  assert.deepEqual(told({ code: "closed", by: "operator" }), ["Alice finished"]);
  assert.deepEqual(told({ code: "closed", by: "operator" }, { operator: null }), ["over"]);
  assert.deepEqual(told({ code: "closed", by: "idle" }), ["closed_idle"]);
  assert.deepEqual(told({ code: "something new" }), []);
});

test("the day stands above the first text, today without its date", () => {
  const day = () => log.node.querySelectorAll(".day").map((node) => node.textContent);
  draw([]);
  assert.deepEqual(day(), []);
  draw([text(1)]);
  assert.deepEqual(day(), ["today 12:59"]);
  draw([text(1, { at: "2026-11-21T08:30:00Z" })]);
  assert.deepEqual(day(), ["2026-11-21, 08:30"]);
});

test("the first words to choose from are there until something is said", () => {
  const greeting = { id: "g", body: "Hoi", starts: ["Maat?", "Retour?"] };
  const starts = () =>
    log.node.querySelectorAll(".starts").flatMap((node) => node.children.map((one) => one.textContent));
  const fresh = (more = {}) => log.render({ ...state([]), chat: null, greeting, ...more }, NOW);
  fresh();
  assert.deepEqual([bubbles(), starts()], [["Hoi"], ["Maat?", "Retour?"]]);
  press("Retour?");
  assert.deepEqual(done, [["post", "Retour?"]]);
  fresh({ greeting: { id: "h", body: "Dag", starts: ["Anders?"] } });
  assert.deepEqual(starts(), ["Anders?"]);
  fresh({ greeting: { id: "k", body: "Dag", starts: [] } });
  assert.deepEqual(starts(), []);
  fresh({ outbox: [{ clientId: "a", body: "Maat?" }] });
  assert.deepEqual(starts(), []);
  draw([mine(1)], { greeting });
  assert.deepEqual(starts(), []);
});

test("who types is named, or else the one who has the chat", () => {
  const typing = () => log.node.querySelectorAll(".typing").map((node) => node.textContent);
  draw([text(1)]);
  assert.deepEqual(typing(), []);
  draw([text(1)], { typing: { name: "Bob" } });
  assert.deepEqual(typing(), ["typing Bob"]);
  draw([text(1)], { typing: {} });
  assert.deepEqual(typing(), ["typing Alice"]);
});

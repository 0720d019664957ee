// Rules of the pool's parts of the screen: the transfer's list, the floor's order and words, shifts, what changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byPromise, byState, isFree, stateKey, waitOf, whyKey } from "../../../static/console/rules/floor.js";
import { fold, isChange } from "../../../static/console/rules/reading.js";
import { breakOf, BREAKS, drainOf } from "../../../static/console/rules/shift.js";
import { choices, firstOpen, frameOf, reasonKey } from "../../../static/console/rules/transfer.js";
import { CATALOGUES } from "../../../static/console/words.js";

const { nl } = CATALOGUES;
const NOON = Date.parse("2026-11-21T12:00:00Z");
const iso = (seconds) => new Date(NOON + seconds * 1000).toISOString();

const person = (name, facts = {}) => ({ id: name, name, used: 1, capacity: 6, refused: "", ...facts });
const words = { anyone: "Iemand anders die Acme kent", languageOf: (code) => `Iemand die ${code} spreekt` };
const labels = (lines) => lines.map((line) => line.label);
const options = {
  people: [
    person("Ilse", { refused: "away" }),
    person("Bram", { used: 2 }),
    person("Özgür", { used: 1, capacity: 3 }),
    person("Fatima", { refused: "full", used: 3, capacity: 3 }),
    person("Anne de Wit"),
  ],
  languages: ["de"],
};

test("anybody first, then who has most room, then languages, and last who can't be asked", () => {
  assert.deepEqual(labels(choices(options, "", words)), [
    "Iemand anders die Acme kent",
    "Anne de Wit",
    "Bram",
    "Özgür",
    "Iemand die de spreekt",
    "Fatima",
    "Ilse",
  ]);
});

test("who can't be asked stands by why, soonest free first; a reason of a newer server last", () => {
  const reasons = ["something", "language", "away", "paused", "draining", "full"];
  const people = reasons.map((refused) => person(refused, { refused }));
  assert.deepEqual(labels(choices({ people, languages: [] }, "", words)), reasons.toReversed());
});

test("letters find the start of any word, whatever the accents", () => {
  assert.deepEqual(labels(choices(options, "oz", words)), ["Özgür"]);
  assert.deepEqual(labels(choices(options, "wit", words)), ["Anne de Wit"]);
  assert.deepEqual(labels(choices(options, "ram", words)), []);
  assert.deepEqual(labels(choices(options, " IL ", words)), ["Ilse"]);
});

test("who looks for everybody finds anybody", () => {
  for (const [language, query] of [
    ["nl", "ieder"],
    ["nl", "iemand"],
    ["en", "every"],
    ["en", "anyb"],
  ]) {
    const { "transfer.any": anyone, "transfer.any.also": anyoneToo } = CATALOGUES[language];
    assert.deepEqual(
      choices(options, query, { ...words, anyone, anyoneToo }).filter((one) => one.to === "any").length,
      1,
      query,
    );
  }
});

test("with nobody to ask there is no 'anybody'; before the answer there is nothing", () => {
  const alone = { people: [person("Ilse", { refused: "away" })], languages: [] };
  assert.deepEqual(labels(choices(alone, "", words)), ["Ilse"]);
  assert.deepEqual(choices(undefined, "", words), []);
});

test("the choice begins at the first who can be asked", () => {
  const found = choices(options, "", words);
  assert.equal(firstOpen(found), 0);
  assert.equal(firstOpen(found.filter((line) => line.refused)), 0);
  assert.equal(firstOpen([{ refused: "away" }, { refused: "" }]), 1);
});

test("a choice says as much as the wire wants to know", () => {
  const [any, anne, , , german] = choices(options, "", words);
  assert.deepEqual(frameOf(any, ""), { to: "any" });
  assert.deepEqual(frameOf(anne, " Wil maat 39 "), { to: "person", operator_id: "Anne de Wit", note: "Wil maat 39" });
  assert.deepEqual(frameOf(german, "  "), { to: "language", language: "de" });
});

test("every reason has words, also one of a newer server", () => {
  for (const reason of ["away", "paused", "draining", "full", "language", "something"])
    assert.ok(nl[reasonKey(reason)], reason);
  for (const why of ["nobody", "away", "full", "language", "soon", "something"])
    assert.ok(nl[whyKey({ state: "waiting", why })], why);
  for (const state of ["free", "full", "paused", "draining", "something"]) assert.ok(nl[stateKey(state)], state);
  for (const reason of BREAKS) assert.ok(nl[`pause.${reason}`], reason);
  assert.equal(whyKey({ state: "offered", why: "" }), "floor.why.offered");
  assert.equal(breakOf("siesta"), "pause");
});

const waits = (chat_id, ago, facts = {}) => ({
  chat_id,
  arrived_at: iso(-ago),
  promise_seconds: 20,
  called: false,
  ...facts,
});

test("on the floor calls stand first, then who has least time left on their own promise", () => {
  const chats = [
    waits("long", 30, { promise_seconds: 60 }),
    waits("b", 15),
    waits("a", 15),
    waits("called", 1, { called: true }),
  ];
  assert.deepEqual(
    byPromise(chats).map((chat) => chat.chat_id),
    ["called", "a", "b", "long"],
  );
});

test("what rings at somebody only a lead who is called to it can take", () => {
  assert.ok(isFree({ state: "waiting", called: false }, false));
  assert.ok(!isFree({ state: "offered", called: false }, true));
  assert.ok(!isFree({ state: "offered", called: true }, false));
  assert.ok(isFree({ state: "offered", called: true }, true));
});

test("a wait counts up from the arrival and never below zero", () => {
  assert.deepEqual(waitOf(waits("a", 15), NOON), { waited: 15, left: 5, share: 0.75 });
  assert.equal(waitOf(waits("a", -3), NOON).waited, 0);
});

test("colleagues who can take a chat stand first", () => {
  const people = [
    ["Tim", "draining"],
    ["Bo", "paused"],
    ["Zoë", "free"],
    ["Ad", "full"],
    ["Bram", "free"],
  ].map(([name, state]) => ({ name, state }));
  assert.deepEqual(
    byState(people).map((one) => one.name),
    ["Bram", "Zoë", "Ad", "Bo", "Tim"],
  );
});

const seat = (facts) => ({ draining: true, drain_reason: "shift", shift_ends_at: iso(1190), ...facts });

test("a drain says why, and how long the shift still is", () => {
  assert.deepEqual(drainOf(seat(), NOON), { kind: "shift", minutes: 20 });
  assert.deepEqual(drainOf(seat({ shift_ends_at: iso(59) }), NOON), { kind: "shift", minutes: 1 });
  assert.deepEqual(drainOf(seat({ drain_reason: "own" }), NOON).kind, "own");
  assert.deepEqual(drainOf(seat({ drain_reason: "manager", shift_ends_at: null }), NOON).kind, "manager");
  assert.deepEqual(drainOf(seat({ drain_reason: "own", shift_ends_at: iso(0) }), NOON).kind, "ended");
  assert.equal(drainOf(seat({ draining: false }), NOON), null);
  assert.equal(drainOf(null, NOON), null);
});

const same = (text) => ({ kind: "same", text });
const LONG = "een\ntwee\ndrie\nvier\nvijf\nzes\nzeven\n";

test("long unchanged stretches fold away, two lines on either side of a change stay", () => {
  const parts = [same(LONG), { kind: "added", text: "nieuw\n" }, same(LONG)];
  assert.deepEqual(
    fold(parts).map(({ kind, text, lines }) => [kind, text, lines]),
    [
      ["fold", "een\ntwee\ndrie\nvier\nvijf", 5],
      ["same", "zes\nzeven\n", undefined],
      ["added", "nieuw\n", undefined],
      ["same", "een\ntwee\n", undefined],
      ["fold", "drie\nvier\nvijf\nzes\nzeven\n", 5],
    ],
  );
});

test("what is short stays whole, and nothing gets lost", () => {
  const parts = [same("een\ntwee\n"), { kind: "removed", text: "weg" }, same("drie\nvier\n")];
  assert.deepEqual(fold(parts), parts);
});

test("a first reading and a version without changes are texts to read, not changes", () => {
  const parts = [{ kind: "added", text: "alles" }];
  assert.ok(isChange({ from_major: 2, parts }));
  assert.ok(!isChange({ from_major: 0, parts }));
  assert.ok(!isChange({ from_major: 2, parts: [same("alles")] }));
});

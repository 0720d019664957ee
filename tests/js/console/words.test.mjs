// Words and keys: both languages say everything, and nothing is asked for that has no words.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  askedFor,
  filled,
  gaps,
  matching,
  pieces,
  repliesIn,
  valuesFor,
} from "../../../static/console/rules/canned.js";
import { actionFor, KEYS, label, OUTCOMES, outcomeFor, PLACE_KEYS } from "../../../static/console/rules/keys.js";
import { CATALOGUES, languageOf, wordsIn } from "../../../static/console/words.js";

const { nl, en } = CATALOGUES;
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("both languages have the same keys with the same holes", () => {
  assert.deepEqual(Object.keys(en), Object.keys(nl));
  for (const key of Object.keys(nl)) assert.deepEqual(holes(en[key]), holes(nl[key]), key);
});

test("no word is empty and none shouts", () => {
  for (const text of [...Object.values(nl), ...Object.values(en)]) {
    assert.ok(text.trim());
    // "(!)" in the tab's title is a sign, not a voice.
    assert.ok(!text.replace("(!)", "").includes("!"), text);
  }
});

test("every key that the code names has words, and every word is used", () => {
  const folder = new URL("../../../static/console/", import.meta.url);
  const files = readdirSync(folder, { recursive: true }).filter(
    (name) => name.endsWith(".js") && !name.startsWith("words"),
  );
  const code = files.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const named = [...code.matchAll(/say\(\s*"([\w.]+)"/g)].map((match) => match[1]);
  for (const key of named) assert.ok(nl[key], key);
  const stems = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1]);
  for (const key of Object.keys(nl)) {
    const used = code.includes(`"${key}"`) || stems.some((stem) => key.startsWith(stem));
    assert.ok(used, `nobody says ${key}`);
  }
});

test("an unknown key is a mistake; an unknown language is Dutch", () => {
  assert.throws(() => wordsIn("nl")("nonsense"));
  assert.equal(languageOf("en-GB"), "en");
  assert.equal(languageOf("fr"), "nl");
  assert.equal(wordsIn("en")("offer.left", { n: 7 }), "7 s left");
});

const press = (code, facts = {}) => ({
  code,
  altKey: true,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  getModifierState: () => false,
  ...facts,
});

test("each key does one thing, and every one has words", () => {
  const seen = new Set(KEYS.map((key) => `${key.shift ? "shift " : ""}${key.code}`));
  assert.equal(seen.size, KEYS.length);
  for (const key of KEYS.filter((one) => one.code !== "Digit")) {
    assert.deepEqual(actionFor(press(key.code, { shiftKey: Boolean(key.shift) })), { id: key.id });
  }
  for (const { id } of [...KEYS, ...PLACE_KEYS]) assert.ok(nl[`keys.${id}`], id);
});

test("keys of the browser's menus and of other alphabets stay theirs", () => {
  for (const code of ["KeyD", "KeyE", "KeyF", "KeyS", "KeyB", "KeyV", "KeyT", "KeyH"])
    assert.equal(actionFor(press(code)), null);
  assert.equal(actionFor(press("KeyA", { ctrlKey: true })), null);
  assert.equal(actionFor(press("KeyA", { getModifierState: (name) => name === "AltGraph" })), null);
  assert.equal(actionFor(press("KeyA", { altKey: false })), null);
});

test("Alt with a digit is the nth chat; a digit alone is an outcome", () => {
  assert.deepEqual(actionFor(press("Digit3")), { id: "nth", n: 3 });
  assert.equal(outcomeFor(press("Digit9", { altKey: false })), "spam");
  assert.equal(outcomeFor(press("Numpad1", { altKey: false })), "resolved");
  assert.equal(outcomeFor(press("Digit7", { altKey: false })), null);
  assert.equal(outcomeFor(press("Digit1")), null);
  for (const { outcome } of OUTCOMES) assert.ok(nl[`wrap.${outcome}`], outcome);
});

test("a Mac shows its own keys", () => {
  assert.equal(label("decline", false), "Alt Shift A");
  assert.equal(label("decline", true), "⌥ ⇧ A");
});

test("a key of a place is written as it is pressed", () => {
  for (const { id, shown } of PLACE_KEYS) assert.equal(label(id), shown);
  assert.ok(askedFor(label("canned"), 1));
});

test("a slash asks for a canned reply at the start of a word only", () => {
  assert.deepEqual(askedFor("Neem /maa", 9), { query: "maa", from: 5 });
  assert.deepEqual(askedFor("/", 1), { query: "", from: 0 });
  assert.equal(askedFor("1/2", 3), null);
  assert.equal(askedFor("https://acme", 12), null);
  assert.equal(askedFor("/maat en", 8), null);
});

test("replies come in the chat's language, shortcut before title", () => {
  const reply = (key, title, language = "nl") => ({ kind: "canned", key, title, language });
  const texts = [
    reply("ruil", "Verkeerde maat"),
    reply("maat", "Kiezen"),
    reply("size", "Size", "en"),
    { kind: "script" },
  ];
  assert.deepEqual(
    matching(repliesIn(texts, "nl"), "maat").map((one) => one.key),
    ["maat", "ruil"],
  );
  assert.deepEqual(
    repliesIn(texts, "en").map((one) => one.key),
    ["size"],
  );
  assert.equal(repliesIn(texts, "de").length, 3);
});

test("known variables are filled, unknown ones stay and are told", () => {
  const values = valuesFor({ visitor: "", operator: "Alice", company: "Acme" });
  const text = filled("Dag {naam}, {operator} van {bedrijf}", values);
  assert.equal(text, "Dag {naam}, Alice van Acme");
  assert.deepEqual(gaps(text), [{ start: 4, end: 10, name: "naam" }]);
  assert.deepEqual(pieces("{naam}!", values), [{ text: "{naam}", filled: false }, { text: "!" }]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { clean, cut, initial, isEmpty, isWebLink, lengthOf, linkParts } from "../../../static/shared/text.js";

const table = (name) => JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url)));
const { empty, kept, titles, initial: initials } = table("invisible");

for (const text of empty) test(`nobody can see ${JSON.stringify(text)}`, () => assert.ok(isEmpty(clean(text))));

for (const text of kept) {
  test(`joiners are kept to the letter in ${text}`, () => {
    assert.equal(clean(text), text);
    assert.ok(!isEmpty(text));
  });
}

for (const { in: title, out } of titles) {
  test(`the title ${out}`, () => assert.equal(cut(clean(title), 300), out));
}

for (const { name, in: allowed } of initials) {
  test(`the initial of ${name}`, () => assert.ok(allowed.includes(initial(name))));
}

for (const { text, links } of table("links").cases) {
  test(`links of ${text}`, () => {
    const parts = linkParts(text);
    assert.deepEqual(
      parts.filter((part) => part.href).map((part) => part.href),
      links,
    );
    assert.equal(parts.map((part) => part.text).join(""), text);
  });
}

test("a text is sent composed, without what the server must refuse", () => {
  assert.equal(clean("  cre\u0300me\r\nb\rc\0 \u2028d\x85"), "crème\nb\nc \nd");
  assert.equal(clean("a\ud800b"), "a\ufffdb");
  assert.equal(clean("👋"), "👋");
});

test("length is counted in characters, as the server does", () => assert.equal(lengthOf("a👋é"), 3));

test("a cut never halves what a reader takes for one character", () => {
  assert.equal(cut("ab 👨‍👩‍👧!", 8), "ab 👨‍👩‍👧");
  assert.equal(cut("ab 👨‍👩‍👧!", 7), "ab ");
  assert.equal(cut("🇳🇱🇧🇪", 3), "🇳🇱");
  assert.equal(cut(`a${"\u0301".repeat(500)}`, 300).length, 300);
});

test("without a segmenter a pair of surrogates still stays whole", () => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  try {
    assert.equal(cut("a👋b", 2), "a👋");
    assert.equal(initial("👋 jan"), "👋");
  } finally {
    Intl.Segmenter = Segmenter;
  }
});

test("a whole address of the web is a link, and nothing else", () => {
  assert.ok(isWebLink("https://shop.example/a."));
  for (const url of [
    "",
    "www.shop.example",
    "https://jan@shop.example",
    "https://a.nl/\u202e",
    "javascript:1",
    "https://a.nl b",
  ]) {
    assert.ok(!isWebLink(url), url);
  }
});

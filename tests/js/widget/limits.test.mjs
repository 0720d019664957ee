// The widget goes by the limits of its site's config, and has none of its own.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { makePage } from "../fake-page.mjs";

const LIMITS = { text: 6000, rating: 500, remind: 180, idle: 480, again: 1200 };
makePage({});
globalThis.matchMedia = () => ({ matches: false });
const { limitsIn, wordsOf } = await import("../../../static/widget/panel/panel.js");
const { problemsOf } = await import("../../../static/widget/ending/question.js");
const { makeEnding } = await import("../../../static/widget/ending/ending.js");
const { makeComposer } = await import("../../../static/widget/talk/writing.js");
const WORDS = {};
for (const language of ["nl", "en", "de", "fr"]) {
  WORDS[language] = (await import(`../../../static/widget/words/${language}.js`)).default;
}

for (const [language, figures] of Object.entries({ nl: "6.000", en: "6,000", de: "6.000", fr: "6\u202f000" })) {
  test(`words in ${language} name the server's numbers`, () => {
    for (const tone of ["je", "u"]) {
      const t = wordsOf(WORDS[language], tone, limitsIn(language, LIMITS));
      assert.ok(t("refused_long").includes(figures), t("refused_long"));
      assert.match(t("refused_often"), /\b20\b/);
      assert.match(t("sys_reminder"), /\b5\b/);
      assert.match(t("closed_idle"), /\b8\b/);
    }
  });
}

const t = wordsOf(WORDS.nl, "je", limitsIn("nl", LIMITS));
const act = { draft() {}, post: (body) => posted.push(body) };
let posted = [];
afterEach(() => (posted = []));

function compose(length, text) {
  const composer = makeComposer({ t, act, config: { limits: { ...LIMITS, text } } });
  const [left, form] = composer.nodes;
  composer.render({ draft: "x".repeat(length), outbox: [] });
  form.send("submit");
  return [left.hidden ? "" : left.textContent, posted.length];
}

test("a text is too long for the composer when it is for the server", () => {
  assert.deepEqual(compose(299, 500), ["", 1]);
  assert.deepEqual(compose(300, 500), ["Nog 200 tekens", 2]);
  assert.deepEqual(compose(500, 500), ["Nog 0 tekens", 3]);
  assert.deepEqual(compose(502, 500), ["2 tekens te veel", 3]);
  assert.deepEqual(compose(502, 6000), ["", 4]);
});

test("a question is as long as the server lets it be", () => {
  const asked = (length) => problemsOf("mail", { body: "x".repeat(length), email: "a@b.example", phone: "" }, 500);
  assert.deepEqual(asked(500), []);
  assert.deepEqual(asked(501), [["body", "refused_long"]]);
});

test("what is said with a rating has the server's length", () => {
  const say = (words) => wordsOf(words, "je", {});
  const ending = makeEnding({ t, say, language: "nl", config: { limits: LIMITS }, dress() {}, act });
  const node = ending.screen(document.createElement("p"), { chat: { state: "closed" } });
  assert.equal(node.querySelectorAll("textarea")[0].attributes.maxlength, "500");
});

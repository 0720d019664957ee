// The widget goes by the limits of its site's config, and has none of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage } from "../fake-page.mjs";

const LIMITS = { text: 6000, rating: 500, remind: 180, idle: 480, again: 1200 };
makePage({});
const { limitsIn, wordsOf } = await import("../../../static/widget/panel/panel.js");
const { problemsOf } = await import("../../../static/widget/ending/question.js");
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

test("a question is as long as the server lets it be", () => {
  const asked = (length) => problemsOf("mail", { body: "x".repeat(length), email: "a@b.example", phone: "" }, 500);
  assert.deepEqual(asked(500), []);
  assert.deepEqual(asked(501), [["body", "refused_long"]]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isoDay, problemsOf } from "../../../static/widget/ending/question.js";
import { groupLines, linesOf } from "../../../static/widget/talk/log.js";
import { isLeft, promiseOf, whenWords } from "../../../static/widget/talk/wait.js";
import { backoff } from "../../../static/widget/panel/socket.js";
import { makeShelf } from "../../../static/widget/device.js";
import { START } from "../../../static/widget/panel/state.js";
import { chooseGreeting, matches } from "../../../static/widget/invite/targeting.js";
import { netWords } from "../../../static/widget/panel/view.js";
import { wordsOf } from "../../../static/widget/panel/panel.js";
import { roomWords } from "../../../static/widget/talk/writing.js";

const parity = JSON.parse(readFileSync(new URL("../../parity/greetings.json", import.meta.url)));

for (const { why, url, greeting } of parity.cases) {
  test(`greeting: ${why}`, () => assert.equal(chooseGreeting(parity.greetings, { url })?.id, greeting));
}

for (const { pattern, path, match } of parity.matches) {
  test(`pattern ${pattern} and ${path || "nothing"}`, () => assert.equal(matches(pattern, path), match));
}

test("the form says what is missing, first field first", () => {
  const form = (kind, values) => problemsOf(kind, { body: "v", email: "", phone: "", name: "", ...values });
  assert.deepEqual(form("mail", { email: "marieke@voorbeeld" }), [["email", "email_end"]]);
  assert.deepEqual(form("mail", { email: "marieke" }), [["email", "email_at"]]);
  assert.deepEqual(form("mail", { email: "marieke@voorbeeld.nl" }), []);
  assert.deepEqual(form("mail", { phone: "06 12 34 56 78" }), []);
  assert.deepEqual(form("mail", {}), [["email", "need_address"]]);
  assert.deepEqual(form("nobody", { body: "" }), [
    ["body", "need_question"],
    ["email", "need_address"],
  ]);
  assert.deepEqual(form("call", { body: "" }), [["phone", "need_phone"]]);
  assert.deepEqual(form("call", { phone: "112" }), [["phone", "phone_short"]]);
});

const languages = {};
for (const language of ["nl", "en", "de", "fr"]) {
  languages[language] = (await import(`../../../static/widget/words/${language}.js`)).default;
}
const slots = (text) =>
  [...text.matchAll(/\{\w+\}/g)]
    .map(([slot]) => slot)
    .sort()
    .join();

for (const [language, words] of Object.entries(languages)) {
  test(`${language} has every word, in both tones, with the same blanks`, () => {
    assert.deepEqual(Object.keys(words), Object.keys(languages.nl));
    for (const [key, entry] of Object.entries(words)) {
      const forms = typeof entry === "string" ? [entry] : entry;
      assert.ok(forms.length === 1 || forms.length === 2, key);
      for (const form of forms) {
        assert.ok(form.trim(), `${language} ${key} is empty`);
        const nl = typeof languages.nl[key] === "string" ? languages.nl[key] : languages.nl[key][0];
        assert.equal(slots(form), slots(nl), `${language} ${key}`);
      }
      if (forms.length === 2) assert.notEqual(forms[0], forms[1], `${language} ${key}: a pair that doesn't differ`);
    }
  });
}

test("formal words never say je or du or tu, familiar ones never u, Sie or vous", () => {
  const word = (list, flags = "iu") => new RegExp(`(?<!\\p{L})(${list})(?!\\p{L})`, flags);
  const formal = { nl: word("je|jij|jouw"), de: word("du|deine?|dir|dich"), fr: word("tu|ton|ta|tes|toi|t’\\p{L}+") };
  const familiar = { nl: word("u|uw"), de: word("Sie|Ihre?|Ihnen", "u"), fr: word("vous|votre|vos") };
  for (const language of ["nl", "de", "fr"]) {
    for (const [key, entry] of Object.entries(languages[language])) {
      const [je, u] = typeof entry === "string" ? [entry, entry] : entry;
      // "Sie" also begins a sentence about a number or a person.
      if (key !== "phone_short") assert.doesNotMatch(je, familiar[language], `${language} ${key}`);
      assert.doesNotMatch(u, formal[language], `${language} ${key}`);
    }
  }
});

test("every word is used, and every used word exists", () => {
  const folder = new URL("../../../static/widget/", import.meta.url);
  const files = [
    "talk/writing",
    "ending/question",
    "talk/log",
    "talk/wait",
    "panel/view",
    "panel/panel",
    "panel/head",
    "invite/peek",
  ];
  const source = files.map((name) => readFileSync(new URL(`${name}.js`, folder), "utf8")).join("\n");
  for (const key of Object.keys(languages.nl)) assert.match(source, new RegExp(`\\b${key}\\b`), key);
  for (const [, key] of source.matchAll(/\bt\("(\w+)"/g)) assert.ok(languages.nl[key], key);
});

test("one character is one character", () => {
  const say = (over) => roomWords(over, wordsOf(languages.nl, "je"));
  assert.deepEqual([-2, -1, 0, 1, 2].map(say), [
    "Nog 2 tekens",
    "Nog 1 teken",
    "Nog 0 tekens",
    "1 teken te veel",
    "2 tekens te veel",
  ]);
});

test("blanks are filled with text, never read as a pattern", () => {
  const t = wordsOf({ a: ["{name} helpt je", "{name} helpt u"] }, "u");
  assert.equal(t("a", { name: "$& {name}" }), "$& {name} helpt u");
});

const t = wordsOf(languages.nl, "je");
const at = (text) => Date.parse(text);
const waiting = { state: "waiting", arrivedAt: "2026-11-21T13:00:00Z", promise: 20, messages: [] };

test("the promise counts down on the server's clock and is honest when it is over", () => {
  assert.deepEqual(promiseOf(waiting, at("2026-11-21T13:00:11Z")), { left: 9, passed: 11, share: 0.55, late: false });
  assert.equal(promiseOf(waiting, at("2026-11-21T12:59:58Z")).left, 20);
  assert.deepEqual(promiseOf(waiting, at("2026-11-21T13:00:31Z")), { left: 0, passed: 31, share: 1, late: true });
});

test("a greeting doesn't stop the promise, a person's text does", () => {
  const withKind = (kind) => ({ ...waiting, messages: [{ seq: 1, kind, side: "operator" }] });
  assert.ok(promiseOf(withKind("auto"), at("2026-11-21T13:00:05Z")));
  assert.equal(promiseOf(withKind("text"), at("2026-11-21T13:00:05Z")), null);
});

test("a conversation that nobody takes over gets its ways out", () => {
  const lost = { ...waiting, lostAt: at("2026-11-21T13:10:00Z") };
  assert.equal(isLeft(lost, at("2026-11-21T13:10:19Z")), false);
  assert.equal(isLeft(lost, at("2026-11-21T13:10:21Z")), true);
  assert.equal(isLeft({ ...lost, state: "open" }, at("2026-11-21T13:10:21Z")), false);
  assert.equal(isLeft(waiting, at("2026-11-21T13:10:21Z")), false);
});

test("opening times are told by the day", () => {
  const words = { t, time: () => "07:00", weekday: () => "maandag", date: () => "za 5 dec" };
  const now = new Date(2026, 10, 21, 23, 30).getTime();
  const when = (day) => whenWords(words, new Date(2026, 10, day, 7).getTime(), now);
  assert.deepEqual(
    [when(21), when(22), when(23), when(35)],
    ["om 07:00", "morgen om 07:00", "maandag om 07:00", "za 5 dec om 07:00"],
  );
});

test("the connection bar waits for a second failure, then counts", () => {
  const words = (attempts, net = "offline") => netWords({ net, attempts, retryAt: 3000 }, 0, t);
  assert.equal(words(1), null);
  assert.equal(words(2), "Geen verbinding. Opnieuw over 3 seconden.");
  assert.equal(words(2, "connecting"), "Geen verbinding. We proberen het nu.");
  assert.equal(words(4, "online"), null);
  assert.equal(words(0, "refused"), "Op deze pagina kan de chat niet openen.");
});

test("tries come from half a second to ten, never all at once", () => {
  assert.deepEqual(
    [1, 2, 3, 5, 6, 50].map((n) => backoff(n, 0)),
    [500, 1000, 2000, 8000, 10000, 10000],
  );
  assert.equal(backoff(6, 1), 6000);
});

test("without storage the shelf keeps things in memory", () => {
  const shelf = makeShelf("k", () => {
    throw new Error("denied");
  });
  shelf.put({ token: "t" });
  shelf.put({ live: true });
  assert.deepEqual(shelf.fresh(), { token: "t", live: true });
});

test("a shelf that somebody spoiled is an empty one", () => {
  for (const spoiled of ["{", "null", "7", '"x"']) {
    assert.deepEqual(makeShelf("k", () => ({ getItem: () => spoiled })).get(), {});
  }
});

test("texts of one side stand together; one in trouble stands alone", () => {
  const message = (seq, extra) => ({
    seq,
    kind: "text",
    side: "visitor",
    name: "",
    body: "x",
    at: "2026-11-21T13:00:00Z",
    client_id: `c${seq}`,
    ...extra,
  });
  const alice = { side: "operator", name: "Alice", client_id: null };
  const chat = {
    ...waiting,
    operatorRead: 1,
    messages: [message(1), message(2), message(3, alice), message(4, alice)],
  };
  const outbox = [{ clientId: "d1", body: "weg", status: "queued", slow: false }];
  const state = { ...START, net: "offline", attempts: 1, chat, outbox };
  const groups = groupLines(linesOf(state, { t, config: { name: "Acme" } }));
  assert.deepEqual(
    groups.map((g) => g.map((l) => l.status)),
    [["read", "received"], ["", ""], ["unsent"]],
  );
});

test("a day to be called on is the device's own, with two digits for each part", () => {
  assert.equal(isoDay(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
  assert.equal(isoDay(new Date(2026, 11, 31)), "2026-12-31");
});

// The page after a session or a right ended: one way on, and the right one of the two.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { makePage } from "../fake-page.mjs";

const ALICE = "00000000-0000-4000-8000-00000000d001";
const LOGIN = "/accounts/login/?next=/console/";
const body = makePage({ operator: ALICE });
const kept = new Map();
globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem() {}, removeItem() {} };
let reloads = 0;
let asked = [];
globalThis.location = { href: "http://localhost/console/", reload: () => (reloads += 1) };

const { h, options, render } = await import("preact");
Object.assign(options, { requestAnimationFrame: setImmediate, debounceRendering: setImmediate });
const { Over } = await import("../../../static/console/views/over.js");
const { wordsIn } = await import("../../../static/console/words.js");
const say = wordsIn("nl");

// What the server answers to the page's own address: as to somebody signed in, a redirect to the login page, or not at
// all.
const ANSWERS = {
  in: () => Promise.resolve({ ok: true }),
  out: () => Promise.resolve({ ok: false, type: "opaqueredirect", status: 0 }),
  away: () => Promise.reject(new TypeError("no line")),
};
const settled = async () => {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((done) => setImmediate(done));
};
const find = (selector) => body.querySelectorAll(selector);

async function show(answer) {
  globalThis.fetch = (address, how) => {
    asked.push([address, how]);
    return ANSWERS[answer]();
  };
  render(h(Over, { login: LOGIN }), body);
  await settled();
}

beforeEach(() => {
  kept.clear();
  asked = [];
  reloads = 0;
});
afterEach(() => render(null, body));

test("a revocation leaves the session: a reload is enough, and no word says to sign in", async () => {
  await show("in");
  assert.deepEqual(asked, [["http://localhost/console/", { redirect: "manual", cache: "no-store" }]]);
  assert.equal(find("h1")[0].textContent, say("over.changed.title"));
  assert.ok(body.textContent.includes(say("over.changed.why")));
  assert.deepEqual([find("a").length, find("button").map((one) => one.textContent)], [0, [say("over.reload")]]);
  assert.doesNotMatch(body.textContent, /inloggen/i);
  find("button")[0].send("click");
  assert.equal(reloads, 1);
});

for (const answer of ["out", "away"]) {
  test(`a session that ended (${answer}) asks to sign in`, async () => {
    await show(answer);
    assert.equal(find("h1")[0].textContent, say("over.title"));
    assert.deepEqual(
      [find("button").length, find("a").map((one) => [one.attributes.href ?? one.href, one.textContent])],
      [0, [[LOGIN, say("over.in")]]],
    );
  });
}

test("until it is known which of the two it is, neither is said", async () => {
  globalThis.fetch = () => new Promise(() => {});
  render(h(Over, { login: LOGIN }), body);
  await settled();
  assert.equal(body.textContent, "");
  assert.equal(find("main")[0].attributes["aria-busy"], "true");
});

test("what was typed is said to be kept, each time as it will come back", async () => {
  await show("in");
  assert.equal(find(".over__kept").length, 0, "nothing was typed");
  render(null, body);
  kept.set(`balie.console.${ALICE}`, JSON.stringify({ drafts: { a: { answer: "Een halve maat" } } }));
  for (const [answer, key] of [
    ["in", "over.changed.kept"],
    ["out", "over.kept"],
  ]) {
    await show(answer);
    assert.equal(find(".over__kept")[0].textContent, say(key));
    render(null, body);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { localFacts, pageFacts, tabFacts } from "../../../static/widget/kept.js";
import { makeShelf } from "../../../static/widget/device.js";

const ID = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
const TOKEN = "eyJ2IjoxfQ:1vM0:abc-_";
const HALF = "\ud83d";
const page = { url: "https://shop.example/", title: "Winkel", referrer: "" };
const text = {
  clientId: ID,
  body: "Hoi",
  at: 1,
  page,
  greeting: { id: ID, body: "Dag" },
  status: "flying",
  slow: true,
  reason: null,
};
// What an extension, another library or an older release may have left under our key.
const STRANGE = [null, 5, true, "abc", [], [1], { a: 1 }, [["x"]]];

test("what is kept comes back as it was", () => {
  const form = { kind: "mail", body: "Wanneer komt het?", at: 1 };
  const local = { token: TOKEN, chat: ID, live: true, ended: 0, muted: 17, seen: 4, draft: "half een zin", form };
  assert.deepEqual(localFacts(local), local);
  const tab = { open: true, outbox: [text] };
  const found = tabFacts(tab);
  assert.deepEqual(found, { open: true, outbox: [{ ...text, status: "queued", slow: false }] });
  assert.equal(tabFacts({ outbox: [{ ...text, status: "failed" }] }).outbox[0].status, "failed");
});

test("a part of another shape is as if it were not there, and the others stay", () => {
  for (const wrong of [...STRANGE.filter((one) => one !== null), "", "a b", "x".repeat(401), HALF]) {
    assert.deepEqual(
      localFacts({ token: wrong === "abc" ? "a/b" : wrong, chat: ID }),
      { token: null, chat: ID },
      JSON.stringify(wrong),
    );
    assert.deepEqual(localFacts({ token: TOKEN, chat: wrong }), { token: TOKEN, chat: null }, JSON.stringify(wrong));
    assert.equal(localFacts({ draft: typeof wrong === "string" ? {} : wrong }).draft, null);
    assert.equal(localFacts({ form: wrong }).form, null);
  }
  for (const wrong of STRANGE) {
    assert.deepEqual(tabFacts({ outbox: wrong }).outbox, [], JSON.stringify(wrong));
    assert.deepEqual(tabFacts({ outbox: [wrong, text] }).outbox.length, 1, JSON.stringify(wrong));
    assert.doesNotThrow(() => [localFacts(wrong), tabFacts(wrong), pageFacts(wrong)]);
  }
});

test("a text that can't be sent is dropped; what surrounds a good one is mended", () => {
  for (const wrong of [{ clientId: "id-1" }, { clientId: [ID] }, { body: "" }, { body: 5 }, { body: null }]) {
    assert.deepEqual(tabFacts({ outbox: [{ ...text, ...wrong }] }).outbox, []);
  }
  const bent = { ...text, at: "x", page: "no", greeting: { id: "g" }, status: "odd", reason: {} };
  const [mended] = tabFacts({ outbox: [bent] }).outbox;
  assert.deepEqual(mended, {
    ...text,
    at: 0,
    page: { url: "", title: "", referrer: "" },
    greeting: null,
    status: "queued",
    slow: false,
    reason: null,
  });
});

test("memory outlives a storage that was emptied or denied, and takes over what another tab forgot", () => {
  let raw = JSON.stringify({ token: TOKEN, chat: ID, live: true });
  const shelf = makeShelf("k", () => ({ getItem: () => raw, setItem: () => {} }), localFacts);
  raw = null;
  assert.equal(shelf.fresh().token, TOKEN);
  raw = "{not json";
  assert.equal(shelf.fresh().token, TOKEN);
  raw = JSON.stringify({ token: null, chat: null, live: false });
  assert.deepEqual(shelf.fresh(), { token: null, chat: null, live: false });
});

test("what another tab wrote a moment ago is not written over with what this one knew before", () => {
  let raw = JSON.stringify({ chat: ID, live: false, ended: 5 });
  const storage = () => ({ getItem: () => raw, setItem: (_, value) => (raw = value) });
  const [one, other] = [makeShelf("k", storage, localFacts), makeShelf("k", storage, localFacts)];
  one.put({ chat: null, ended: 0 });
  other.put({ draft: "half" });
  assert.deepEqual(JSON.parse(raw), { chat: null, live: false, ended: 0, draft: "half" });
});

test("a page is told as the server takes it, whatever the page made of its title", () => {
  assert.deepEqual(pageFacts(page), page);
  // A page that names an image "title" has that image as its title.
  for (const title of [{}, null, undefined, () => {}]) assert.equal(pageFacts({ ...page, title }).title, "");
  assert.equal(pageFacts({ ...page, title: `a${HALF}b` }).title, "a\ufffdb");
  assert.equal(pageFacts({ ...page, title: "\ude00" }).title, "\ufffd");
  assert.equal(pageFacts({ ...page, title: "😀".repeat(400) }).title, "😀".repeat(300));
  assert.equal(pageFacts({ ...page, referrer: "x".repeat(3000) }).referrer.length, 2000);
});

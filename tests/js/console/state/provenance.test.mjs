// How a text came about: counted, sent with it, and kept while it is being written.

import "../../mocked-pace.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, MOST_EDITS, provenanceOf, replyIn, replyOf } from "../../../../static/console/rules/provenance.js";
import { ALICE, both, CHAT, load, post, refused, tab } from "../one-tab.mjs";

const REPLY = { id: "00000000-0000-4000-8000-0000000000c1", version: 3 };
const TEXTS = [
  { id: "s-en", kind: "script", language: "en" },
  { id: "s-nl", kind: "script", language: "nl" },
  { id: "i-en", kind: "instruction", language: "en" },
];

// The whole table, as textbooks have it.
function slowly(one, other) {
  const [a, b] = [[...one], [...other]];
  const rows = [b.map((_, at) => at).concat(b.length)];
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const kept = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i].push(Math.min(kept, rows[i - 1][j] + 1, rows[i][j - 1] + 1));
    }
  }
  return rows[a.length][b.length];
}

test("edits are counted as in the textbook, and no further than asked", () => {
  let seed = 7;
  const draw = (n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const word = () => Array.from({ length: draw(12) }, () => [..."abé👍"][draw(4)]).join("");
  for (let at = 0; at < 3_000; at += 1) {
    const [one, other, most] = [word(), word(), draw(9)];
    const counted = Math.min(most, slowly(one, other));
    assert.equal(distance(one, other, most), counted, `${one} ${other} ${most}`);
  }
});

test("long texts are counted as short ones", () => {
  const long = "abcdefghij".repeat(400);
  assert.equal(distance(long, `x${long.slice(1, -1)}y`, MOST_EDITS), 2);
  assert.equal(distance(long, [...long].reverse().join(""), MOST_EDITS), MOST_EDITS);
});

test("a text says what it was made from, and what lay beside it in the chat's language or another", () => {
  const sent = { body: "Een halve maat groter.", texts: TEXTS, language: "nl" };
  assert.deepEqual(provenanceOf({ ...sent, reply: null }), { source: "typed", script: "s-nl", instruction: "i-en" });
  const reply = replyOf(REPLY, "Een hele maat groter.");
  const made = { source: "canned", text: REPLY.id, version: 3, distance: 2 };
  assert.deepEqual(provenanceOf({ ...sent, texts: undefined, reply }), made);
  assert.deepEqual(provenanceOf({ ...sent, texts: [], reply: replyOf(REPLY, "?", MOST_EDITS) }).distance, MOST_EDITS);
});

test("a refused text comes back with its reply, and over a reload", async () => {
  tab.clear();
  const provenance = provenanceOf({ body: "ja", reply: replyOf(REPLY, "jaa"), texts: TEXTS, language: "nl" });
  const store = await load(ALICE, both());
  store.act(post("ja", { provenance }));
  store.happen(refused("chat_closed"));
  store.backToDraft(store.state.value.outbox[0]);
  const kept = { text: REPLY.id, version: 3, words: "ja", edits: 1 };
  assert.deepEqual(store.draftOf(CHAT).reply, kept);
  assert.deepEqual((await load(ALICE, both())).draftOf(CHAT).reply, kept);
  store.draft(CHAT, { reply: { ...kept, version: "3" } });
  assert.equal((await load(ALICE, both())).draftOf(CHAT).reply, null, "what the server would refuse isn't taken up");
  assert.equal(replyIn({ body: "ja" }), null);
});

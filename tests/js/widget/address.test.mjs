// Mail addresses and telephone numbers, by the tables that Python reads too (tests/agency/domain/test_addresses.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { emailProblem, phoneProblem, plainPhone, trimAddress } from "../../../static/widget/ending/question.js";

const table = (name) => JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url)));

for (const { in: typed, sent_to } of table("addresses").cases) {
  test(`address ${JSON.stringify(typed).slice(0, 40)}`, () => {
    assert.equal(emailProblem(trimAddress(typed)) === null, sent_to !== null);
  });
}

const telephones = table("telephones").cases.map(({ in: typed, kept }) => ({ typed, ok: kept !== null, kept }));
const others = table("invisible").telephone.map(({ in: typed, ok }) => ({ typed, ok, kept: ok ? typed : null }));

for (const { typed, ok, kept } of [...telephones, ...others]) {
  test(`telephone ${JSON.stringify(typed).slice(0, 40)}`, () => {
    assert.equal(phoneProblem(plainPhone(typed)) === null, ok);
    if (ok) assert.equal(plainPhone(typed), kept);
  });
}

test("what is wrong is said where it is", () => {
  assert.equal(emailProblem("marieke"), "email_at");
  assert.equal(emailProblem("marieke@voorbeeld"), "email_end");
  assert.equal(emailProblem("marieke..x@voorbeeld.nl"), "bad_address");
  assert.equal(phoneProblem("123"), "phone_short");
});

// The console goes by the limits that its snapshot brings, and has none of its own.

import "../mocked-pace.mjs";
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { makePage } from "../fake-page.mjs";
import { ACME, ALICE, CHAT, chat } from "./one-tab.mjs";

// Of a server that isn't ours: whoever has a number of their own shows it.
const LIMITS = { text: 6000, idle: 480, gone: 25, wrap_up: 75, offer: 7 };

const body = makePage({ operator: ALICE });
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse("2026-11-21T13:00:00Z") });

const { h, options, render } = await import("preact");
Object.assign(options, { requestAnimationFrame: setImmediate, debounceRendering: setImmediate });
const { List } = await import("../../../static/console/views/list/list.js");
const { Offers } = await import("../../../static/console/views/list/offer.js");
const { WrapUp } = await import("../../../static/console/views/chat/wrapup.js");
const { Composer } = await import("../../../static/console/views/chat/composer.js");
const { sayLimits } = await import("../../../static/console/views/parts.js");
const { clock, draft, happen, quarter, second } = await import("../../../static/console/store.js");

const iso = (seconds = 0) => new Date(Date.now() + seconds * 1000).toISOString();

function shown(view, { facts = {}, offers = [], limits = LIMITS } = {}) {
  happen({
    type: "snapshot",
    server_time: iso(),
    me: { id: ALICE, name: "Alice", language: "nl", is_lead: false },
    seat: { epoch: 1, capacity: 6, used: 2 },
    limits,
    companies: [{ id: ACME, name: "Acme", monogram: "AC", tone: "je", language: "nl" }],
    chats: [chat(CHAT, ACME, facts)],
    offers,
  });
  quarter.value = second.value = clock.now();
  render(view, body);
  return body.textContent;
}
afterEach(() => render(null, body));

test("words name the server's numbers", () => {
  shown(null);
  assert.equal(sayLimits("error.too_long"), "Een bericht is hooguit 6.000 tekens.");
  assert.equal(sayLimits("log.closed.idle"), "Gesloten: 8 minuten geen bericht van de bezoeker");
  assert.equal(sayLimits("offer.gone.expired"), "Niet binnen 7 seconden aangenomen: naar een collega");
  assert.match(sayLimits("transfer.expired", { to: "Bob" }), /^Bob antwoordde niet binnen 7 seconden\./);
});

test("a silent visitor's card closes and is gone by the server's numbers", () => {
  const silent = (seconds, seen = 0) => ({ turn: "visitor", turn_at: iso(-seconds), visitor_seen_at: iso(-seen) });
  assert.doesNotMatch(shown(h(List), { facts: silent(419) }), /sluit/i);
  assert.match(shown(h(List), { facts: silent(420) }), /sluit 1:00/i);
  assert.doesNotMatch(shown(h(List), { facts: silent(10, 25) }), /weg/);
  assert.match(shown(h(List), { facts: silent(10, 26) }), /weg/);
});

test("a wrap-up counts down from the server's number", () => {
  const facts = { state: "wrap_up", wrap_up_at: iso(-15) };
  assert.match(shown(h(List), { facts }), /1:00/);
  assert.match(shown(h(WrapUp, { chat: chat(CHAT, ACME, facts) }), { facts }), /1:00/);
});

test("an offer's bar is as long as the server lets it ring", () => {
  const offer = { chat_id: ALICE, company_id: ACME, site: "Acme", language: "nl", fence: 1, arrived_at: iso() };
  const offers = [{ ...offer, promise_seconds: 20, first_human_at: null, expires_at: iso(3.5), kind: "new" }];
  shown(h(Offers), { offers });
  const bar = body.querySelectorAll(".offer__bar")[0].childNodes[0];
  assert.equal(bar.attributes.width, "50");
});

test("a text is too long for the composer when it is for the server", () => {
  const sends = (length, limit) => {
    draft(CHAT, { answer: "x".repeat(length) });
    const words = shown(h(Composer, { chat: chat(CHAT, ACME) }), { limits: { ...LIMITS, text: limit } });
    const send = body.querySelectorAll(".btn--co")[0];
    render(null, body);
    return [!send.attributes.disabled && !send.disabled, words.match(/(nog )?\d+ tekens( te veel)?/)?.[0]];
  };
  assert.deepEqual(sends(299, 500), [true, undefined]);
  assert.deepEqual(sends(300, 500), [true, "nog 200 tekens"]);
  assert.deepEqual(sends(500, 500), [true, "nog 0 tekens"]);
  assert.deepEqual(sends(502, 500), [false, "2 tekens te veel"]);
  assert.deepEqual(sends(502, 6000), [true, undefined]);
});

// What the pool tells beyond one's own chats: calls, transfers, the floor, what is to be read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { noticesOf } from "../../../static/console/state/notices.js";
import { listCalls, listUnread } from "../../../static/console/state/handover.js";
import { ready } from "../../../static/console/state/outbox.js";
import { applyCommand, fromSnapshot } from "../../../static/console/state/state.js";
import { comparable } from "../comparable.mjs";
import * as desk from "./state/frames.mjs";
import { ACME, AT, CHAT, MINE, OTHER as CALLED, play } from "./state/frames.mjs";

const ZEN = "00000000-0000-4000-8000-0000000000bb";

const entry = (facts = {}) => desk.entry({ last_seq: 0, transfer: null, ...facts });
const chat = (facts = {}) => ({ ...desk.chat(), entry: entry(facts), messages: [] });
const company = (id, name, unread = false) => ({
  id,
  name,
  monogram: name.slice(0, 2),
  tone: "je",
  language: "nl",
  unread,
});
const call = (facts = {}) => ({
  chat_id: CALLED,
  company_id: ACME,
  site: "s",
  language: "nl",
  state: "waiting",
  fence: 3,
  arrived_at: AT,
  promise_seconds: 20,
  first_human_at: null,
  bounces: 2,
  called: true,
  operator: "",
  why: "full",
  ...facts,
});
const snapshot = (facts = {}) =>
  desk.snapshot({ companies: [company(ACME, "Acme"), company(ZEN, "Zen")], chats: [chat()], calls: [], ...facts });
const start = (facts) => fromSnapshot(snapshot(facts));
const asking = { to: "Bram", expires_at: AT };
const transfer = { type: "chat.transfer", chat_id: CHAT, fence: 2, client_id: MINE, to: "any", at: AT };
const post = desk.post(MINE);
const renewed = (facts = {}) => ({
  type: "seat.renewed",
  seat: desk.seat(),
  server_time: AT,
  held: [[CHAT, "open", 2, 0, 0, 0, AT]],
  offers: [],
  ...facts,
});

test("a call comes, changes and goes; told twice it is one call", () => {
  const once = play(start(), { type: "call.made", call: call() });
  assert.equal(play(once, { type: "call.made", call: call() }), once);
  const newer = play(once, { type: "call.made", call: call({ fence: 4, state: "offered" }) });
  assert.equal(newer.calls[CALLED].state, "offered");
  assert.equal(play(newer, { type: "call.made", call: call() }), newer, "an older one that comes late changes nothing");
  assert.deepEqual(play(newer, { type: "call.gone", chat_id: CALLED, reason: "taken" }).calls, {});
});

test("calls are compared without the reason of the moment", () => {
  const told = play(start(), { type: "call.made", call: call({ why: "soon" }) });
  assert.deepEqual(comparable(told), comparable(start({ calls: [call()] })));
  assert.notDeepEqual(comparable(told), comparable(start()));
});

test("a renewal drops a call that is over and asks for one that nobody told us of", () => {
  const state = play(start({ calls: [call()] }), renewed({ calls: [], unread: [] }));
  assert.deepEqual([state.calls, state.outOfDate], [{}, false]);
  assert.ok(play(start(), renewed({ calls: [CALLED], unread: [] })).outOfDate);
});

test("a call that rings here as an offer is answered there", () => {
  const state = start({ calls: [call()] });
  const offer = { chat_id: CALLED, company_id: ACME, fence: 3, expires_at: AT, kind: "lead" };
  assert.equal(listCalls(state).length, 1);
  assert.deepEqual(listCalls(play(state, { type: "offer.made", offer })), []);
});

test("a call that was picked stops at once", () => {
  const picked = applyCommand(start({ calls: [call()] }), {
    type: "chat.pick",
    chat_id: CALLED,
    client_id: MINE,
    at: AT,
  });
  assert.deepEqual(play(picked, { type: "ack", client_id: MINE, chat_id: CALLED, seq: 4 }).calls, {});
});

test("a transfer that ends leaves the chat and says to whom it didn't go", () => {
  const asked = play(start(), { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) });
  const over = { type: "chat.changed", entry: entry({ fence: 4, transfer: null }) };
  const state = play(asked, over, { type: "transfer.ended", chat_id: CHAT, reason: "declined" });
  assert.equal(state.chats[CHAT].entry.transfer, null);
  assert.deepEqual(
    state.refusals.map(({ code, to }) => [code, to]),
    [["transfer.declined", "Bram"]],
  );
  assert.deepEqual(applyCommand(state, transfer).refusals, [], "a new question takes the old answer away");
});

test("who cancels a transfer isn't told of it", () => {
  const state = play(
    start(),
    { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) },
    { type: "transfer.ended", chat_id: CHAT, reason: "cancelled" },
  );
  assert.deepEqual([state.refusals, state.chats[CHAT].entry.transfer], [[], null]);
});

test("a chat that was transferred goes, with the name of who has it", () => {
  const asked = play(start(), { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) });
  const state = play(asked, { type: "chat.removed", chat_id: CHAT, reason: "transferred" });
  assert.deepEqual(state.chats, {});
  assert.deepEqual(
    state.refusals.map(({ code, to }) => [code, to]),
    [["gone.transferred", "Bram"]],
  );
  assert.equal(play(state, { type: "chat.removed", chat_id: CHAT, reason: "transferred" }).refusals.length, 1);
});

test("a chat that a lead took, or a manager moved, says so; one given back by this hand doesn't", () => {
  const codes = (state) => state.refusals.map((one) => one.code);
  for (const reason of ["taken", "moved", "requeued"]) {
    assert.deepEqual(codes(play(start(), { type: "chat.removed", chat_id: CHAT, reason })), [`gone.${reason}`]);
  }
  const back = applyCommand(start(), { type: "chat.requeue", chat_id: CHAT, fence: 2, client_id: MINE, at: AT });
  assert.deepEqual(codes(play(back, { type: "chat.removed", chat_id: CHAT, reason: "requeued" })), []);
});

test("a text that waits takes the fence of a transfer that began meanwhile", () => {
  const state = play(applyCommand(start(), post), {
    type: "chat.changed",
    entry: entry({ fence: 3, transfer: asking }),
  });
  assert.equal(ready(state.outbox)[0].frame.fence, 3);
});

test("a text refused for the fence of a transfer goes again by itself, whichever comes first", () => {
  const refusal = { type: "error", code: "fence", client_id: MINE, chat_id: CHAT };
  const changed = { type: "chat.changed", entry: entry({ fence: 3, transfer: asking }) };
  for (const order of [
    [changed, refusal],
    [refusal, changed],
  ]) {
    const sent = applyCommand(applyCommand(start(), post), { type: "my.sent", client_id: MINE });
    const state = play(sent, ...order);
    assert.deepEqual(
      ready(state.outbox).map(({ frame }) => [frame.client_id, frame.fence]),
      [[MINE, 3]],
    );
  }
});

test("a text refused for the fence of a close waits for the operator", () => {
  const sent = applyCommand(applyCommand(start(), post), { type: "my.sent", client_id: MINE });
  const closed = { type: "chat.changed", entry: entry({ fence: 3, state: "wrap_up", wrap_up_at: AT }) };
  const state = play(sent, closed, { type: "error", code: "fence", client_id: MINE, chat_id: CHAT });
  assert.deepEqual(
    state.outbox.map((item) => item.status),
    ["failed"],
  );
});

test("whom a chat can go to is known of chats that are ours, and forgotten when asked anew", () => {
  const options = { type: "transfer.options", chat_id: CHAT, people: [], languages: ["nl"] };
  const state = play(start(), options);
  assert.deepEqual(state.options[CHAT], { people: [], languages: ["nl"] });
  assert.deepEqual(applyCommand(state, { type: "my.choose", chat_id: CHAT }).options, {});
  const other = start();
  assert.equal(play(other, { ...options, chat_id: CALLED }), other);
});

test("the floor is as it was told last, and nothing before the first answer", () => {
  const floor = { type: "floor", waiting: [call()], open: [], colleagues: [] };
  const state = play(start(), floor);
  assert.deepEqual(
    state.floor.waiting.map((one) => one.chat_id),
    [CALLED],
  );
  assert.equal(applyCommand(state, { type: "my.look" }).floor, null);
});

test("a company is to be read until the server knows that it was", () => {
  const due = play(start(), { type: "reading.due", company_id: ZEN, unread: true });
  assert.deepEqual(
    listUnread(due).map((one) => one.name),
    ["Zen"],
  );
  const done = { type: "reading.done", company_id: ZEN, major: 4, client_id: MINE, at: AT };
  const read = play(applyCommand(due, done), { type: "ack", client_id: MINE });
  assert.deepEqual(listUnread(read), []);
  // A newer version came while the old one was read.
  assert.deepEqual(listUnread(play(read, { type: "reading.due", company_id: ZEN, unread: true })).length, 1);
  assert.deepEqual(comparable(read), comparable(start()));
});

test("what changed is forgotten when a newer version comes", () => {
  const reading = { type: "reading", company_id: ZEN, from_major: 1, major: 2, parts: [] };
  const state = play(start({ companies: [company(ZEN, "Zen", true)] }), reading);
  assert.equal(state.reading[ZEN].major, 2);
  assert.deepEqual(play(state, { type: "reading.due", company_id: ZEN, unread: false }).reading, {});
});

test("a renewal says what is to be read; an older server says nothing of it", () => {
  const state = play(start(), renewed({ unread: [ACME], calls: [] }));
  assert.ok(state.companies[ACME].unread);
  assert.ok(play(state, renewed()).companies[ACME].unread);
  assert.ok(!play(state, renewed({ unread: [], calls: [] })).companies[ACME].unread);
});

test("what one has to do with now is read first", () => {
  const companies = [company(ZEN, "Zen", true), company(ACME, "Acme", true), company(MINE, "Bakker", true)];
  const state = start({ companies, chats: [chat({ company_id: ZEN })] });
  assert.deepEqual(
    listUnread(state).map((one) => one.name),
    ["Zen", "Acme", "Bakker"],
  );
});

const offer = (facts = {}) => ({ chat_id: CALLED, company_id: ACME, fence: 3, expires_at: AT, kind: "new", ...facts });
const accept = { type: "offer.accept", chat_id: CALLED, fence: 3, client_id: MINE, at: AT };

test("an offer that goes is said where it stood, with who has the chat; what one did oneself isn't", () => {
  const rings = play(start(), { type: "offer.made", offer: offer() });
  const taken = play(rings, { type: "offer.gone", chat_id: CALLED, reason: "taken", name: "Fatima" });
  assert.deepEqual([taken.offers, taken.gone[CALLED].reason, taken.gone[CALLED].name], [{}, "taken", "Fatima"]);
  assert.deepEqual(applyCommand(taken, { type: "my.understood", chat_id: CALLED }).gone, {});
  assert.deepEqual(play(taken, { type: "offer.made", offer: offer({ fence: 5 }) }).gone, {}, "it rings again");
  for (const reason of ["accepted", "declined"])
    assert.deepEqual(play(rings, { type: "offer.gone", chat_id: CALLED, reason }).gone, {});
});

test("an answer that was taken stops the offer at once, whatever the screen was told of it", () => {
  const rings = play(start(), { type: "offer.made", offer: offer() });
  for (const type of ["offer.accept", "offer.decline"]) {
    const pressed = applyCommand(rings, { ...accept, type });
    assert.deepEqual(play(pressed, { type: "ack", client_id: MINE }).offers, {}, type);
  }
});

test("an answer that comes too late is told once, whichever comes first", () => {
  const refusal = { type: "error", code: "not_found", client_id: MINE };
  const gone = { type: "offer.gone", chat_id: CALLED, reason: "expired" };
  for (const order of [[refusal], [gone, refusal], [refusal, gone]]) {
    const pressed = applyCommand(play(start(), { type: "offer.made", offer: offer() }), accept);
    const state = play(pressed, ...order);
    assert.deepEqual([state.offers, Object.keys(state.gone), state.refusals, state.outbox], [{}, [CALLED], [], []]);
  }
});

test("what was refused of a chat of the pool names its company and who has it", () => {
  const floor = { type: "floor", waiting: [], open: [call({ operator: "Bram" })], colleagues: [] };
  const asked = applyCommand(play(start(), floor), {
    type: "chat.take",
    chat_id: CALLED,
    fence: 3,
    client_id: MINE,
    at: AT,
  });
  const [{ about }] = play(asked, { type: "error", code: "fence", client_id: MINE }).refusals;
  assert.deepEqual([about.company, about.operator], ["Acme", "Bram"]);
});

test("one event is one notice: chats that went together, each with what was not sent", () => {
  const went = (chat_id, code = "gone.lost", to = "") => ({ code, chat_id, to, about: { chat_id } });
  const text = (chat_id, client_id) => ({ client_id, about: { chat_id } });
  const notices = noticesOf(
    [went("a"), went("b"), went("c", "gone.taken", "Fatima"), { code: "full", chat_id: "d" }],
    [text("b", 1), text("e", 2), text("e", 3)],
  );
  assert.deepEqual(
    notices.map(({ refusals, texts }) => [refusals.map((one) => one.chat_id), texts.map((one) => one.client_id)]),
    [
      [["a", "b"], [1]],
      [["c"], []],
      [["d"], []],
      [[], [2, 3]],
    ],
  );
});

test("who put a chat back or took it over is named", () => {
  for (const reason of ["taken", "moved", "transferred"]) {
    const [told] = play(start(), { type: "chat.removed", chat_id: CHAT, reason, name: "Fatima" }).refusals;
    assert.deepEqual([told.code, told.to], [`gone.${reason}`, "Fatima"]);
  }
});

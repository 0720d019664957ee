import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { mailLines, ratingOf } from "../../../static/widget/ending/ending.js";
import { WORDS } from "../../../static/widget/ending/words.js";
import { wordsOf } from "../../../static/widget/panel/panel.js";
import { reduce, START } from "../../../static/widget/panel/state.js";
import { newChat } from "../../../static/widget/talk/transcript.js";

const CHAT = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f11";
const OTHER = "6c1f9a52-6a0b-4e0e-9a57-0d5a3a3c5f22";
const AT = "2026-11-21T13:03:41Z";

const run = (state, ...actions) => actions.reduce((now, action) => Object.freeze(reduce(now, action)), state);
const over = () => ({ ...START, net: "online", chat: { ...newChat(CHAT, AT, 20), state: "closed" } });
const tap = (good, words = "", client_id = "r") => ({
  type: "my.wish",
  wish: { type: "chat.rate", chat_id: CHAT, client_id, good, words },
});
const ask = (email, client_id = "m") => ({
  type: "my.wish",
  wish: { type: "transcript.ask", chat_id: CHAT, client_id, email },
});
const ack = (client_id) => ({ type: "ack", client_id, chat_id: CHAT });
const error = (client_id, code) => ({ type: "error", client_id, code, chat_id: CHAT });
const rated = (good, words = "", chat_id = CHAT) => ({ type: "chat.rated", chat_id, good, words, now: 0 });
const mailed = (address, state, extra = {}) => ({
  type: "transcript.changed",
  chat_id: CHAT,
  address,
  state,
  at: AT,
  reason: "",
  now: 0,
  ...extra,
});

test("a tap shows at once and is called kept when the server says so", () => {
  const tapped = run(over(), tap(true));
  assert.deepEqual(ratingOf(over()), { good: null, words: "", said: null });
  assert.deepEqual(ratingOf(tapped), { good: true, words: "", said: "busy" });
  assert.deepEqual(ratingOf(run(tapped, rated(true), ack("r"))), { good: true, words: "", said: "kept" });
  assert.equal(ratingOf(run(tapped, { type: "my.net", net: "offline", attempts: 1 })).said, "kept_later");
});

test("a second thought takes the place of the first, whose ack then means nothing", () => {
  const twice = run(over(), tap(true, "", "r1"), tap(false, "", "r2"));
  assert.deepEqual(
    twice.wishes.map((wish) => wish.client_id),
    ["r2"],
  );
  assert.deepEqual(ratingOf(run(twice, rated(true), ack("r1"))), { good: false, words: "", said: "busy" });
  assert.equal(ratingOf(run(twice, rated(true), ack("r1"), rated(false), ack("r2"))).good, false);
});

test("words that are kept are said to be", () => {
  assert.equal(ratingOf(run(over(), tap(true, "Snel"), rated(true, "Snel"), ack("r"))).said, "kept_words");
});

test("a rating that is refused says so, and the next try forgets it", () => {
  const refused = run(over(), tap(true), error("r", "too_late"));
  assert.deepEqual(refused.wishes, []);
  assert.deepEqual(ratingOf(refused), { good: null, words: "", said: "rate_over" });
  assert.equal(ratingOf(run(refused, tap(true))).said, "busy");
});

test("busy and retry leave a wish as it is, and it is sent again", () => {
  for (const code of ["busy", "retry"]) {
    const state = run(over(), ask("m@v.nl"));
    assert.equal(run(state, error("m", code)), state);
  }
});

test("a rating and a mail wait side by side", () => {
  const state = run(over(), tap(true), ask("m@v.nl"), ack("m"));
  assert.deepEqual(
    state.wishes.map((wish) => wish.type),
    ["chat.rate"],
  );
});

test("what is told of another chat changes nothing", () => {
  const state = over();
  assert.equal(run(state, rated(true, "", OTHER), mailed("m@v.nl", "sent", { chat_id: OTHER })), state);
  assert.equal(run({ ...START }, rated(true)).chat, null);
});

test("each mail stands once, where it was asked for, with its newest state", () => {
  const state = run(
    over(),
    mailed("m@v.nl", "queued"),
    mailed("j@v.nl", "queued"),
    mailed("m@v.nl", "failed", { reason: "later 451" }),
  );
  assert.deepEqual(
    state.chat.transcripts.map((mail) => [mail.address, mail.state, mail.reason]),
    [
      ["m@v.nl", "failed", "later 451"],
      ["j@v.nl", "queued", ""],
    ],
  );
  assert.deepEqual(Object.keys(state.chat.transcripts[0]), ["address", "state", "at", "reason"]);
});

test("a mail goes after the chat while it goes on, and is on its way once it is over", () => {
  const transcripts = [
    { address: "m@v.nl", state: "queued" },
    { address: "weg@v.nl", state: "dead" },
  ];
  assert.deepEqual(
    mailLines({ state: "open", transcripts }).map((line) => line.key),
    ["mail_asked", "mail_dead"],
  );
  assert.deepEqual(
    mailLines({ state: "closed", transcripts }).map((line) => [line.key, line.dead]),
    [
      ["mail_queued", false],
      ["mail_dead", true],
    ],
  );
});

test("a new chat keeps a rating that is still on its way, and drops a close", () => {
  const close = { type: "my.wish", wish: { type: "chat.close", client_id: "k" } };
  const state = run({ ...over(), chat: newChat(CHAT, AT, 20) }, close, tap(true), { type: "my.fresh" });
  assert.deepEqual(
    state.wishes.map((wish) => wish.type),
    ["chat.rate"],
  );
});

test("a welcome brings rating and mails", () => {
  const chat = {
    id: CHAT,
    state: "closed",
    last_seq: 0,
    arrived_at: AT,
    promise_seconds: 20,
    operator: null,
    operator_read: 0,
    visitor_read: 0,
    messages: [],
    rating: { good: true, words: "Fijn" },
    transcripts: [{ address: "m@v.nl", state: "sent", at: AT, reason: "" }],
  };
  const state = run(START, {
    type: "welcome",
    token: "t",
    server_time: AT,
    availability: START.availability,
    chat,
    now: 0,
  });
  assert.deepEqual(ratingOf({ ...state, net: "online" }), { good: true, words: "Fijn", said: "kept_words" });
  assert.deepEqual(
    mailLines(state.chat).map((line) => line.key),
    ["mail_sent"],
  );
});

const holes = (entry) =>
  [entry].flat().map((text) =>
    [...text.matchAll(/\{(\w+)\}/g)]
      .map((match) => match[1])
      .sort()
      .join(),
  );

test("four languages say the same, formally too, without shouting", () => {
  for (const [language, words] of Object.entries(WORDS)) {
    assert.deepEqual(Object.keys(words).sort(), Object.keys(WORDS.nl).sort(), language);
    for (const [key, entry] of Object.entries(words)) {
      assert.equal(new Set(holes(entry)).size, 1, `${language} ${key}`);
      assert.equal(holes(entry)[0], holes(WORDS.nl[key])[0], `${language} ${key}`);
      for (const text of [entry].flat()) assert.ok(text.trim() && !text.includes("!"), `${language} ${key}`);
    }
  }
  const formal = { nl: /\b(je|jij|jouw)\b/i, de: /\b(du|dein|deine|dir)\b/i, fr: /\b(tu|ton|ta|t')/i };
  for (const [language, familiar] of Object.entries(formal)) {
    for (const [key, entry] of Object.entries(WORDS[language])) {
      const [, u] = typeof entry === "string" ? [entry, entry] : entry;
      assert.doesNotMatch(u, familiar, `${language} ${key}`);
    }
  }
});

test("every word of the ending is used", () => {
  const read = (name) => readFileSync(new URL(`../../../static/widget/${name}.js`, import.meta.url), "utf8");
  const source = read("ending/ending") + read("ending/parting");
  for (const key of Object.keys(WORDS.nl)) {
    const stem = key.startsWith("mail_") && source.includes("`mail_${");
    assert.ok(stem || source.includes(`"${key}"`), key);
  }
  assert.equal(wordsOf(WORDS.nl, "u")("helped"), "Bent u goed geholpen?");
});

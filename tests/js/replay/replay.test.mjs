// Snapshot plus events is a fresh snapshot. Each file of scenarios/ (or of the folder in BALIE_SCENARIOS, which the
// server's tests write) is one story as the server told it: {"snapshot0": …, "events": […], "snapshot1": …}, an event
// being what came over the socket, or what this client sent as {"sent": frame}. Told twice, the events must change
// nothing more. A visitor's story has "welcome0" and "welcome1" instead.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { applyCommand, applyEvent, fromSnapshot } from "../../../static/console/state/state.js";
import { comparable } from "../comparable.mjs";
import { reduce as reducePanel, START } from "../../../static/widget/panel/state.js";
import { isStale } from "../../../static/widget/talk/transcript.js";

const given = process.env.BALIE_SCENARIOS;
const folder = given ? pathToFileURL(`${given}/`) : new URL("scenarios/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort();
const stories = names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8"))]);

function reduce(events, state) {
  return events.reduce((now, event) => (event.sent ? applyCommand(now, event.sent) : applyEvent(now, event)), state);
}

test("there is a story to replay", () => assert.ok(stories.length > 0));

for (const [name, { snapshot0, events, snapshot1 }] of stories.filter(([, story]) => story.snapshot0)) {
  const wanted = comparable(fromSnapshot(snapshot1));

  test(`${name}: events lead from the first snapshot to the last`, () => {
    const state = reduce(events, fromSnapshot(snapshot0));
    assert.deepEqual(comparable(state), wanted);
    assert.deepEqual(state.stale, {}, "nothing had to be fetched");
  });

  test(`${name}: every message told twice is one message`, () => {
    const twice = events.flatMap((event) => (event.type === "message.posted" ? [event, event] : [event]));
    assert.deepEqual(comparable(reduce(twice, fromSnapshot(snapshot0))), wanted);
  });

  test(`${name}: any message lost is a gap or is made good by what follows`, () => {
    const lost = events.findIndex((event) => event.type === "message.posted");
    if (lost < 0) return;
    const state = reduce(events.toSpliced(lost, 1), fromSnapshot(snapshot0));
    const { chat_id } = events[lost];
    const chat = state.chats[chat_id];
    const known = snapshot1.chats.find((one) => one.entry.chat_id === chat_id);
    if (
      chat &&
      known &&
      chat.messages.length < known.messages.length &&
      known.entry.last_seq > events[lost].message.seq
    ) {
      assert.ok(state.stale[chat_id], "a gap says so");
    }
  });
}

const WISHES = ["chat.close", "chat.rate", "transcript.ask"];

// What a panel does with a frame that it sends, and with one that came.
function step(state, event) {
  const { sent } = event;
  if (!sent) return reducePanel(state, { now: 0, ...event });
  const clientId = sent.client_id;
  if (sent.type === "message.post") {
    return reducePanel(state, { type: "my.text", clientId, body: sent.body, at: null, page: null });
  }
  return WISHES.includes(sent.type) ? reducePanel(state, { type: "my.wish", wish: sent }) : state;
}

// A chat that is over keeps no read marks on the server, and a panel forgets nothing of what it saw.
function panel({ chat }) {
  if (!chat) return null;
  const { id, state, operator, operatorRead, closedBy, have, known, rating, transcripts } = chat;
  const messages = chat.messages.map(({ seq, kind, side, body, data }) => ({ seq, kind, side, body, code: data.code }));
  const over = state === "closed";
  return {
    id,
    state,
    operator,
    operatorRead: over ? 0 : operatorRead,
    closedBy,
    have,
    known,
    messages,
    rating,
    transcripts,
  };
}

for (const [name, { welcome0, events, welcome1 }] of stories.filter(([, story]) => story.welcome0)) {
  test(`${name}: events lead the panel from the first welcome to the last`, () => {
    const greeting = welcome1.chat?.messages.find((message) => message.kind === "auto") ?? null;
    const before = reducePanel(reducePanel(START, { type: "my.set", greeting }), { now: 0, ...welcome0 });
    const state = events.reduce(step, before);
    assert.deepEqual(panel(state), panel(reducePanel(START, { now: 0, ...welcome1 })));
    assert.ok(!state.chat || !isStale(state.chat), "nothing had to be fetched");
    assert.deepEqual([state.outbox, state.wishes], [[], []], "nothing waits to be sent");
  });
}

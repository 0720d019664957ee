// Snapshot plus events is a fresh snapshot. Each file of scenarios/ is one story as the server told it:
// {"snapshot0": …, "events": […], "snapshot1": …}, an event being what came over the socket, or what this console
// sent as {"sent": frame}. Told twice, the events must change nothing more.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { applyCommand, applyEvent, comparable, fromSnapshot } from "../../static/console/state.js";

const folder = new URL("scenarios/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();

function reduce(events, state) {
  return events.reduce((now, event) => (event.sent ? applyCommand(now, event.sent) : applyEvent(now, event)), state);
}

test("there is a story to replay", () => assert.ok(files.length > 0));

for (const name of files) {
  const { snapshot0, events, snapshot1 } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
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
    if (chat && known && chat.messages.length < known.messages.length && known.entry.last_seq > events[lost].message.seq) {
      assert.ok(state.stale[chat_id], "a gap says so");
    }
  });
}

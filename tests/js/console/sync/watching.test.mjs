// What is told and asked for while somebody looks, and no longer.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import {
  ACME,
  CHAT,
  floorOpen,
  freshLine,
  hears,
  line,
  lookForSomebody,
  message,
  page,
  passes,
  reading,
  renewed,
  seat,
  settled,
  showFloor,
  shown,
  sync,
} from "./desk.mjs";

beforeEach(freshLine);

test("typing is told at most each 3 s, and its end once", () => {
  for (const _ of "abc") sync.typing(CHAT, true);
  mock.timers.tick(3000);
  sync.typing(CHAT, true);
  sync.typing(CHAT, false);
  sync.typing(CHAT, false);
  assert.deepEqual(
    line()
      .of("typing")
      .map((frame) => frame.on),
    [true, true, false],
  );
});

test("read is told for the open chat, in a page with the focus, once", async () => {
  shown.value = CHAT;
  await settled();
  assert.deepEqual(line().of("read"), []);
  page.focused = true;
  await hears({ type: "message.posted", chat_id: CHAT, message: message(2) });
  await hears({ type: "message.posted", chat_id: CHAT, message: message(2) });
  assert.deepEqual(line().of("read"), [{ type: "read", chat_id: CHAT, seq: 2 }]);
});

test("the floor is asked for while somebody looks, each 3 s, and no longer", async () => {
  showFloor(true);
  await settled();
  await passes(3000);
  assert.equal(line().of("floor.get").length, 2);
  showFloor(false);
  await passes(3000);
  assert.equal(line().of("floor.get").length, 2);
});

test("one's own day is asked for where no chat is open: once, and then each minute", async () => {
  const asked = () => line().of("own_day.get").length;
  const before = asked();
  shown.value = CHAT;
  await settled();
  assert.equal(asked(), before, "a chat is open");
  shown.value = null;
  await settled();
  assert.equal(asked(), before + 1);
  for (let n = 0; n < 11; n += 1) await hears(renewed([], { seat: seat() }));
  assert.equal(asked(), before + 1, "whatever else comes");
  await passes(60_000);
  assert.equal(asked(), before + 2);
  floorOpen.value = true;
  await settled();
  floorOpen.value = false;
  await settled();
  assert.equal(asked(), before + 3, "back from the floor");
});

test("what stands behind the floor isn't read", async () => {
  shown.value = CHAT;
  floorOpen.value = true;
  page.focused = true;
  await hears({ type: "read", chat_id: CHAT, side: "visitor", seq: 1 });
  assert.deepEqual(line().of("read"), []);
  floorOpen.value = false;
  await hears({ type: "typing", chat_id: CHAT, on: true });
  assert.deepEqual(
    line()
      .of("read")
      .map((frame) => frame.seq),
    [1],
  );
});

test("whom a chat can go to is asked once each time somebody looks for one", async () => {
  lookForSomebody(CHAT);
  await settled();
  await hears({ type: "transfer.options", chat_id: CHAT, people: [], languages: [] });
  lookForSomebody(null);
  await settled();
  lookForSomebody(CHAT);
  await settled();
  assert.deepEqual(line().of("transfer.options"), Array(2).fill({ type: "transfer.options", chat_id: CHAT }));
  lookForSomebody(null);
});

test("what changed is asked for the open chat's company while it is to be read, and again when newer", async () => {
  shown.value = CHAT;
  await settled();
  assert.deepEqual(line().of("reading.get"), []);
  await hears({ type: "reading.due", company_id: ACME, unread: true });
  await hears({ type: "reading", company_id: ACME, from_major: 1, major: 2, parts: [] });
  assert.deepEqual(line().of("reading.get"), [{ type: "reading.get", company_id: ACME }]);
  await hears({ type: "reading.due", company_id: ACME, unread: true });
  assert.equal(line().of("reading.get").length, 2);
  reading.value = null;
});

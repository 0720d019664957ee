// A line of the console: how it begins, when it is given up, and whose it is.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { lines } from "../../fake-line.mjs";
import {
  BOB,
  CHAT,
  chat,
  clock,
  comesBack,
  freshLine,
  hears,
  iso,
  line,
  net,
  passes,
  post,
  renewed,
  snapshot,
  state,
} from "./desk.mjs";

beforeEach(freshLine);

test("the first frame takes the seat, on the protocol of the wire", async () => {
  line().lose();
  await comesBack();
  assert.equal(line().protocol, "balie.v1");
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: true }]);
});

test("nothing but hello goes out before the snapshot", async () => {
  line().lose();
  post("Hoi");
  await comesBack();
  post("Ben je er nog?");
  await passes(5000);
  assert.deepEqual(
    line().sent.map((frame) => frame.type),
    ["hello"],
  );
  await hears(snapshot());
  assert.deepEqual(
    line()
      .of("message.post")
      .map((frame) => frame.body),
    ["Hoi"],
  );
});

test("a line that doesn't answer a renewal is given up while the lease still holds", async () => {
  const dead = line();
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  const answered = Date.now();
  await passes(4000);
  await hears({ type: "typing", chat_id: CHAT, name: "", on: true });
  while (net.value.net === "open") await passes(500);
  assert.equal(dead.readyState, 3);
  assert.ok(Date.now() - answered > 5000);
  assert.ok(Date.now() - answered < 12_000);
});

test("a line that never answers the hello is given up", async () => {
  line().lose();
  await comesBack();
  await passes(7000);
  assert.notEqual(net.value.net, "open");
});

test("the clock is the server's, at this device's pace", async () => {
  await hears({ ...renewed([[CHAT, "open", 2, 1, 0, 0]]), server_time: iso(Date.now() + 90_000) });
  mock.timers.tick(1000);
  assert.equal(clock.now() - Date.now(), 90_000);
});

test("a page asks for another as soon as somebody else signed in, and says nothing in their name", async () => {
  let reloads = 0;
  globalThis.location = { reload: () => (reloads += 1) };
  post("Uw pincode is 1234");
  line().lose();
  await comesBack();
  await hears(snapshot({ me: { id: BOB, name: "Bob", language: "nl" }, chats: [chat(CHAT, { fence: 2 })] }));
  await passes(5000);
  assert.deepEqual([reloads, line().sent.map((frame) => frame.type)], [1, ["hello"]]);
  assert.equal(state.value.me.name, "Alice");
});

// Last: nothing comes back from this one.
test("a session that ended is not tried again, and nothing of it is on the screen", async () => {
  const count = lines.length;
  await hears({ type: "error", code: "signed_out" });
  assert.deepEqual(
    [state.value.signedOut, state.value.ready, state.value.chats, state.value.offers],
    [true, false, {}, {}],
  );
  await passes(5000);
  line().lose(4401);
  await passes(30_000);
  assert.equal(lines.length, count);
  assert.ok(state.value.signedOut);
});

// The seat: renewed while the page lives, lost to another console, taken back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  CHAT,
  comesBack,
  EPOCH,
  freshLine,
  hears,
  line,
  passes,
  post,
  renewed,
  seat,
  snapshot,
  sync,
} from "./desk.mjs";

beforeEach(freshLine);

test("the seat is renewed each 5 s with its own epoch", async () => {
  await passes(5000);
  await hears(renewed([[CHAT, "open", 2, 1, 0, 0]]));
  await passes(5000);
  assert.deepEqual(line().of("seat.renew"), Array(2).fill({ type: "seat.renew", epoch: EPOCH }));
});

test("once the seat is taken, nothing that writes goes out and reconnecting doesn't take it back", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 1 });
  post("een");
  sync.typing(CHAT, true);
  await passes(5000);
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: false }]);
  line().lose();
  await comesBack();
  assert.deepEqual(line().sent, [{ type: "hello", take_seat: false }]);
});

test("the seat comes back when it is asked for", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 1 });
  sync.takeSeat();
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 2 }) }));
  assert.deepEqual(line().of("hello"), [{ type: "hello", take_seat: true }]);
  await passes(5000);
  assert.deepEqual(line().of("seat.renew"), [{ type: "seat.renew", epoch: EPOCH + 2 }]);
});

test("a renewal with the old epoch can't lose the seat that is just being taken back", async () => {
  await hears({ type: "seat.taken", epoch: EPOCH + 10 });
  sync.takeSeat();
  const before = line().sent.length;
  // The answer to an earlier look: not the seat that was asked for.
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 10 }) }));
  await passes(5000);
  assert.deepEqual(
    line()
      .sent.slice(before)
      .filter((frame) => frame.type === "seat.renew"),
    [],
  );
  await hears(snapshot({ seat: seat({ epoch: EPOCH + 11 }) }));
  await passes(5000);
  assert.deepEqual(line().of("seat.renew").at(-1), { type: "seat.renew", epoch: EPOCH + 11 });
});

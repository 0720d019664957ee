// Where the log is scrolled to, and what a screen reader hears of it.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { HEIGHT, done, draw, log, press, scroll, system, text } from "./page.mjs";

test("near the end it follows a new text; further up it says that there is one, and counts", () => {
  draw([text(1)]);
  assert.equal(log.jump.hidden, true);
  scroll(2000 - HEIGHT - 79);
  draw([text(1), text(2)]);
  assert.deepEqual([log.node.scrollTop, log.jump.hidden], [2000, true]);
  scroll(2000 - HEIGHT - 80);
  draw([text(1), text(2), text(3)]);
  assert.deepEqual(
    [log.node.scrollTop, log.jump.hidden, log.jump.textContent],
    [2000 - HEIGHT - 80, false, "new_message"],
  );
  draw([text(1), text(2), text(3)]);
  assert.equal(log.jump.textContent, "new_message", "nothing new: nothing counted");
  draw([text(1), text(2), text(3), system(4, { code: "reminder" }), text(5)]);
  assert.equal(log.jump.textContent, "new_messages 2", "a line of the system's is no message");
  log.jump.send("click");
  assert.deepEqual([log.node.scrollTop, log.jump.hidden], [2000, true]);
  scroll(100);
  draw([text(1), text(2), text(3), system(4, { code: "reminder" }), text(5), text(6)]);
  assert.equal(log.jump.textContent, "new_message", "counted from nothing again");
  scroll(2000 - HEIGHT);
  log.node.send("scroll");
  assert.equal(log.jump.hidden, true);
});

test("a text of one's own is always followed", () => {
  draw([text(1)]);
  scroll(100);
  draw([text(1)], { outbox: [{ clientId: "a", body: "a" }] });
  assert.deepEqual([log.node.scrollTop, log.jump.hidden], [2000, true]);
});

test("an earlier page is asked for at the top, and what is read stays where it is", () => {
  draw([text(51), text(52)], { chat: { base: 50 } });
  scroll(40);
  log.node.send("scroll");
  assert.deepEqual(done, []);
  scroll(39);
  log.node.send("scroll");
  press("older");
  assert.deepEqual(
    done.map(([name]) => name),
    ["older", "older"],
  );
  const before = log.node.scrollTop;
  const insert = log.node.insertBefore.bind(log.node);
  log.node.insertBefore = (...given) => {
    log.node.scrollHeight = 3500;
    return insert(...given);
  };
  draw([text(49), text(50), text(51), text(52)], { chat: { base: 48 } });
  assert.equal(log.node.scrollTop, before + 1500);
  scroll(39);
  draw([text(1), text(49), text(50), text(51), text(52)]);
  assert.equal(log.node.querySelectorAll("button").length, 0, "there is nothing older");
  log.node.send("scroll");
  assert.equal(done.length, 2);
});

test("a screen reader hears nothing until it may, and no earlier page", () => {
  const live = () => log.node.attributes["aria-live"];
  draw([text(51)], { chat: { base: 50 } });
  assert.equal(live(), "off");
  draw([text(50), text(51)], { chat: { base: 49 } });
  mock.timers.tick(1000);
  assert.equal(live(), "off", "it hasn't begun to speak");
  log.speak();
  assert.equal(live(), "polite");
  draw([text(49), text(50), text(51)], { chat: { base: 48 } });
  assert.equal(live(), "off");
  mock.timers.tick(999);
  assert.equal(live(), "off");
  mock.timers.tick(1);
  assert.equal(live(), "polite");
});

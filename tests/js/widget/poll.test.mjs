// The long poll behind a WebSocket's face.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PollSocket, pollUrl } from "../../../static/widget/panel/poll.js";

function server(...answers) {
  const asked = [];
  // A page's own, which adds cookies to everything: the server refuses those.
  globalThis.fetch = () => Promise.reject(new Error("cookies"));
  globalThis.XMLHttpRequest = class {
    open() {}
    send(body) {
      assert.equal(this.withCredentials, false);
      asked.push(JSON.parse(body));
      const answer = answers.shift();
      if (answer === undefined) return;
      this.status = answer.status ?? 200;
      this.responseText = JSON.stringify(answer);
      queueMicrotask(() => (answer instanceof Error ? this.onerror() : this.onload()));
    }
  };
  return asked;
}

const settled = () => new Promise((done) => setTimeout(done));

function line() {
  const socket = new PollSocket("ws://host:1/ws/widget/key/");
  const heard = { frames: [], code: null, opened: false };
  socket.onopen = () => (heard.opened = true);
  socket.onmessage = ({ data }) => heard.frames.push(data);
  socket.onclose = ({ code }) => (heard.code = code);
  return { socket, heard };
}

test("the address is the socket's, under /wire/", () => {
  assert.equal(pollUrl("wss://host/ws/widget/key/"), "https://host/wire/widget/key/");
});

test("frames of one go travel together, and the session goes on", async () => {
  const asked = server({ session: "s", frames: ["welcome"], closed: null });
  const { socket, heard } = line();
  await settled();
  assert.equal(heard.opened, true);
  socket.send("hello");
  socket.send("beat");
  await settled();
  assert.deepEqual(asked, [
    { session: null, frames: ["hello", "beat"] },
    { session: "s", frames: [] },
  ]);
  assert.deepEqual(heard.frames, ["welcome"]);
});

test("what is said while a poll waits goes at once, on a request of its own", async () => {
  const asked = server({ session: "s", frames: [], closed: null });
  const { socket } = line();
  await settled();
  socket.send("hello");
  await settled();
  socket.send("post");
  await settled();
  assert.deepEqual(asked.at(-1), { session: "s", frames: ["post"] });
});

test("what is said before the session is known waits for it", async () => {
  const asked = server();
  const { socket } = line();
  await settled();
  socket.send("hello");
  await settled();
  socket.send("post");
  await settled();
  assert.equal(asked.length, 1);
});

for (const [name, answer, code] of [
  ["a session that is gone", { status: 410 }, 1006],
  ["a dead line", new Error("away"), 1006],
  ["a proxy that answers in our place", {}, 1006],
  ["one that says nothing", null, 1006],
  ["a close of the server", { session: "s", frames: ["error"], closed: 4403 }, 4403],
]) {
  test(`${name} closes it`, async () => {
    server(answer);
    const { socket, heard } = line();
    await settled();
    socket.send("hello");
    await settled();
    assert.equal(heard.code, code);
    assert.equal(socket.readyState, 3);
  });
}

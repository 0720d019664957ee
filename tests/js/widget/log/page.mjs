// The conversation's log on a document of our own, and what is drawn in it.

import { beforeEach, mock } from "node:test";

import { makePage } from "../../fake-page.mjs";

const body = makePage();
const { lendIcons } = await import("../../../../static/widget/dom.js");
const { makeLog } = await import("../../../../static/widget/talk/log.js");
lendIcons({ phone: [], mail: [] });

export const NOW = Date.parse("2026-11-23T13:00:00Z");
export const HEIGHT = 400;
mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });

/** The log of this test, and what was asked of the session, in order. */
export let log, done;

beforeEach(() => {
  done = [];
  const note =
    (name) =>
    (...given) =>
      done.push([name, ...given]);
  log = makeLog({
    t: (key, slots = {}) => [key, ...Object.values(slots)].join(" "),
    time: (at) => at.toISOString().slice(11, 16),
    date: (at) => at.toISOString().slice(0, 10),
    config: { name: "Acme" },
    act: Object.fromEntries(["older", "post", "retry", "drop", "wait", "ask"].map((name) => [name, note(name)])),
  });
  body.replaceChildren(log.node);
  Object.assign(log.node, { clientHeight: HEIGHT, scrollHeight: HEIGHT });
});

export const text = (seq, more = {}) => ({
  seq,
  kind: "text",
  side: "operator",
  name: "Alice",
  body: `tekst ${seq}`,
  at: "2026-11-23T12:59:00Z",
  client_id: `c${seq}`,
  data: null,
  ...more,
});
export const mine = (seq, more = {}) => text(seq, { side: "visitor", name: "", ...more });
export const system = (seq, data) =>
  text(seq, { kind: "system", side: "system", name: "", body: "", client_id: null, data });

export function state(messages, more = {}) {
  const chat = {
    messages,
    base: 0,
    state: "open",
    operator: "Alice",
    operatorRead: 0,
    promise: 20,
    arrivedAt: "2026-11-23T12:59:50Z",
    ...more.chat,
  };
  return {
    greeting: null,
    outbox: [],
    net: "online",
    attempts: 0,
    typing: null,
    patient: false,
    wait: null,
    ...more,
    chat,
  };
}

export const draw = (...given) => log.render(state(...given), NOW);
export const bubbles = () => log.node.querySelectorAll(".b").map((node) => node.textContent);
export const metas = () => log.node.querySelectorAll(".meta").map((node) => node.textContent);
export const press = (words, root = log.node) =>
  root
    .querySelectorAll("button")
    .find((node) => node.textContent === words)
    .send("click");

/** The log is as high as `scrollHeight` says, and is scrolled to here. */
export const scroll = (top, high = 2000) => Object.assign(log.node, { scrollHeight: high, scrollTop: top });

// Starts the console: state, socket, sounds, screen.

import { h, render } from "preact";
import { every } from "../shared/pulse.js";
import * as alerts from "./alerts.js";
import { mostUrgent } from "./rules/order.js";
import { clock, forgetAll, narrow, onChange, open, operator, quarter, second, shown, state } from "./store.js";
import { start } from "./sync.js";
import { App } from "./views/app.js";

const place = document.getElementById("app");
const { socket, settings, logout, manage, login } = place.dataset;

onChange((before, after, cause) => {
  if (cause.type === "snapshot") settle(before, after);
});

// The first picture: on a wide screen the chat that was open, else the one that needs somebody most, is there to be
// answered at once. Later ones open nothing by themselves.
function settle(before, after) {
  if (!before.ready && !narrow.value)
    open(shown.value ?? mostUrgent(Object.values(after.chats), clock.now()), { write: isIdle() });
  const known = (one) => Object.keys(one.companies).sort().join();
  if (before.ready && known(before) !== known(after)) renewColours();
}

// Nobody has gone anywhere on this page yet.
function isIdle() {
  return document.activeElement === document.body;
}

// Somebody was certified for another company: its colours come with the same address, asked anew.
function renewColours() {
  const sheet = /** @type {HTMLLinkElement} */ (document.getElementById("companies"));
  sheet.href = `${sheet.href.split("?")[0]}?${Date.now()}`;
}

every(500, () => (second.value = clock.now()));
every(250, () => {
  if (Object.keys(state.value.offers).length) quarter.value = clock.now();
});

// Signed out on another page of this browser, by their own hand; and a page that comes back out of the browser's memory
// is nobody's.
new BroadcastChannel("balie.console").onmessage = ({ data }) => data === operator && forgetAll();
window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

alerts.start();
const scheme = location.protocol === "https:" ? "wss:" : "ws:";
start(`${scheme}//${location.host}${socket}`);
render(h(App, { links: { settings, logout, manage, login } }), place);

// Starts the console: state, socket, sounds, screen.

import { h, render } from "preact";
import { every } from "../shared/pulse.js";
import * as alerts from "./alerts.js";
import { mostUrgent } from "./order.js";
import { findItem } from "./outbox.js";
import { clock, draft, narrow, onChange, open, quarter, second, shown, state } from "./store.js";
import { start } from "./sync.js";
import { App } from "./views/app.js";

const place = document.getElementById("app");
const { socket, settings, logout, manage, login } = place.dataset;

// A chat comes because this operator accepted it: it opens, with the focus where the answer is written.
onChange((before, after, cause) => {
  if (cause.type === "chat.added" && !before.chats[cause.chat.entry.chat_id]) open(cause.chat.entry.chat_id);
  if (cause.type === "snapshot") settle(before, after);
  if (cause.type === "ack") passed(findItem(before.outbox, cause.client_id));
});

// The note for who takes over stands in the chat now, whether they do or not.
function passed(item) {
  if (item?.frame.type === "chat.transfer") draft(item.chat_id, { passing: "" });
}

// A first picture: on a wide screen the chat that needs somebody most is open at once.
function settle(before, after) {
  if (!shown.value && !narrow.value) open(mostUrgent(Object.values(after.chats), clock.now()), { write: false });
  const known = (one) => Object.keys(one.companies).sort().join();
  if (before.ready && known(before) !== known(after)) renewColours();
}

// Somebody was certified for another company: its colours come with the same address, asked anew.
function renewColours() {
  const sheet = document.getElementById("companies");
  sheet.href = `${sheet.href.split("?")[0]}?${Date.now()}`;
}

every(500, () => (second.value = clock.now()));
every(250, () => {
  if (Object.keys(state.value.offers).length) quarter.value = clock.now();
});

alerts.start();
const scheme = location.protocol === "https:" ? "wss:" : "ws:";
start(`${scheme}//${location.host}${socket}`);
render(h(App, { links: { settings, logout, manage, login } }), place);

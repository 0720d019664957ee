// The whole screen, and what keys do on it.

import { useEffect } from "preact/hooks";
import * as alerts from "../alerts.js";
import { actionFor, outcomeFor } from "../rules/keys.js";
import { flat, mostUrgent, neighbour } from "../rules/order.js";
import {
  clock,
  drawer,
  floorOpen,
  narrow,
  newest,
  open,
  reading,
  showFloor,
  shown,
  shownLeft,
  state,
  visibleChat,
} from "../store.js";
import { say } from "../words.js";
import { Aside, toggleTab } from "./chat/aside.js";
import { Banners } from "./bar/banners.js";
import { Bar } from "./bar/bar.js";
import { toggleBreak } from "./bar/break.js";
import { pick, standingCalls } from "./list/calls.js";
import { Chat, handBack, toggleWrapUp } from "./chat/chat.js";
import { flipMode, WRITE } from "./chat/composer.js";
import { Floor } from "./list/floor.js";
import { Help, keysOn, showKeys } from "./bar/help.js";
import { keyDown, List, standingParts } from "./list/list.js";
import { accept, decline, DockedOffers, standing } from "./list/offer.js";
import { Over } from "./over.js";
import { html } from "./parts.js";
import { leaveReading, toggleReading } from "./chat/reading.js";
import { Toasts } from "./bar/toast.js";
import { toggleTransfer } from "./chat/transfer.js";
import { choose, finish, isArmed, isEnding } from "./chat/wrapup.js";

const ACTIONS = {
  accept: () => onFirstOffer(accept),
  decline: () => onFirstOffer(decline),
  urgent: () => open(mostUrgent(Object.values(state.value.chats), clock.now()) ?? (shownLeft() ? null : shown.value)),
  previous: () => open(neighbour(standingParts(), shown.value, -1)),
  next: () => open(neighbour(standingParts(), shown.value, 1)),
  nth: ({ n }) => flat(standingParts())[n - 1] && open(flat(standingParts())[n - 1]),
  wrap_up: () => visibleChat() && toggleWrapUp(visibleChat()),
  note: () => visibleChat() && flipMode(visibleChat()),
  newest: () => (newest.value += 1),
  transfer: () => toggleTransfer(visibleChat()),
  requeue: () => handBack(visibleChat()),
  script: () => visibleChat() && toggleTab("script"),
  knowledge: () => visibleChat() && toggleTab("knowledge"),
  reading: () => toggleReading(),
  floor: () => showFloor(!floorOpen.value),
  call: () => takeCall(),
  break: () => toggleBreak(),
};

/** @param links Addresses of pages outside the console: settings, logout, manage, login. */
export function App({ links }) {
  useEffect(() => {
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  if (state.value.signedOut) return html`<${Over} login=${links.login} />`;
  const pane = floorOpen.value ? "floor" : shown.value ? "chat" : "list";
  return html`<div class="console" data-pane=${pane}>
    ${visibleChat() && html`<a class="skip" href=${`#${WRITE}`}>${say("skip")}</a>`}
    <${Bar} links=${links} />
    ${narrow.value && html`<${DockedOffers} />`}
    ${narrow.value && pane === "list" && html`<${Banners} />`}
    <${Panes} />
    <${Toasts} />
    <${Help} />
    <p class="vh" role="alert">${alerts.assertive.value}</p>
    <p class="vh" aria-live="polite">${alerts.polite.value}</p>
  </div>`;
}

// On a narrow screen the list is all there is until a chat is opened: then it is the page's main part.
function Panes() {
  if (floorOpen.value) return html`<${List} /><${Floor} />`;
  if (narrow.value && !shown.value) {
    return html`<main class="only">
        <h1 class="vh">${say("title")}</h1>
        <${List} />
      </main>
      <${Aside} />`;
  }
  return html`<${List} /><${Chat} /><${Aside} />`;
}

function pressed(event) {
  keyDown(event);
  if (state.value.signedOut) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") closeTop();
  if (endsChat(event)) event.preventDefault();
  if (event.key === "?" && keysOn.value && event.target === document.body) showKeys();
  const action = keysOn.value ? actionFor(event) : null;
  if (!action) return;
  event.preventDefault();
  if (state.value.ready) ACTIONS[action.id](action);
}

function closeTop() {
  if (reading.value) leaveReading();
  else if (drawer.value) drawer.value = false;
  else if (floorOpen.value) showFloor(false);
}

// Once somebody asked for the wrap-up bar or stands on it, digits choose and Enter confirms, unless they are writing.
function endsChat(event) {
  const chat = visibleChat();
  if (!chat || !isEnding(chat) || !isArmed(chat, event.target) || event.target.matches?.("textarea, input"))
    return false;
  const outcome = outcomeFor(event);
  if (outcome) choose(chat, outcome);
  else if (event.key === "Enter" && event.target === document.body) finish(chat);
  else return false;
  return true;
}

// The chat that calls; once it rings here as an offer, that offer.
function takeCall() {
  const [call] = standingCalls();
  const own = standing(clock.now()).find((offer) => state.value.calls[offer.chat_id]);
  if (own && !state.value.readOnly) accept(own);
  else if (call) pick(call);
}

function onFirstOffer(act) {
  const [offer] = standing(clock.now());
  if (offer && !state.value.readOnly) act(offer);
}

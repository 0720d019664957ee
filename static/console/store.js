// The console's state as signals, and what is the screen's own: what is shown, drafts, ticks. Drafts outlive a reload.

import { batch, signal } from "@preact/signals";
import { makeClock } from "../shared/time.js";
import { mostUrgent } from "./order.js";
import { applyCommand, applyEvent, EMPTY } from "./state.js";
import { say } from "./words.js";

const KEPT = "balie.console";
// One pane at a time under this width, as narrow.css has it.
const NARROW = window.matchMedia("(max-width: 899px)");
const NO_DRAFT = { answer: "", note: "", passing: "", mode: "answer" };
// A visitor's page says "typing" each 3 s; two missed ones mean that it stopped.
const TYPING_MS = 7000;

export const clock = makeClock();
export const state = signal(EMPTY);
export const net = signal({ net: "connecting", since: Date.now() });
export const shown = signal(null);
export const tab = signal("script");
export const drawer = signal(false);
// The floor stands in the place of the chat; the company whose changed instruction was asked for; those put off.
export const floorOpen = signal(false);
export const reading = signal(null);
export const putOff = signal([]);
// The chat for which somebody else is being looked for.
export const handing = signal(null);
// The open chat whose wrap-up bar was asked for, and the outcome chosen per chat.
export const wrapping = signal(null);
export const outcomes = signal({});
// Twice a second, the server's time; four times a second as well, for what rings.
export const second = signal(clock.now());
export const quarter = signal(clock.now());
// Whether the screen shows one pane at a time.
export const narrow = signal(NARROW.matches);
NARROW.addEventListener("change", () => (narrow.value = NARROW.matches));
// Raised to ask for the focus or the end of the log.
export const writeHere = signal(0);
export const newest = signal(0);

const kept = readKept();
export const drafts = signal(kept.drafts);
export const ticks = signal(kept.ticks);
const listeners = [];

/** Calls `listener(before, after, cause)` after every change of the state. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Something came from the server. */
export function happen(event) {
  move(applyEvent, event);
}

/** This console does something: a frame (with its own client_id if it has one) or a mark that begins with "my.". */
export function act(command) {
  move(applyCommand, { at: new Date(clock.now()).toISOString(), ...command });
}

/** Opens a chat. `write` is somebody's own wish: it moves the focus to the composer, and leaves the floor. */
export function open(chatId, { write = true } = {}) {
  batch(() => {
    shown.value = chatId;
    if (wrapping.value !== chatId) wrapping.value = null;
    if (handing.value !== chatId) handing.value = null;
    // What is being read stays, whatever happens to chats meanwhile.
    if (write || !reading.value) drawer.value = false;
    if (!write) return;
    floorOpen.value = false;
    reading.value = null;
    if (chatId) writeHere.value += 1;
  });
}

/** Shows the floor, or goes back to the chat. */
export function showFloor(on) {
  if (on) act({ type: "my.look" });
  batch(() => {
    floorOpen.value = on;
    drawer.value = false;
    handing.value = null;
    if (!on && shown.value) writeHere.value += 1;
  });
}

/** Looks for somebody else for an open chat, or leaves it at that. */
export function lookForSomebody(chatId) {
  if (chatId) act({ type: "my.choose", chat_id: chatId });
  batch(() => {
    handing.value = chatId;
    wrapping.value = null;
    if (!chatId && shown.value) writeHere.value += 1;
  });
}

/** The open chat, or null. */
export function shownChat() {
  return state.value.chats[shown.value] ?? null;
}

/** The chat that is really on the screen, or null: what keys act on and what counts as read. */
export function visibleChat() {
  return floorOpen.value ? null : shownChat();
}

/** What the visitor is called: their name, else their number. */
export function nameOf(chat) {
  return chat.visitor_name || say("visitor", { number: chat.number });
}

/** A company by id; one that we don't know (yet) has no words. */
export function companyOf(id) {
  return state.value.companies[id] ?? { id, name: "", monogram: "", tone: "", language: "" };
}

/** Whether the visitor of this chat is typing. Reads the clock, so views follow. */
export function isTyping(chatId) {
  return second.value > 0 && Date.now() - (state.value.typing[chatId] ?? 0) < TYPING_MS;
}

/** The draft of a chat: `answer`, `note`, which of the two is being written, and `passing` for who takes over. */
export function draftOf(chatId) {
  return { ...NO_DRAFT, ...drafts.value[chatId] };
}

/** Changes the draft of a chat. */
export function draft(chatId, facts) {
  drafts.value = { ...drafts.value, [chatId]: { ...draftOf(chatId), ...facts } };
  keep();
}

/** Ticks a step of the script for a chat, or takes the tick away. */
export function tick(chatId, key) {
  const { [key]: was, ...others } = ticks.value[chatId] ?? {};
  const now = was ? others : { ...others, [key]: new Date(clock.now()).toISOString() };
  ticks.value = { ...ticks.value, [chatId]: now };
  keep();
}

/** Texts that were on their way when this page was left, to go again with the same client_id. */
export function takeKeptTexts() {
  for (const item of kept.texts) act({ ...item.frame, at: item.at });
  kept.texts = [];
}

function move(rule, cause) {
  const before = state.value;
  const after = rule(before, cause);
  if (after === before) return;
  batch(() => {
    state.value = after;
    if (after.chats !== before.chats) afterChats(before, after);
  });
  if (after.outbox !== before.outbox) keep();
  for (const listener of listeners) listener(before, after, cause);
}

function afterChats(before, after) {
  for (const [id, chat] of Object.entries(before.chats)) {
    if (!after.chats[id]) forget(id, chat);
  }
  if (shown.value && !after.chats[shown.value]) {
    open(narrow.value ? null : mostUrgent(Object.values(after.chats), clock.now()), { write: false });
  }
}

// The chat left; a draft that was not sent is shown aside, never dropped.
function forget(id, chat) {
  const { answer, note, passing } = draftOf(id);
  for (const body of [answer, note, passing]) {
    if (!body.trim()) continue;
    state.value = applyCommand(state.value, { type: "my.keep", client_id: crypto.randomUUID(), body, chat });
  }
  const { [id]: _draft, ...others } = drafts.value;
  const { [id]: _ticks, ...ticked } = ticks.value;
  drafts.value = others;
  ticks.value = ticked;
  if (wrapping.value === id) wrapping.value = null;
  if (handing.value === id) handing.value = null;
  keep();
}

function keep() {
  const texts = state.value.outbox.filter((item) => item.frame.type === "message.post");
  const all = { drafts: drafts.value, ticks: ticks.value, texts: [...kept.texts, ...texts] };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // Storage denied or full: drafts live as long as the page.
  }
}

function readKept() {
  const none = { drafts: {}, ticks: {}, texts: [] };
  try {
    return { ...none, ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return none;
  }
}

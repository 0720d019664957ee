// The console's state as signals, and what is the screen's own: what is shown, drafts. Drafts outlive a reload.

import { batch, signal } from "@preact/signals";
import { makeClock, steady } from "../shared/time.js";
import { textsOf } from "./state/departures.js";
import { aboutOf } from "./state/moves.js";
import { asText, findItem } from "./state/outbox.js";
import { mostUrgent } from "./rules/order.js";
import { replyIn } from "./rules/provenance.js";
import { hasWords, makeShelf } from "./shelf.js";
import { applyCommand, applyEvent, EMPTY } from "./state/state.js";
import { say } from "./words.js";

// One pane at a time under this width, as narrow.css has it.
const NARROW = window.matchMedia("(max-width: 899px)");
const NO_DRAFT = { answer: "", note: "", passing: "", mode: "answer", reply: null };
// The commands that ask for a chat.
const OPENING = ["offer.accept", "chat.pick", "chat.take"];
// A visitor's page says "typing" each 3 s; two missed ones mean that it stopped.
const TYPING_MS = 7000;

/** Whose page this is, as the server wrote it. */
export const operator = document.documentElement.dataset.operator;

export const clock = makeClock();
export const state = signal(EMPTY);
/** @type {import("@preact/signals").Signal<{net: string, since: number, refusal?: string, retryAt?: number}>} */
export const net = signal({ net: "connecting", since: steady() });
export const shown = signal(null);
export const tab = signal("script");
export const drawer = signal(false);
// The floor stands in the place of the chat; the company whose changed instruction was asked for; those put off.
export const floorOpen = signal(false);
export const reading = signal(null);
export const putOff = signal([]);
// The chat whose older messages are on their way.
export const fetching = signal(null);
// The chat for which somebody else is being looked for.
export const handing = signal(null);
// The open chat whose wrap-up bar was asked for, and the outcome chosen per chat.
export const wrapping = signal(null);
/** @type {import("@preact/signals").Signal<Record<string, string>>} */
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
/** @type {import("@preact/signals").Signal<Record<string, Partial<typeof NO_DRAFT>>>} */
export const drafts = signal({});
const shelf = makeShelf(() => sessionStorage, operator);
// What the tab kept is taken up once, when the server has said which chats are ours; after a sign-out nothing is kept.
let isRestored = false;
let isOver = false;
const listeners = [];

/** Call `listener(before, after, cause)` after every change of the state. */
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

/** Open a chat, or one about to come. `write`, somebody's own wish, leaves the floor and focuses the composer. */
export function open(chatId, { write = true } = {}) {
  batch(() => {
    if (shown.value !== chatId && shownLeft())
      leave(shown.value, { about: aboutOf(state.value, shown.value), seen: true });
    shown.value = chatId;
    if (wrapping.value !== chatId) wrapping.value = null;
    if (handing.value !== chatId) handing.value = null;
    // What is being read stays, whatever happens to chats meanwhile.
    if (write || !reading.value) drawer.value = false;
    if (!write) return;
    floorOpen.value = false;
    reading.value = null;
    if (!chatId) return;
    writeHere.value += 1;
    // Of a closed chat only a note can be written still.
    if (shownChat()?.entry.state === "wrap_up" && !draftOf(chatId).answer.trim()) draft(chatId, { mode: "note" });
  });
  keep();
}

/** Go to the chat that needs somebody most, from one that this hand has just ended or given away. */
export function moveOn(chatId) {
  if (shown.value !== chatId) return;
  const { [chatId]: _done, ...others } = state.value.chats;
  const next = narrow.value ? null : mostUrgent(Object.values(others), clock.now());
  if (next || narrow.value) open(next);
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

/** The chat that left and is still looked at, or null: `chat`, `company`, `code` for what happened, `to` for whom. */
export function shownLeft() {
  return state.value.left[shown.value] ?? null;
}

/** The chat that is really on the screen, or null: what keys act on and what counts as read. */
export function visibleChat() {
  return floorOpen.value ? null : shownChat();
}

/** Return what to call the visitor: their name, else their number. */
export function nameOf(chat) {
  if (!chat) return "";
  return chat.visitor_name || say("visitor", { number: chat.number });
}

/** @returns {import("./types.js").ConsoleCompany} A company by id; one that we don't know (yet) has no words. */
export function companyOf(id) {
  const left = shownLeft();
  const known = state.value.companies[id] ?? (left?.chat.entry.company_id === id ? left.company : null);
  return known ?? { id, name: "", monogram: "", tone: "", language: "", unread: false };
}

/** Whether the visitor of this chat is typing. Reads the clock, so views follow. */
export function isTyping(chatId) {
  return second.value > 0 && steady() - (state.value.typing[chatId] ?? 0) < TYPING_MS;
}

/** The draft of a chat: `answer` (of canned `reply`), `note`, which one is written, `passing` for who takes over. */
export function draftOf(chatId) {
  return { ...NO_DRAFT, ...drafts.value[chatId] };
}

/** Change the draft of a chat. */
export function draft(chatId, facts) {
  drafts.value = { ...drafts.value, [chatId]: { ...draftOf(chatId), ...facts } };
  keep();
}

/** Put a text that was refused back where it was written, before what stands there now. */
export function backToDraft({ client_id, chat_id, frame }) {
  const place = frame.note ? "note" : "answer";
  const { [place]: held, reply } = draftOf(chat_id);
  act({ type: "my.forget", client_id });
  draft(chat_id, { [place]: held ? `${frame.body}\n${held}` : frame.body, reply: replyIn(frame) ?? reply });
}

/** Whether this tab keeps something that the operator typed. */
export function hasKeptWords() {
  return !isOver && hasWords(shelf.read());
}

/** The operator signed out by their own hand: this tab keeps nothing of theirs. */
export function forgetAll() {
  isOver = true;
  shelf.clear();
  happen({ type: "error", code: "signed_out" });
}

function move(rule, cause) {
  const before = state.value;
  const after = rule(before, cause);
  if (after === before) return;
  if (after.signedOut) keep();
  batch(() => {
    state.value = after;
    // What came is shown against the time it came at, not that of the last beat.
    if (["offers", "calls", "chats", "seat"].some((part) => after[part] !== before[part]))
      second.value = quarter.value = clock.now();
    if (after.signedOut) hideAll();
    else if (after.chats !== before.chats) afterChats(before);
    if (after.ready && !isRestored) restore();
    if (isNotComing(before, cause)) shown.value = null;
  });
  passNote(before, cause);
  if (["outbox", "unsent", "chats", "left"].some((part) => state.value[part] !== before[part])) keep();
  for (const listener of listeners) listener(before, state.value, cause);
  // Nobody knows what was said while the page was away: the operator reads it before it goes.
  for (const item of state.value.outbox) if (item.kept && item.code === "fence") backToDraft(item);
}

// The note for who takes over is on its way with the question, and a draft again only when that is refused.
function passNote(before, { type, chat_id, client_id }) {
  if (type === "chat.transfer") draft(chat_id, { passing: "" });
  const { outbox, chats } = state.value;
  const item = type === "error" ? findItem(before.outbox, client_id) : null;
  if (item?.frame.type !== "chat.transfer" || !item.frame.note || !chats[item.chat_id] || findItem(outbox, client_id))
    return;
  draft(item.chat_id, { passing: [item.frame.note, draftOf(item.chat_id).passing].filter(Boolean).join("\n") });
}

// A chat that another hand took away stays on the screen while it is looked at: what somebody types never gets another
// target.
function afterChats(before) {
  for (const id of Object.keys(before.chats)) {
    if (state.value.chats[id]) continue;
    const about = aboutOf(before, id);
    if (handing.value === id) handing.value = null;
    if (wrapping.value === id) wrapping.value = null;
    if (shown.value === id && state.value.left[id]) {
      state.value = applyCommand(state.value, {
        type: "my.keep",
        texts: textsOf({ passing: draftOf(id).passing }, about),
      });
      draft(id, { passing: "" });
      continue;
    }
    leave(id, { about, seen: false });
    if (shown.value === id) shown.value = null;
  }
}

// A draft that was not sent is shown aside, never dropped.
function leave(id, { about, seen }) {
  state.value = applyCommand(state.value, { type: "my.leave", chat_id: id, texts: textsOf(draftOf(id), about), seen });
  for (const own of [drafts, outcomes]) {
    const { [id]: _gone, ...others } = own.value;
    own.value = others;
  }
  keep();
}

// Whether the chat on the screen is one that this hand asked for and doesn't get.
function isNotComing(before, { type, client_id }) {
  const { chats, left, outbox } = state.value;
  const id = shown.value;
  if (!id || chats[id] || left[id]) return false;
  const asks = (item) => item.chat_id === id && OPENING.includes(item.frame.type);
  if (type === "snapshot") return !outbox.some(asks);
  return (
    type === "error" && !outbox.some(asks) && before.outbox.some((item) => item.client_id === client_id && asks(item))
  );
}

// Signed out: whoever stands here now may be somebody else.
function hideAll() {
  for (const own of [drafts, outcomes]) own.value = {};
  for (const own of [shown, reading, handing, wrapping]) own.value = null;
  for (const own of [floorOpen, drawer]) own.value = false;
}

function restore() {
  isRestored = true;
  const kept = shelf.read();
  const { chats } = state.value;
  const isHere = (id) => Boolean(chats[id]);
  const only = (map) => Object.fromEntries(Object.entries(map).filter(([id]) => isHere(id)));
  const about = (id) => kept.abouts[id] ?? { chat_id: id, company: "", visitor_name: "?" };
  const missed = Object.keys(kept.drafts).filter((id) => !isHere(id));
  const unsent = [...kept.unsent, ...missed.flatMap((id) => textsOf(kept.drafts[id], about(id)))];
  const lost = kept.held.filter((id) => !isHere(id)).map(about);
  drafts.value = only(kept.drafts);
  if (isHere(kept.shown)) shown.value = kept.shown;
  state.value = applyCommand(state.value, { type: "my.restore", texts: kept.texts, unsent, lost });
}

function keep() {
  const { ready, chats, left, outbox, unsent } = state.value;
  if (!ready || !isRestored || isOver) return;
  const texts = outbox.map(asText).filter((item) => item && item.status !== "sent");
  const ids = [...Object.keys(chats), ...Object.keys(left)];
  shelf.write({
    drafts: drafts.value,
    texts,
    unsent,
    abouts: Object.fromEntries(ids.map((id) => [id, aboutOf(state.value, id)])),
    held: Object.keys(chats).filter((id) => chats[id].entry.state === "open"),
    shown: shown.value,
  });
}

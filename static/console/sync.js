// Between socket and state: hello, snapshot, renewals, what has to be asked or sent again.

import { every } from "../shared/pulse.js";
import { makeSocket } from "../shared/socket.js";
import { firstSeq, lastSeq } from "./state/chat.js";
import { ready } from "./state/outbox.js";
import {
  act,
  clock,
  fetching,
  floorOpen,
  handing,
  happen,
  narrow,
  net,
  onChange,
  operator,
  reading,
  shown,
  shownChat,
  state,
  visibleChat,
} from "./store.js";
import { steady } from "../shared/time.js";

const RENEW_MS = 5000;
// No word after a renewal for this long: the line is dead, though nobody said so. With the renewal before it that is
// 11 s of a lease of 15, so a new line can still take the seat in time.
const SILENCE_MS = 6000;
const TYPING_EVERY_MS = 3000;
// A full server asks for patience; the same command goes again after this.
const AGAIN_MS = 700;
// The floor is nobody's own: it isn't told, it is asked for while somebody looks.
const FLOOR_MS = 3000;
// One's own figures change when a chat is wrapped up, which asks for them too; a report's day goes on elsewhere as
// well.
const DAY_MS = 60_000;

let socket = null;
let entered = false;
// Since when a question of ours has no answer; 0 when none has.
let askedAt = 0;
// The newest epoch we heard of; the seat we are taking back comes with a higher one.
let newest = -1;
let taking = -1;
let planned = false;
let againTimer = 0;
const syncing = new Set();
const textsAsked = new Set();
const readingAsked = new Set();
let optionsAsked = null;
let dayAsked = false;
const typedAt = new Map();

/** Connects and stays connected. */
export function start(url) {
  socket = makeSocket(url, { open: hello, frame: take, net: noteNet });
  socket.connect();
  every(RENEW_MS, renew);
  every(500, watch);
  every(FLOOR_MS, askFloor);
  every(DAY_MS, askDayAgain);
  onChange(plan);
  for (const look of [shown, handing, reading, floorOpen]) look.subscribe(plan);
  floorOpen.subscribe(askFloor);
  window.addEventListener("focus", plan);
  document.addEventListener("visibilitychange", plan);
  window.addEventListener("online", tryNow);
  // The browser knows before any frame is missed.
  window.addEventListener("offline", socket.drop);
  // Closed without signing out, or loaded again: whoever takes the seat within 5 s keeps it.
  window.addEventListener("pagehide", leave);
}

/** Connect at once instead of at the end of the wait. */
export function tryNow() {
  if (net.value.net !== "open") socket.connect();
}

/** Take the seat back from the other screen. */
export function takeSeat() {
  taking = newest;
  // A renewal on its way with the old epoch would be refused, and make us a reader again.
  entered = false;
  askedAt ||= steady();
  act({ type: "hello", take_seat: true });
  socket.send({ type: "hello", take_seat: true });
}

/** A command with an id of its own, kept until the server has answered. */
export function command(type, facts = {}) {
  act({ type, client_id: crypto.randomUUID(), ...facts });
}

/** A command on a chat, with the fence that this console sees. */
export function onChat(type, chat, facts = {}) {
  command(type, { chat_id: chat.entry.chat_id, fence: chat.entry.fence, ...facts });
}

/** Ask for what was said before the messages that we hold of a chat. */
export function older(chat) {
  const { chat_id } = chat.entry;
  if (!entered || fetching.value || firstSeq(chat) === 1 || !state.value.chats[chat_id]) return;
  if (socket.send({ type: "chat.sync", chat_id, before: firstSeq(chat) })) fetching.value = chat_id;
}

/** Ask what was said in a colleague's chat. */
export function look(chatId) {
  if (entered) socket.send({ type: "chat.look", chat_id: chatId });
}

/** The operator is writing an answer, or has emptied the box. */
export function typing(chatId, on) {
  const last = typedAt.get(chatId) ?? 0;
  if (state.value.readOnly || (on ? steady() - last < TYPING_EVERY_MS : !last)) return;
  typedAt.set(chatId, on ? steady() : 0);
  socket.send({ type: "typing", chat_id: chatId, on });
}

/** A text was sent: the visitor's page takes the typing mark away by itself. */
export function stoppedTyping(chatId) {
  typedAt.set(chatId, 0);
}

function hello() {
  taking = -1;
  askedAt = steady();
  socket.send({ type: "hello", take_seat: !state.value.readOnly });
}

function take(event) {
  askedAt = 0;
  if (event.type === "snapshot" && (event.me.id !== operator || state.value.signedOut)) {
    // Somebody signed in since this page was made: it isn't theirs, and nothing of it may go out in their name.
    location.reload();
    return;
  }
  if (event.server_time) clock.set(event.server_time);
  newest = Math.max(newest, event.epoch ?? event.seat?.epoch ?? -1);
  if (event.type === "snapshot") {
    entered = event.seat.epoch > taking;
    if (entered) taking = -1;
    socket.settled();
    syncing.clear();
    textsAsked.clear();
    readingAsked.clear();
    optionsAsked = null;
  }
  if (event.type === "reading.due") readingAsked.delete(event.company_id);
  if (event.type === "chat.synced" || event.type === "error") syncing.delete(event.chat_id);
  if (event.chat_id === fetching.value && (event.type === "chat.synced" || event.type === "error")) fetched();
  happen(event.type === "typing" ? { ...event, now: steady() } : event);
  if (state.value.signedOut) entered = false;
  plan();
}

// After what came is drawn, so that no screen reader takes it for news.
function fetched() {
  setTimeout(() => (fetching.value = null), 0);
}

function noteNet(facts) {
  if (facts.net !== "open") {
    entered = dayAsked = false;
    fetching.value = null;
    askedAt = 0;
    act({ type: "my.offline" });
  }
  if (facts.refusal === "signed_out") happen({ type: "error", code: "signed_out" });
  const before = net.value;
  const lost = (one) => one.net !== "open";
  const still = lost(before) && lost(facts);
  net.value = { ...facts, since: still ? before.since : steady() };
}

function leave() {
  if (entered && !state.value.readOnly) socket.send({ type: "seat.leave", epoch: state.value.seat.epoch });
}

function watch() {
  if (askedAt && steady() - askedAt > SILENCE_MS) socket.drop();
  socket.look();
}

function renew() {
  if (!entered) return;
  askedAt ||= steady();
  syncing.clear();
  if (state.value.readOnly) {
    // Nothing to renew: looking again is what keeps a reading screen true and the line alive.
    socket.send({ type: "hello", take_seat: false });
    return;
  }
  act({ type: "seat.renew" });
  socket.send({ type: "seat.renew", epoch: state.value.seat.epoch });
}

// Everything that has to go out is looked up once, after all that happens now has happened.
function plan() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    if (entered) flush();
  });
}

function flush() {
  if (state.value.outOfDate) {
    act({ type: "my.asked" });
    socket.send({ type: "hello", take_seat: false });
  }
  for (const id of Object.keys(state.value.stale)) sync(state.value.chats[id]);
  askTexts();
  askReading();
  askOptions();
  askDay();
  if (state.value.readOnly) return;
  tellRead();
  for (const item of ready(state.value.outbox)) {
    if (item.again && !againTimer) againTimer = setTimeout(sendAgain, AGAIN_MS);
    if (item.again) continue;
    if (!socket.send(item.frame)) return;
    act({ type: "my.sent", client_id: item.client_id });
  }
}

function sendAgain() {
  againTimer = 0;
  // Before the snapshot, or without the seat, nothing of ours may go out: the next flush looks at it again.
  if (!entered || state.value.readOnly) return;
  for (const item of ready(state.value.outbox)) {
    if (item.again && socket.send(item.frame)) act({ type: "my.sent", client_id: item.client_id });
  }
}

function sync(chat) {
  if (!chat || syncing.has(chat.entry.chat_id)) return;
  syncing.add(chat.entry.chat_id);
  socket.send({ type: "chat.sync", chat_id: chat.entry.chat_id, after: lastSeq(chat) });
}

function askTexts() {
  const company = shownChat()?.entry.company_id;
  if (!company || textsAsked.has(company)) return;
  textsAsked.add(company);
  socket.send({ type: "texts.get", company_id: company });
}

// What changed in an instruction: for the company asked for, and for the open chat's own while it is to be read.
function askReading() {
  for (const company of [reading.value, shownChat()?.entry.company_id]) {
    if (!company || readingAsked.has(company) || !state.value.companies[company]?.unread) continue;
    readingAsked.add(company);
    socket.send({ type: "reading.get", company_id: company });
  }
}

// Whom a chat can go to: asked anew each time somebody looks for one.
function askOptions() {
  const chat = handing.value;
  const again = chat !== optionsAsked;
  optionsAsked = chat;
  if (chat && again) socket.send({ type: "transfer.options", chat_id: chat });
}

// How one's day goes, once each time that no chat is open any more.
function askDay() {
  const isEmpty = !floorOpen.value && !shown.value && !(narrow.value && Object.keys(state.value.chats).length);
  if (isEmpty && !dayAsked) socket.send({ type: "own_day.get" });
  dayAsked = isEmpty;
}

function askDayAgain() {
  dayAsked = false;
  plan();
}

function askFloor() {
  if (entered && floorOpen.value) socket.send({ type: "floor.get" });
}

// Read is what somebody can have seen: the open chat, in a window that has the focus.
function tellRead() {
  const chat = visibleChat();
  if (!chat || document.hidden || !document.hasFocus()) return;
  const seq = lastSeq(chat);
  if (seq <= chat.entry.operator_read) return;
  const read = { type: "read", chat_id: chat.entry.chat_id, seq };
  act(read);
  socket.send(read);
}

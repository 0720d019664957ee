// When to make a sound, show a desktop notice, change the tab's title or speak to a screen reader.

import { signal } from "@preact/signals";
import { whenIdle } from "../shared/idle.js";
import { every } from "../shared/pulse.js";
import { readFlag, writeFlag } from "./flag.js";
import { listCalls } from "./state/handover.js";
import { label } from "./rules/keys.js";
import { arrange, pressure } from "./rules/order.js";
import * as sound from "./sound.js";
import { clock, companyOf, nameOf, net, onChange, operator, state, visibleChat } from "./store.js";
import { say } from "./words.js";
import { steady } from "../shared/time.js";

const RING_MS = 2000;
const CALL_MS = 4000;
const KNOCK_AGAIN_MS = 15_000;
const LATE_EVERY_MS = 10_000;
const LOST_AFTER_MS = 5000;
// Politely: at most one spoken line each 5 s.
const SPEAK_EVERY_MS = 5000;
// One person's: a colleague who works here next must hear the bell.
const MUTED = `balie.muted.${operator}`;
const HEARD = `balie.heard.${operator}`;

export const muted = signal(readFlag(() => localStorage, MUTED));
// The operator said to hear the bell, in this tab; asked again with each shift.
export const heard = signal(readFlag(() => sessionStorage, HEARD));
export const awake = signal(false);
export const assertive = signal("");
export const polite = signal("");

const rings = new Map();
const notices = new Map();
const knocked = new Map();
const ticked = new Set();
const toned = new Map();
let rangAt = 0;
let calledAt = 0;
let calledTimes = 0;
let spokeAt = 0;
let lostTold = false;

/** Begin to watch. */
export function start() {
  onChange(changed);
  every(500, look);
  // A browser lets a page make sound after a click or a key, whatever it was for. After the whole click: the banner
  // that goes then would move what is being pressed away from under the hand.
  for (const kind of ["click", "keydown"]) window.addEventListener(kind, wakeUp);
  whenIdle(sound.prepare);
  look();
}

/** Switches all sounds on or off; the screen keeps telling. */
export function mute(on) {
  muted.value = on;
  writeFlag(() => localStorage, MUTED, on);
}

/** Rings the bell once and asks for desktop notices. */
export async function tryBell() {
  mute(false);
  awake.value = await sound.wake();
  sound.bell(2);
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
}

/** The operator heard the bell: said once a shift. */
export function confirmHeard() {
  heard.value = true;
  writeFlag(() => sessionStorage, HEARD, true);
}

async function wakeUp() {
  if (!sound.isAwake()) awake.value = await sound.wake();
}

function changed(before, after, cause) {
  if (after.offers !== before.offers || after.calls !== before.calls) look();
  if (cause.type === "offer.made" && after.offers[cause.offer.chat_id] && !before.offers[cause.offer.chat_id]) {
    offered(cause.offer);
  }
  const [call] = listCalls(after).filter((one) => !before.calls[one.chat_id]);
  if (call) called(call);
  const message = cause.type === "message.posted" ? cause.message : null;
  if (message?.side === "visitor" && message.kind === "text" && after !== before) written(cause.chat_id);
}

function offered(offer) {
  const company = companyOf(offer.company_id).name;
  const key = { transfer: "say.offer.transfer", lead: "say.offer.lead" }[offer.kind] ?? "say.offer";
  assertive.value = say(key, { company, name: offer.from_name, key: label("accept") });
  notify(offer.chat_id, company, offer.site);
}

function called(call) {
  const company = companyOf(call.company_id).name;
  assertive.value = say("say.call", { company, n: call.bounces, key: label("call") });
  notify(call.chat_id, company, say("call.label"));
}

function notify(id, company, body) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const notice = new Notification(company, { body, tag: id, requireInteraction: true });
  notice.onclick = () => window.focus();
  notices.set(id, notice);
}

function written(chatId) {
  if (isLookedAt(chatId) || knocked.has(chatId)) return;
  knocked.set(chatId, steady());
  make(sound.knock);
  const chat = state.value.chats[chatId];
  if (chat) speak(say("say.message", { name: nameOf(chat), company: companyOf(chat.entry.company_id).name }));
}

function isLookedAt(chatId) {
  return visibleChat()?.entry.chat_id === chatId && document.hasFocus();
}

function look() {
  awake.value = sound.isAwake();
  const now = clock.now();
  const offers = Object.values(state.value.offers).filter((offer) => Date.parse(offer.expires_at) > now);
  ring(offers);
  ringCalls(listCalls(state.value).length);
  watchPromises(now);
  knockAgain();
  watchLine();
  title(offers);
}

function ring(offers) {
  for (const [id, notice] of notices) {
    if (state.value.offers[id] || state.value.calls[id]) continue;
    notice.close();
    notices.delete(id);
  }
  for (const id of rings.keys()) if (!state.value.offers[id]) rings.delete(id);
  if (!offers.length) {
    rangAt = 0;
    return;
  }
  if (state.value.readOnly || steady() - rangAt < RING_MS) return;
  rangAt = steady();
  const times = Math.max(...offers.map((offer) => rings.get(offer.chat_id) ?? 0));
  make(() => sound.bell(times));
  for (const offer of offers) rings.set(offer.chat_id, times + 1);
}

// Until somebody has the chat. An offer that rings here comes first: two bells at once say nothing.
function ringCalls(count) {
  if (!count) calledTimes = 0;
  if (!count || state.value.readOnly || rangAt || steady() - calledAt < CALL_MS) return;
  calledAt = steady();
  const times = calledTimes;
  calledTimes += 1;
  make(() => sound.call(times));
}

function watchPromises(now) {
  for (const chat of Object.values(state.value.chats)) {
    const { entry } = chat;
    const id = entry.chat_id;
    if (entry.state !== "open" || entry.turn !== "operator" || entry.first_human_at) continue;
    const { left, urgency } = pressure(entry, now);
    if (urgency === "now" && !ticked.has(id)) {
      ticked.add(id);
      make(sound.ticks);
      speak(say("say.now", { name: nameOf(chat), n: Math.ceil(left) }));
    }
    if (urgency === "late" && steady() - (toned.get(id) ?? 0) >= LATE_EVERY_MS) {
      if (!toned.has(id)) speak(say("say.late", { name: nameOf(chat) }));
      toned.set(id, steady());
      make(sound.low);
    }
  }
}

function knockAgain() {
  for (const [id, at] of knocked) {
    const chat = state.value.chats[id];
    const waits = chat && chat.entry.state === "open" && chat.entry.turn === "operator";
    if (!waits || isLookedAt(id)) {
      knocked.delete(id);
    } else if (steady() - at >= KNOCK_AGAIN_MS) {
      knocked.set(id, steady());
      make(sound.knock);
    }
  }
}

function watchLine() {
  const lost = net.value.net !== "open" && steady() - net.value.since > LOST_AFTER_MS;
  if (lost && !lostTold) make(sound.down);
  if (!lost && lostTold && net.value.net === "open") make(sound.up);
  if (lost || net.value.net === "open") lostTold = lost;
}

function title(offers) {
  const waiting = arrange(Object.values(state.value.chats), clock.now()).mine.length;
  const [first] = offers.length ? offers : listCalls(state.value);
  if (first) document.title = say("title.offer", { company: companyOf(first.company_id).name });
  else if (waiting) document.title = say("title.waiting", { n: waiting });
  else document.title = `${say("title")} · Balie`;
}

function speak(line) {
  if (steady() - spokeAt < SPEAK_EVERY_MS) return;
  spokeAt = steady();
  polite.value = line;
}

function make(noise) {
  if (!muted.value) noise();
}

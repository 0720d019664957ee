// Which pages go without a chat first, and inviting a visitor. Fetched only where a site wants one of the two.

import { request, toJson } from "../basics.js";
import { INVITE } from "../styles/invite.js";
import { RULES, chooseGreeting, visit } from "./targeting.js";

const NO = { nl: "Nee, bedankt", en: "No, thanks", de: "Nein, danke", fr: "Non, merci" };
const WEEK_MS = 604_800_000;
const LOOK_MS = 1000;
// A live region speaks what changes in it after it is there.
const SPEAK_AFTER_MS = 100;
const CROSS = ["M18 6 6 18", "m6 6 12 12"];

/** Whether one of the patterns fits the page: the rule of greetings. */
export function isLowValue(patterns, url) {
  return RULES.patterns(patterns, { url }) >= 0;
}

/** Whether a visitor said no less than seven days ago. `kept`: what lies under the site's key, or null. Pure. */
export function isMuted(kept, now) {
  return Number({ __proto__: null, ...kept }.muted) > now;
}

/**
 * Asks whether this visitor may be invited, and does. The greeting of the page is the invitation; a page without one
 * has none.
 *
 * @param {import("../types.js").Desk & {icon: Function, word: Function, taken(): boolean, open(): void}} desk `taken`:
 *   whether the visitor has the panel or a chat.
 */
export async function invite(desk) {
  const greeting = chooseGreeting(desk.config.greetings, visit());
  if (!greeting || isMuted(read(desk.key), Date.now())) return;
  let granted;
  try {
    granted = JSON.parse((await request("POST", `${desk.origin}/widget/${desk.key}/invite?${greeting.id}`)).body);
  } catch {
    return;
  }
  if (!granted.granted || desk.taken()) return;
  desk.dress(INVITE);
  show(desk, greeting, granted);
}

function show(desk, greeting, { id, seconds }) {
  // Counted from here: the device's clock may be minutes off.
  const until = performance.now() + seconds * 1000;
  const { language } = desk.config;
  const text = document.createElement("p");
  text.setAttribute("role", "status");
  const go = makeButton(() => {
    desk.reservation = id;
    end();
    desk.open();
  });
  go.textContent = desk.word("form");
  const no = makeButton(() => {
    end();
    mute(desk.key);
    desk.tell?.(`no=${greeting.id}`);
  });
  no.className = "no";
  no.setAttribute("aria-label", NO[language] || NO.nl);
  no.append(desk.icon(CROSS));
  const bubble = document.createElement("section");
  bubble.className = "note invite";
  bubble.lang = language;
  bubble.setAttribute("aria-label", desk.config.name);
  bubble.append(text, go, no);
  desk.root.prepend(bubble);
  setTimeout(() => (text.textContent = greeting.body), SPEAK_AFTER_MS);
  const looking = setInterval(look, LOOK_MS);

  // The slot is kept for 20 s; who is about to press is not robbed of the button.
  function look() {
    if (desk.taken()) desk.reservation = id;
    const over = performance.now() > until && !bubble.matches(":hover, :focus-within");
    if (over || desk.taken() || desk.config.availability.mode !== "chat") end();
  }

  function end() {
    clearInterval(looking);
    if (bubble.contains(desk.root.activeElement)) desk.focus();
    bubble.remove();
  }
}

function makeButton(press) {
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", press);
  return button;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(`balie.${key}`));
  } catch {
    return null;
  }
}

// The one thing a page may keep of somebody who never opened the chat: until when not to ask again.
function mute(key) {
  try {
    localStorage.setItem(`balie.${key}`, toJson({ ...read(key), muted: Date.now() + WEEK_MS }));
  } catch {
    // Denied: not again on this page, and the server asks once a visit.
  }
}

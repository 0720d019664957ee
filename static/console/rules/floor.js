// The floor, pure: in what order waiting chats stand, and which words say why they wait and how colleagues are.

import { since } from "./order.js";

const WHY = ["nobody", "away", "full", "language", "soon"];
const STATES = ["free", "full", "paused", "draining", "away"];

/** Waiting chats by seconds left on each promise; calls, which nobody took twice, first. */
export function byPromise(chats) {
  const ends = (chat) => Date.parse(chat.arrived_at) + chat.promise_seconds * 1000;
  return [...chats].sort(
    (one, other) => other.called - one.called || ends(one) - ends(other) || (one.chat_id < other.chat_id ? -1 : 1),
  );
}

/** How long the visitor has waited against the promise. @returns {{waited: number, left: number, share: number}} */
export function waitOf(chat, now) {
  const waited = Math.max(0, since(chat.arrived_at, now));
  return { waited, left: chat.promise_seconds - waited, share: waited / chat.promise_seconds };
}

/** Whether this operator may take a waiting chat out of turn; one that rings at somebody only a called lead. */
export function isFree(chat, isLead) {
  return chat.state === "waiting" || Boolean(chat.called && isLead);
}

/** The key of the words that say why a chat waits. */
export function whyKey({ state, why }) {
  if (state === "offered") return "floor.why.offered";
  return `floor.why.${WHY.includes(why) ? why : "soon"}`;
}

/** The key of the words for a colleague's state. */
export function stateKey(state) {
  return `floor.is.${STATES.includes(state) ? state : "away"}`;
}

/** Colleagues: who can take a chat first, then by name. */
export function byState(colleagues) {
  const rank = (one) => (STATES.includes(one.state) ? STATES.indexOf(one.state) : STATES.length);
  return [...colleagues].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

// Moves of the whole state that several rules share, pure: a chat that changes, settles, leaves; an offer that goes.

import { isBehind } from "./chat.js";
import * as box from "./outbox.js";

/** The state with one chat changed; the same object if `how` changes nothing or the chat isn't ours. */
export function update(state, id, how) {
  const chat = state.chats[id];
  if (!chat) return state;
  const next = how(chat);
  return next === chat ? state : settle(state, next);
}

/** Puts a chat in its place; marks it stale if messages are missing, and drops from the outbox what it holds now. */
export function settle(state, chat) {
  const id = chat.entry.chat_id;
  const outbox = box.refenced(box.withoutStored(state.outbox, chat.messages), chat.entry);
  const stale = isBehind(chat) ? { ...state.stale, [id]: true } : state.stale;
  return { ...state, outbox, stale, chats: { ...state.chats, [id]: chat } };
}

/** The chat leaves. What was on its way still gets its answer; what was refused is the operator's work and is kept aside. */
export function removed(state, id, reason = null) {
  const { [id]: chat, ...chats } = state.chats;
  const { [id]: _stale, ...stale } = state.stale;
  const { [id]: _typing, ...typing } = state.typing;
  const outbox = state.outbox.filter((item) => item.chat_id !== id || item.status !== "sent");
  const failed = outbox.filter((item) => item.chat_id === id && item.status === "failed");
  const next = toUnsent({ ...state, chats, stale, typing, outbox }, failed, chat);
  if (!chat || !reason) return next;
  return { ...next, refusals: [...next.refusals, { code: `gone.${reason}`, chat_id: id, chat }] };
}

/** Moves texts out of the outbox to where the operator can copy or drop them. */
export function toUnsent(state, items, chat = null) {
  if (!items.length) return state;
  const ids = new Set(items.map((item) => item.client_id));
  const kept = items.map((item) => ({ client_id: item.client_id, body: item.frame.body, chat }));
  return {
    ...state,
    outbox: state.outbox.filter((item) => !ids.has(item.client_id)),
    unsent: [...state.unsent, ...kept],
  };
}

/** The state without one offer. */
export function withoutOffer(state, id) {
  if (!state.offers[id]) return state;
  const { [id]: _gone, ...offers } = state.offers;
  return { ...state, offers };
}

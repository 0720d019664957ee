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
  const { [id]: _back, ...left } = state.left;
  return { ...state, outbox, stale, left, chats: { ...state.chats, [id]: chat } };
}

/**
 * The chat leaves. What was on its way still gets its answer; what was refused is the operator's work and is kept
 * aside. One that leaves by a hand of ours is simply gone. Of any other the picture stays in `left`, with why
 * (`reason`) and who has it now (`to`), until the operator moves on; `refusals` says it too, but of a wrap-up that ran
 * out.
 */
export function removed(state, id, reason = null, to = "") {
  const { [id]: chat, ...chats } = state.chats;
  const { [id]: _stale, ...stale } = state.stale;
  const { [id]: _typing, ...typing } = state.typing;
  const { [id]: _left, ...left } = state.left;
  // A stored text needs no answer, and a tick holds nobody's words.
  const outbox = state.outbox.filter(
    (item) => item.chat_id !== id || (item.status !== "sent" && item.frame.type !== "chat.tick"),
  );
  const failed = outbox.filter((item) => item.chat_id === id && item.status === "failed");
  const next = toUnsent({ ...state, chats, stale, typing, outbox }, failed);
  if (!chat || !reason || isOurDoing(state, id)) return next;
  const code = `gone.${reason}`;
  const gone = {
    ...next,
    left: { ...left, [id]: { chat, company: state.companies[chat.entry.company_id], code, to } },
  };
  if (reason === "settled") return gone;
  return { ...gone, refusals: [...next.refusals, { code, chat_id: id, about: aboutOf(state, id), to }] };
}

/** Whom a chat is with, in words that outlive it: company and visitor by name. Null for a chat that isn't here. */
export function aboutOf(state, id) {
  const chat = state.chats[id] ?? state.left[id]?.chat;
  if (!chat) return aboutOffered(state, id);
  const { company_id } = chat.entry;
  const company = state.companies[company_id] ?? state.left[id]?.company;
  return {
    chat_id: id,
    company_id,
    company: company?.name ?? "",
    visitor_name: chat.visitor_name,
    number: chat.number,
  };
}

// Of a chat that isn't ours (yet) only the company is known.
function aboutOffered(state, id) {
  const listed = [...(state.floor?.waiting ?? []), ...(state.floor?.open ?? [])].find((one) => one.chat_id === id);
  const known = state.offers[id] ?? state.calls[id] ?? listed;
  if (!known) return null;
  const { company_id, operator = "" } = known;
  return {
    chat_id: id,
    company_id,
    company: state.companies[company_id]?.name ?? "",
    visitor_name: "",
    number: 0,
    operator,
  };
}

/** Move texts out of the outbox to where the operator can copy or drop them. */
export function toUnsent(state, items) {
  if (!items.length) return state;
  const ids = new Set(items.map((item) => item.client_id));
  const kept = items.map(({ client_id, frame, about }) => ({ client_id, body: frame.body, note: frame.note, about }));
  return {
    ...state,
    outbox: state.outbox.filter((item) => !ids.has(item.client_id)),
    unsent: [...state.unsent, ...kept],
  };
}

// Given back or wrapped up from here: its answer is still under way.
function isOurDoing(state, id) {
  return ["chat.requeue", "chat.wrap_up"].some((type) => box.isPending(state.outbox, id, type));
}

/** The refusals without what tells that these chats went: it was read, or one is back. */
export function withoutNotices(refusals, chatIds) {
  return refusals.filter((one) => !chatIds.includes(one.chat_id) || !one.code.startsWith("gone."));
}

/** The state without one offer. */
export function withoutOffer(state, id) {
  if (!state.offers[id]) return state;
  const { [id]: _gone, ...offers } = state.offers;
  return { ...state, offers };
}

// What the pool tells beyond one's own chats, pure: calls to lead operators, transfers, the floor, what is to be read.

import { aboutOf, removed, update } from "./moves.js";

export const EVENTS = {
  "call.made"(state, { call }) {
    const known = state.calls[call.chat_id];
    if (known && (known.fence > call.fence || JSON.stringify(known) === JSON.stringify(call))) return state;
    return { ...state, calls: { ...state.calls, [call.chat_id]: call } };
  },

  "call.gone": (state, { chat_id }) => withoutCall(state, chat_id),

  "transfer.options": (state, { chat_id, people, languages }) =>
    state.chats[chat_id] ? { ...state, options: { ...state.options, [chat_id]: { people, languages } } } : state,

  "transfer.ended"(state, { chat_id, reason }) {
    const chat = state.chats[chat_id];
    if (!chat) return state;
    const next = update(state, chat_id, (one) => withTransfer(one, null));
    // The person who cancelled it knows.
    if (reason === "cancelled") return next;
    const notice = { code: `transfer.${reason}`, chat_id, about: aboutOf(state, chat_id), to: chat.asked };
    return { ...next, refusals: [...withoutEndings(state, chat_id), notice] };
  },

  // An answer like the floor: true of the moment it was given.
  own_day: (state, { type: _type, ...ownDay }) => ({ ...state, ownDay }),

  floor: (state, { waiting, open, colleagues }) => ({ ...state, floor: { waiting, open, colleagues } }),

  "chat.looked": (state, { chat_id, visitor_name, messages }) => ({
    ...state,
    looked: { chat_id, visitor_name, messages },
  }),

  reading: (state, { company_id, from_major, major, parts }) => ({
    ...state,
    reading: { ...state.reading, [company_id]: { from_major, major, parts } },
  }),

  "reading.due": (state, { company_id, unread }) => withUnread(state, company_id, unread),
};

export const ACKS = {
  "chat.pick": (state, item) => withoutCall(state, item.chat_id),
  "chat.take": (state) => state,
  "reading.done": (state, item) => withUnread(state, item.frame.company_id, false),
};

export const COMMANDS = {
  // The floor looks otherwise by now.
  "my.look": (state) => ({ ...state, floor: null, looked: null }),
  "my.choose"(state, { chat_id }) {
    const { [chat_id]: _old, ...options } = state.options;
    return { ...state, options };
  },
};

/** The state without what a transfer of this chat came to before; a new one begins. */
export function forgetEndings(state, chatId) {
  const refusals = withoutEndings(state, chatId);
  return refusals.length === state.refusals.length ? state : { ...state, refusals };
}

/** Replace what we held of calls and instructions by a renewal's; an older server says nothing of them. */
export function compareTold(state, { calls, unread }) {
  let next = state;
  if (calls) {
    const stand = new Set(calls);
    for (const id of Object.keys(next.calls)) if (!stand.has(id)) next = withoutCall(next, id);
    if (calls.some((id) => !next.calls[id])) next = { ...next, outOfDate: true };
  }
  if (unread) {
    const due = new Set(unread);
    for (const id of Object.keys(next.companies)) next = withUnread(next, id, due.has(id));
  }
  return next;
}

/** The calls that somebody should answer here: one that rings here as an offer is answered there. */
export function listCalls(state) {
  return Object.values(state.calls).filter((call) => !state.offers[call.chat_id]);
}

/** The companies whose newest instruction is still to be read, those one has to do with now first. */
export function listUnread(state) {
  const near = [...Object.values(state.chats).map((chat) => chat.entry), ...Object.values(state.offers)];
  const first = new Set(near.map((one) => one.company_id));
  return Object.values(state.companies)
    .filter((company) => company.unread)
    .sort(
      (one, other) => Number(first.has(other.id)) - Number(first.has(one.id)) || one.name.localeCompare(other.name),
    );
}

/** A chat that the person asked has now: told once, by name. */
export function movedOn(state, chatId, name) {
  return removed(forgetEndings(state, chatId), chatId, "transferred", name || state.chats[chatId]?.asked);
}

function withTransfer(chat, transfer) {
  return chat.entry.transfer === transfer ? chat : { ...chat, entry: { ...chat.entry, transfer } };
}

function withoutCall(state, chatId) {
  if (!state.calls[chatId]) return state;
  const { [chatId]: _gone, ...calls } = state.calls;
  return { ...state, calls };
}

function withoutEndings(state, chatId) {
  return state.refusals.filter((one) => one.chat_id !== chatId || !one.code.startsWith("transfer."));
}

// Having read an older version says nothing about a newer one.
function withUnread(state, companyId, unread) {
  const company = state.companies[companyId];
  if (!company || Boolean(company.unread) === unread) return state;
  const { [companyId]: _old, ...reading } = state.reading;
  return { ...state, reading, companies: { ...state.companies, [companyId]: { ...company, unread } } };
}

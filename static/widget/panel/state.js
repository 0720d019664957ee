// The panel's whole truth as one value, and the pure rules that change it.
// reduce(state, action) -> state. Actions from the wire carry the wire's own `type`; actions of
// this page begin with "my.". A repeat changes nothing; a gap leaves the chat stale (transcript.js).

import { moment, pairs } from "../basics.js";
import {
  acked,
  closedBy,
  closedHere,
  expect,
  hasHumanAnswer,
  merge,
  newChat,
  takePage,
  visitorWords,
  welcomed,
  withEnding,
} from "../talk/transcript.js";

// An operator's page says "typing" each 3 s; two missed ones mean that it stopped.
const TYPING_MS = 7000;
// Closed for these reasons and never answered: the question is still open, so the form takes it.
const MISSED = ["end_of_hours", "manager"];
// The server asks for the same command again, with the same id.
const AGAIN = ["busy", "retry"];
const CLOSE = "chat.close";

/** @import { Action, State } from "../types.js" */

/** @type {State} */
export const START = {
  net: "idle",
  attempts: 0,
  refusal: null,
  offset: 0,
  token: null,
  availability: { mode: "chat", closes_at: null, opens_at: null, phone: "" },
  greeting: null,
  chat: null,
  outbox: [],
  // Commands that wait for their ack, as frames, and what the last refused one was.
  wishes: [],
  denied: null,
  typing: null,
  // While the chat waits: "free", "busy" or "called", as the last beat said.
  wait: "",
  question: null,
  patient: false,
  draft: "",
};

/**
 * The next state; the same object when nothing changed.
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  const rule = RULES[action.type];
  return rule ? rule(state, action) : state;
}

const RULES = {
  welcome(state, event) {
    const next = {
      ...state,
      net: "online",
      attempts: 0,
      refusal: null,
      wait: event.wait,
      token: event.token,
      availability: event.availability,
      offset: moment(event.server_time) - event.now,
      chat: event.chat ? welcomed(state.chat, event.chat) : closedBy(state.chat, state.chat?.closedBy),
      outbox: state.outbox.map(queued),
    };
    return missed(state, settle(next));
  },

  "message.posted"(state, { chat_id, message }) {
    const chat = chatFor(state, chat_id, message.at);
    if (!chat) return state;
    const merged = merge(chat, [message]);
    if (merged === state.chat) return state;
    const theirs = message.side === "operator" && message.kind === "text";
    const next = { ...state, chat: merged, typing: theirs ? null : state.typing };
    return missed(state, settle(next));
  },

  ack(state, event) {
    const wish = wishOf(state, event);
    if (wish) return answered(state, wish, event);
    const item = state.outbox.find((i) => i.clientId === event.client_id);
    if (!item || event.seq == null) return state;
    const chat = chatFor(state, event.chat_id, event.at, true);
    const outbox = without(state.outbox, event.client_id);
    return settle({ ...state, outbox, chat: merge(chat, acked(item, event)) });
  },

  error(state, event) {
    const id = event.client_id;
    if (!id) return state;
    if (state.outbox.some((i) => i.clientId === id)) return refused(state, id, event.code);
    const wish = wishOf(state, event);
    if (wish) return AGAIN.includes(event.code) ? state : answered(state, wish, event);
    const question = state.question;
    if (question?.clientId !== id || AGAIN.includes(event.code)) return state;
    return { ...state, question: { ...question, status: "editing", problem: event.code } };
  },

  typing(state, event) {
    if (event.chat_id !== state.chat?.id) return state;
    if (!event.on) return state.typing ? { ...state, typing: null } : state;
    return { ...state, typing: { name: event.name, until: event.now + TYPING_MS } };
  },

  read(state, event) {
    const chat = state.chat;
    if (event.side !== "operator" || event.chat_id !== chat?.id) return state;
    if (event.seq <= chat.operatorRead) return state;
    return { ...state, chat: { ...chat, operatorRead: event.seq } };
  },

  "chat.rated": afterwards,
  "transcript.changed": afterwards,

  beat(state, { wait, ...event }) {
    if (!state.chat) return state;
    const chat = expect(state.chat, event.last_seq);
    const ended = event.state === "closed" && chat.have >= event.last_seq;
    const next = ended ? closedBy(chat, chat.closedBy) : chat;
    return next === state.chat && wait === state.wait ? state : { ...state, wait, chat: next };
  },

  "chat.synced"(state, event) {
    const chat = chatFor(state, event.chat_id, event.messages[0]?.at);
    if (!chat) return state;
    const next = expect(takePage(chat, event.messages), event.last_seq);
    return next === state.chat ? state : missed(state, settle({ ...state, chat: next }));
  },

  "question.posted"(state, event) {
    const question = state.question;
    if (question?.clientId !== event.client_id || question.status === "done") return state;
    return { ...state, question: { ...question, status: "done", problem: null }, draft: "" };
  },

  "my.net"(state, { net, attempts = 0, now, wait, refusal = null }) {
    const outbox = net === "online" ? state.outbox : state.outbox.map(queued);
    return { ...state, net, attempts, retryAt: now + wait, refusal, outbox, typing: null };
  },

  // Facts from outside: token, availability, greeting, draft, patient, question.
  "my.set"(state, { type, ...facts }) {
    const same = pairs(facts).every(([name, value]) => value === state[name]);
    return same ? state : { ...state, ...facts };
  },

  "my.text"(state, { clientId, body, page }) {
    if (state.outbox.some((i) => i.clientId === clientId)) return state;
    const greeting = state.chat ? null : state.greeting;
    const item = { clientId, body, page, greeting, status: "queued", slow: false, reason: null };
    return { ...state, outbox: [...state.outbox, item], draft: "" };
  },

  // One text on its way changes: flying, slow, or queued again.
  "my.item"(state, { clientId, change }) {
    return patch(state, clientId, change);
  },

  "my.drop"(state, { clientId }) {
    const item = state.outbox.find((i) => i.clientId === clientId);
    if (!item) return state;
    return { ...state, outbox: without(state.outbox, clientId), draft: item.body };
  },

  "my.read"(state, { seq }) {
    const chat = state.chat;
    return chat && seq > chat.seen ? { ...state, chat: { ...chat, seen: seq } } : state;
  },

  "my.tick"(state, { now }) {
    return state.typing && state.typing.until <= now ? { ...state, typing: null } : state;
  },

  // A newer wish of the same kind takes the place of an older one.
  "my.wish"(state, { wish }) {
    return { ...state, denied: null, wishes: [...except(state, wish.type), wish] };
  },

  "my.fresh"(state) {
    const kept = state.outbox.map((i) => i.body).join("\n");
    return {
      ...state,
      chat: null,
      outbox: [],
      wishes: except(state, CLOSE),
      typing: null,
      question: null,
      patient: false,
      draft: kept || state.draft,
    };
  },

  "my.ask"(state, { kind }) {
    const words = state.chat ? visitorWords(state.chat) : [];
    const body = [...words, ...state.outbox.map((i) => i.body), state.draft].filter(Boolean);
    return { ...state, question: newQuestion(kind, body.join("\n")) };
  },

  "my.question"(state, { clientId, body, email, phone, name, page, consent, callBack }) {
    const kind = state.question?.kind || "nobody";
    const question = { kind, clientId, body, email, phone, name, page, consent, callBack };
    return { ...state, question: { ...question, status: "sending", problem: null } };
  },
};

/** A question form of one kind, with the words that were there. */
export function newQuestion(kind, body) {
  const blank = { clientId: null, email: "", phone: "", name: "", page: null, consent: "", callBack: null };
  return { ...blank, kind, body, status: "editing", problem: null };
}

// Another tab of the same visitor may have begun a chat, so an unknown id is adopted, but never
// over a chat that goes on here.
function chatFor(state, id, at, mine = false) {
  if (state.chat?.id === id) return state.chat;
  if (!mine && state.chat && state.chat.state !== "closed") return null;
  return newChat(id, at, state.availability.promise_seconds);
}

function afterwards(state, event) {
  return event.chat_id === state.chat?.id ? { ...state, chat: withEnding(state.chat, event) } : state;
}

// A text that the server has by now no longer waits to be sent; a chat that is over takes no more.
function settle(state) {
  const chat = state.chat;
  const known = new Set(chat ? chat.messages.map((m) => m.client_id) : []);
  let outbox = state.outbox.filter((i) => !known.has(i.clientId));
  const over = chat?.state === "closed";
  if (over) outbox = outbox.map((i) => ({ ...i, status: "failed", reason: "chat_closed" }));
  return { ...state, outbox, ...(over && { typing: null, wishes: except(state, CLOSE) }) };
}

// Closed before anybody answered, and not by the visitor: offer the form with their words in it.
function missed(before, state) {
  const chat = state.chat;
  const was = before.chat?.id === chat?.id ? before.chat?.state : null;
  if (chat?.state !== "closed" || was === "closed" || state.question) return state;
  if (!MISSED.includes(chat.closedBy) || hasHumanAnswer(chat)) return state;
  const words = [...visitorWords(chat), ...state.outbox.map((i) => i.body)];
  return { ...state, outbox: [], question: newQuestion("nobody", words.join("\n")) };
}

function refused(state, id, code) {
  if (AGAIN.includes(code)) return patch(state, id, { status: "held" });
  if (code === "nobody") {
    const words = [...state.outbox.map((i) => i.body), state.draft].filter(Boolean).join("\n");
    return { ...state, outbox: [], draft: "", question: newQuestion("nobody", words) };
  }
  if (code === "chat_closed") return settle({ ...state, chat: closedBy(state.chat, null) });
  return patch(state, id, { status: "failed", reason: code });
}

function wishOf(state, { client_id: id }) {
  return state.wishes.find((wish) => wish.client_id === id);
}

function except(state, type) {
  return state.wishes.filter((wish) => wish.type !== type);
}

// A chat that can't be closed is over already.
function answered(state, { type }, event) {
  const next = { ...state, wishes: except(state, type) };
  if (type === CLOSE) return settle({ ...next, chat: closedHere(state.chat, event) });
  return event.code ? { ...next, denied: { type, code: event.code } } : next;
}

function queued(item) {
  return item.status === "failed" ? item : { ...item, status: "queued" };
}

function patch(state, id, change) {
  if (!state.outbox.some((i) => i.clientId === id)) return state;
  const outbox = state.outbox.map((i) => (i.clientId === id ? { ...i, ...change } : i));
  return { ...state, outbox };
}

function without(outbox, id) {
  return outbox.filter((i) => i.clientId !== id);
}

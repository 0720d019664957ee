// The messages of one chat, in order of `seq`. Pure: every function returns a new value.

import { moment } from "../basics.js";

/** Add messages; one that is there already changes nothing. */
export function merge(chat, messages) {
  const seen = new Set(chat.messages.map((m) => m.seq));
  const fresh = messages.filter((m) => !seen.has(m.seq) && seen.add(m.seq));
  if (!fresh.length) return chat;
  const all = [...chat.messages, ...fresh].sort((a, b) => a.seq - b.seq);
  let next = advance({ ...chat, messages: all });
  for (const message of fresh.sort((a, b) => a.seq - b.seq)) next = follow(next, message);
  return next;
}

/** Remember that the server has messages up to `seq`. */
export function expect(chat, seq) {
  return seq > chat.known ? { ...chat, known: seq } : chat;
}

/** A message is missing: everything after `have` is to be asked for. */
export function isStale(chat) {
  return chat.have < chat.known;
}

/**
 * Add a page of the server's, which has no gap: what follows on what is held, what came before it, or the first that
 * is held at all.
 */
export function takePage(chat, page) {
  if (!page.length) return chat;
  const before = page[0].seq - 1;
  const isOlder = before < chat.base && page[page.length - 1].seq >= chat.base;
  const isApart = !chat.have || before > chat.have;
  return isOlder || isApart ? advance(merge({ ...chat, base: before }, page)) : merge(chat, page);
}

function advance(chat) {
  let have = chat.base;
  for (const message of chat.messages) {
    if (message.seq <= have) continue;
    if (message.seq !== have + 1) break;
    have = message.seq;
  }
  const last = chat.messages[chat.messages.length - 1].seq;
  return { ...chat, have, known: last > chat.known ? last : chat.known };
}

const helped = (chat, { name: operator }) => ({ ...chat, state: "open", operator });
const SYSTEM = {
  accepted: helped,
  transferred: helped,
  taken: helped,
  requeued: (chat, data, lostAt) => ({ ...chat, state: "waiting", operator: null, lostAt }),
  closed: (chat, data) => ({ ...chat, state: "closed", closedBy: data.by }),
};

function follow(chat, message) {
  if (message.kind !== "system") return chat;
  const data = message.data || {};
  // An old line that arrives late must not undo a newer one.
  if (chat.steps >= message.seq || !SYSTEM[data.code]) return chat;
  return { ...SYSTEM[data.code](chat, data, moment(message.at)), steps: message.seq };
}

/** The highest seq of a line that the visitor has to read. */
export function lastToRead(chat) {
  let seq = 0;
  for (const message of chat.messages) if (isTheirs(message)) seq = message.seq;
  return seq;
}

/** Whether a person has answered yet; greetings don't count. */
export function hasHumanAnswer(chat) {
  return chat.answered || chat.messages.some((m) => m.kind === "text" && m.side === "operator");
}

/** Return the visitor's own texts, for the question form. */
export function visitorWords(chat) {
  return chat.messages.filter((m) => m.kind === "text" && m.side === "visitor").map((m) => m.body);
}

function isTheirs(message) {
  return message.side === "operator" && (message.kind === "text" || message.kind === "auto");
}

/**
 * A chat of which no message is known yet. `base`: older messages, up to here, were not asked for; `have`: gap-free
 * from there up to here; `known`: the server has up to here. `answered`: by a person, perhaps in one of the older
 * messages.
 */
export function newChat(id, arrivedAt, promise) {
  return {
    id,
    state: "waiting",
    arrivedAt,
    promise,
    operator: null,
    operatorRead: 0,
    answered: false,
    seen: 0,
    base: 0,
    have: 0,
    known: 0,
    steps: 0,
    closedBy: null,
    messages: [],
    rating: null,
    transcripts: [],
  };
}

/** The chat as `welcome` tells it, with the messages this page already had. */
export function welcomed(old, fresh) {
  const same = old?.id === fresh.id;
  const base = same ? old : newChat(fresh.id, fresh.arrived_at, fresh.promise_seconds);
  const chat = expect(takePage(base, fresh.messages), fresh.last_seq);
  return {
    ...chat,
    state: fresh.state,
    operator: fresh.operator || (fresh.state === "closed" ? chat.operator : null),
    arrivedAt: fresh.arrived_at,
    promise: fresh.promise_seconds,
    answered: fresh.answered,
    operatorRead: Math.max(chat.operatorRead, fresh.operator_read),
    seen: Math.max(chat.seen, fresh.visitor_read),
    steps: Math.max(chat.steps, fresh.last_seq),
    rating: fresh.rating,
    transcripts: fresh.transcripts,
  };
}

/** The chat after its rating, or after a mail of it (known by its address) changed its state. */
export function withEnding(chat, { type, chat_id, now, ...facts }) {
  if (type === "chat.rated") return { ...chat, rating: facts };
  const mails = new Map([...chat.transcripts, facts].map((mail) => [mail.address, mail]));
  return { ...chat, transcripts: [...mails.values()] };
}

/** The chat, over. */
export function closedBy(chat, by) {
  if (!chat || chat.state === "closed") return chat;
  return { ...chat, state: "closed", closedBy: by };
}

/** The messages that an `ack` stands for: the text, and before a first one the greeting it answered. */
export function acked(item, event) {
  const base = { name: "", client_id: null, data: {} };
  const text = { ...base, seq: event.seq, kind: "text", side: "visitor", body: item.body };
  const messages = [{ ...text, at: event.at, client_id: item.clientId }];
  if (event.seq === 2 && item.greeting) {
    const greeting = { ...base, seq: 1, kind: "auto", side: "operator", body: item.greeting.body };
    messages.unshift({ ...greeting, at: event.at });
  }
  return messages;
}

/** The chat that this visitor ended: the `ack`'s seq is that of the line that says so. */
export function closedHere(chat, { seq, at = null }) {
  const data = { code: "closed", by: "visitor" };
  const line = { seq, kind: "system", side: "system", name: "", body: "", at, client_id: null, data };
  return closedBy(seq ? merge(chat, [line]) : chat, "visitor");
}

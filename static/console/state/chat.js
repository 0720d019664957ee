// One chat, pure: what its messages make of its live facts. Nothing here knows the rest of the console.

import { later } from "../../shared/time.js";

// A trail longer than this is never read while somebody waits.
const TRAIL_LIMIT = 30;

/**
 * The chat as the server sends it, with the pages the visitor was on and who was asked last to take it over. Its
 * messages are the newest; of those `known` from before, what they follow on stays.
 */
export function takeIn(chat, known = []) {
  const older = known.filter((message) => message.seq < firstSeq(chat));
  return withOlder(withTrail({ ...chat, asked: chat.entry.transfer?.to ?? "" }), older);
}

/** The highest seq we hold; messages are gap-free up to it. */
export function lastSeq(chat) {
  return chat.messages.length ? chat.messages[chat.messages.length - 1].seq : 0;
}

/** The lowest seq we hold; 1 is the chat's first. */
export function firstSeq(chat) {
  return chat.messages.length ? chat.messages[0].seq : 1;
}

/** Whether the server has newer messages than we do. */
export function isBehind(chat) {
  return chat.entry.last_seq > lastSeq(chat);
}

/** The chat with those messages that join what it has, at either end; a known one changes nothing, a gap stops. */
export function withMessages(chat, messages) {
  let next = withOlder(
    chat,
    messages.filter((message) => message.seq < firstSeq(chat)),
  );
  for (const message of messages) {
    const last = lastSeq(next);
    if (message.seq <= last) continue;
    if (message.seq > last + 1) {
      const known = Math.max(next.entry.last_seq, message.seq);
      return { ...next, entry: { ...next.entry, last_seq: known } };
    }
    next = { ...next, entry: follow(next.entry, message), messages: [...next.messages, message] };
    if (message.data.code === "page") next = withPage(next, { ...message.data, at: message.at });
  }
  return next;
}

/** The chat with newer live facts; older ones, which may overtake each other, change nothing. */
export function withEntry(chat, entry) {
  const ours = chat.entry;
  const older = entry.fence < ours.fence;
  if (older || (entry.fence === ours.fence && entry.last_seq < ours.last_seq)) return chat;
  return {
    ...chat,
    // The question is over before we hear how it ended.
    asked: entry.transfer?.to ?? chat.asked,
    entry: {
      ...entry,
      last_seq: Math.max(entry.last_seq, ours.last_seq),
      visitor_read: Math.max(entry.visitor_read, ours.visitor_read),
      operator_read: Math.max(entry.operator_read, ours.operator_read),
      visitor_seen_at: later(ours.visitor_seen_at, entry.visitor_seen_at),
    },
  };
}

/** The chat after a side has read up to `seq`. */
export function withRead(chat, side, seq) {
  const field = side === "visitor" ? "visitor_read" : "operator_read";
  if (chat.entry[field] >= seq) return chat;
  return { ...chat, entry: { ...chat.entry, [field]: seq } };
}

/** The chat after a sign of life of its visitor. */
export function withSign(chat, at) {
  const seen = later(chat.entry.visitor_seen_at, at);
  return seen === chat.entry.visitor_seen_at ? chat : { ...chat, entry: { ...chat.entry, visitor_seen_at: seen } };
}

/** The chat after a step of its script was ticked, or its tick taken away. */
export function withTick(chat, { step, on, at }) {
  const { [step]: _was, ...others } = chat.entry.ticks ?? {};
  return { ...chat, entry: { ...chat.entry, ticks: on ? { ...others, [step]: at } : others } };
}

/** The chat after its visitor said how it was; the same value changes nothing. */
export function withRating(chat, rating) {
  const known = chat.rating;
  return known?.good === rating.good && known.words === rating.words ? chat : { ...chat, rating };
}

/** The chat after a mail of it was asked for, or had another state. */
export function withTranscript(chat, mail) {
  const at = chat.transcripts.findIndex(({ address }) => address === mail.address);
  if (at < 0) return { ...chat, transcripts: [...chat.transcripts, mail] };
  const known = chat.transcripts[at];
  if (known.state === mail.state && known.at === mail.at && known.reason === mail.reason) return chat;
  return { ...chat, transcripts: chat.transcripts.map((one, i) => (i === at ? mail : one)) };
}

function withOlder(chat, older) {
  if (!older.length || older[older.length - 1].seq !== firstSeq(chat) - 1) return chat;
  return withTrail({ ...chat, messages: [...older, ...chat.messages] });
}

function withTrail(chat) {
  const arrival = { url: chat.page_url, title: chat.page_title, at: chat.entry.arrived_at };
  const pages = chat.messages.filter((message) => message.data.code === "page");
  return pages.reduce((next, { data, at }) => withPage(next, { ...data, at }), { ...chat, trail: [arrival] });
}

function withPage(chat, { url, title, at }) {
  const here = chat.trail[chat.trail.length - 1];
  if (here?.url === url) return chat;
  const trail = [...chat.trail, { url, title: title ?? "", at }].slice(-TRAIL_LIMIT);
  return { ...chat, trail };
}

// The rule of the wire: a text gives the turn to the other side; the first operator's text is the first answer.
function follow(entry, message) {
  const next = { ...entry, last_seq: Math.max(entry.last_seq, message.seq) };
  if (message.side === "visitor" || message.data.code === "page") {
    next.visitor_seen_at = later(entry.visitor_seen_at, message.at);
  }
  if (message.kind !== "text") return next;
  const turn = message.side === "visitor" ? "operator" : "visitor";
  if (turn !== entry.turn) Object.assign(next, { turn, turn_at: message.at });
  if (message.side === "operator") next.first_human_at = entry.first_human_at ?? message.at;
  return next;
}

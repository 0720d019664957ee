// The console's whole truth as one value, and the pure rules that change it.
// A repeated event changes nothing; a gap marks the chat stale, and whoever holds the socket asks chat.sync.

import { lastSeq, takeIn, withEntry, withMessages, withRating, withRead, withTick, withTranscript } from "./chat.js";
import * as departures from "./departures.js";
import * as handover from "./handover.js";
import { aboutOf, removed, settle, toUnsent, update, withoutNotices, withoutOffer } from "./moves.js";
import * as offers from "./offers.js";
import * as box from "./outbox.js";
import { renewed } from "./renewal.js";
/** @import { Chat, ConsoleLimits, Frame, Snapshot, State } from "../types.js" */

// An answer to an offer that came too late.
const GONE = ["not_found", "fence", "wrong_state"];

/** @type {State} */
export const EMPTY = {
  ready: false,
  me: null,
  seat: null,
  // What the server said of its own limits: `ConsoleLimits` of chat/domain/events/console.py.
  limits: /** @type {ConsoleLimits} */ ({}),
  companies: {},
  chats: {},
  offers: {},
  // Offers that went without a hand of ours: said where they stood, until that was read.
  gone: {},
  // Chats that were let pass twice: told to lead operators only.
  calls: {},
  texts: {},
  // Answers to what was asked for a moment: whom a chat can go to, how the floor stands, what an instruction changed.
  options: {},
  floor: null,
  ownDay: null,
  looked: null,
  reading: {},
  outbox: [],
  // Chats whose messages have a gap, and whether the whole picture has to be asked for anew.
  stale: {},
  outOfDate: false,
  typing: {},
  // What we held when the renewal under way was sent: only that can be missing from its answer.
  asked: null,
  readOnly: false,
  signedOut: false,
  // Chats that left without a hand of ours, as they were, until the operator moves on.
  left: {},
  // What the server refused, and texts whose chat went away before they were stored: shown until dismissed.
  refusals: [],
  unsent: [],
};

/** @type {(event: Snapshot, before?: State) => State} Texts, outbox and trails of `before` stay. */
export function fromSnapshot(event, before = EMPTY) {
  const chats = /** @type {Record<string, Chat>} */ ({});
  for (const chat of event.chats) {
    chats[chat.entry.chat_id] = takeIn(chat, before.chats[chat.entry.chat_id]?.messages);
  }
  const lost = Object.keys(before.chats).filter((id) => !chats[id]);
  const kept = lost.reduce(departures.missed, before);
  let next = {
    ...kept,
    refusals: withoutNotices(kept.refusals, Object.keys(chats)),
    ready: true,
    outOfDate: false,
    asked: null,
    me: event.me,
    seat: event.seat,
    limits: event.limits,
    companies: byId(event.companies, "id"),
    chats,
    offers: byId(event.offers, "chat_id"),
    calls: byId(event.calls ?? [], "chat_id"),
    reading: {},
    stale: {},
  };
  for (const chat of Object.values(chats)) next = settle(next, chat);
  return next;
}

/** @type {(state: State, event: Frame) => State} The server's event; the same object when nothing changed. */
export function applyEvent(state, event) {
  const rule = EVENTS[event.type];
  return rule ? rule(state, event) : state;
}

/** @type {(state: State, command: Frame) => State} Our command on its way, or a mark of this console's own. */
export function applyCommand(state, command) {
  const rule = COMMANDS[command.type];
  return rule ? rule(state, command) : queue(state, command);
}

const EVENTS = {
  ...handover.EVENTS,
  ...offers.EVENTS,

  snapshot: (state, event) => fromSnapshot(event, state),

  "seat.renewed": renewed,

  "seat.changed"(state, event) {
    if (state.seat && event.seat.epoch < state.seat.epoch) return state;
    return { ...state, seat: event.seat };
  },

  "seat.taken"(state, event) {
    return state.seat && event.epoch > state.seat.epoch ? { ...state, readOnly: true } : state;
  },

  "chat.added"(state, { chat }) {
    const id = chat.entry.chat_id;
    const known = state.chats[id];
    const next = withoutOffer(state, id);
    if (known && known.entry.fence > chat.entry.fence) return next;
    if (known) {
      const { rating, transcripts, lead } = chat;
      return settle(next, { ...withEntry(withMessages(known, chat.messages), chat.entry), rating, transcripts, lead });
    }
    return settle({ ...next, refusals: withoutNotices(next.refusals, [id]) }, takeIn(chat));
  },

  "chat.changed": (state, { entry }) => update(state, entry.chat_id, (chat) => withEntry(chat, entry)),

  "chat.removed": (state, { chat_id, reason, name }) =>
    reason === "transferred" ? handover.movedOn(state, chat_id, name) : removed(state, chat_id, reason, name),

  "message.posted"(state, { chat_id, message }) {
    const next = update(state, chat_id, (chat) => withMessages(chat, [message]));
    const stopped = message.side === "visitor" && message.kind === "text" && state.typing[chat_id];
    return stopped ? { ...next, typing: { ...next.typing, [chat_id]: 0 } } : next;
  },

  typing(state, event) {
    if (!state.chats[event.chat_id]) return state;
    return { ...state, typing: { ...state.typing, [event.chat_id]: event.on ? (event.now ?? 0) : 0 } };
  },

  read: (state, event) => update(state, event.chat_id, (chat) => withRead(chat, event.side, event.seq)),
  "chat.rated": (state, { chat_id, good, words }) =>
    update(state, chat_id, (chat) => withRating(chat, { good, words })),
  "lead.posted": (state, { chat_id }) => update(state, chat_id, (chat) => (chat.lead ? chat : { ...chat, lead: true })),
  "transcript.changed": (state, { chat_id, address, state: stands, at, reason }) =>
    update(state, chat_id, (chat) => withTranscript(chat, { address, state: stands, at, reason })),

  "chat.synced"(state, event) {
    const chat = state.chats[event.chat_id];
    if (!chat) return state;
    if (!event.entry) return removed(state, event.chat_id, "taken");
    const merged = withMessages(withEntry(chat, event.entry), event.messages);
    const { [event.chat_id]: _done, ...stale } = state.stale;
    return settle({ ...state, stale }, merged);
  },

  texts: (state, event) => ({ ...state, texts: { ...state.texts, [event.company_id]: event.texts } }),

  ack(state, event) {
    const item = box.findItem(state.outbox, event.client_id);
    if (!item) return state;
    const next = { ...state, outbox: box.without(state.outbox, item.client_id) };
    const done = ACKS[item.frame.type];
    return done ? done(next, item, event) : next;
  },

  error(state, event) {
    const { code, client_id, chat_id } = event;
    // Somebody else may read this screen from now on.
    if (code === "signed_out") return state.signedOut ? state : { ...EMPTY, signedOut: true };
    const next = code === "seat_taken" ? { ...state, readOnly: true } : state;
    const item = box.findItem(state.outbox, client_id);
    if (item) return refused(next, item, code);
    // Only chat.sync and the like name a chat without an id of their own.
    return code === "not_found" && chat_id ? removed(next, chat_id, "taken") : next;
  },
};

const ACKS = {
  ...handover.ACKS,
  ...offers.ACKS,
  "message.post"(state, item, event) {
    const chat = state.chats[item.chat_id];
    if (!chat) return state;
    if (event.seq <= lastSeq(chat)) return state;
    const message = {
      seq: event.seq,
      kind: item.frame.note ? "note" : "text",
      side: "operator",
      name: state.me.name,
      body: item.frame.body,
      at: event.at,
      client_id: item.client_id,
      data: {},
    };
    const next = settle(state, withMessages(chat, [message]));
    if (event.seq === lastSeq(chat) + 1) return next;
    // It lies behind a gap: shown as stored until the sync brings it.
    return { ...next, outbox: [...next.outbox, { ...item, status: "sent" }] };
  },
  "chat.requeue": (state, item) => removed(state, item.chat_id),
  "chat.wrap_up": (state, item) => removed(state, item.chat_id),
  "chat.close": (state, item, event) =>
    update(state, item.chat_id, (chat) => {
      const known = Math.max(chat.entry.last_seq, event.seq ?? 0);
      return { ...chat, entry: { ...chat.entry, last_seq: known } };
    }),
};

const COMMANDS = {
  ...handover.COMMANDS,
  ...departures.COMMANDS,
  ...offers.COMMANDS,
  "chat.transfer": (state, command) => queue(handover.forgetEndings(state, command.chat_id), command),
  // Shown at once. One that is refused goes away with the chat's facts, which are asked for then.
  "chat.tick": (state, command) =>
    queue(
      update(state, command.chat_id, (chat) => withTick(chat, command)),
      command,
    ),
  hello: (state, { take_seat }) => ({ ...state, readOnly: take_seat ? false : state.readOnly }),
  // Asking once is enough until the answer, or until a gap shows again.
  "my.asked": (state) => ({ ...state, outOfDate: false }),
  "seat.renew": (state) => ({
    ...state,
    asked: { chats: Object.keys(state.chats), offers: Object.keys(state.offers) },
  }),
  read: (state, { chat_id, seq }) => update(state, chat_id, (chat) => withRead(chat, "operator", seq)),
  "my.sent": (state, { client_id }) => ({
    ...state,
    outbox: box.change(state.outbox, client_id, { status: "sending" }),
  }),
  "my.offline": (state) => ({ ...state, asked: null, outbox: box.requeued(state.outbox) }),
  "my.retry"(state, { client_id }) {
    const item = box.findItem(state.outbox, client_id);
    const chat = item && state.chats[item.chat_id];
    if (!chat) return state;
    const frame = { ...item.frame, fence: chat.entry.fence };
    return {
      ...state,
      outbox: box.change(state.outbox, client_id, { frame, status: "queued", code: "", kept: false }),
    };
  },
  "my.forget": (state, { client_id }) => ({
    ...state,
    outbox: box.without(state.outbox, client_id),
    unsent: state.unsent.filter((item) => item.client_id !== client_id),
  }),
  "my.dismiss": (state, { refusal }) => ({ ...state, refusals: state.refusals.filter((one) => one !== refusal) }),
};

/** @type {(state: State, command: Frame) => State} */
function queue(state, { at, about, ...frame }) {
  if (!frame.client_id || box.findItem(state.outbox, frame.client_id)) return state;
  return { ...state, outbox: [...state.outbox, box.entryOf(frame, at, about ?? aboutOf(state, frame.chat_id))] };
}

function refused(state, item, code) {
  if (box.isPassing(code)) {
    return { ...state, outbox: box.change(state.outbox, item.client_id, { status: "queued", again: true }) };
  }
  const again = item.frame.type === "chat.tick" || code === "fence" || code === "wrong_state" || code === "chat_closed";
  const stale = again && state.chats[item.chat_id] ? { ...state.stale, [item.chat_id]: true } : state.stale;
  const next = { ...state, stale };
  const chat = state.chats[item.chat_id];
  const text = box.asText(item);
  if (text && !chat) return toUnsent(next, [text]);
  if (item.frame.type === "message.post") {
    const failed = { ...next, outbox: box.change(state.outbox, item.client_id, { status: "failed", code }) };
    return code === "fence" ? { ...failed, outbox: box.refenced(failed.outbox, chat.entry) } : failed;
  }
  const over = { ...next, outbox: box.without(next.outbox, item.client_id) };
  // Said where the offer stood.
  if (item.frame.type.startsWith("offer.") && GONE.includes(code)) return offers.tooLate(over, item.chat_id);
  return {
    ...over,
    refusals: [...over.refusals, { code, type: item.frame.type, chat_id: item.chat_id, about: item.about }],
  };
}

function byId(list, key) {
  return Object.fromEntries(list.map((one) => [one[key], one]));
}

// Chats that left, pure: what is lost while nobody could tell us, what the operator leaves behind, what a page load
// brings back.

import { isEmpty } from "../../shared/text.js";
import { removed, toUnsent, withoutNotices } from "./moves.js";
import * as box from "./outbox.js";

export const COMMANDS = {
  // The operator moves on from a chat that left, or it went unseen: its drafts (`texts`) stay to be copied. What was
  // `seen` isn't told again.
  "my.leave"(state, { chat_id, texts, seen }) {
    const { [chat_id]: _left, ...left } = state.left;
    const refusals = seen ? withoutNotices(state.refusals, [chat_id]) : state.refusals;
    return { ...state, left, refusals, unsent: [...state.unsent, ...texts] };
  },

  "my.keep": (state, { texts }) => (texts.length ? { ...state, unsent: [...state.unsent, ...texts] } : state),

  // What this tab kept over a page load: `texts` go again as they were, `unsent` only to be read, `lost` names chats
  // that went.
  "my.restore"(state, { texts, unsent, lost }) {
    const told = lost.map((about) => ({ code: "gone.away", chat_id: about.chat_id, about, to: "" }));
    const isRefused = ({ status, chat_id }) => status === "failed" && !state.chats[chat_id];
    const waiting = texts.map((item) => ({
      ...item,
      kept: true,
      status: item.status === "failed" ? "failed" : "queued",
    }));
    const outbox = box.withoutStored(
      [...state.outbox, ...waiting],
      Object.values(state.chats).flatMap((chat) => chat.messages),
    );
    const next = { ...state, outbox, unsent: [...state.unsent, ...unsent], refusals: [...state.refusals, ...told] };
    return toUnsent(next, outbox.filter(isRefused));
  },
};

/** The state without a chat that a fresh snapshot no longer has. A wrap-up has ended by itself meanwhile. */
export function missed(state, id) {
  return removed(state, id, state.chats[id].entry.state === "wrap_up" ? "settled" : "away");
}

/** The texts among a chat's drafts, as they are kept when it leaves. */
export function textsOf({ answer = "", note = "", passing = "" }, about) {
  const written = [
    [answer, false],
    [note, true],
    [passing, true],
  ];
  return written
    .filter(([body]) => !isEmpty(body))
    .map(([body, isNote]) => ({ client_id: crypto.randomUUID(), body, note: isNote, about }));
}

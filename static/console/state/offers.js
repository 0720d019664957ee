// Offers that ring here, pure: they come and go, and where one stood it is said what became of it.

import { withoutOffer } from "./moves.js";

// Nobody needs to be told of their own doing.
const OUR_DOING = ["accepted", "declined"];

export const EVENTS = {
  "offer.made"(state, { offer }) {
    const known = state.offers[offer.chat_id];
    if (known?.fence >= offer.fence) return state;
    return { ...withoutGone(state, offer.chat_id), offers: { ...state.offers, [offer.chat_id]: offer } };
  },

  "offer.gone": (state, { chat_id, reason, name }) =>
    OUR_DOING.includes(reason) ? withoutOffer(state, chat_id) : gone(state, chat_id, reason, name),
};

export const ACKS = {
  "offer.accept": (state, item) => withoutOffer(state, item.chat_id),
  "offer.decline": (state, item) => withoutOffer(state, item.chat_id),
};

export const COMMANDS = {
  // It stood there long enough to be read.
  "my.understood": (state, { chat_id }) => withoutGone(state, chat_id),
};

/** The state after an answer to an offer that was refused: too late, as it is somebody else's by now. */
export function tooLate(state, chatId) {
  return gone(state, chatId, "taken", "");
}

/**
 * An offer leaves without a hand of ours: `gone` keeps it, with why (`reason`) and who has the chat (`name`), until it
 * was read.
 */
export function gone(state, chatId, reason, name = "") {
  const offer = state.offers[chatId];
  if (!offer) return state;
  return { ...withoutOffer(state, chatId), gone: { ...state.gone, [chatId]: { offer, reason, name } } };
}

function withoutGone(state, chatId) {
  if (!state.gone[chatId]) return state;
  const { [chatId]: _read, ...others } = state.gone;
  return { ...state, gone: others };
}

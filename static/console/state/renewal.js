// A renewal's answer against what we hold, pure: a difference is fetched, what is missing is gone.

import { lastSeq, withRead, withSign } from "./chat.js";
import { compareTold } from "./handover.js";
import { removed, update, withoutOffer } from "./moves.js";

/** The state after `seat.renewed`. */
export function renewed(state, event) {
  if (state.seat && event.seat.epoch < state.seat.epoch) return state;
  let next = { ...state, seat: event.seat, asked: null };
  for (const line of event.held) next = compareHeld(next, line);
  const held = new Set(event.held.map(([id]) => id));
  const offers = new Set(event.offers);
  const before = state.asked ?? { chats: Object.keys(state.chats), offers: Object.keys(state.offers) };
  for (const id of before.chats) if (!held.has(id)) next = removed(next, id, "lost");
  for (const id of before.offers) if (!offers.has(id)) next = withoutOffer(next, id);
  if ([...offers].some((id) => !next.offers[id])) next = { ...next, outOfDate: true };
  return compareTold(next, event);
}

// One line of a renewal against what we know. Reads are simply taken; the rest is fetched.
function compareHeld(state, [id, stands, fence, seq, operatorRead, visitorRead, seenAt]) {
  const chat = state.chats[id];
  if (!chat) return { ...state, outOfDate: true };
  const next = update(state, id, (one) => {
    const read = withRead(withRead(one, "operator", operatorRead), "visitor", visitorRead);
    return withSign(read, seenAt);
  });
  const newer = fence > chat.entry.fence || seq > lastSeq(chat);
  const other = fence === chat.entry.fence && stands !== chat.entry.state;
  return newer || other ? { ...next, stale: { ...next.stale, [id]: true } } : next;
}

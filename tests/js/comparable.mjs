// Two states of the console side by side.

/** Return what two states have in common when they tell the same: no clock, no marks of this console. */
export function comparable(state) {
  const { lease_until: _lease, ...seat } = state.seat;
  const chats = Object.values(state.chats).map(({ trail: _trail, asked: _asked, ...chat }) => chat);
  // Why a chat waits is true of the moment it was told.
  const calls = Object.values(state.calls).map(({ why: _why, ...call }) => call);
  return {
    me: state.me,
    seat,
    limits: state.limits,
    companies: sorted(Object.values(state.companies), (company) => company.id),
    chats: sorted(chats, (chat) => chat.entry.chat_id),
    offers: sorted(Object.values(state.offers), (offer) => offer.chat_id),
    calls: sorted(calls, (call) => call.chat_id),
  };
}

function sorted(list, key) {
  return [...list].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

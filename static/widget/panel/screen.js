// Which part of its state the panel shows, pure.

/** Which screen the state asks for: talk, ended, form, done, phone or shut. */
export function screenOf(state) {
  if (state.question) return state.question.status === "done" ? "done" : "form";
  if (state.chat) return state.chat.state === "closed" ? "ended" : "talk";
  if (state.outbox.length) return "talk";
  return { chat: "talk", form: "form", phone: "phone" }[state.availability.mode] || "shut";
}

const unread = ({ chat }) =>
  chat ? chat.messages.filter((m) => m.kind === "text" && m.side === "operator" && m.seq > chat.seen) : [];

/** How many operators' texts the visitor hasn't seen. */
export const unreadOf = (state) => unread(state).length;

/** The newest of them, or null. */
export const lastUnread = (state) => unread(state).slice(-1)[0] || null;

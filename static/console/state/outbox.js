// Commands that the server has not answered yet, pure. Each keeps its client_id until it is, so a repeat is harmless.

// The server asks for the same command again, with the same id.
const AGAIN = ["busy", "retry"];

/**
 * A command as it waits: `status` is queued, sending, sent (stored, not shown yet) or failed (with `code`). `about`
 * names whom it is for; `kept` marks a text from before a reload.
 */
export function entryOf(frame, at, about = null) {
  return {
    client_id: frame.client_id,
    chat_id: frame.chat_id ?? null,
    frame,
    at,
    about,
    kept: false,
    status: "queued",
  };
}

/**
 * An item with a text, as the text it is: of a question to take a chat over that is its note. Null for any other
 * command.
 */
export function asText(item) {
  const { type, chat_id, client_id, fence, note } = item.frame;
  if (type === "message.post") return item;
  if (type !== "chat.transfer" || !note) return null;
  return { ...item, frame: { type: "message.post", chat_id, client_id, fence, body: note, note: true } };
}

/** The item with this id, or undefined. */
export function findItem(outbox, clientId) {
  return outbox.find((item) => item.client_id === clientId);
}

/** The outbox with one item changed. */
export function change(outbox, clientId, facts) {
  return outbox.map((item) => (item.client_id === clientId ? { ...item, ...facts } : item));
}

/** The outbox without one item. */
export function without(outbox, clientId) {
  return outbox.filter((item) => item.client_id !== clientId);
}

/** The outbox without what is among these messages. */
export function withoutStored(outbox, messages) {
  if (!outbox.length) return outbox;
  const stored = new Set(messages.map((message) => message.client_id));
  const left = outbox.filter((item) => !stored.has(item.client_id));
  return left.length === outbox.length ? outbox : left;
}

/** The socket is gone: what was on its way has to go again. */
export function requeued(outbox) {
  return outbox.map((item) => (item.status === "sending" ? { ...item, status: "queued" } : item));
}

// The commands of an operator in a chat of their own, whatever fence it has meanwhile.
const OWN = ["message.post", "chat.tick"];

/**
 * The outbox with the fence that an open chat has now in texts and ticks that wait, and in texts refused for an older
 * one: these go again. The chat was ours all the time, as it takes its texts along when it leaves; a transfer that is
 * asked for or ends raises its fence too. A text from before a reload keeps its fence: nobody knows whose the chat was
 * meanwhile.
 */
export function refenced(outbox, { chat_id, state, fence }) {
  const behind = (item) =>
    item.chat_id === chat_id &&
    !item.kept &&
    OWN.includes(item.frame.type) &&
    item.frame.fence < fence &&
    (item.status === "queued" || item.code === "fence");
  if (state !== "open" || !outbox.some(behind)) return outbox;
  return outbox.map((item) =>
    behind(item) ? { ...item, frame: { ...item.frame, fence }, status: "queued", code: "" } : item,
  );
}

/** Whether this error code asks for the same command again. */
export function isPassing(code) {
  return AGAIN.includes(code);
}

/** Those to send now: of each chat the first, and only when nothing of it is under way, so order holds. */
export function ready(outbox) {
  const busy = new Set();
  const found = [];
  for (const item of outbox) {
    if (item.status === "failed" || item.status === "sent") continue;
    if (!busy.has(item.chat_id) && item.status === "queued") found.push(item);
    busy.add(item.chat_id);
  }
  return found;
}

/** Whether a command of this type for this chat waits for its answer. */
export function isPending(outbox, chatId, type) {
  return outbox.some((item) => item.chat_id === chatId && item.frame.type === type && item.status !== "failed");
}

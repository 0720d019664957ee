// What this tab keeps of one operator over a page load. Each has a shelf of their own: who signs in next finds nothing.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PREFIX = "balie.console.";
const EMPTY = { drafts: {}, texts: [], unsent: [], abouts: {}, held: [], shown: null };

/**
 * @param {() => Storage} storage The tab's own; throws where the browser denies it.
 * @param {string} operator Whose shelf this is.
 */
export function makeShelf(storage, operator) {
  const key = PREFIX + operator;
  return {
    /** Return what was kept; nothing if it has another shape than ours, or is denied. */
    read() {
      try {
        return checked(JSON.parse(storage().getItem(key)));
      } catch {
        return EMPTY;
      }
    },
    /** Keep this instead of what was there. */
    write(facts) {
      try {
        storage().setItem(key, JSON.stringify(facts));
      } catch {
        // Denied or full: drafts live as long as the page.
      }
    },
    /** Keep nothing any more. */
    clear() {
      try {
        storage().removeItem(key);
      } catch {
        // Denied: there is nothing.
      }
    },
  };
}

/** Whether anything is kept that somebody typed. */
export function hasWords({ drafts, texts, unsent }) {
  const written = Object.values(drafts).some(({ answer, note, passing }) =>
    [answer, note, passing].some((one) => one?.trim()),
  );
  return written || texts.length > 0 || unsent.length > 0;
}

// Each part is of its own shape, or as if it were not there.
function checked(kept) {
  const found = { ...EMPTY };
  for (const [name, empty] of Object.entries(EMPTY)) {
    const part = kept?.[name];
    const fits = Array.isArray(empty) ? Array.isArray(part) : empty ? isFacts(part) : typeof part === "string";
    if (fits) found[name] = part;
  }
  for (const name of ["drafts", "abouts"]) found[name] = onlyFacts(found[name]);
  found.drafts = Object.fromEntries(Object.entries(found.drafts).map(([id, draft]) => [id, onlyWords(draft)]));
  found.held = found.held.filter((id) => found.abouts[id]);
  found.texts = found.texts.filter((item) => isFacts(item) && isFacts(item.about) && isText(item.frame));
  found.unsent = found.unsent.filter((item) => isFacts(item?.about) && isWord(item.client_id) && isWord(item.body));
  return found;
}

function onlyFacts(map) {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => isFacts(value)));
}

function onlyWords(draft) {
  const words = Object.fromEntries(Object.entries(draft).filter(([, value]) => isWord(value)));
  return {
    ...words,
    reply: isReply(draft.reply) ? draft.reply : null,
    mode: words.mode === "note" ? "note" : "answer",
  };
}

function isReply(reply) {
  return (
    isFacts(reply) &&
    isId(reply.text) &&
    isWord(reply.words) &&
    [reply.version, reply.edits].every((number) => Number.isInteger(number) && number >= 0)
  );
}

function isText(frame) {
  return (
    isFacts(frame) &&
    frame.type === "message.post" &&
    isId(frame.chat_id) &&
    isId(frame.client_id) &&
    isWord(frame.body)
  );
}

function isFacts(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// The server can't even name a frame whose ids are none, so nothing would ever come back for it.
function isId(value) {
  return isWord(value) && UUID.test(value);
}

function isWord(value) {
  return typeof value === "string";
}

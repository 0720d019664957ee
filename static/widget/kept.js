// What is read from the page or from storage may be anything: a page names an image "title", an extension or another
// library writes under our key. Each part is of our own shape, or as if it were not there. Pure.

import { clean, cut } from "../shared/text.js";
import { pairs } from "./basics.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
// What the server signs, and no longer than it reads.
const TOKEN = /^[\w:.=-]{1,400}$/;

// At most `limit` characters of a text, cleaned as every text is; "" for what is no text.
const words = (value, limit) => (isWord(value) ? cut(clean(value), limit) : "");

/** Read what all tabs share. A part that isn't there is left out, as memory may know it; a wrong one is null. */
export function localFacts(kept) {
  return sorted(kept, {
    token: isToken,
    chat: isId,
    live: isFlag,
    ended: isTime,
    muted: isTime,
    seen: isTime,
    draft: isWord,
    form: isForm,
  });
}

/** Read what a tab keeps for itself; `outbox` holds the texts that no server has taken yet. */
export function tabFacts(kept) {
  const { outbox } = Object(kept);
  const texts = pairs(outbox)
    .map(([, item]) => text(item))
    .filter(Boolean);
  return { ...sorted(kept, { open: isFlag }), outbox: texts };
}

function sorted(kept, rules) {
  const own = { __proto__: null, ...kept };
  const found = {};
  for (const [name, fits] of pairs(rules)) if (name in own) found[name] = fits(own[name]) ? own[name] : null;
  return found;
}

function text(item) {
  const { clientId, body, at, page, greeting, status, reason } = Object(item);
  if (!isId(clientId) || !isWord(body) || !body) return null;
  return {
    clientId,
    body,
    at: Number(at) || 0,
    page: pageFacts(page),
    greeting: isId(greeting?.id) && isWord(greeting.body) ? greeting : null,
    status: status === "failed" ? status : "queued",
    slow: false,
    reason: isWord(reason) ? reason : null,
  };
}

/** A page as the server takes it; the limits are the server's. */
export function pageFacts(page) {
  const { url, title, referrer } = Object(page);
  return { url: words(url, 2000), title: words(title, 300), referrer: words(referrer, 2000) };
}

const isWord = (value) => typeof value === "string";
const isId = (value) => isWord(value) && UUID.test(value);
const isToken = (value) => isWord(value) && TOKEN.test(value);
const isFlag = (value) => typeof value === "boolean";
const isForm = (value) => isWord(value?.kind) && isWord(value.body) && isTime(value.at);
const isTime = (value) => typeof value === "number" && value >= 0;

// Text as visitors type it: what we send of it, how long it is, and which parts are links.

export const TEXT_LIMIT = 4000;
// From here on the composer counts down, so that the limit is no surprise.
export const COUNT_FROM = 3800;

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/gi;
// Closing marks at the end of a link nearly always belong to the sentence around it.
const TRAILING = /[.,;:!?)\]}»”’]+$/;

/** The text to send: newlines alike, no outer white space, nothing the server must refuse. */
export function clean(text) {
  const whole = [...text].map((c) => (isHalf(c) ? "\uFFFD" : c)).join("");
  return whole.replace(/\r\n?/g, "\n").replace(/\0/g, "").trim();
}

function isHalf(character) {
  return character.length === 1 && character >= "\uD800" && character <= "\uDFFF";
}

/** Length in characters (code points), as the server counts. */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/**
 * Cuts a text into `{text}` and `{text, href}` parts. Only http and https become links; the parts
 * joined are the text again, to the letter.
 */
export function linkParts(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const shown = trimLink(found[0]);
    const href = safeHref(shown);
    if (!href) continue;
    if (found.index > end) parts.push({ text: text.slice(end, found.index) });
    parts.push({ text: shown, href });
    end = found.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trimLink(raw) {
  const shown = raw.replace(TRAILING, "");
  const closing = raw[shown.length];
  // "…/Utrecht_(stad)" keeps its bracket, "(zie …/maat)" doesn't.
  return closing === ")" && shown.includes("(") ? `${shown})` : shown;
}

function safeHref(shown) {
  try {
    const url = new URL(/^https?:/i.test(shown) ? shown : `https://${shown}`);
    // A name before an @ can pose as another host: such an address stays plain text.
    const plain = (url.protocol === "https:" || url.protocol === "http:") && !url.username;
    return plain && (url.hostname.includes(".") || url.hostname === "localhost") ? url.href : null;
  } catch {
    return null;
  }
}

// What every text passes, and which parts of one are links: the rules of `agency/domain/text.py` and
// `chat/domain/links.py`, for widget and console. `tests/data/invisible.json` and `links.json` are read by both sides'
// tests.

const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800\u{1D159}\u{16FE4}]/u;
const HALF = /[\uD800-\uDFFF]/gu;

/** The text to send: composed, newlines alike, no outer white space, nothing the server must refuse. */
export function clean(text) {
  const whole = text.replace(HALF, "\uFFFD").normalize("NFC");
  return whole
    .replace(/\r\n|[\r\x85\u2028\u2029]/g, "\n")
    .replace(/\0/g, "")
    .trim();
}

/** Whether a text holds nothing that a person can see. */
export function isEmpty(text) {
  return !VISIBLE.test(text);
}

/** Length in characters (code points), as the server counts. */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** At most `limit` code points from the beginning, never half of what a reader takes for one character. */
export function cut(text, limit) {
  let kept = "";
  let left = limit;
  for (const one of clusters(text)) {
    left -= lengthOf(one);
    if (left < 0) break;
    kept += one;
  }
  return kept || [...text].slice(0, limit).join("");
}

/** Return the character that stands for a name: its first one, as a capital. */
export function initial(name) {
  for (const one of clusters(clean(name))) if (!isEmpty(one)) return one.toUpperCase();
  return "";
}

// Browsers from before 2024 may have no segmenter, and pages no Intl: there a flag may be halved, a surrogate pair
// never.
function* clusters(text) {
  if (!globalThis.Intl?.Segmenter) yield* text;
  else for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
}

// No white space, nothing unseen, no quotes or what else closes an attribute; marks of direction end a link, too.
const LINK = /(?:[hH][tT][tT][pP][sS]?:\/\/|[wW][wW][wW]\.)[^\s\p{Z}\p{Cc}\p{Cf}<>\x22\x27\x60\\]+/gu;
const SCHEME = /^[hH][tT][tT][pP][sS]?:\/\//;
// A name before an @ can pose as another host: such an address stays plain text, like one without a dot.
const HOST = /^(?:(?:[\p{L}\p{M}\p{N}_-]+\.)+[\p{L}\p{M}\p{N}_-]+\.?|localhost)(?::\d{1,5})?(?=[/?#]|$)/u;
// These end the sentence around a link; brackets only if they weren't opened in it.
const AFTER = ".,;:!?…»”’“‘›*_~";
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

/**
 * A text in `{text}` and `{text, href}` parts, which joined are the text again, to the letter. Only http and https
 * become links.
 */
export function linkParts(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const shown = trimmed(found[0]);
    const href = SCHEME.test(shown) ? shown : `https://${shown}`;
    const before = text.slice(Math.max(0, found.index - 2), found.index);
    if ((href === shown ? /[\p{L}\p{N}_]$/u : /[\p{L}\p{N}_@/.-]$/u).test(before) || !isWebLink(href)) continue;
    if (found.index > end) parts.push({ text: text.slice(end, found.index) });
    parts.push({ text: shown, href });
    end = found.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Whether the whole of `url` is an address of the web that may become a link. */
export function isWebLink(url) {
  const [whole] = url.match(LINK) ?? [];
  return whole === url && SCHEME.test(url) && HOST.test(url.replace(SCHEME, ""));
}

function trimmed(raw) {
  const open = {};
  for (const one of raw) open[one] = (open[one] ?? 0) + 1;
  let end = raw.length;
  for (; end > 0; end -= 1) {
    const last = raw[end - 1];
    const opens = BRACKETS[last];
    if (opens ? open[last] <= (open[opens] ?? 0) : !AFTER.includes(last)) break;
    open[last] -= 1;
  }
  return raw.slice(0, end);
}

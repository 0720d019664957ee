// Small parts that every view uses: icon, monogram, key, arc, text with links.

import { h } from "preact";
import htm from "htm";
import { isWebLink, linkParts } from "../../shared/text.js";
import { label } from "../rules/keys.js";
import { state } from "../store.js";
import { hasWords, language, limitsIn, say } from "../words.js";

export const html = htm.bind(h);

/** An icon of the page's sheet. `size`: s, l, xl or nothing. Words stand beside it or on its control. */
export function Icon({ name, size = "" }) {
  return html`<svg class=${`i ${size}`} aria-hidden="true" focusable="false"><use href=${`#i-${name}`} /></svg>`;
}

/** The company's two letters on its colour. */
export function Mono({ company, size = "" }) {
  const name = size ? `mono mono--${size}` : "mono";
  return html`<span class=${name} aria-hidden="true">${company.monogram}</span>`;
}

/** A button's words, and for who can't see where it stands what it is about. */
export function Named({ words, more }) {
  return html`<span>${words}<span class="vh"> ${more}</span></span>`;
}

/** A key, as written on this machine. It is on the control for the eye; screen readers get aria-keyshortcuts. */
export function Key({ id }) {
  return html`<kbd class="kbd" aria-hidden="true">${label(id)}</kbd>`;
}

const LOOKS = { calm: "", attention: "arc--u50", now: "arc--u80", late: "arc--u100" };

/** The arc: `share` of the time that has passed (0 to 1), `n` in the middle, `words` for who can't see it. */
export function Arc({ share, urgency, n, words, thin = false }) {
  const passed = Math.round(Math.min(1, Math.max(0, share)) * 100);
  const drawn = "M4 18a14 14 0 0 1 28 0";
  return html`<span class=${`arc ${LOOKS[urgency]} ${thin ? "arc--thin" : ""}`} role="img" aria-label=${words}>
    <svg class="arc__svg" viewBox="0 0 36 21" aria-hidden="true">
      <path class="arc__track" d=${drawn} pathLength="100" />
      ${passed > 0 && html`<path class="arc__fill" d=${drawn} pathLength="100" stroke-dasharray=${`${passed} 200`} />`}
    </svg>
    <span class="arc__n" aria-hidden="true">${n}</span>
  </span>`;
}

/** Three dots: somebody is typing. Words stand beside them. */
export function Dots() {
  return html`<span class="typing" aria-hidden="true"><i></i><i></i><i></i></span>`;
}

/** A text as it was written, web addresses as links. Everything is text; nothing is ever parsed as markup. */
export function Linked({ text }) {
  return linkParts(text).map(({ text: shown, href }) =>
    href ? html`<a href=${href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow">${shown}</a>` : shown,
  );
}

/** A page's address without scheme and `www`, as people write it. */
export function shortUrl(url) {
  return url
    .replace(/^https?:\/\/(www\.)?/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "");
}

/** Return the address if a link may lead there: to web pages only. */
export function webUrl(url) {
  return isWebLink(url ?? "") ? url : undefined;
}

/** Words for a chat that went: `code` says how, `to` who had a hand in it. */
export function wordsForGone(code, names) {
  const by = `${code}.by`;
  if (names.to && hasWords(by)) return say(by, names);
  const key = code === "gone.transferred" && !names.to ? "gone.taken" : code;
  return say(hasWords(key) ? key : "gone.taken", names);
}

/** Words that name one of the server's limits. */
export function sayLimits(key, values) {
  return say(key, { ...limitsIn(language, state.value.limits), ...values });
}

/** Words for a refusal of the server. */
export function wordsFor(code, type = "") {
  const gone = ["not_found", "fence", "wrong_state"].includes(code);
  if (gone && type.startsWith("offer.")) return say("error.offer");
  if (gone && (type === "chat.pick" || type === "chat.take")) return say("error.pick");
  const known = [
    "empty",
    "too_long",
    "bad_text",
    "not_found",
    "not_yours",
    "fence",
    "chat_closed",
    "wrong_state",
    "conflict",
    "seat_taken",
    "full",
    "nobody",
    "bad_outcome",
    "bad_address",
    "bad_time",
    "refused",
  ];
  return known.includes(code) ? sayLimits(`error.${code}`) : say("error.other", { code });
}

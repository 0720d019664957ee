// An offer: the only thing on the screen that moves. It shows no word of the visitor: the pool has none.

import { label } from "../keys.js";
import { since, urgencyOf } from "../order.js";
import { isPending } from "../outbox.js";
import { companyOf, open, quarter, state } from "../store.js";
import { onChat } from "../sync.js";
import { say } from "../words.js";
import { Arc, html, Icon, Key, Mono } from "./parts.js";

// The server takes an offer back after this.
const OFFER_SECONDS = 10;
const KIND_ICONS = { again: "undo-2", transfer: "arrow-right-left", lead: "life-buoy" };

/** Accepts an offer, and goes there at this press: a chat that opened when it comes would take the next keys with it. */
export function accept(offer) {
  onChat("offer.accept", asChat(offer));
  open(offer.chat_id);
}

/** Passes an offer on to somebody else. */
export function decline(offer) {
  onChat("offer.decline", asChat(offer), { reason: "" });
}

/** Offers that still stand, the one that ends first on top. */
export function standing(now) {
  return Object.values(state.value.offers)
    .filter((offer) => Date.parse(offer.expires_at) > now)
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
}

/** Every offer that rings here. */
export function Offers() {
  return standing(quarter.value).map((offer, at) => html`<${Offer} key=${offer.chat_id} offer=${offer} first=${at === 0} />`);
}

function Offer({ offer, first }) {
  const now = quarter.value;
  const company = companyOf(offer.company_id);
  const waited = since(offer.arrived_at, now);
  const left = Math.max(0, (Date.parse(offer.expires_at) - now) / 1000);
  const share = waited / offer.promise_seconds;
  const words = say("arc.waits", { n: Math.floor(waited), promise: offer.promise_seconds });
  const { outbox, readOnly } = state.value;
  const busy = isPending(outbox, offer.chat_id, "offer.accept") || isPending(outbox, offer.chat_id, "offer.decline");
  return html`<section class="offer" data-co=${offer.company_id} aria-label=${say("offer.label")}>
    <div class="offer__top">
      <${Mono} company=${company} size="l" />
      <div class="offer__who"><b>${company.name}</b><span>${company.tone} · ${offer.site}</span></div>
      <${Waited} offer=${offer} waited=${waited} share=${share} words=${words} />
    </div>
    <${Why} offer=${offer} />
    <div class="offer__act">
      <button class="btn btn--co" type="button" disabled=${busy || readOnly} aria-keyshortcuts=${first ? label("accept") : undefined}
        onClick=${() => accept(offer)}><${Icon} name="bell-ring" />${say(busy ? "offer.busy" : "offer.accept")}${first && html`<${Key} id="accept" />`}</button>
      <button class="btn btn--quiet btn--s" type="button" disabled=${busy || readOnly} title=${first ? label("decline") : undefined}
        onClick=${() => decline(offer)}>${say("offer.decline")}</button>
      <span class="offer__left">${say("offer.left", { n: Math.ceil(left) })}</span>
    </div>
    <svg class="offer__bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
      <rect width=${Math.min(100, (left / OFFER_SECONDS) * 100)} height="2" />
    </svg>
  </section>`;
}

// Why it is this operator who is asked, and what they should know before they say yes.
function Why({ offer }) {
  const { kind, from_name: name, returning, unread } = offer;
  const line = { again: "offer.kind.again", transfer: "offer.kind.transfer", lead: "offer.kind.lead" }[kind];
  if (!line && !returning && !unread) return null;
  return html`<ul class="offer__why">
    ${line && html`<li><${Icon} name=${KIND_ICONS[kind]} size="s" />${say(line, { name })}</li>`}
    ${returning && html`<li><${Icon} name="user-check" size="s" />${say("offer.returning")}</li>`}
    ${unread && html`<li><${Icon} name="book-open" size="s" />${say("offer.unread")}</li>`}
  </ul>`;
}

function Waited({ offer, waited, share, words }) {
  // The promise is kept already: a colleague answered it and had to let go.
  if (offer.first_human_at) return html`<span class="chip">${say("offer.again")}</span>`;
  if (share >= 1) {
    const over = Math.floor(waited - offer.promise_seconds);
    const shownOver = `+${Math.floor(over / 60)}:${String(over % 60).padStart(2, "0")}`;
    return html`<span class="chip chip--late" role="img" aria-label=${words}>${shownOver}</span>`;
  }
  const n = Math.ceil(offer.promise_seconds - waited);
  return html`<${Arc} share=${share} urgency=${urgencyOf(share)} n=${n} words=${words} />`;
}

function asChat(offer) {
  return { entry: { chat_id: offer.chat_id, fence: offer.fence } };
}

// An offer: the only thing on the screen that moves. It shows no word of the visitor: the pool has none.

import { useEffect } from "preact/hooks";
import { label } from "../../rules/keys.js";
import { since, urgencyOf } from "../../rules/order.js";
import { isPending } from "../../state/outbox.js";
import { act, companyOf, open, quarter, state } from "../../store.js";
import { onChat } from "../../sync.js";
import { say } from "../../words.js";
import { Arc, html, Icon, Key, Mono, sayLimits } from "../parts.js";

// One short sentence is read in this.
const GONE_MS = 4000;
const GONE_WORDS = ["expired", "taken", "closed", "cancelled"];
const KIND_ICONS = { again: "undo-2", transfer: "arrow-right-left", lead: "life-buoy" };

/**
 * Accepts an offer, and goes there at this press: a chat that opened when it comes would take the next keys with it.
 */
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

/** Every offer that rings here, and what became of those that did. */
export function Offers() {
  const gone = Object.values(state.value.gone);
  return [
    ...standing(quarter.value).map(
      (offer, at) => html`<${Offer} key=${offer.chat_id} offer=${offer} first=${at === 0} />`,
    ),
    ...gone.map((one) => html`<${Gone} key=${`gone-${one.offer.chat_id}`} gone=${one} />`),
  ];
}

/** Offers on top of a screen that shows one pane at a time: there the list, where they stand, may be out of sight. */
export function DockedOffers() {
  return html`<div class="offers"><${Offers} /></div>`;
}

// In the offer's place, as long as it takes to read.
function Gone({ gone: { offer, reason, name } }) {
  const understood = () => act({ type: "my.understood", chat_id: offer.chat_id });
  useEffect(() => {
    const timer = setTimeout(understood, GONE_MS);
    return () => clearTimeout(timer);
  }, []);
  const key =
    reason === "taken" && name ? "offer.gone.by" : `offer.gone.${GONE_WORDS.includes(reason) ? reason : "taken"}`;
  const company = companyOf(offer.company_id);
  return html`<section class="offer offer--gone" role="status">
    <div class="offer__top">
      <${Mono} company=${company} />
      <div class="offer__who"><b>${company.name}</b><span>${sayLimits(key, { name })}</span></div>
    </div>
  </section>`;
}

function Offer({ offer, first }) {
  const now = quarter.value;
  const company = companyOf(offer.company_id);
  const waited = since(offer.arrived_at, now);
  const left = Math.max(0, (Date.parse(offer.expires_at) - now) / 1000);
  const share = waited / offer.promise_seconds;
  const words = say("arc.waits", { n: Math.floor(waited), promise: offer.promise_seconds });
  const { outbox, readOnly, calls } = state.value;
  // The key of a call takes it also once it rings here.
  const keys = [first && "accept", calls[offer.chat_id] && "call"].filter(Boolean);
  const busy = isPending(outbox, offer.chat_id, "offer.accept") || isPending(outbox, offer.chat_id, "offer.decline");
  return html`<section class="offer" data-co=${offer.company_id} aria-label=${say("offer.label")}>
    <div class="offer__top">
      <${Mono} company=${company} size="l" />
      <div class="offer__who"><b>${company.name}</b><span>${company.tone} · ${offer.site}</span></div>
      <${Waited} offer=${offer} waited=${waited} share=${share} words=${words} />
    </div>
    <${Why} offer=${offer} />
    ${
      readOnly
        ? html`<p class="offer__act soft">${say("offer.elsewhere")}</p>`
        : html`<div class="offer__act">
            <button
              class="btn btn--co"
              type="button"
              disabled=${busy}
              aria-keyshortcuts=${keys.map((id) => label(id)).join(" ") || undefined}
              onClick=${() => accept(offer)}
            >
              <${Icon}
                name="bell-ring"
              />${say(busy ? "offer.busy" : "offer.accept")}${keys.map((id) => html`<${Key} key=${id} id=${id} />`)}
            </button>
            <button
              class="btn btn--quiet btn--s"
              type="button"
              disabled=${busy}
              title=${first ? label("decline") : undefined}
              onClick=${() => decline(offer)}
            >
              ${say("offer.decline")}
            </button>
            <span class="offer__left">${say("offer.left", { n: Math.ceil(left) })}</span>
          </div>`
    }
    <svg class="offer__bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
      <rect width=${Math.min(100, (left / state.value.limits.offer) * 100)} height="2" />
    </svg>
  </section>`;
}

// Why it is this operator who is asked, and what they should know before they say yes.
function Why({ offer }) {
  const { kind, from_name: name, returning, unread, note } = offer;
  const line = { again: "offer.kind.again", transfer: "offer.kind.transfer", lead: "offer.kind.lead" }[kind];
  if (!line && !returning && !unread) return null;
  return html`<ul class="offer__why">
    ${line && html`<li><${Icon} name=${KIND_ICONS[kind]} size="s" />${say(line, { name })}</li>`}
    ${note && html`<li class="offer__note"><${Icon} name="sticky-note" size="s" /><span>${note}</span></li>`}
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

// One list over all companies: offers on top, then who waits, who is thinking, what is to be wrapped up.

import { useEffect, useRef } from "preact/hooks";
import { minutes, steady } from "../../../shared/time.js";
import { lastSeq } from "../../state/chat.js";
import { arrange, counted, FOLLOW_UP_SECONDS, hold, IDLE_SHOWN, pressure, since } from "../../rules/order.js";
import { clock, companyOf, floorOpen, isTyping, nameOf, narrow, open, second, shown, state } from "../../store.js";
import { say } from "../../words.js";
import { showKeys } from "../bar/help.js";
import { Offers, standing } from "./offer.js";
import { OwnDay } from "./own_day.js";
import { Arc, Dots, html, Icon, Key, Mono } from "../parts.js";

// A list that moves while a hand is on it gets the wrong click.
const HANDS_OFF_MS = 400;
const PARTS = ["mine", "theirs", "wrap_up"];

let pointed = false;
let keyAt = 0;
let parts = { mine: [], theirs: [], wrap_up: [] };

/** The list as it stands on the screen: what keys count along. */
export function standingParts() {
  return parts;
}

/**
 * Tell the list that a key is down. Only one that counts along the list holds it: who types an answer must see who
 * waits.
 */
export function keyDown({ altKey, key, target }) {
  if (altKey || key === "Alt" || target.closest?.(".list")) keyAt = steady();
}

export function List() {
  const now = second.value;
  const { chats, ready } = state.value;
  const wanted = arrange(Object.values(chats), now);
  parts = pointed || steady() - keyAt < HANDS_OFF_MS ? hold(parts, wanted) : wanted;
  const byKey = (event) => {
    if (event.key === "?") showKeys();
  };
  const empty = ready && !Object.keys(chats).length && !standing(clock.now()).length;
  return html`<nav
    class="list"
    aria-label=${say("list.label")}
    onKeyDown=${byKey}
    onPointerEnter=${(event) => (pointed = event.pointerType === "mouse")}
    onPointerLeave=${() => (pointed = false)}
  >
    ${!narrow.value && html`<${Offers} />`}
    ${empty && html`<${Empty} />`}
    ${PARTS.map(
      (part) =>
        parts[part].length > 0 &&
        html`<${Part} key=${part} part=${part} chats=${parts[part].map((id) => chats[id])} />`,
    )}
    <p class="list__foot">
      <${Key} id="previous" /><${Key} id="next" /> <span>${say("list.switch")}</span>${" "}
      <${Key} id="urgent" /> ${say("list.urgent")}
      <button class="list__keys" type="button" onClick=${showKeys}>
        <kbd class="kbd" aria-hidden="true">?</kbd> ${say("list.keys")}
      </button>
    </p>
  </nav>`;
}

function Empty() {
  const n = Object.keys(state.value.companies).length;
  const { paused } = state.value.seat;
  const key = paused ? "list.empty.pause" : ({ 0: "list.empty.none", 1: "list.empty.one" }[n] ?? "list.empty");
  return html`<div class="empty">
    <p>${say(key, { n })}</p>
    ${narrow.value && html`<${OwnDay} />`}
  </div>`;
}

function Part({ part, chats }) {
  const tight = part === "wrap_up";
  const heads = counted(
    part,
    chats.map((chat) => chat.entry),
  );
  return html`<h2 class="list__h">
      ${heads.map(
        ([section, n]) => html`<span key=${section}>${say(`list.${section}`)} <span class="list__n">${n}</span></span>`,
      )}
    </h2>
    <ul class=${tight ? "is-tight" : ""}>
      ${chats.map(
        (chat) =>
          html`<li key=${chat.entry.chat_id}>
            <${tight ? Line : Card} chat=${chat} />
          </li>`,
      )}
    </ul>`;
}

// A link, so that it can be reached and named as one; the address is a place on this page.
function Place({ chat, look, children }) {
  const id = chat.entry.chat_id;
  const current = shown.value === id && !floorOpen.value;
  const place = useRef(null);
  useEffect(() => {
    if (current) place.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const go = (event) => {
    event.preventDefault();
    open(id);
  };
  return html`<a
    class=${`cc ${look} ${current ? "is-open" : ""}`}
    href=${`#${id}`}
    data-co=${chat.entry.company_id}
    aria-current=${current ? "true" : undefined}
    onClick=${go}
    ref=${place}
    >${children}</a
  >`;
}

function Card({ chat }) {
  const company = companyOf(chat.entry.company_id);
  return html`<${Place} chat=${chat} look="">
    <${Mono} company=${company} />
    <span class="cc__b"
      ><span class="cc__l"><b>${nameOf(chat)}</b><span class="cc__co">${company.name}</span></span
      ><${Last} chat=${chat}
    /></span>
    ${
      chat.entry.transfer &&
      html`<span
        class="cc__ask"
        role="img"
        aria-label=${say("card.asked", { name: chat.entry.transfer.to })}
        title=${say("card.asked", { name: chat.entry.transfer.to })}
        ><${Icon} name="arrow-right-left" size="s"
      /></span>`
    }
    <span class="cc__r"><${Clock} entry=${chat.entry} /></span>
  <//>`;
}

function Line({ chat }) {
  const company = companyOf(chat.entry.company_id);
  return html`<${Place} chat=${chat} look="cc--one">
    <${Mono} company=${company} size="s" />
    <span class="cc__l"><b>${nameOf(chat)}</b><span class="cc__co">${company.name}</span></span>
    <${Left} entry=${chat.entry} />
  <//>`;
}

// Of the time to wrap up in.
function Left({ entry }) {
  return html`<span class="cc__k"
    >${minutes(state.value.limits.wrap_up - since(entry.wrap_up_at, second.value))}</span
  >`;
}

// The last words of either side; unread ones are bold.
function Last({ chat }) {
  if (isTyping(chat.entry.chat_id)) {
    return html`<span class="cc__t cc__t--typing"><${Dots} />${say("card.typing")}</span>`;
  }
  const message = chat.messages.findLast((one) => one.kind === "text" || one.kind === "note");
  if (!message) return html`<span class="cc__t">${chat.site}</span>`;
  const mine = message.side === "operator";
  const unread = !mine && lastSeq(chat) > chat.entry.operator_read && message.seq > chat.entry.operator_read;
  const prefix = message.kind === "note" ? say("card.note") : mine ? say("card.you") : "";
  return html`<span class=${`cc__t ${unread ? "is-unread" : ""}`}
    >${prefix && html`<span class="cc__me">${prefix} </span>`}${message.body.slice(0, 120)}</span
  >`;
}

function Clock({ entry }) {
  const now = second.value;
  if (entry.state === "wrap_up") return html`<${Left} entry=${entry} />`;
  if (entry.turn === "visitor") return html`<${Silence} entry=${entry} now=${now} />`;
  const { first, left, share, urgency } = pressure(entry, now);
  const foot = first && html`<span class="cc__k">${say("card.first")}</span>`;
  if (urgency === "late") {
    const over = minutes(-left);
    const words = say("arc.late", { n: Math.floor(-left) });
    // Red is for a broken promise; a slow follow-up breaks none.
    return html`<span
        class=${`chip ${first ? "chip--late" : "chip--u80"}`}
        role="img"
        aria-label=${first ? words : follow(Math.floor(FOLLOW_UP_SECONDS - left))}
        >+${over}</span
      >${foot}`;
  }
  const n = Math.ceil(left);
  const words = first ? say(n === 1 ? "arc.left.one" : "arc.left", { n }) : follow(FOLLOW_UP_SECONDS - n);
  return html`<${Arc} share=${share} urgency=${urgency} n=${n} thin=${!first} words=${words} />${foot}`;
}

function follow(n) {
  return say("arc.follow", { n, aim: FOLLOW_UP_SECONDS });
}

function Silence({ entry, now }) {
  const { limits } = state.value;
  const silent = since(entry.turn_at, now);
  const gone = since(entry.visitor_seen_at, now) > limits.gone;
  const closing = limits.idle - silent;
  return html`<span class="cc__k">${minutes(silent)}</span>
    ${
      closing <= IDLE_SHOWN &&
      html`<span class="chip chip--u50">${say("card.closes", { time: minutes(closing) })}</span>`
    }
    ${gone && closing > IDLE_SHOWN && html`<span class="cc__k">${say("card.gone")}</span>`}`;
}

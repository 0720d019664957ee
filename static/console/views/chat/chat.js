// The chat in the middle: head, log, and what is written under it.

import { minutes } from "../../../shared/time.js";
import { label } from "../../rules/keys.js";
import { aboutOf } from "../../state/moves.js";
import { mostUrgent, since } from "../../rules/order.js";
import { isPending } from "../../state/outbox.js";
import {
  clock,
  companyOf,
  drawer,
  handing,
  moveOn,
  nameOf,
  open,
  second,
  shown,
  shownChat,
  shownLeft,
  state,
  wrapping,
} from "../../store.js";
import { onChat } from "../../sync.js";
import { say } from "../../words.js";
import { Banners } from "../bar/banners.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { OwnDay } from "../list/own_day.js";
import { html, Icon, Key, Mono, shortUrl, webUrl } from "../parts.js";
import { ReadFirst } from "./reading.js";
import { Asked, isAsked, toggleTransfer, Transfer } from "./transfer.js";
import { givenBack } from "../bar/toast.js";
import { isEnding, WrapUp } from "./wrapup.js";

/** Gives a chat back to the pool, for somebody else, and goes to the next. */
export function handBack(chat) {
  if (chat?.entry.state !== "open" || state.value.readOnly) return;
  givenBack.value = aboutOf(state.value, chat.entry.chat_id);
  onChat("chat.requeue", chat);
  moveOn(chat.entry.chat_id);
}

/**
 * Shows or leaves the wrap-up bar of an open chat; of a closed one, where the bar stands already, takes the hand to it.
 */
export function toggleWrapUp(chat) {
  const { state: stage, chat_id } = chat?.entry ?? {};
  if (stage !== "open" && stage !== "wrap_up") return;
  wrapping.value = stage === "open" && wrapping.value === chat_id ? null : chat_id;
  handing.value = null;
  // Digits count from this key on, before the bar is even drawn.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

export function Chat() {
  const left = shownLeft();
  const chat = shownChat() ?? left?.chat;
  if (!chat)
    return html`<main class="chat chat--none">
      <h1 class="vh">${say("title")}</h1>
      <${Banners} /><${Nobody} />
    </main>`;
  const id = chat.entry.chat_id;
  if (left) {
    return html`<main class="chat chat--left" data-co=${chat.entry.company_id}>
      <${Head} chat=${chat} left />
      <${Banners} />
      <${Log} key=${id} chat=${chat} />
      <${Composer} key=${`write-${id}`} chat=${chat} left=${left} />
    </main>`;
  }
  const ending = isEnding(chat);
  return html`<main class="chat" data-co=${chat.entry.company_id}>
    <${Head} chat=${chat} />
    <${Banners} />
    <${Log} key=${id} chat=${chat} />
    ${chat.entry.state === "open" && html`<${Passing} chat=${chat} />`}
    <${ReadFirst} chat=${chat} />
    ${ending && html`<${WrapUp} key=${`end-${id}`} chat=${chat} />`}
    <${Composer} key=${`write-${id}`} chat=${chat} ending=${ending} />
  </main>`;
}

// Somebody is asked already, or is being looked for.
function Passing({ chat }) {
  if (isAsked(chat)) return html`<${Asked} chat=${chat} />`;
  return handing.value === chat.entry.chat_id && html`<${Transfer} key=${chat.entry.chat_id} chat=${chat} />`;
}

function Nobody() {
  if (!state.value.ready) return html`<p class="empty">${say("net.loading")}</p>`;
  if (shown.value) return html`<p class="empty" role="status">${say("chat.opening")}</p>`;
  const chats = Object.values(state.value.chats);
  const go = () => open(mostUrgent(chats, clock.now()));
  return html`<div class="empty">
    <${Icon} name="messages-square" size="xl" />
    <p>${say("chat.none")}</p>
    ${
      chats.length > 0 &&
      html`<button class="btn" type="button" onClick=${go}>${say("chat.none.urgent")} <${Key} id="urgent" /></button>`
    }
    <${OwnDay} />
  </div>`;
}

function Head({ chat, left = false }) {
  const company = companyOf(chat.entry.company_id);
  const { outbox, readOnly } = state.value;
  const isOpen = chat.entry.state === "open" && !left;
  const back = isPending(outbox, chat.entry.chat_id, "chat.requeue");
  return html`<header class="chat__head">
    <${Mono} company=${company} size="l" />
    <div class="chat__who">
      <h1><span class="chat__name">${nameOf(chat)}</span> <span class="co-name">${company.name}</span></h1>
      ${!left && html`<${Where} chat=${chat} />`}
    </div>
    <div class="chat__act">
      ${
        isOpen &&
        html`<button
            class="btn btn--s"
            type="button"
            disabled=${readOnly || isAsked(chat)}
            onClick=${() => toggleTransfer(chat)}
            aria-label=${say("chat.transfer")}
            aria-expanded=${handing.value === chat.entry.chat_id ? "true" : "false"}
            aria-keyshortcuts=${label("transfer")}
            title=${`${say("chat.transfer.help")} (${label("transfer")})`}
          >
            <${Icon} name="arrow-right-left" /><span class="lbl">${say("chat.transfer")}</span>
          </button>
          <button
            class="btn btn--s"
            type="button"
            disabled=${readOnly || back}
            onClick=${() => handBack(chat)}
            aria-label=${say("chat.requeue")}
            title=${`${say("chat.requeue.help")} (${label("requeue")})`}
          >
            <${Icon} name="undo-2" /><span class="lbl">${say("chat.requeue")}</span>
          </button>
          <button
            class="btn btn--s"
            type="button"
            disabled=${readOnly}
            aria-keyshortcuts=${label("wrap_up")}
            onClick=${() => toggleWrapUp(chat)}
          >
            <${Icon} name="clipboard-check" />${say("chat.wrap")} <${Key} id="wrap_up" />
          </button>`
      }
      <button
        class="btn btn--s chat__help"
        type="button"
        aria-label=${say("chat.help")}
        aria-expanded=${drawer.value ? "true" : "false"}
        onClick=${() => (drawer.value = !drawer.value)}
      >
        <${Icon} name="scroll-text" /><span>${say("chat.help")}</span>
      </button>
    </div>
  </header>`;
}

function Where({ chat }) {
  const here = chat.trail[chat.trail.length - 1];
  const away = since(chat.entry.visitor_seen_at, second.value);
  if (chat.entry.state === "open" && away > state.value.limits.gone) {
    return html`<p class="chat__gone">${say("chat.gone", { name: nameOf(chat), time: minutes(away) })}</p>`;
  }
  const nth = chat.earlier ? ` · ${say("chat.nth", { n: chat.earlier + 1 })}` : "";
  return html`<p>
    ${
      here.url &&
      html`<a href=${webUrl(here.url)} target="_blank" rel="noopener noreferrer nofollow">${shortUrl(here.url)}</a>`
    }${nth}
  </p>`;
}

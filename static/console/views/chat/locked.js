// Under a chat that closed or left: what happened, and the draft that was not sent, to be copied.

import { signal } from "@preact/signals";
import { label } from "../../rules/keys.js";
import { mostUrgent } from "../../rules/order.js";
import { clock, draft, draftOf, nameOf, open, state } from "../../store.js";
import { say } from "../../words.js";
import { html, Icon, Key, sayLimits, wordsForGone } from "../parts.js";

const CLOSERS = ["operator", "visitor", "idle", "left", "end_of_hours", "manager"];
const copied = signal("");

/**
 * Why nothing can be written in a chat (any more): `icon`, `words`, and `isGone` if it left. Null where something can.
 */
export function lockOf(chat, left, mode) {
  if (left) {
    const names = { to: left.to, name: nameOf(chat), company: left.company?.name };
    return { icon: "arrow-right-left", words: wordsForGone(left.code, names), isGone: true };
  }
  if (chat.entry.state === "open" || mode === "note") return null;
  const by = chat.messages.findLast((message) => message.data.code === "closed")?.data.by;
  return {
    icon: "info",
    words: `${sayLimits(`log.closed.${CLOSERS.includes(by) ? by : "operator"}`)}.`,
    isGone: false,
  };
}

function Top({ lock, text }) {
  return html`<div class="still" role="alert">
    <${Icon} name=${lock.icon} />
    <p><b>${lock.words}</b> ${text.trim() && say("left.draft")}</p>
  </div>`;
}

function Foot({ lock, chat, text, mode, onNote }) {
  const id = chat.entry.chat_id;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = text;
  };
  return html`<div class="composer__foot composer__foot--still">
    ${
      text.trim() &&
      html`<button class="btn btn--s" type="button" onClick=${copy}>
          ${say(copied.value === text ? "unsent.copied" : "unsent.copy")}
        </button>
        <button class="btn btn--quiet btn--s" type="button" onClick=${() => draft(id, { [mode]: "" })}>
          ${say("unsent.drop")}
        </button>`
    }
    ${
      lock.isGone
        ? html`<${Other} id=${id} mode=${mode} /><${Onward} />`
        : html`<button
            class="btn btn--s still__go"
            type="button"
            disabled=${state.value.readOnly}
            aria-keyshortcuts=${label("note")}
            onClick=${onNote}
          >
            <${Icon} name="sticky-note" />${say("left.note")} <${Key} id="note" />
          </button>`
    }
  </div>`;
}

// The other half of what was being written, where there is one.
function Other({ id, mode }) {
  const other = mode === "note" ? "answer" : "note";
  if (!draftOf(id)[other].trim()) return null;
  return html`<button class="btn btn--quiet btn--s" type="button" onClick=${() => draft(id, { mode: other })}>
    ${say(`left.other.${other}`)}
  </button>`;
}

// To where somebody waits; with no chat left, back to an empty desk.
function Onward() {
  const chats = Object.values(state.value.chats);
  const go = () => open(mostUrgent(chats, clock.now()));
  return html`<button class="btn btn--s still__go" type="button" aria-keyshortcuts=${label("urgent")} onClick=${go}>
    ${say(chats.length ? "chat.none.urgent" : "left.done")} ${chats.length > 0 && html`<${Key} id="urgent" />`}
  </button>`;
}

export const Locked = { Top, Foot };

// How it ended: outcome by digit, done by Enter. Docked between log and composer; it covers nothing.

import { useEffect, useRef } from "preact/hooks";
import { minutes } from "../../../shared/time.js";
import { OUTCOMES } from "../../rules/keys.js";
import { since } from "../../rules/order.js";
import { isPending } from "../../state/outbox.js";
import { draftOf, moveOn, outcomes, second, state, wrapping } from "../../store.js";
import { onChat } from "../../sync.js";
import { say } from "../../words.js";
import { Ending, hasEnding } from "./ending.js";
import { html, Icon, Key } from "../parts.js";
import { LeadForm } from "./lead.js";

/** Says how a chat ended; sent when it is confirmed. */
export function choose(chat, outcome) {
  outcomes.value = { ...outcomes.value, [chat.entry.chat_id]: outcome };
}

/**
 * Ends the wrap-up with the outcome that was chosen, closing the chat if it is open, and goes to the next. Nothing
 * without an outcome.
 */
export function finish(chat) {
  const { chat_id } = chat.entry;
  const { outbox, readOnly } = state.value;
  const busy = isPending(outbox, chat_id, "chat.wrap_up") || isPending(outbox, chat_id, "chat.close");
  const outcome = outcomes.value[chat_id];
  if (!outcome || busy || readOnly) return;
  onChat("chat.wrap_up", chat, { outcome });
  moveOn(chat_id);
}

/** Whether digits and Enter are meant for the bar: somebody asked for it, or stands on it. */
export function isArmed(chat, target) {
  return wrapping.value === chat.entry.chat_id || Boolean(target.closest?.(".wrap"));
}

/** Whether the bar stands under this chat. */
export function isEnding(chat) {
  return chat.entry.state === "wrap_up" || wrapping.value === chat.entry.chat_id;
}

export function WrapUp({ chat }) {
  const bar = useRef(null);
  const id = chat.entry.chat_id;
  const isOpen = chat.entry.state === "open";
  const chosen = outcomes.value[id] ?? null;
  const asked = wrapping.value === id;
  useEffect(() => {
    // Only somebody who asked for it gets the focus; a visitor who leaves takes nothing away from a hand that types.
    if (asked) bar.current?.querySelector("[role=radio][tabindex='0']")?.focus();
  }, [asked]);
  const { outbox, readOnly } = state.value;
  const busy = isPending(outbox, id, "chat.wrap_up") || isPending(outbox, id, "chat.close");
  const byKey = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey) choose(chat, beside(chosen, step));
    else if (event.key === "Enter" && event.target.getAttribute("role") === "radio") finish(chat);
    else if (event.key === "Escape" && asked) wrapping.value = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useEffect(() => {
    if (asked || bar.current?.contains(document.activeElement))
      bar.current?.querySelector("[aria-checked=true]")?.focus();
  }, [chosen]);
  const left = isOpen ? null : state.value.limits.wrap_up - since(chat.entry.wrap_up_at, second.value);
  const { answer } = draftOf(id);
  return html`<section class="wrap" aria-label=${say("wrap.ask")} ref=${bar} onKeyDown=${byKey}>
    <div class="wrap__top">
      <${Icon} name="clipboard-check" /><b>${say("wrap.ask")}</b>${!isOpen && html` <${Key} id="wrap_up" />`}
      ${left !== null && html`<span class="muted">${say("wrap.left", { time: minutes(left) })}</span>`}
    </div>
    <div class="wrap__ended" role="status">${hasEnding(chat) && html`<${Ending} chat=${chat} />`}</div>
    <div class="wrap__list" role="radiogroup" aria-label=${say("wrap.ask")}>
      ${OUTCOMES.map(
        ({ digit, outcome }, at) =>
          html`<button
            key=${outcome}
            class="wrap__one"
            type="button"
            role="radio"
            aria-checked=${chosen === outcome}
            tabindex=${chosen === outcome || (!chosen && at === 0) ? "0" : "-1"}
            disabled=${readOnly}
            onClick=${() => choose(chat, outcome)}
          >
            <kbd class="kbd" aria-hidden="true">${digit}</kbd>${say(`wrap.${outcome}`)}
          </button>`,
      )}
    </div>
    ${(chosen === "lead" || chat.lead) && html`<${LeadForm} chat=${chat} />`}
    <div class="wrap__act">
      ${isOpen && answer.trim() && html`<span class="wrap__draft">${say("wrap.draft")}</span>`}
      ${
        isOpen &&
        html`<button class="btn btn--quiet btn--s" type="button" onClick=${() => (wrapping.value = null)}>
            ${say("wrap.cancel")}
          </button>
          <button
            class="btn btn--s"
            type="button"
            disabled=${busy || readOnly}
            onClick=${() => onChat("chat.close", chat)}
          >
            ${say("wrap.only")}
          </button>`
      }
      <button class="btn btn--co" type="button" disabled=${!chosen || busy || readOnly} onClick=${() => finish(chat)}>
        ${say(isOpen ? "wrap.done.open" : "wrap.done")} <kbd class="kbd" aria-hidden="true">↵</kbd>
      </button>
    </div>
  </section>`;
}

function beside(chosen, step) {
  const names = OUTCOMES.map((one) => one.outcome);
  const at = names.indexOf(chosen);
  return at < 0 ? names[0] : names[(at + step + names.length) % names.length];
}

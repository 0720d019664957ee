// The floor: who waits and why, who has which chat, how colleagues are. Asked anew each 3 s while it is looked at.

import { useEffect, useRef, useState } from "preact/hooks";
import { minutes } from "../../../shared/time.js";
import { byPromise, byState, isFree, stateKey, waitOf, whyKey } from "../../rules/floor.js";
import { since, urgencyOf } from "../../rules/order.js";
import { isPending } from "../../state/outbox.js";
import { companyOf, open, second, showFloor, state } from "../../store.js";
import { command, look } from "../../sync.js";
import { language, say } from "../../words.js";
import { Banners } from "../bar/banners.js";
import { pick } from "./calls.js";
import { Transcript } from "../chat/log.js";
import { Arc, html, Key, Mono, Named } from "../parts.js";

const NAMES = new Intl.DisplayNames([language], { type: "language" });

export function Floor() {
  const page = useRef(null);
  const [asked, setAsked] = useState(null);
  const { floor, me } = state.value;
  useEffect(() => page.current.querySelector("h1").focus(), []);
  return html`<main class="floor" ref=${page} onKeyDown=${along}>
    <header class="floor__head">
      <h1 tabindex="-1">${say("floor.title")}</h1>
      <p class="muted">${say("floor.sub")}</p>
      <button class="btn btn--s" type="button" onClick=${() => showFloor(false)}>
        ${say("floor.back")} <${Key} id="floor" />
      </button>
    </header>
    <${Banners} />
    ${
      floor
        ? html`<div class="floor__cols">
            <div>
              <${Waiting}
                chats=${floor.waiting}
              />${me.is_lead && html`<${Open} chats=${floor.open} onTake=${setAsked} />`}
            </div>
            <${Colleagues} people=${floor.colleagues} />
          </div>`
        : html`<p class="empty">${say("aside.loading")}</p>`
    }
    <${TakeOver} chat=${asked} onDone=${() => setAsked(null)} />
  </main>`;
}

// Up and down go along the buttons of the lists.
function along(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.target.closest("dialog")) return;
  const all = [...event.currentTarget.querySelectorAll(".fl button:not(:disabled)")];
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : (at + step + all.length) % all.length].focus();
}

function Part({ title, n, none, children }) {
  return html`<section class="floor__part" aria-label=${title}>
    <h2>${title} <span class="list__n">${n}</span></h2>
    ${
      n > 0
        ? html`<ul class="fl">
            ${children}
          </ul>`
        : html`<p class="muted floor__none">${none}</p>`
    }
  </section>`;
}

function Waiting({ chats }) {
  const { me, outbox, readOnly } = state.value;
  return html`<${Part} title=${say("floor.waiting")} n=${chats.length} none=${say("floor.waiting.none")}>
    ${byPromise(chats).map(
      (chat) =>
        html`<${Row} key=${chat.chat_id} chat=${chat} why=${whyOf(chat)}>
          ${
            isFree(chat, me.is_lead) &&
            html`<button
              class="btn btn--s btn--co"
              type="button"
              disabled=${readOnly || isPending(outbox, chat.chat_id, "chat.pick")}
              onClick=${() => pick(chat)}
            >
              <${Named}
                words=${say("call.take")}
                more=${say("call.take.of", { company: companyOf(chat.company_id).name })}
              />
            </button>`
          }<//
        >`,
    )}
  <//>`;
}

function whyOf(chat) {
  const facts = { company: companyOf(chat.company_id).name, name: chat.operator, language: NAMES.of(chat.language) };
  const marks = [
    chat.bounces > 0 && say(chat.bounces === 1 ? "floor.bounces.one" : "floor.bounces", { n: chat.bounces }),
    chat.called && say("floor.called"),
  ];
  return [say(whyKey(chat), facts), ...marks.filter(Boolean)].join(" · ");
}

function Open({ chats, onTake }) {
  const { outbox, readOnly } = state.value;
  const rows = chats
    .filter((chat) => !state.value.chats[chat.chat_id])
    .sort(
      (one, other) =>
        one.operator.localeCompare(other.operator) || Date.parse(one.arrived_at) - Date.parse(other.arrived_at),
    );
  return html`<${Part} title=${say("floor.open")} n=${rows.length} none=${say("floor.open.none")}>
    ${rows.map(
      (chat) =>
        html`<${Row} key=${chat.chat_id} chat=${chat} why=${heldBy(chat)}>
          <button
            class="btn btn--s"
            type="button"
            disabled=${readOnly || isPending(outbox, chat.chat_id, "chat.take")}
            onClick=${() => {
              look(chat.chat_id);
              onTake(chat);
            }}
          >
            <${Named}
              words=${say("floor.take")}
              more=${say("floor.take.of", { name: chat.operator, company: companyOf(chat.company_id).name })}
            /></button
        ><//>`,
    )}
  <//>`;
}

// The operator who has it, which chat it is, and whose turn it is.
function heldBy({ operator: name, number, turn }) {
  const facts = [
    say("floor.with", { name }),
    number > 0 && say("visitor", { number }),
    turn && say(turn === "operator" ? "floor.turn.operator" : "floor.turn.visitor", { name }),
  ];
  return facts.filter(Boolean).join(" · ");
}

function Row({ chat, why, children }) {
  const company = companyOf(chat.company_id);
  return html`<li class="fl__row" data-co=${chat.company_id}>
    <${Mono} company=${company} />
    <span class="fl__b"
      ><span class="cc__l"
        ><b>${company.name}</b><span class="cc__co">${chat.site} · ${NAMES.of(chat.language)}</span></span
      ><span class="fl__why">${why}</span></span
    >
    <span class="fl__t"><${Clock} chat=${chat} /></span><span class="fl__act">${children}</span>
  </li>`;
}

// The same arc as everywhere until the first answer; from then on how long whoever is to write has taken.
function Clock({ chat }) {
  const { waited, left, share } = waitOf(chat, second.value);
  if (chat.first_human_at)
    return html`<span class="muted">${minutes(chat.turn_at ? since(chat.turn_at, second.value) : waited)}</span>`;
  const words = say("arc.waits", { n: Math.floor(waited), promise: chat.promise_seconds });
  if (share >= 1) return html`<span class="chip chip--late" role="img" aria-label=${words}>+${minutes(-left)}</span>`;
  return html`<${Arc} share=${share} urgency=${urgencyOf(share)} n=${Math.ceil(left)} words=${words} />`;
}

function Colleagues({ people }) {
  return html`<${Part} title=${say("floor.people")} n=${people.length} none=${say("floor.people.none")}>
    ${byState(people).map(
      (one) =>
        html`<li key=${one.id} class="fl__row">
          <span class=${`dot ${one.state === "free" ? "" : "dot--none"}`}></span>
          <span class="fl__b"><b>${one.name}</b><span class="fl__why">${say(stateKey(one.state))}</span></span>
          <span class="fl__t">${say("bar.of", one)}</span>
        </li>`,
    )}
  <//>`;
}

// Taking a chat out of somebody's hands can't be undone by the one who lost it: it is asked.
function TakeOver({ chat, onDone }) {
  const dialog = useRef(null);
  useEffect(() => {
    if (chat && !dialog.current.open) dialog.current.showModal();
  }, [chat]);
  const company = chat ? companyOf(chat.company_id).name : "";
  const done = () => {
    const isMeant = dialog.current.returnValue === "take";
    dialog.current.returnValue = "";
    onDone();
    if (!isMeant) return;
    command("chat.take", { chat_id: chat.chat_id, fence: chat.fence });
    open(chat.chat_id);
  };
  const { looked } = state.value;
  const said = chat && looked?.chat_id === chat.chat_id ? looked : null;
  return html`<dialog
    class="ask ask--read"
    data-co=${chat?.company_id}
    ref=${dialog}
    aria-labelledby="take-title"
    onClose=${done}
  >
    ${
      chat &&
      html`<form method="dialog">
        <h2 id="take-title">${say("take.title", { name: chat.operator, company })}</h2>
        <div class="ask__log">
          ${
            said
              ? html`<${Transcript}
                  entry=${chat}
                  messages=${said.messages}
                  name=${said.visitor_name || say("visitor", { number: chat.number })}
                />`
              : html`<p class="muted">${say("aside.loading")}</p>`
          }
        </div>
        <p>${say("take.what", { name: chat.operator })}</p>
        <div class="ask__act">
          <button class="btn" value="" autofocus>${say("take.leave", { name: chat.operator })}</button>
          <button class="btn btn--primary" value="take">${say("floor.take")}</button>
        </div>
      </form>`
    }
  </dialog>`;
}

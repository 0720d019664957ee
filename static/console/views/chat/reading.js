// What changed in a company's instruction, beside the chat: to be read before the next answer there.

import { useEffect, useRef } from "preact/hooks";
import { label } from "../../rules/keys.js";
import { listUnread } from "../../state/handover.js";
import { fold, isChange } from "../../rules/reading.js";
import {
  companyOf,
  drawer,
  floorOpen,
  putOff,
  reading,
  shownChat,
  state,
  visibleChat,
  writeHere,
} from "../../store.js";
import { command } from "../../sync.js";
import { say } from "../../words.js";
import { html, Icon, Key, Mono, Named } from "../parts.js";

const PANEL = "reading";

/**
 * The company whose instruction stands beside the chat: the one asked for, else the open chat's own until it is put
 * off.
 */
export function companyToRead() {
  const own = visibleChat();
  const near =
    own?.entry.state === "open" && !putOff.value.includes(own.entry.company_id) ? own.entry.company_id : null;
  return [reading.value, near].find((id) => id && companyOf(id).unread) ?? null;
}

/** Show what changed for a company, by default the one that matters most now; from there the same key goes back. */
export function toggleReading(companyId = null) {
  const there = document.activeElement?.closest(`#${PANEL}`);
  if (there) {
    leaveReading();
    return;
  }
  const own = shownChat()?.entry.company_id;
  const due = listUnread(state.value);
  const wanted = companyId ?? (due.some((one) => one.id === own) ? own : due[0]?.id);
  if (!wanted) return;
  reading.value = wanted;
  floorOpen.value = false;
  drawer.value = true;
  requestAnimationFrame(() => document.getElementById(PANEL)?.focus());
}

/** Ask to read, on top of everything, unless it stands beside the chat already. */
export function ToRead({ beside }) {
  const due = listUnread(state.value).filter((one) => one.id !== beside);
  if (!due.length || !state.value.ready) return null;
  const [first] = due;
  const more = { 1: "", 2: say("reading.more.one") }[due.length] ?? say("reading.more", { n: due.length - 1 });
  return html`<div class="banner" role="status" data-co=${first.id}>
    <${Icon} name="book-open" />
    <p>${say("reading.due", { company: first.name })} ${more && html`<span class="soft">${more}</span>`}</p>
    <button
      class="btn btn--s"
      type="button"
      aria-keyshortcuts=${label("reading")}
      onClick=${() => toggleReading(first.id)}
    >
      <${Named} words=${say("reading.open")} more=${say("reading.open.of", { company: first.name })} />${" "}
      <${Key} id="reading" />
    </button>
  </div>`;
}

/** Where there is no room for it beside the chat: a line over the composer. */
export function ReadFirst({ chat }) {
  const company = companyOf(chat.entry.company_id);
  if (!company.unread || chat.entry.state !== "open" || putOff.value.includes(company.id)) return null;
  return html`<div class="dock dock--read">
    <${Icon} name="book-open" />
    <p>${say("reading.first", { company: company.name })}</p>
    <button class="btn btn--s" type="button" onClick=${() => toggleReading(company.id)}>${say("reading.open")}</button>
  </div>`;
}

export function Reading({ companyId }) {
  const panel = useRef(null);
  const company = companyOf(companyId);
  const told = state.value.reading[companyId];
  const { outbox, readOnly } = state.value;
  const busy = outbox.some((item) => item.frame.type === "reading.done" && item.frame.company_id === companyId);
  useEffect(() => {
    panel.current.scrollTop = 0;
  }, [companyId, Boolean(told)]);
  const done = () => {
    command("reading.done", { company_id: companyId, major: told.major });
    leaveReading();
  };
  const later = () => {
    putOff.value = [...putOff.value, companyId];
    leaveReading();
  };
  return html`<section
    class="read"
    id=${PANEL}
    tabindex="-1"
    aria-labelledby="read-title"
    data-co=${companyId}
    ref=${panel}
  >
    <div class="read__head">
      <${Mono} company=${company} />
      <div>
        <h2 id="read-title">${say(told && !isChange(told) ? "reading.title.new" : "reading.title")}</h2>
        <p class="co-name">${company.name}</p>
      </div>
      ${told && html`<span class="chip">${say("aside.version", { n: told.major })}</span>`}
    </div>
    ${told ? html`<${Changes} told=${told} />` : html`<p class="muted">${say("aside.loading")}</p>`}
    <div class="read__foot">
      <button class="btn btn--s btn--quiet" type="button" onClick=${later}>${say("reading.later")}</button>
      <button class="btn btn--s btn--primary" type="button" disabled=${!told || busy || readOnly} onClick=${done}>
        <${Icon} name="check" />${say(busy ? "offer.busy" : "reading.done")}
      </button>
    </div>
  </section>`;
}

function Changes({ told }) {
  const change = isChange(told);
  return html`
    ${change && html`<p class="read__key"><ins>${say("reading.added")}</ins> <del>${say("reading.removed")}</del></p>`}
    <div class="read__text">
      ${fold(
        change
          ? told.parts
          : told.parts.filter((part) => part.kind !== "removed").map((part) => ({ ...part, kind: "plain" })),
      ).map((part, at) => html`<${Part} key=${at} part=${part} />`)}
    </div>`;
}

// Underlined and struck through, not only coloured; read aloud, each says what it is.
function Part({ part: { kind, text, lines } }) {
  if (kind === "added") return html`<ins><span class="vh">${say("reading.is.added")} </span>${text}</ins>`;
  if (kind === "removed") return html`<del><span class="vh">${say("reading.is.removed")} </span>${text}</del>`;
  if (kind === "fold")
    return html`<details class="read__fold">
      <summary>${say("reading.same", { n: lines })}</summary>
      ${text}
    </details>`;
  return html`<span>${text}</span>`;
}

/** Back to where an answer is written. */
export function leaveReading() {
  reading.value = null;
  drawer.value = false;
  writeHere.value += 1;
}

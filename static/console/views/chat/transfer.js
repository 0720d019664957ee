// Somebody else for this chat: who is asked, docked between log and composer; and how it stands while they think.

import { useEffect, useRef, useState } from "preact/hooks";
import { since } from "../../rules/order.js";
import { isPending } from "../../state/outbox.js";
import { companyOf, draft, draftOf, handing, lookForSomebody, second, state } from "../../store.js";
import { onChat } from "../../sync.js";
import { choices, firstOpen, frameOf, reasonKey } from "../../rules/transfer.js";
import { language, say } from "../../words.js";
import { html, Icon } from "../parts.js";

const LISTBOX = "transfer-list";
const NAMES = new Intl.DisplayNames([language], { type: "language" });

/** Look for somebody else for an open chat; the same key again leaves it. */
export function toggleTransfer(chat) {
  if (chat?.entry.state !== "open" || state.value.readOnly) return;
  const id = chat.entry.chat_id;
  if (handing.value === id) lookForSomebody(null);
  else if (!isAsked(chat)) lookForSomebody(id);
}

/** Whether somebody is being asked to take this chat over, or is about to be. */
export function isAsked(chat) {
  return Boolean(chat.entry.transfer) || isPending(state.value.outbox, chat.entry.chat_id, "chat.transfer");
}

/** How a transfer stands: whom we asked, how long they still have, and the way back. */
export function Asked({ chat }) {
  const { outbox, readOnly } = state.value;
  const id = chat.entry.chat_id;
  const { transfer } = chat.entry;
  const busy = isPending(outbox, id, "transfer.cancel");
  const left = transfer ? Math.max(0, Math.ceil(-since(transfer.expires_at, second.value))) : 0;
  return html`<div class="dock dock--ask" role="group" aria-label=${say("transfer.label")}>
    <${Icon} name="arrow-right-left" />
    <p>
      ${transfer ? say("transfer.asked", { name: transfer.to, n: left }) : say("transfer.asking")}${" "}
      <span class="soft">${say("transfer.stays")}</span>
    </p>
    <button
      class="btn btn--s"
      type="button"
      disabled=${!transfer || busy || readOnly}
      onClick=${() => onChat("transfer.cancel", chat)}
    >
      ${say("transfer.cancel")}
    </button>
  </div>`;
}

export function Transfer({ chat }) {
  const id = chat.entry.chat_id;
  const box = useRef(null);
  const list = useRef(null);
  const [query, setQuery] = useState("");
  const [moved, setMoved] = useState(null);
  const company = companyOf(chat.entry.company_id);
  const options = state.value.options[id];
  const words = {
    anyone: say("transfer.any", { company: company.name }),
    anyoneToo: say("transfer.any.also"),
    languageOf: (code) => say("transfer.in", { language: NAMES.of(code) }),
  };
  const lines = choices(options, query, words);
  const at = moved === null ? firstOpen(lines) : Math.min(moved, Math.max(0, lines.length - 1));
  const chosen = lines[at];
  const { passing } = draftOf(id);
  useEffect(() => box.current.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, query]);
  const ask = (line) => {
    if (!line || line.refused || state.value.readOnly) return;
    onChat("chat.transfer", chat, frameOf(line, passing));
    lookForSomebody(null);
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    lookForSomebody(null);
  };
  const byKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (step && lines.length) setMoved((at + step + lines.length) % lines.length);
    else if (event.key === "Enter") ask(chosen);
    else return;
    event.preventDefault();
  };
  const noteKey = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.altKey) return;
    event.preventDefault();
    ask(chosen);
  };
  return html`<section class="picker picker--transfer" aria-label=${say("transfer.label")} onKeyDown=${leave}>
    <div class="picker__l">
      <p class="picker__h"><b>${say("transfer.title")}</b></p>
      <input
        class="input"
        type="text"
        role="combobox"
        ref=${box}
        value=${query}
        placeholder=${say("transfer.place")}
        aria-label=${say("transfer.whom")}
        autocomplete="off"
        spellcheck="false"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls=${LISTBOX}
        aria-activedescendant=${chosen ? `${LISTBOX}-${at}` : undefined}
        onInput=${(event) => {
          setQuery(event.target.value);
          setMoved(null);
        }}
        onKeyDown=${byKey}
      />
      <ul
        id=${LISTBOX}
        role="listbox"
        aria-label=${say("transfer.title")}
        ref=${list}
        onMouseDown=${(event) => event.preventDefault()}
      >
        ${lines.map(
          (line, index) =>
            html`<${Line}
              key=${line.id}
              line=${line}
              id=${`${LISTBOX}-${index}`}
              chosen=${index === at}
              onPick=${() => setMoved(index)}
              onAsk=${() => ask(line)}
            />`,
        )}
      </ul>
      ${
        lines.length === 0 &&
        html`<p class="picker__none muted">${say(options ? "transfer.none" : "aside.loading")}</p>`
      }
    </div>
    <div class="picker__p">
      <label class="pass"
        ><span class="pass__k"><${Icon} name="sticky-note" size="s" />${say("transfer.note")}</span>
        <textarea
          class="pass__box"
          rows="2"
          maxlength="1000"
          value=${passing}
          onInput=${(event) => draft(id, { passing: event.target.value })}
          onKeyDown=${noteKey}
        ></textarea>
      </label>
      <div class="pass__act">
        <p class="picker__why">
          <${Icon} name="info" size="s" />${chosen?.refused ? `${chosen.label}: ${why(chosen)}` : say("transfer.why")}
        </p>
        <button class="btn btn--quiet btn--s" type="button" onClick=${() => lookForSomebody(null)}>
          ${say("transfer.leave")}
        </button>
        <button
          class="btn btn--primary btn--s"
          type="button"
          aria-disabled=${!chosen || chosen.refused ? "true" : undefined}
          onClick=${() => ask(chosen)}
        >
          <${Icon} name="arrow-right-left" />
          ${chosen?.to === "person" ? say("transfer.ask", { name: chosen.label }) : say("transfer.ask.any")}${" "}
          <kbd class="kbd" aria-hidden="true">↵</kbd>
        </button>
      </div>
    </div>
  </section>`;
}

// One click chooses, so that the note can still be written; the second asks.
function Line({ line, id, chosen, onPick, onAsk }) {
  const icon = { any: "users", language: "languages" }[line.to] ?? "user";
  return html`<li
    id=${id}
    role="option"
    aria-selected=${chosen ? "true" : "false"}
    aria-disabled=${line.refused ? "true" : undefined}
    class=${line.refused ? "is-not" : ""}
    onClick=${onPick}
    onDblClick=${onAsk}
  >
    <${Icon} name=${icon} size="s" /><span>${line.label}</span>
    ${line.to === "person" && html`<small>${line.refused ? why(line) : say("transfer.room", line)}</small>`}
    ${chosen && !line.refused && html`<kbd class="kbd" aria-hidden="true">↵</kbd>`}
  </li>`;
}

function why(line) {
  return say(reasonKey(line.refused), line);
}

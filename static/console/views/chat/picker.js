// Canned replies, docked between log and composer: it pushes the log up instead of covering it.

import { useEffect, useRef } from "preact/hooks";
import { pieces } from "../../rules/canned.js";
import { say } from "../../words.js";
import { html, Icon } from "../parts.js";

export const LISTBOX = "picker";

/** @param props `found` of `all` replies, `at` the chosen one, `values` of variables, `onPick(reply)`. */
export function Picker({ company, language, found, all, at, values, onPick }) {
  const list = useRef(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const chosen = found[at];
  const none = all.length ? say("picker.none") : say("picker.empty", { company: company.name });
  // The composer keeps the focus while somebody points.
  const stay = (event) => event.preventDefault();
  return html`<section class="picker" aria-label=${say("picker.label", { company: company.name })} onMouseDown=${stay}>
    <div class="picker__l">
      <p class="picker__h">
        <b>${say("picker.title")}</b> <span>${company.name} · ${language}</span>${" "}
        <span class="picker__n">${say("picker.count", { n: found.length, all: all.length })}</span>
      </p>
      <ul id=${LISTBOX} role="listbox" aria-label=${say("picker.title")} ref=${list}>
        ${found.map(
          (reply, index) =>
            html`<li
              key=${reply.id}
              id=${optionId(index)}
              role="option"
              aria-selected=${index === at ? "true" : "false"}
              onClick=${() => onPick(reply)}
            >
              <b>/${reply.key}</b
              ><span>${reply.title}</span>${index === at && html`<kbd class="kbd" aria-hidden="true">↵</kbd>`}
            </li>`,
        )}
      </ul>
    </div>
    <div class="picker__p">
      ${chosen ? html`<${Preview} reply=${chosen} values=${values} />` : html`<p class="muted">${none}</p>`}
    </div>
  </section>`;
}

/** The id of the nth option, for aria-activedescendant. */
export function optionId(index) {
  return `${LISTBOX}-${index}`;
}

function Preview({ reply, values }) {
  const why = [reply.data.why, say("picker.version", { n: reply.version })].filter(Boolean).join(" · ");
  return html`<p class="picker__text" lang=${reply.language}>
      ${pieces(reply.body, values).map(({ text, filled }) =>
        filled === undefined ? text : html`<span class=${filled ? "fill" : "fill fill--open"}>${text}</span>`,
      )}
    </p>
    <p class="picker__why"><${Icon} name="info" size="s" />${why}</p>`;
}

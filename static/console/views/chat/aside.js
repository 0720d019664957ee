// Beside the chat: the company's script, who the visitor is, and what the company told us.

import { dayAndTime, timeOfDay, minutes } from "../../../shared/time.js";
import { textIn } from "../../rules/provenance.js";
import { temporary } from "../../rules/temporary.js";
import { companyOf, drawer, second, shownChat, shownLeft, state, tab, writeHere } from "../../store.js";
import { onChat } from "../../sync.js";
import { language, say } from "../../words.js";
import { Ending, hasEnding } from "./ending.js";
import { html, Icon, shortUrl, webUrl } from "../parts.js";
import { companyToRead, Reading } from "./reading.js";

const TABS = ["script", "visitor", "knowledge"];

/**
 * Go to a tab of the side, drawn out where there is no room for it; from there the same key goes back to the
 * composer.
 */
export function toggleTab(name) {
  const there = tab.value === name && document.activeElement?.closest(".aside");
  tab.value = name;
  drawer.value = !there;
  if (there) writeHere.value += 1;
  else requestAnimationFrame(() => document.getElementById("aside-panel")?.focus());
}

export function Aside() {
  const chat = shownChat() ?? shownLeft()?.chat;
  const look = drawer.value ? "aside is-drawn" : "aside";
  const toRead = companyToRead();
  if (toRead)
    return html`<aside class=${`${look} aside--read`} aria-label=${say("chat.help.label")}>
      <${Reading} key=${toRead} companyId=${toRead} />
    </aside>`;
  if (!chat) return html`<aside class=${look} aria-label=${say("chat.help.label")}></aside>`;
  const Panel = { script: Script, visitor: Visitor, knowledge: Knowledge }[tab.value];
  return html`<aside class=${look} aria-label=${say("chat.help.label")} data-co=${chat.entry.company_id}>
    <${Temporary} chat=${chat} />
    <${Tabs} />
    <button
      class="btn btn--quiet btn--s btn--icon aside__close"
      type="button"
      aria-label=${say("aside.close")}
      onClick=${() => (drawer.value = false)}
    >
      <${Icon} name="x" />
    </button>
    <div role="tabpanel" id="aside-panel" aria-labelledby=${`tab-${tab.value}`} tabindex="0">
      <${Panel} chat=${chat} />
    </div>
  </aside>`;
}

function Tabs() {
  const byKey = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.altKey) return;
    event.preventDefault();
    tab.value = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length];
    document.getElementById(`tab-${tab.value}`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${say("aside.tabs")} onKeyDown=${byKey}>
    ${TABS.map(
      (name) =>
        html`<button
          key=${name}
          type="button"
          role="tab"
          id=${`tab-${name}`}
          aria-controls="aside-panel"
          aria-selected=${tab.value === name ? "true" : "false"}
          tabindex=${tab.value === name ? "0" : "-1"}
          onClick=${() => (tab.value = name)}
        >
          ${say(`aside.${name}`)}
        </button>`,
    )}
  </div>`;
}

function Temporary({ chat }) {
  const found = temporary(state.value.texts[chat.entry.company_id] ?? [], second.value);
  return found.map(
    ({ id, title, body, language: own, data }) =>
      html`<div class="banner banner--u50 temporary" role="note" key=${id} lang=${own}>
        <${Icon} name="megaphone" />
        <p>
          <b>${title}</b> ${body}
          <small lang=${language}>
            ${say("aside.until", { time: dayAndTime(data.until, language) })}${data.greets && ` ${say("aside.greets")}`}
          </small>
        </p>
      </div>`,
  );
}

function textOf(chat, kind) {
  const texts = state.value.texts[chat.entry.company_id];
  return texts && textIn(texts, kind, chat.language);
}

function Script({ chat }) {
  const script = textOf(chat, "script");
  const company = companyOf(chat.entry.company_id);
  if (script === undefined) return html`<p class="muted block">${say("aside.loading")}</p>`;
  if (!script?.data.steps)
    return html`<p class="muted block">${say("aside.script.none", { company: company.name })}</p>`;
  const id = chat.entry.chat_id;
  const byHand = chat.entry.ticks ?? {};
  const isOurs = Boolean(state.value.chats[id]) && !state.value.readOnly;
  // The greeting is ticked by the first text itself; the rest is the operator's own judgement.
  const doneAt = (step) => (step.key === "greet" && chat.entry.first_human_at) || byHand[step.key];
  const now = script.data.steps.find((step) => !doneAt(step));
  return html`<section class="block">
    <div class="block__h">
      <h2>${script.title}</h2>
      <span class="chip">${say("aside.version", { n: script.version })}</span>
    </div>
    <ol class="steps">
      ${script.data.steps.map((step) => {
        const at = doneAt(step);
        const isNow = step === now && Boolean(state.value.chats[id]);
        const look = at ? "is-done" : isNow ? "is-now" : "";
        const icon = at ? "circle-check" : isNow ? "target" : "circle";
        const fixed = (step.key === "greet" && Boolean(chat.entry.first_human_at)) || !isOurs;
        const tick = () => onChat("chat.tick", chat, { step: step.key, on: !byHand[step.key] });
        return html`<li key=${step.key}>
          <button
            class=${`step ${look}`}
            type="button"
            aria-pressed=${at ? "true" : "false"}
            aria-disabled=${fixed ? "true" : undefined}
            onClick=${() => !fixed && tick()}
          >
            <${Icon} name=${icon} /><span>${step.text}</span>${at && html`<small>${timeOfDay(at, language)}</small>`}
          </button>
        </li>`;
      })}
    </ol>
  </section>`;
}

function Visitor({ chat }) {
  const { entry } = chat;
  const company = companyOf(entry.company_id);
  const earlier = { 0: "aside.earlier.none", 1: "aside.earlier.one" }[chat.earlier] ?? "aside.earlier.n";
  const fact = (key, value, missing = false) =>
    html`<div class=${missing ? "is-missing" : ""}>
      <dt>${say(key)}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<section class="block">
      <div class="block__h"><h2>${say("aside.facts")}</h2></div>
      <dl class="facts">
        ${chat.visitor_name ? fact("aside.name", chat.visitor_name) : fact("aside.name", say("aside.name.none"), true)}
        ${fact("aside.number", chat.number)}
        ${fact("aside.site", chat.site)}
        ${fact("aside.language", new Intl.DisplayNames([language], { type: "language" }).of(chat.language))}
        ${fact("aside.from", chat.referrer ? shortUrl(chat.referrer) : say("aside.direct"))}
      </dl>
    </section>
    ${
      hasEnding(chat) &&
      html`<section class="block">
        <div class="block__h"><h2>${say("end.title")}</h2></div>
        <${Ending} chat=${chat} addresses />
      </section>`
    }
    <section class="block">
      <div class="block__h"><h2>${say("aside.now")}</h2></div>
      <ol class="trail">
        ${trail(chat).map(
          ({ url, title, stay }, at) =>
            html`<li key=${at}>
              <a href=${webUrl(url)} target="_blank" rel="noopener noreferrer nofollow">${title || shortUrl(url)}</a
              ><span>${stay}</span>
            </li>`,
        )}
      </ol>
    </section>
    <section class="block">
      <div class="block__h"><h2>${say("aside.earlier", { company: company.name })}</h2></div>
      <p class="soft">${say(earlier, { n: chat.earlier })}</p>
    </section>`;
}

// Newest page on top, each with how long the visitor stayed.
function trail(chat) {
  const open = chat.entry.state === "open" && second.value > 0;
  return chat.trail
    .map((page, at) => {
      const next = chat.trail[at + 1];
      if (next) return { ...page, stay: minutes((Date.parse(next.at) - Date.parse(page.at)) / 1000) };
      return { ...page, stay: open ? say("aside.here") : "" };
    })
    .reverse();
}

function Knowledge({ chat }) {
  const instruction = textOf(chat, "instruction");
  const company = companyOf(chat.entry.company_id);
  if (instruction === undefined) return html`<p class="muted block">${say("aside.loading")}</p>`;
  if (!instruction) return html`<p class="muted block">${say("aside.knowledge.none", { company: company.name })}</p>`;
  return html`<section class="block">
    <div class="block__h">
      <h2>${instruction.title}</h2>
      <span class="chip">${say("aside.version", { n: instruction.version })}</span>
    </div>
    <div class="prose" lang=${instruction.language}>
      ${instruction.body.split(/\n{2,}/).map((part, at) => html`<p key=${at}>${part}</p>`)}
    </div>
  </section>`;
}

// What a person must know now, on top of everything it is about. Not closable while it is true.

import { signal } from "@preact/signals";
import * as alerts from "../../alerts.js";
import { timeOfDay, steady } from "../../../shared/time.js";
import { act, nameOf, net, second, shownLeft, state } from "../../store.js";
import { takeSeat, tryNow } from "../../sync.js";
import { hasWords, language, say } from "../../words.js";
import { noticesOf } from "../../state/notices.js";
import { drainOf, breakOf } from "../../rules/shift.js";
import { breakIcon, drain, endBreak } from "./break.js";
import { Calls } from "../list/calls.js";
import { html, Icon, sayLimits, wordsFor, wordsForGone } from "../parts.js";
import { companyToRead, ToRead } from "../chat/reading.js";
import { isNews } from "./toast.js";

// Shorter cuts heal by themselves before anybody has read a sentence about them.
const LOST_SHOWN_MS = 2000;
const asking = signal(false);

export function Banners() {
  const { readOnly, refusals, unsent, seat } = state.value;
  // What happened to the chat on the screen stands there.
  const here = shownLeft()?.chat.entry.chat_id;
  const told = refusals.filter((one) => !isNews(one) && one.chat_id !== here);
  return html`<div class="banners">
    <${Calls} />
    <${Lost} seat=${seat} />
    ${
      readOnly &&
      html`<${Banner} look="u50" icon="monitor-smartphone" words=${say("seat.taken")}>
        <button class="btn btn--s" type="button" onClick=${takeSeat}>${say("seat.take")}</button><//
      >`
    }
    ${seat?.paused && html`<${Paused} seat=${seat} />`}
    <${Draining} seat=${seat} />
    <${Bell} />
    ${noticesOf(told, unsent).map((notice) => html`<${Notice} key=${keyOf(notice)} notice=${notice} />`)}
    <${ToRead} beside=${companyToRead()} />
  </div>`;
}

// A transfer that came to nothing: nothing is wrong, but somebody must know that the chat is still theirs.
function isEnding({ code }) {
  return code.startsWith("transfer.");
}

function Paused({ seat }) {
  const reason = say(`pause.${breakOf(seat.pause_reason)}`);
  const words = seat.paused_at ? say("pause.since", { reason, time: timeOfDay(seat.paused_at, language) }) : reason;
  return html`<div class="banner banner--u50" role="status">
    <${Icon} name=${breakIcon(seat.pause_reason)} />
    <p><b>${words}</b> ${say("pause.on")}</p>
    <button class="btn btn--s" type="button" disabled=${state.value.readOnly} onClick=${endBreak}>
      ${say("pause.end")}
    </button>
  </div>`;
}

function Draining({ seat }) {
  const drained = drainOf(seat, second.value);
  if (!drained) return null;
  const { kind, minutes: n } = drained;
  const words =
    kind === "shift"
      ? say(n === 1 ? "drain.shift.one" : "drain.shift", { n })
      : say(`drain.${kind}`, { time: seat.shift_ends_at && timeOfDay(seat.shift_ends_at, language) });
  const also = kind === "ended" ? "" : say("drain.unless");
  return html`<div class="banner banner--u50" role="status">
    <${Icon} name="bell-off" />
    <p>${words} <span class="soft">${also}</span></p>
    ${
      kind === "own" &&
      html`<button class="btn btn--s" type="button" disabled=${state.value.readOnly} onClick=${() => drain(false)}>
        ${say("drain.end")}
      </button>`
    }
  </div>`;
}

function Banner({ look, icon, words, children }) {
  const role = look === "danger" ? "alert" : "status";
  return html`<div class=${`banner banner--${look}`} role=${role}>
    <${Icon} name=${icon} />
    <p>${words}</p>
    ${children}
  </div>`;
}

function Lost({ seat }) {
  const { net: line, since, refusal } = net.value;
  const now = second.value;
  if (refusal === "bad_origin")
    return html`<${Banner} look="danger" icon="circle-alert" words=${say("net.bad_origin")} />`;
  if (line === "open" || steady() - since < LOST_SHOWN_MS) return null;
  const held = Object.keys(state.value.chats).length;
  const left = seat ? Math.ceil((Date.parse(seat.lease_until) - now) / 1000) : 0;
  let words = say("net.later");
  if (held && !state.value.readOnly) words = left > 0 ? say("seat.lost", { n: left }) : say("seat.lost.now");
  return html`<${Banner} look="danger" icon="wifi-off" words=${words}>
    <button class="btn btn--s" type="button" onClick=${tryNow}>${say("net.retry")}</button><//
  >`;
}

// Sound is asked for at the start of the shift; later only when the browser takes it away.
function Bell() {
  if (alerts.muted.value || !state.value.ready || state.value.readOnly) return null;
  const ring = () => {
    asking.value = true;
    alerts.tryBell();
  };
  if (asking.value && !alerts.heard.value) {
    return html`<${Banner} look="info" icon="bell-ring" words=${say("sound.ask")}>
      <button class="btn btn--s" type="button" onClick=${ring}>${say("sound.again")}</button>
      <button class="btn btn--s btn--primary" type="button" onClick=${alerts.confirmHeard}>
        ${say("sound.heard")}
      </button><//
    >`;
  }
  if (alerts.heard.value && alerts.awake.value) return null;
  const words = alerts.heard.value || !alerts.awake.value ? say("sound.blocked") : say("sound.check");
  const look = alerts.awake.value ? "info" : "danger";
  return html`<${Banner} look=${look} icon="volume-x" words=${words}>
    <button class="btn btn--s" type="button" onClick=${ring}>${say("sound.test")}</button><//
  >`;
}

const copied = signal("");

function keyOf({ refusals, texts }) {
  const [first] = refusals;
  return first ? `${first.code} ${first.to ?? ""} ${first.chat_id ?? ""}` : texts[0].client_id;
}

// One event, one banner: whom it is about, who had a hand in it, and what was not sent.
function Notice({ notice: { refusals, texts } }) {
  const [first, ...others] = refusals;
  const calm = !first || isEnding(first);
  const names = others.map(({ about }) => namedOf(about)).join(", ");
  const also = names && say("gone.also", { names });
  const dismiss = () => refusals.forEach((refusal) => act({ type: "my.dismiss", refusal }));
  return html`<div class=${`banner banner--${calm ? "u50" : "danger"}`} role=${calm ? "status" : "alert"}>
    <${Icon} name=${!first ? "pencil-line" : isEnding(first) ? "arrow-right-left" : "circle-alert"} />
    <div class="banner__of">
      ${first && html`<p>${wordsOf(first)} ${also}</p>`}
      ${texts.map((item) => html`<${Unsent} key=${item.client_id} item=${item} />`)}
    </div>
    ${first && html`<button class="btn btn--s" type="button" onClick=${dismiss}>${say("dismiss")}</button>`}
  </div>`;
}

function Unsent({ item }) {
  const copy = async () => {
    await navigator.clipboard.writeText(item.body);
    copied.value = item.client_id;
  };
  const drop = () => act({ type: "my.forget", client_id: item.client_id });
  const { company } = item.about;
  const title = say(item.note ? "unsent.note" : "unsent.title", { name: nameOf(item.about), company });
  return html`<div class="banner__text">
    <p>${title} <q>${item.body}</q></p>
    <button class="btn btn--s" type="button" onClick=${copy}>
      ${say(copied.value === item.client_id ? "unsent.copied" : "unsent.copy")}
    </button>
    <button class="btn btn--s btn--quiet" type="button" onClick=${drop}>${say("unsent.drop")}</button>
  </div>`;
}

// Of a chat that was never ours only the company is known, and who has it.
function namedOf(about) {
  const visitor = about.visitor_name || about.number ? nameOf(about) : "";
  return [visitor, about.company].filter(Boolean).join(", ");
}

function wordsOf({ code, type, about, to }) {
  const names = { to, name: about && nameOf(about), company: about?.company };
  if (isEnding({ code })) return sayLimits(to && hasWords(code) ? code : "transfer.nobody", names);
  if (code.startsWith("gone.")) return wordsForGone(code, names);
  const words = about?.operator ? say("error.pick.by", { name: about.operator }) : wordsFor(code, type);
  return about && namedOf(about) ? `${namedOf(about)}: ${words}` : words;
}

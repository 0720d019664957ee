// The bar on top: shift, load, floor, connection, sound, break, person.

import { initial } from "../../../shared/text.js";
import { timeOfDay } from "../../../shared/time.js";
import * as alerts from "../../alerts.js";
import { label } from "../../rules/keys.js";
import { floorOpen, narrow, net, open, second, showFloor, shown, state } from "../../store.js";
import { language, say } from "../../words.js";
import { Break } from "./break.js";
import { showKeys } from "./help.js";
import { Menu } from "./menu.js";
import { html, Icon } from "../parts.js";

/**
 * @param {{links: {settings: string, logout: string, manage: string}}} props Addresses of pages; manage may be empty.
 */
export function Bar({ links }) {
  const { seat } = state.value;
  return html`<header class="bar">
    <${Home} />
    ${seat && html`<${Shift} seat=${seat} /><${Load} seat=${seat} />`}
    <span class="bar__gap"></span>
    ${state.value.ready && html`<${FloorButton} />`}
    <${Line} />
    <${Sound} />
    ${seat && html`<${Break} seat=${seat} />`}
    <${Me} links=${links} />
  </header>`;
}

function Home() {
  const mark = html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-balie" /></svg>`;
  if (narrow.value && (shown.value || floorOpen.value)) {
    return html`<button class="btn btn--quiet bar__back" type="button" onClick=${back}>
      <${Icon} name="arrow-left" />${say("list.label")}
    </button>`;
  }
  return html`<span class="logo">${mark}Balie</span>`;
}

function back() {
  showFloor(false);
  open(null);
}

// While it runs; what its end means is told in a banner.
function Shift({ seat }) {
  const ends = seat.shift_ends_at;
  if (!ends || Date.parse(ends) <= second.value) return null;
  return html`<span class="bar__shift">${say("bar.shift")} <b>${timeOfDay(ends, language)}</b></span>`;
}

function Load({ seat }) {
  const share = seat.capacity ? Math.min(1, seat.used / seat.capacity) : 0;
  return html`<span class="bar__load" title=${say("bar.load.help")}>
    <span>${say("bar.load")}</span>
    <svg class="loadbar" viewBox="0 0 96 6" aria-hidden="true">
      <rect class="loadbar__t" width="96" height="6" rx="3" />
      <rect class="loadbar__f" width=${96 * share} height="6" rx="3" />
    </svg>
    <span><b>${seat.used}</b>${say("bar.of", { used: "", capacity: seat.capacity })}</span>
  </span>`;
}

function Line() {
  const words = { open: "net.open", offline: "net.offline" }[net.value.net] ?? "net.connecting";
  const look = { open: "dot", offline: "dot dot--off" }[net.value.net] ?? "dot dot--wait";
  return html`<span class="bar__state" role="status"><span class=${look}></span>${say(words)}</span>`;
}

function Sound() {
  const off = alerts.muted.value;
  const words = say(off ? "sound.off" : "sound.on");
  return html`<button
    class="btn btn--quiet btn--s bar__sound"
    type="button"
    aria-pressed=${!off}
    title=${words}
    onClick=${() => (off ? alerts.tryBell() : alerts.mute(true))}
  >
    <${Icon} name=${off ? "volume-x" : "volume-2"} /><span class="bar__words">${words}</span>
  </button>`;
}

function FloorButton() {
  const words = say("floor.title");
  return html`<button
    class="btn btn--s bar__floor"
    type="button"
    aria-pressed=${floorOpen.value ? "true" : "false"}
    aria-label=${words}
    title=${`${say("floor.help")} (${label("floor")})`}
    aria-keyshortcuts=${label("floor")}
    onClick=${() => showFloor(!floorOpen.value)}
  >
    <${Icon} name="users" /><span class="bar__words">${words}</span>
  </button>`;
}

function Me({ links }) {
  const { me } = state.value;
  if (!me) return null;
  const head = html`<span class="vh">${say("me.menu", { name: me.name })}</span>
    <span class="person" aria-hidden="true">${initials(me.name)}</span>
    <span class="bar__words" aria-hidden="true">${me.name}</span>
    <${Icon} name="chevron-down" size="s" />`;
  return html`<${Menu} id="me" look="bar__me" head=${head}>
    <a href=${links.settings}><${Icon} name="languages" />${say("me.settings")}</a>
    ${links.manage && html`<a href=${links.manage}><${Icon} name="layout-dashboard" />${say("me.manage")}</a>`}
    <button type="button" onClick=${showKeys}><${Icon} name="keyboard" />${say("me.keys")}</button>
    <a href=${links.logout}><${Icon} name="log-out" />${say("me.out")}</a>
  <//>`;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const last = words.length > 1 ? words[words.length - 1] : words[0].slice(initial(words[0]).length);
  return initial(words[0]) + initial(last);
}

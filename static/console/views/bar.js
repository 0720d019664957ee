// The bar on top: load, connection, sound, break, person.

import { useEffect, useRef } from "preact/hooks";
import * as alerts from "../alerts.js";
import { narrow, net, shown, state } from "../store.js";
import { command } from "../sync.js";
import { say } from "../words.js";
import { showKeys } from "./help.js";
import { html, Icon } from "./parts.js";

/** @param links {{settings: string, logout: string, manage: string}} Addresses of pages; manage may be empty. */
export function Bar({ links }) {
  const { seat } = state.value;
  return html`<header class="bar">
    <${Home} />
    ${seat && html`<${Load} seat=${seat} />`}
    ${seat?.draining && html`<span class="chip chip--u50">${say("bar.drain")}</span>`}
    <span class="bar__gap"></span>
    <${Line} />
    <${Sound} />
    ${seat && html`<${Pause} seat=${seat} />`}
    <${Me} links=${links} />
  </header>`;
}

function Home() {
  const mark = html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-balie" /></svg>`;
  if (shown.value && narrow.value) {
    return html`<button class="btn btn--quiet bar__back" type="button" onClick=${() => (shown.value = null)}>
      <${Icon} name="arrow-left" />${say("list.label")}
    </button>`;
  }
  return html`<span class="logo">${mark}Balie</span>`;
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
  return html`<button class="btn btn--quiet btn--s bar__sound" type="button" aria-pressed=${!off} title=${words}
    onClick=${() => (off ? alerts.tryBell() : alerts.mute(true))}>
    <${Icon} name=${off ? "volume-x" : "volume-2"} /><span class="bar__words">${words}</span>
  </button>`;
}

function Pause({ seat }) {
  const words = say(seat.paused ? "pause.end" : "pause.begin");
  const flip = () => command("seat.pause", { on: !seat.paused, reason: "" });
  return html`<button class=${`btn btn--s ${seat.paused ? "btn--primary" : ""}`} type="button" title=${words}
    aria-pressed=${seat.paused} disabled=${state.value.readOnly} onClick=${flip}>
    <${Icon} name=${seat.paused ? "play" : "coffee"} /><span class="bar__words">${words}</span>
  </button>`;
}

function Me({ links }) {
  const menu = useRef(null);
  useEffect(() => {
    const away = (event) => {
      if (!menu.current?.contains(event.target)) menu.current?.removeAttribute("open");
    };
    document.addEventListener("click", away);
    return () => document.removeEventListener("click", away);
  }, []);
  const { me } = state.value;
  if (!me) return null;
  const toKeys = () => {
    menu.current.removeAttribute("open");
    showKeys();
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    menu.current.removeAttribute("open");
    menu.current.querySelector("summary").focus();
  };
  return html`<details class="me" ref=${menu} onKeyDown=${leave}>
    <summary class="bar__me"><span class="vh">${say("me.menu", { name: me.name })}</span>
      <span class="person" aria-hidden="true">${initials(me.name)}</span><span class="bar__words" aria-hidden="true">${me.name}</span>
      <${Icon} name="chevron-down" size="s" />
    </summary>
    <div class="me__menu">
      <a href=${links.settings}><${Icon} name="languages" />${say("me.settings")}</a>
      ${links.manage && html`<a href=${links.manage}><${Icon} name="layout-dashboard" />${say("me.manage")}</a>`}
      <button type="button" onClick=${toKeys}><${Icon} name="keyboard" />${say("me.keys")}</button>
      <a href=${links.logout}><${Icon} name="log-out" />${say("me.out")}</a>
    </div>
  </details>`;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const last = words.length > 1 ? words[words.length - 1][0] : (words[0][1] ?? "");
  return (words[0][0] + last).toUpperCase();
}

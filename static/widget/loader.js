// Balie on a client's page. Small on purpose: it asks what the site offers now, shows the button,
// and fetches the panel when somebody reaches for it. It stores nothing and opens no socket.

import { moment, pairs, request } from "./basics.js";
import { makePlace } from "./place.js";

(() => {
  const POLL_MS = 15_000;
  const JITTER_MS = 3_000;
  // The server's picture of who is there may be this old, so a closing minute is asked for twice.
  const SERVER_LAG_MS = 2_200;
  const LONGEST_POLL_MS = 300_000;
  // setTimeout takes 32 bits; a later moment is reached by asking again.
  const LONGEST_TIMER_MS = 86_400_000;

  const WORDS = {
    nl: { chat: ["Vraag het ons"], form: ["Stel je vraag", "Stel uw vraag"], close: ["Chat sluiten"], unread: ["Nieuw bericht"] },
    en: { chat: ["Ask us"], form: ["Ask your question"], close: ["Close chat"], unread: ["New message"] },
    de: { chat: ["Frag uns", "Fragen Sie uns"], form: ["Stell deine Frage", "Stellen Sie Ihre Frage"], close: ["Chat schließen"], unread: ["Neue Nachricht"] },
    fr: { chat: ["Une question ?"], form: ["Pose ta question", "Posez votre question"], close: ["Fermer la discussion"], unread: ["Nouveau message"] },
  };
  // The panel uses these too: their paths are the longest.
  const ICONS = {
    chat: ["M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719"],
    mail: ["m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7", "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z"],
    phone: ["M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384"],
    down: ["m6 9 6 6 6-6"],
  };
  const CSS = `
.launch, .w { font: 420 15px/1.42 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: #191d1b; color-scheme: light; -webkit-text-size-adjust: 100%; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.launch { position: fixed; inset-block-end: calc(24px + var(--lift, 0px) + env(safe-area-inset-bottom)); inset-inline-end: calc(24px + var(--aside, 0px)); display: inline-flex; align-items: center; justify-content: center; gap: 9px; min-width: 52px; height: 52px; margin: 0; padding-inline: 17px 20px; border: 0; border-radius: 26px; background: var(--co-solid); color: var(--co-on); font-weight: 620; text-decoration: none; white-space: nowrap; cursor: pointer; box-shadow: 0 8px 22px -6px rgb(25 29 27 / 0.4); animation: in 220ms cubic-bezier(.2,.7,.2,1); -webkit-tap-highlight-color: transparent; }
.launch:hover { box-shadow: 0 10px 26px -6px rgb(25 29 27 / 0.5); }
.launch:focus-visible { outline: 2px solid #0b5659; outline-offset: 2px; box-shadow: 0 0 0 2px #fff, 0 0 0 5px #0b5659; }
.launch.is-open { padding: 0; }
.launch.is-open .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.launch svg { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.count { min-width: 22px; height: 22px; margin-inline-end: -6px; padding: 0 6px; border-radius: 11px; background: #fff; color: #191d1b; font-size: 13px; font-weight: 700; line-height: 22px; text-align: center; font-variant-numeric: tabular-nums; }
@keyframes in { from { opacity: 0; transform: translateY(8px); } }
@media (max-width: 830px) { .launch { inset-inline-end: 24px; inset-block-end: calc(24px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } }
@media (max-width: 480px), (max-height: 500px) { .launch { inset-inline-end: 16px; inset-block-end: calc(16px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } .launch.is-open { display: none; } }
@media (prefers-reduced-motion: reduce) { .launch { animation: none; } }
@media (forced-colors: active) { .launch { border: 2px solid ButtonText; } }
@media print { .launch, .frame { display: none; } }`;

  // Who comes second finds the claim of the first: a snippet that is there twice is one chat. Kept on the window, which
  // outlives a document that is written anew.
  const claims = (window[Symbol.for("balie")] ||= []);
  const found = findScript();
  if (!found || claims.includes(found.key)) return;
  const { key, origin } = found;
  const nth = claims.push(key) - 1;
  const shelf = `balie.${key}`;

  let config = null;
  let host = null;
  let root = null;
  let button = null;
  let panel = null;
  let arriving = null;
  let starting = null;
  let tries = 0;
  let timer = 0;
  let failures = 0;
  let askedAt = 0;
  let beside = null;
  let low = true;
  let inviting = 0;
  let invited = false;
  let seenFrom = performance.now();
  let mark = { open: false, live: false, unread: 0 };

  function findScript() {
    const current = siteOf(document.currentScript);
    if (current) return current;
    for (const script of document.querySelectorAll('script[src*="/widget/"]')) {
      const site = siteOf(script);
      if (site && !claims.includes(site.key)) return site;
    }
    return null;
  }

  function siteOf(script) {
    const match = /^(https?:\/\/[^/]+)\/widget\/([0-9a-f]{32})\.js(?:[?#]|$)/.exec(script?.src || "");
    return match && { origin: match[1], key: match[2] };
  }

  async function ask() {
    clearTimeout(timer);
    askedAt = performance.now();
    try {
      const { status, body } = await request("GET", `${origin}/widget/${key}/config`);
      if (status === 403 || status === 404) return show(null);
      if (status !== 200) throw new Error(status);
      const next = JSON.parse(body);
      // A proxy may answer in our place.
      if (!next.availability?.mode || !next.look) throw new Error("shape");
      config = next;
      failures = 0;
      show(config);
    } catch {
      failures += 1;
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") return;
    const now = Date.now();
    const usual = Math.min(LONGEST_POLL_MS, POLL_MS * 2 ** Math.max(0, failures - 1)) - Math.random() * JITTER_MS;
    const closing = moment(config?.availability.closes_at) - now;
    let wait = usual;
    if (closing > 0) wait = Math.min(usual, closing + 20);
    else if (closing > -SERVER_LAG_MS) wait = SERVER_LAG_MS;
    timer = setTimeout(ask, Math.min(wait, LONGEST_TIMER_MS));
  }

  function look() {
    seenFrom = performance.now();
    clearTimeout(inviting);
    if (document.visibilityState === "hidden") return clearTimeout(timer);
    if (seenFrom - askedAt > POLL_MS - JITTER_MS) ask();
    else plan();
    soon();
  }

  // Again after the document was written anew, which takes all listeners away; twice is once.
  function listen() {
    document.addEventListener("visibilitychange", look);
    panel?.listen();
  }

  function word(name) {
    const pair = (WORDS[config.language] || WORDS.nl)[name];
    return (config.tone === "u" && pair[1]) || pair[0];
  }

  function build() {
    ({ host, root } = makePlace(key, nth, listen));
    dress(CSS);
  }

  function dress(css) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers before 2023; a page with a strict policy for styles stays bare there.
      const style = document.createElement("style");
      style.textContent = css;
      root.append(style);
    }
  }

  function show(next) {
    if (!next) {
      if (button) button.hidden = true;
      return;
    }
    if (!host) build();
    for (const [name, value] of pairs(next.look)) host.style.setProperty(`--co-${name}`, value);
    host.style.setProperty("--lift", `${Number(next.offset) || 0}px`);
    weigh();
    panel?.configure(next);
  }

  // Most pages never need it.
  function fetchBeside() {
    return (beside ||= import(origin + config.panel.replace(/[^/]*$/, "invite.js")).catch(() => (beside = null)));
  }

  // A pool that runs short gives up the pages of low value first. There is no button before it is known whether this is one.
  async function weigh() {
    const { level, low_value: pages } = config;
    low = level === "narrow" && pages.length > 0 && ((await fetchBeside())?.isLowValue(pages, location.href) ?? false);
    draw();
    soon();
  }

  // Once a page, after so long in sight, while all is open and the visitor has no chat.
  function soon() {
    clearTimeout(inviting);
    const after = config?.invite_after * 1000;
    if (!after || invited || config.level !== "open" || document.visibilityState === "hidden") return;
    inviting = setTimeout(async () => {
      invited = true;
      if (!desk.taken() && kind() === "chat") (await fetchBeside())?.invite(desk);
    }, seenFrom + after - performance.now());
  }

  function kind() {
    if (mark.open) return "close";
    if (mark.live) return "chat";
    const { mode } = config.availability;
    return mode === "chat" && low ? null : { chat: "chat", form: "form", phone: "phone" }[mode] || null;
  }

  function draw() {
    const now = kind();
    const tag = now === "phone" ? "a" : "button";
    if (button?.localName !== tag) swap(tag);
    button.hidden = !now;
    if (!now) return;
    button.className = mark.open ? "launch is-open" : "launch";
    const phone = config.availability.phone;
    const label = document.createElement("span");
    label.className = "word";
    label.textContent = now === "phone" ? phone : word(now);
    const parts = [icon(ICONS[{ form: "mail", close: "down" }[now] || now]), label];
    if (mark.unread && !mark.open) parts.push(count());
    button.replaceChildren(...parts);
    button.lang = config.language;
    if (tag === "a") button.href = `tel:${phone.replace(/[^\d+]/g, "")}`;
    else button.setAttribute("aria-expanded", String(mark.open));
  }

  function swap(tag) {
    const old = button;
    button = document.createElement(tag);
    if (tag === "button") {
      button.type = "button";
      button.addEventListener("click", toggle);
      button.addEventListener("pointerenter", fetchPanel);
      button.addEventListener("focus", fetchPanel);
    }
    if (old) old.replaceWith(button);
    else root.append(button);
  }

  function count() {
    const badge = document.createElement("span");
    badge.className = "count";
    badge.textContent = String(mark.unread);
    badge.setAttribute("aria-label", `${word("unread")}: ${mark.unread}`);
    badge.setAttribute("role", "img");
    return badge;
  }

  function icon(paths) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  }

  // Some browsers remember a failed import for good, so a second try has another address.
  function fetchPanel() {
    arriving ||= import(origin + config.panel + (tries ? `?try=${tries}` : "")).catch((error) => {
      arriving = null;
      tries += 1;
      throw error;
    });
    arriving.catch(() => {});
    return arriving;
  }

  const desk = {
    key,
    origin,
    icons: ICONS,
    dress,
    icon,
    word,
    open: toggle,
    taken: () => mark.open || mark.live || Boolean(remembered(() => window.localStorage).live),
    get root() {
      return root;
    },
    get config() {
      return config;
    },
    mark(change) {
      mark = { ...mark, ...change };
      invited ||= mark.open;
      draw();
    },
    focus: () => button.focus(),
  };

  function start() {
    starting ||= fetchPanel().then((module) => (panel = module.makePanel(desk)));
    starting.catch(() => (starting = null));
    return starting;
  }

  async function toggle() {
    try {
      (await start()).toggle();
    } catch {
      // The network is away; the button stays and the next click tries again.
    }
  }

  // A chat that goes on, or a panel that was open on the page before, comes back by itself.
  function remembered(open) {
    try {
      return { __proto__: null, ...JSON.parse(open().getItem(shelf)) };
    } catch {
      return {};
    }
  }

  async function resume() {
    const open = remembered(() => window.sessionStorage).open;
    if (!config || !(open || remembered(() => window.localStorage).live)) return;
    try {
      (await start()).resume(Boolean(open));
    } catch {
      // As above: the button still works.
    }
  }

  listen();
  ask().then(() => {
    if (document.readyState === "complete") resume();
    else window.addEventListener("load", resume, { once: true });
  });
})();

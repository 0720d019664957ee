// Balie on a client's page. Small on purpose: it asks what the site offers now, shows the button,
// and fetches the panel when somebody reaches for it. It stores nothing and opens no socket.

import { moment, pairs, request } from "./basics.js";
import { icon, ICONS, make, makeNotice, WORDS } from "./launcher.js";
import { LAUNCHER } from "./styles/launcher.js";
import { makePlace, wantsDark } from "./place.js";

(() => {
  const POLL_MS = 15_000;
  const JITTER_MS = 3_000;
  // The server's picture of who is there may be this old, so a closing minute is asked for twice.
  const SERVER_LAG_MS = 2_200;
  const LONGEST_POLL_MS = 300_000;

  // The second one finds the claim of the first: a snippet that is there twice is one chat. Kept on the window, which
  // outlives a document that is written anew.
  const claims = (window[Symbol.for("balie")] ||= []);
  const found = findScript();
  if (!found || claims.includes(found.key)) return;
  const { key, origin } = found;
  const nth = claims.push(key) - 1;
  const shelf = `balie.${key}`;
  // The sign of a test chat, kept nowhere. A spoilt one is asked with too: without it the chat would be a real one.
  const test = /^#balie-(test=.*)/.exec(location.hash)?.[1];

  let config = null;
  let host = null;
  let root = null;
  let button = null;
  let panel = null;
  let [arriving, starting] = [null, null];
  let tries = 0;
  let [timer, failures, askedAt] = [0, 0, 0];
  // What the next question tells beside asking, until it is answered: that a page began, what its visitor did. Counted
  // there, about nobody.
  let said = "new";
  let [beside, oops] = [null, null];
  let low = true;
  let [inviting, invited] = [0, false];
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
    const saying = test || said;
    try {
      const { status, body } = await request("GET", `${origin}/widget/${key}/config${saying && `?${saying}`}`);
      if (status === 403 || status === 404) return show(null);
      const next = JSON.parse(body);
      // A proxy may answer in our place.
      if (status !== 200 || !next.availability?.mode || !next.look) throw new Error("config");
      config = next;
      failures = 0;
      if (said === saying) said = "";
      show(config);
    } catch {
      failures += 1;
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.hidden) return;
    const now = Date.now();
    const usual = Math.min(LONGEST_POLL_MS, POLL_MS * 2 ** Math.max(0, failures - 1)) - Math.random() * JITTER_MS;
    const closing = moment(config?.availability.closes_at) - now;
    let wait = usual;
    if (closing > 0) wait = Math.min(usual, closing + 20);
    else if (closing > -SERVER_LAG_MS) wait = SERVER_LAG_MS;
    timer = setTimeout(ask, wait);
  }

  function look() {
    seenFrom = performance.now();
    clearTimeout(inviting);
    if (document.hidden) return clearTimeout(timer);
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
    ({ host, root } = makePlace(key, nth, listen, restart));
    dress(LAUNCHER);
  }

  function restart() {
    panel?.end();
    panel = starting = button = null;
    mark = { open: false, live: mark.live, unread: 0 };
    build();
    show(config);
    resume();
  }

  function dress(css) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers before 2023; a page with a strict policy for styles stays bare there.
      root.append(make("style", { textContent: css }));
    }
  }

  function show(next) {
    if (!next) {
      if (button) button.hidden = true;
      return;
    }
    if (!host) build();
    const isDark = Boolean(wantsDark() && next.dark?.solid);
    host.toggleAttribute("data-dark", isDark);
    for (const [name, value] of pairs(isDark ? next.dark : next.look)) host.style.setProperty(`--co-${name}`, value);
    host.toggleAttribute("data-left", next.side === "left");
    host.style.setProperty("--lift", `${Number(next.offset) || 0}px`);
    weigh();
    panel?.configure(next);
  }

  // Most pages never need it.
  function fetchBeside() {
    return (beside ||= import(origin + config.panel.replace(/[^/]*$/, "invite.js")).catch(() => (beside = null)));
  }

  // A pool that runs short gives up the pages of low value first. There is no button before it is known whether this is
  // one.
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
    if (!after || invited || config.level !== "open" || document.hidden) return;
    inviting = setTimeout(
      async () => {
        invited = true;
        if (!desk.taken() && kind() === "chat") (await fetchBeside())?.invite(desk);
      },
      seenFrom + after - performance.now(),
    );
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
    const label = make("span", { className: "word", textContent: now === "phone" ? phone : word(now) });
    const parts = [icon(ICONS[{ form: "mail", close: "down" }[now] || now]), label];
    if (mark.unread && !mark.open) parts.push(count());
    button.replaceChildren(...parts);
    button.lang = config.language;
    if (tag === "a") button.href = `tel:${phone.replace(/[^\d+]/g, "")}`;
    else button.setAttribute("aria-expanded", mark.open);
  }

  function swap(tag) {
    const old = button;
    button = make(
      tag,
      tag === "button" ? { type: tag, onclick: toggle, onpointerenter: fetchPanel, onfocus: fetchPanel } : {},
    );
    if (old) old.replaceWith(button);
    else root.append(button);
  }

  function count() {
    const badge = make("span", { className: "count", textContent: mark.unread });
    badge.setAttribute("aria-label", `${word("unread")}: ${mark.unread}`);
    badge.setAttribute("role", "img");
    return badge;
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
    tell(what) {
      said = what;
      ask();
    },
  };

  function start() {
    starting ||= fetchPanel().then((module) => (panel = module.makePanel(desk)));
    starting.catch(() => (starting = null));
    return starting;
  }

  async function toggle() {
    oops?.remove();
    oops = null;
    try {
      await (await start()).toggle();
    } catch {
      // A file didn't come: said where the panel would have been.
      oops = makeNotice(word("oops"), word("again"), toggle, config.language);
      root.prepend(oops);
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
    if (!config || config.test || !(open || remembered(() => window.localStorage).live)) return;
    try {
      (await start()).resume(Boolean(open));
    } catch {
      // The button still works.
    }
  }

  listen();
  ask().then(() => {
    if (document.readyState === "complete") resume();
    else window.addEventListener("load", resume, { once: true });
  });
})();

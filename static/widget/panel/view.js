// The panel on the screen: head, connection bar, one of the screens, what is docked under it, foot.

import { button, el, icon, setText } from "../dom.js";
import { makeHead, privacyLink } from "./head.js";
import { makeLog } from "../talk/log.js";
import { screenOf } from "./screen.js";
import { secondsUntil } from "../talk/wait.js";
import { makeClosed, makeComposer } from "../talk/writing.js";

// A first try that fails is often the next one's success; a bar that flashes helps nobody.
const SHOW_OFFLINE_FROM = 2;
// Until what didn't arrive is asked for again.
const AGAIN_MS = 10_000;
const SMALL = "(max-width: 480px), (max-height: 500px)";
const FOCUSABLE = "a[href], button, textarea, input, [tabindex='0']";

/** @param {import("../types.js").Context} ctx */
export function makeView(ctx) {
  const { t, act, config } = ctx;
  const head = makeHead(ctx);
  const net = el("div", { class: "net", role: "status", hidden: true }, icon("wifi-off", true), el("span"));
  const here = el(
    "div",
    { class: "here", role: "status", hidden: true },
    el("span"),
    button({ onclick: act.unask }, t("back_to_chat")),
  );
  const lost = el(
    "div",
    { class: "here", role: "status", hidden: true },
    el("span", {}, t("lost")),
    button({ onclick: refetch }, t("try_now")),
  );
  const log = makeLog(ctx);
  const composer = makeComposer(ctx);
  const foot = footOf(ctx);
  const panel = el("section", {
    class: "w",
    dir: "ltr",
    lang: ctx.language,
    tabindex: "-1",
    "aria-label": t("chat_with", { company: config.name }),
  });
  const frame = el("div", { class: "frame" }, panel);
  const layer = { full: false, dock: null };
  const place = makeFrame(frame, panel, { full: (full) => ((layer.full = full), act.redraw()), escape });
  let watcher = null;
  let screen = null;
  let form = null;
  let ending = null;
  let coming = null;

  panel.addEventListener("click", (event) => {
    if (head.isOpen() && !event.target.closest(".menu, .head")) head.close();
  });

  function escape() {
    if (head.isOpen()) return head.close({ focus: true });
    if (layer.dock) return act.keepTalking();
    act.minimise();
  }

  // The device's own Back puts the panel away, where browsers lend it; the page's history stays the page's.
  function watchBack() {
    const { CloseWatcher } = /** @type {{CloseWatcher?: any}} */ (globalThis);
    if (!place.isFull() || !CloseWatcher) return;
    watcher = new CloseWatcher();
    watcher.onclose = () => {
      watcher = null;
      escape();
      if (frame.isConnected) watchBack();
    };
  }

  function unwatchBack() {
    watcher?.destroy();
    watcher = null;
  }

  function partsOf(state) {
    const name = screenOf(state);
    if (name === "form" && fetchEnding()) return { key: `form ${kindOf(state)}`, parts: () => [formOf(state).node] };
    if (name === "phone" || name === "shut") {
      return { key: name + state.availability.phone, parts: () => [makeClosed(ctx, state.availability).node] };
    }
    if (name === "done" && fetchEnding())
      return { key: name, parts: () => [ending.screen((form = ending.done(state)).node, state)] };
    if (name === "ended" && fetchEnding()) return { key: name, parts: () => [ending.screen(log.node, state)] };
    if (name !== "talk") return { key: "bare", parts: () => [log.node] };
    const docked = ending?.docks[layer.dock];
    if (docked) return { key: layer.dock, parts: () => [log.node, log.jump, docked.node] };
    return { key: "talk", parts: () => [log.node, log.jump, ...composer.nodes] };
  }

  // Most pages never need it, and while it is away the log and the foot stand alone. Null until it is here.
  function fetchEnding() {
    coming ||= import("../ending/ending.js").then(
      (module) => {
        ending = module.makeEnding(ctx);
        lost.hidden = true;
        act.redraw();
      },
      () => {
        lost.hidden = false;
        setTimeout(refetch, AGAIN_MS);
      },
    );
    return ending;
  }

  function refetch() {
    coming = null;
    act.redraw();
  }

  function formOf(state) {
    return (form = ending.form(kindOf(state), { body: state.question?.body ?? state.draft }));
  }

  function render(state, now) {
    if (screenOf(state) !== "talk") layer.dock = null;
    const { key, parts } = partsOf(state);
    ending?.render(state);
    const isNew = key !== screen;
    if (isNew) swap(key, parts);
    if (key === "talk" && !layer.dock) lost.hidden = true;
    head.render(state, now + state.offset, layer.full);
    renderNet(state, now);
    renderHere(state);
    log.render(state, now + state.offset);
    composer.render(state);
    form?.render?.(state);
    foot.render(state, layer.full);
    if (isNew && !form) toEnd();
  }

  function swap(key, make) {
    const inside = panel.contains(panel.getRootNode().activeElement);
    const before = screen;
    const parts = make();
    screen = key;
    if (!key.startsWith("form") && key !== "done") form = null;
    panel.replaceChildren(head.node, head.menu, net, lost, here, ...parts, foot.node);
    if (ending?.docks[key]) ending.docks[key].focus();
    else if (before && inside) focus(key);
  }

  function toEnd() {
    log.toEnd();
    ending?.toEnd();
  }

  // Focus follows a change of screen only if it was in the panel already.
  function focus(key = screen) {
    if (form && (key.startsWith("form") || key === "done")) form.focus();
    else if (key === "ended") ending.focus();
    else if (key === "talk" && !matchMedia("(pointer: coarse)").matches) composer.input.focus();
    else panel.focus();
  }

  function renderNet(state, now) {
    const words = netWords(state, now, t);
    net.hidden = !words;
    if (words) setText(net.lastChild, words);
  }

  // While the form is open the chat it came from may be answered after all; one that is over still has its ending.
  function renderHere({ question, chat, availability }) {
    const asking = question && question.status !== "done" && (chat || availability.mode === "chat");
    here.hidden = !asking;
    if (asking) setText(here.firstChild, chat?.state === "open" ? t("is_there", { name: chat.operator }) : "");
  }

  return {
    frame,
    render,
    focus,
    fit: place.fit,
    watchBack,
    unwatchBack,
    isFull: place.isFull,
    toEnd,
    speak: log.speak,
    ask(name) {
      layer.dock = name;
      if (name) fetchEnding();
    },
  };
}

function kindOf({ question }) {
  return question?.kind || "nobody";
}

/** The connection bar's words, or null when there is nothing to say. Pure. */
export function netWords({ net, attempts, retryAt, refusal }, now, t) {
  if (net === "refused") return t(refusal === "broken" ? "broken" : "refused_here");
  if (net === "online" || net === "idle" || attempts < SHOW_OFFLINE_FROM) return null;
  const n = net === "offline" ? secondsUntil(retryAt, now) : 0;
  if (!n) return t("offline_now");
  return n === 1 ? t("offline_one") : t("offline", { n });
}

function footOf(ctx) {
  const { t, act } = ctx;
  const call = button({ onclick: () => act.ask("call") }, icon("phone", true), t("rather_call"));
  const again = button({ class: "btn", onclick: act.fresh });
  const node = el("div", { class: "foot" }, call, again, privacyLink(ctx));
  return {
    node,
    render(state, full) {
      // On a phone the same ways are in the menu and the room goes to the conversation.
      node.hidden = full && screenOf(state) === "talk" && Boolean(state.chat);
      const at = screenOf(state);
      call.hidden = at !== "talk" && (at !== "form" || kindOf(state) === "call");
      again.hidden = screenOf(state) !== "ended";
      setText(again, t(state.availability.mode === "chat" ? "new_chat" : "leave_question"));
    },
  };
}

// The place on the screen: beside the button, or the whole screen on a phone, where the panel stays
// above the keyboard and keeps the focus inside.
function makeFrame(frame, panel, on) {
  const small = matchMedia(SMALL);
  const view = window.visualViewport;

  function fit() {
    const full = small.matches;
    frame.classList.toggle("is-full", full);
    panel.setAttribute("role", full ? "dialog" : "region");
    if (full) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
    // The keyboard of a phone covers the page instead of shrinking it: follow what is visible.
    if (full && view) {
      frame.style.setProperty("height", `${view.height}px`);
      frame.style.setProperty("top", `${view.offsetTop}px`);
    } else {
      frame.style.removeProperty("height");
      frame.style.removeProperty("top");
    }
    on.full(full);
  }

  function keys(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      on.escape();
    } else if (event.key === "Tab" && small.matches) {
      keepInside(event);
    }
  }

  function keepInside(event) {
    const stops = [...panel.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length);
    const now = panel.getRootNode().activeElement;
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const wrap = event.shiftKey ? (now === first || now === panel) && last : now === last && first;
    if (!wrap) return;
    event.preventDefault();
    wrap.focus();
  }

  small.addEventListener("change", fit);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
  frame.addEventListener("keydown", keys);
  return { fit, isFull: () => small.matches };
}

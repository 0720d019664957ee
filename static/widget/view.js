// The panel on the screen: head, connection bar, one of the screens, what is docked under it, foot.

import { button, el, icon, setText } from "./dom.js";
import { secondsUntil } from "./clock.js";
import { makeComposer, makeEndQuestion, makeFarewell } from "./composer.js";
import { makeClosed, makeDone, makeForm } from "./forms.js";
import { makeFrame } from "./frame.js";
import { makeHead } from "./head.js";
import { makeLog } from "./log.js";
import { screenOf } from "./state.js";

// A first try that fails is often the next one's success; a bar that flashes helps nobody.
const SHOW_OFFLINE_FROM = 2;
// From here on it isn't a moment's dip: something on the way refuses the connection.
const BLOCKED_FROM = 4;

/** @param ctx {t, time, weekday, date, language, config, act} */
export function makeView(ctx) {
  const { t, act, config } = ctx;
  const head = makeHead(ctx);
  const net = el("div", { class: "net", role: "status", hidden: true }, icon("wifi-off", true), el("span"));
  const here = el("div", { class: "here", role: "status", hidden: true }, el("span"), button({ onclick: act.unask }, t("back_to_chat")));
  const log = makeLog(ctx);
  const composer = makeComposer(ctx);
  const endQuestion = makeEndQuestion(ctx);
  const farewell = makeFarewell(ctx);
  const foot = footOf(ctx);
  const panel = el("section", { class: "w", dir: "ltr", lang: ctx.language, tabindex: "-1", "aria-label": t("chat_with", { company: config.name }) });
  const frame = el("div", { class: "frame" }, panel);
  const layer = { full: false, ending: false };
  const place = makeFrame(frame, panel, { full: (full) => ((layer.full = full), act.redraw()), escape });
  let screen = null;
  let form = null;
  let wasAsking = false;

  panel.addEventListener("click", (event) => {
    if (head.isOpen() && !event.target.closest(".menu, .head")) head.close();
  });

  function escape() {
    if (head.isOpen()) return head.close({ focus: true });
    if (layer.ending) return act.keepTalking();
    act.minimise();
  }

  function partsOf(state) {
    const name = screenOf(state);
    if (name === "form") return { key: formKey(state), parts: () => [formOf(state).node] };
    if (name === "done") return { key: "done", parts: () => [(form = makeDone(ctx, state)).node] };
    if (name === "phone" || name === "shut") {
      return { key: name + state.availability.phone, parts: () => [makeClosed(ctx, state.availability).node] };
    }
    if (name === "ended") return { key: "ended", parts: () => [log.node, log.jump, farewell.node] };
    if (layer.ending) return { key: "ending", parts: () => [log.node, log.jump, endQuestion.node] };
    return { key: "talk", parts: () => [log.node, log.jump, ...composer.nodes] };
  }

  function formKey(state) {
    return `form ${state.question?.kind || "nobody"}`;
  }

  function formOf(state) {
    form = makeForm(ctx, state.question?.kind || "nobody", { body: state.question?.body ?? state.draft });
    return form;
  }

  function render(state, now) {
    if (screenOf(state) !== "talk") layer.ending = false;
    const { key, parts } = partsOf(state);
    if (key !== screen) swap(key, parts(), state);
    head.render(state, now + state.offset, layer.full);
    renderNet(state, now);
    renderHere(state);
    log.render(state, now + state.offset);
    composer.render(state);
    farewell.render(state);
    form?.render?.(state);
    foot.render(state, layer.full);
  }

  function swap(key, parts, state) {
    const inside = panel.contains(panel.getRootNode().activeElement);
    const before = screen;
    screen = key;
    if (!key.startsWith("form") && key !== "done") form = null;
    panel.replaceChildren(head.node, head.menu, net, here, ...parts, foot.node);
    if (key === "ending") endQuestion.focus();
    else if (before && inside) focus(key);
    if (parts[0] === log.node) log.toEnd();
    wasAsking = Boolean(state.question);
  }

  // Focus follows a change of screen only if it was in the panel already.
  function focus(key = screen) {
    if (form && (key.startsWith("form") || key === "done")) form.focus();
    else if (key === "talk" && !matchMedia("(pointer: coarse)").matches) composer.input.focus();
    else panel.focus();
  }

  function renderNet(state, now) {
    const words = netWords(state, now, t);
    net.hidden = !words;
    if (words) setText(net.lastChild, words);
  }

  function renderHere(state) {
    const name = wasAsking && state.question?.status !== "done" && state.chat?.state === "open" && state.chat.operator;
    const kept = Boolean(state.question) && state.chat && state.chat.state !== "closed";
    here.hidden = !kept || state.question.status === "done";
    if (!here.hidden) setText(here.firstChild, name ? t("is_there", { name }) : "");
  }

  return {
    frame,
    render,
    focus,
    fit: place.fit,
    isFull: place.isFull,
    toEnd: log.toEnd,
    speak: log.speak,
    ask(on) {
      layer.ending = on;
    },
  };
}

/** The connection bar's words, or null when there is nothing to say. Pure. */
export function netWords({ net, attempts, retryAt }, now, t) {
  if (net === "refused") return t("refused_here");
  if (net === "online" || net === "idle" || attempts < SHOW_OFFLINE_FROM) return null;
  const n = net === "offline" ? secondsUntil(retryAt, now) : 0;
  if (attempts >= BLOCKED_FROM) return n ? t("blocked", { n }) : t("blocked_now");
  if (!n) return t("offline_now");
  return n === 1 ? t("offline_one") : t("offline", { n });
}

function footOf({ t, act, config }) {
  const call = button({ onclick: () => act.ask("call") }, icon("phone", true), t("rather_call"));
  const privacy = config.privacy_url && el("a", { href: config.privacy_url, target: "_blank", rel: "noopener" }, t("privacy"));
  const node = el("footer", { class: "foot" }, call, privacy || null);
  return {
    node,
    render(state, full) {
      // On a phone the same ways are in the menu and the room goes to the conversation.
      node.hidden = full && screenOf(state) === "talk" && Boolean(state.chat);
      const asked = screenOf(state) !== "talk" && screenOf(state) !== "ended";
      call.hidden = asked;
    },
  };
}

// The panel's head, which is a counter: who stands behind it, for whom, and the menu.

import { initial } from "../../shared/text.js";
import { moment } from "../basics.js";
import { button, el, icon, setText } from "../dom.js";
import { screenOf } from "./screen.js";
import { hasHumanAnswer } from "../talk/transcript.js";
import { promiseOf, whenWords } from "../talk/wait.js";

/** The way to the company's words on privacy, if it has any. */
export function privacyLink({ t, config: { privacy_url: href } }) {
  return /^https?:\/\//i.test(href) ? el("a", { href, target: "_blank", rel: "noopener" }, t("privacy")) : null;
}

// The head's words: `{who, title, sub}`.
function headOf(state, ctx, now) {
  const { t, config } = ctx;
  const company = { who: config.monogram, title: config.name };
  const chat = state.chat;
  const screen = screenOf(state);
  if (screen === "talk" || (chat && screen === "ended")) {
    const name = chat?.operator;
    const person = name ? { who: initial(name), title: name } : company;
    const { promise_seconds: n } = state.availability;
    if (!chat) return { ...company, sub: state.outbox.length ? t("we_read") : t("answer_within", { n }) };
    if (chat.state === "closed") return { ...person, sub: t(byOperator(chat) ? "finished" : "over") };
    if (name) return { ...person, sub: t("helps", { company: config.name }) };
    if (hasHumanAnswer(chat)) return { ...company, sub: t("colleague") };
    return { ...company, sub: t(promiseOf(chat, now)?.late ? "busy_now" : "we_read") };
  }
  const opens = moment(state.availability.opens_at);
  const closed = state.availability.mode !== "chat" && opens > now;
  const when = closed && whenWords(ctx, opens, now);
  return { ...company, sub: when ? t("open_again", { when }) : t("leave_question") };
}

function byOperator(chat) {
  return chat.closedBy === "operator" && chat.operator;
}

// The company's picture on a ground that it stands out from. Where it doesn't come (a page may allow no pictures of
// ours), the letters stay.
function makeLogo({ origin, config: { logo }, act }) {
  if (!logo) return null;
  const made = { node: el("img", { alt: "" }), ground: logo.is_light ? "is-black" : "is-white", failed: false };
  made.node.onerror = () => {
    made.failed = true;
    act.redraw();
  };
  made.node.src = new URL(logo.src, origin).href;
  return made;
}

/** The counter: who helps, for whom, and how soon; with its menu. */
export function makeHead(ctx) {
  const { t, act, config } = ctx;
  const who = el("span", { class: "who", "aria-hidden": "true" });
  const logo = makeLogo(ctx);
  const title = el("h2");
  const sub = el("p");
  const back = button({ class: "x", "aria-label": t("back_to_site"), onclick: act.minimise }, icon("down"));
  const small = button({ class: "x", "aria-label": t("minimise"), onclick: act.minimise }, icon("minus"));
  const more = button(
    { class: "x", "aria-label": t("more"), "aria-expanded": "false", onclick: () => toggle() },
    icon("ellipsis"),
  );
  const end = button({ onclick: () => choose(act.askEnd) }, icon("x"), t("end_chat"));
  const call = button({ onclick: () => choose(() => act.ask("call")) }, icon("phone"), t("rather_call"));
  const mail = button({ onclick: () => choose(act.askMail) }, icon("mail"), t("mail_chat"));
  const privacy = privacyLink(ctx);
  const menu = el("div", { class: "menu", hidden: true }, mail, end, call, privacy);
  const node = el("div", { class: "head" }, back, who, el("div", {}, title, sub), more, small);

  function toggle(open = menu.hidden) {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", open);
    if (open) [...menu.children].find((item) => !item.hidden)?.focus();
  }

  function choose(action) {
    toggle(false);
    action();
  }

  return {
    node,
    menu,
    isOpen: () => !menu.hidden,
    close({ focus = false } = {}) {
      if (menu.hidden) return;
      toggle(false);
      if (focus) more.focus();
    },
    render(state, now, full) {
      const head = headOf(state, ctx, now);
      const shown = head.who === config.monogram && !logo?.failed && logo;
      who.className = shown ? `who ${logo.ground}` : "who";
      if (!shown) setText(who, head.who);
      else if (!who.contains(logo.node)) who.replaceChildren(logo.node);
      setText(title, head.title);
      setText(sub, head.sub);
      const live = Boolean(state.chat) && state.chat.state !== "closed";
      end.hidden = mail.hidden = !live;
      call.hidden = screenOf(state) === "form" && state.question?.kind === "call";
      back.hidden = !full;
      small.hidden = full;
      more.hidden = !live && !full;
    },
  };
}

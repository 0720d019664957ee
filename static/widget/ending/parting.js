// The small steps on the way out: do you really want to end the chat, and where the answer to a question will come.

import { button, el, icon } from "../dom.js";

/** Docked where the composer was: do you really want to end the chat? */
export function makeEndQuestion({ t, act }) {
  const stay = button({ class: "btn btn--line", onclick: act.keepTalking }, t("end_no"));
  const end = button({ class: "btn", onclick: act.end }, t("end_yes"));
  const title = el("h3", { id: "balie-end" }, t("end_ask"));
  const node = el(
    "div",
    { class: "ask", role: "group", "aria-labelledby": "balie-end" },
    title,
    el("div", { class: "two" }, stay, end),
  );
  return { node, focus: () => stay.focus() };
}

/** The question arrived: where the answer will come. */
export function makeDone({ t, act, config }, state) {
  const { kind, email, phone } = state.question;
  const called = kind === "call" || !email;
  const words = t(called ? "done_call" : "done_mail", { company: config.name, address: called ? phone : email });
  const live = state.chat && state.chat.state !== "closed" && state.chat.operator;
  const next = live
    ? button({ class: "btn", onclick: act.unask }, t("back_to_chat"))
    : button({ class: "btn btn--line", onclick: act.fresh }, t("new_chat"));
  const offer = live || state.availability.mode === "chat";
  const note = el(
    "div",
    { class: "done", role: "status", tabindex: "-1" },
    icon("check"),
    el("h3", {}, t("received")),
    el("p", {}, words),
  );
  return { node: el("div", { class: "log log--form" }, note, offer ? next : null), focus: () => note.focus() };
}

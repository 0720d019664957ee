// Waiting for the first answer: the arc counts the promise down; past it, honest words and a way out.

import { button, el, icon, setText, svgEl } from "./dom.js";
import { promiseOf } from "./clock.js";

const HALF_CIRCLE = "M4 18a14 14 0 0 1 28 0";

export function makeWait({ t, act, config }) {
  const fill = svgEl("path", { class: "fill", d: HALF_CIRCLE, pathLength: "100" });
  const arc = svgEl("svg", { viewBox: "0 0 36 21" });
  arc.append(svgEl("path", { d: HALF_CIRCLE, pathLength: "100" }), fill);
  const number = el("span");
  const line = el("b", { "aria-hidden": "true" });
  const sub = el("p");
  // The number changes each second; a screen reader hears this line, which changes twice.
  const spoken = el("span", { class: "vh" });
  const card = el(
    "div",
    { class: "wait", role: "status" },
    el("span", { class: "arc", "aria-hidden": "true" }, arc, number),
    el("div", {}, line, spoken, sub),
  );
  const options = el(
    "div",
    { class: "opts" },
    button({ onclick: act.wait }, icon("clock"), t("opt_wait")),
    button({ onclick: () => act.ask("call") }, icon("phone"), t("opt_call")),
    button({ onclick: () => act.ask("mail") }, icon("mail"), t("opt_leave")),
  );

  function update(state, now) {
    const promise = promiseOf(state.chat, now);
    if (!promise) return [];
    const { late, left, passed, share } = promise;
    card.classList.toggle("wait--late", late);
    fill.setAttribute("stroke-dasharray", `${Math.round(share * 100)} 200`);
    setText(number, String(late ? passed : left));
    setText(line, late ? t("late") : left === 1 ? t("at_most_one") : t("at_most", { n: left }));
    setText(spoken, late ? t("late") : t("answer_within", { n: state.chat.promise }));
    setText(sub, subLine(state, promise));
    return late && !state.patient && !state.chat.operator ? [card, options] : [card];
  }

  function subLine(state, { late, passed }) {
    if (state.chat.operator) return t("reads", { name: state.chat.operator });
    if (!late) return t("someone_free", { company: config.name });
    // Tens of seconds: a line that is spoken must not change each second.
    return state.patient ? t("late_wait", { n: passed - (passed % 10) }) : t("late_ask");
  }

  return { update };
}

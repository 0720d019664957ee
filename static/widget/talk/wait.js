// The wait for a first answer, and moments in words.

import { moment } from "../basics.js";
import { button, el, icon, setText, svgEl } from "../dom.js";
import { hasHumanAnswer } from "./transcript.js";

const HALF_CIRCLE = "M4 18a14 14 0 0 1 28 0";

// Waiting for the first answer: the arc counts the promise down; past it, honest words and a way out.
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
    if (!promise) return !state.patient && isLeft(state.chat, now) ? [options] : [];
    const { late, left, passed, share } = promise;
    card.classList.toggle("wait--late", late);
    fill.setAttribute("stroke-dasharray", `${Math.round(share * 100)} 200`);
    setText(number, `${late ? passed : left}`);
    setText(line, late ? t("late") : left === 1 ? t("at_most_one") : t("at_most", { n: left }));
    setText(spoken, late ? t("late") : t("answer_within", { n: state.chat.promise }));
    setText(sub, subLine(state, promise));
    return late && !state.patient && !state.chat.operator ? [card, options] : [card];
  }

  function subLine(state, { late }) {
    const {
      chat: { operator: name },
      wait,
      net,
    } = state;
    // Without a line nobody can read it.
    if (net !== "online") return "";
    if (name) return t("reads", { name });
    // wait_free, wait_busy or wait_called; the last is the best there is to say when it is late.
    if (!late || wait === "called") return wait && t(`wait_${wait}`, { company: config.name });
    return t(state.patient ? "late_wait" : "late_ask");
  }

  return { update };
}

/**
 * Where a chat stands on its promise: null when it no longer counts, else
 * `{left, passed, share, late}` in whole seconds; `share` is 0 to 1.
 */
export function promiseOf(chat, now) {
  if (!chat || chat.state === "closed" || hasHumanAnswer(chat)) return null;
  const passed = Math.max(0, now - moment(chat.arrivedAt)) / 1000;
  const left = Math.ceil(chat.promise - passed);
  const share = chat.promise > 0 ? Math.min(1, passed / chat.promise) : 1;
  return { left: Math.max(0, left), passed: Math.floor(passed), share, late: left <= 0 };
}

/** Whether a chat lost its operator and no colleague came within the time of the promise. */
export function isLeft(chat, now) {
  return chat?.state === "waiting" && now - chat.lostAt > chat.promise * 1000;
}

/** Seconds until the next try, at least 0. */
export function secondsUntil(at, now) {
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** "tomorrow at 07:00" and the like, for a moment within reach. */
export function whenWords({ t, time, weekday, date }, at, now) {
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0) return t("at_time", { time: time(at) });
  if (days === 1) return t("tomorrow_at", { time: time(at) });
  return t("day_at", { day: days < 7 ? weekday(at) : date(at), time: time(at) });
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

// Where the visitor writes. The text lives in the state (draft), so it survives a page load.

import { button, el, icon, setText } from "./dom.js";
import { clean, COUNT_FROM, lengthOf, TEXT_LIMIT } from "./text.js";

// Without `field-sizing` the height follows by hand, up to the stylesheet's max-height.
const GROWS = typeof CSS !== "undefined" && CSS.supports?.("field-sizing", "content");

export function makeComposer({ t, act }) {
  const input = el("textarea", { class: "in", id: "balie-text", rows: "1", enterkeyhint: "send", autocomplete: "off" });
  const send = el("button", { class: "send", type: "submit", "aria-label": t("send") }, icon("send"));
  const left = el("p", { class: "left", id: "balie-left", hidden: true });
  const label = el("label", { class: "vh", for: "balie-text" }, t("your_message"));
  const form = el("form", { class: "form", onsubmit: submit }, label, input, send);

  input.addEventListener("input", () => {
    act.draft(input.value);
    grow();
  });
  input.addEventListener("keydown", (event) => {
    // 229: Safari ends a composition before its keydown.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    // On a touch keyboard Enter is the only way to a new line; there the button sends.
    if (matchMedia("(pointer: coarse)").matches) return;
    submit(event);
  });

  function submit(event) {
    event.preventDefault();
    const body = clean(input.value);
    if (!body || lengthOf(body) > TEXT_LIMIT) return input.focus();
    act.post(body);
    input.focus();
  }

  function grow() {
    if (GROWS) return input.style.setProperty("height", "auto");
    input.style.setProperty("height", "38px");
    input.style.setProperty("height", `${input.scrollHeight}px`);
  }

  function count(text) {
    const length = text.length < COUNT_FROM ? 0 : lengthOf(clean(text));
    const over = length - TEXT_LIMIT;
    left.hidden = length < COUNT_FROM;
    left.classList.toggle("left--over", over > 0);
    if (!left.hidden) setText(left, over > 0 ? t("too_long", { n: over }) : t("chars_left", { n: -over }));
    input.setAttribute("aria-invalid", String(over > 0));
    send.setAttribute("aria-disabled", String(over > 0));
    if (left.hidden) input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", left.id);
  }

  return {
    nodes: [left, form],
    input,
    render(state) {
      if (input.value !== state.draft) {
        input.value = state.draft;
        grow();
      }
      const waiting = state.chat ? !state.chat.operator : state.outbox.length > 0;
      const hint = t(waiting ? "write_waiting" : "write");
      if (input.placeholder !== hint) input.placeholder = hint;
      count(state.draft);
    },
  };
}

/** Docked where the composer was: do you really want to end the chat? */
export function makeEndQuestion({ t, act }) {
  const stay = button({ class: "btn btn--line", onclick: act.keepTalking }, t("end_no"));
  const end = button({ class: "btn", onclick: act.end }, t("end_yes"));
  const title = el("h3", { id: "balie-end" }, t("end_ask"));
  const node = el("div", { class: "ask", role: "group", "aria-labelledby": "balie-end" }, title, el("div", {}, stay, end));
  return { node, focus: () => stay.focus() };
}

/** After the end: thanks, and the way to a new chat. The log above stays readable. */
export function makeFarewell({ t, act }) {
  const again = button({ class: "btn", onclick: act.fresh });
  const node = el("div", { class: "end" }, el("h3", {}, t("thanks")), again);
  return {
    node,
    render: (state) => setText(again, t(state.availability.mode === "chat" ? "new_chat" : "leave_question")),
  };
}

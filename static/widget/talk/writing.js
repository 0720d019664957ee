// Where the visitor writes: the composer under the talk, and what is there when there is no chat.

import { clean, isEmpty, lengthOf } from "../../shared/text.js";
import { button, el, icon, setText } from "../dom.js";

// So many characters before the limit it counts down, so that the limit is no surprise.
const COUNTED = 200;

export function makeComposer({ t, act, config }) {
  const limit = config.limits.text;
  const input = el("textarea", {
    class: "in",
    id: "balie-text",
    rows: "1",
    enterkeyhint: "enter",
    autocomplete: "off",
  });
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
    if (isEmpty(body) || lengthOf(body) > limit) return input.focus();
    act.post(body);
    input.focus();
  }

  function grow() {
    input.style.setProperty("height", "38px");
    input.style.setProperty("height", `${input.scrollHeight}px`);
  }

  function count(text) {
    const length = text.length < limit - COUNTED ? 0 : lengthOf(clean(text));
    const over = length - limit;
    left.hidden = over < -COUNTED;
    left.classList.toggle("left--over", over > 0);
    if (!left.hidden) setText(left, roomWords(over, t));
    input.setAttribute("aria-invalid", over > 0);
    send.setAttribute("aria-disabled", over > 0);
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

/** How much room a text has left, or how far it is over it. Pure. */
export function roomWords(over, t) {
  if (Math.abs(over) === 1) return t(over > 0 ? "too_long_one" : "chars_left_one");
  return over > 0 ? t("too_long", { n: over }) : t("chars_left", { n: -over });
}

/** No chat now; a number instead, or nothing but the truth. */
export function makeClosed({ t }, availability) {
  const { mode, phone } = availability;
  const call = phone && el("a", { class: "btn", href: telHref(phone) }, icon("phone"), t("call_us", { phone }));
  const line = el("p", { class: "lead" }, t(mode === "phone" ? "phone_lead" : "shut"));
  return { node: el("div", { class: "log log--form" }, line, call || null) };
}

/** A tel: address for a number as people write it. */
function telHref(phone) {
  return `tel:${phone.replace(/[^\d+]/g, "")}`;
}

// What stands over the button while the panel is away and an answer waits: who wrote, and what.

import { cut } from "../../shared/text.js";
import { button, el, setText } from "../dom.js";

// Three lines of it; the rest is behind the button.
const LENGTH = 120;

/** Make what stands over the button; `render(message)` shows it, or nothing for null. */
export function makePeek(desk, { t, language }) {
  const words = el("span", { class: "peek__words", dir: "auto" });
  // A live region speaks what changes in it after it is there.
  const node = el("div", { class: "note peek", role: "status", lang: language }, button({ onclick: desk.open }, words));
  node.hidden = true;
  desk.root.prepend(node);
  return {
    render(message) {
      node.hidden = !message;
      if (!message) return setText(words, "");
      const body = cut(message.body, LENGTH);
      setText(words, t("says", { name: message.name, body: body === message.body ? body : `${body}…` }));
    },
  };
}

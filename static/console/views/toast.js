// What went as it was asked for, said once in the corner of the list; it goes by itself, unless somebody is on it.

import { useEffect, useRef } from "preact/hooks";
import { act, nameOf, shownLeft, state } from "../store.js";
import { say } from "../words.js";
import { html, Icon, wordsForGone } from "./parts.js";

const SHOWN_MS = 6000;
const MOST = 2;

/** Whether a notice is news, and asks nothing of anybody. */
export function isNews({ code }) {
  return code === "gone.transferred";
}

export function Toasts() {
  // What happened to the chat on the screen stands there.
  const here = shownLeft()?.chat.entry.chat_id;
  const news = state.value.refusals.filter((one) => isNews(one) && one.chat_id !== here).slice(-MOST);
  return html`<div class="toasts" role="status">${news.map((one) => html`<${Toast} key=${one.chat_id} notice=${one} />`)}</div>`;
}

function Toast({ notice }) {
  const timer = useRef(0);
  const dismiss = () => act({ type: "my.dismiss", refusal: notice });
  const begin = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(dismiss, SHOWN_MS);
  };
  const stay = () => clearTimeout(timer.current);
  useEffect(() => {
    begin();
    return stay;
  }, [notice]);
  const { about, to } = notice;
  const words = { name: nameOf(about), company: about.company, to };
  return html`<div class="toast" onPointerEnter=${stay} onPointerLeave=${begin}><${Icon} name="circle-check" /><span>${wordsForGone(notice.code, words)}</span></div>`;
}

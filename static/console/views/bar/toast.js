// What went as it was asked for, said once in the corner of the list; it goes by itself, unless somebody is on it.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { act, nameOf, open, shownLeft, state } from "../../store.js";
import { command } from "../../sync.js";
import { say } from "../../words.js";
import { html, Icon, wordsForGone } from "../parts.js";

const SHOWN_MS = 6000;
const MOST = 2;

// The chat that was handed back last, as long as that can be taken back from here.
export const givenBack = signal(null);

/** Whether a notice is news, and asks nothing of anybody. */
export function isNews({ code }) {
  return code === "gone.transferred";
}

export function Toasts() {
  // What happened to the chat on the screen stands there.
  const here = shownLeft()?.chat.entry.chat_id;
  const news = state.value.refusals.filter((one) => isNews(one) && one.chat_id !== here).slice(-MOST);
  const back = givenBack.value;
  return html`<div class="toasts" role="status">
    ${back && html`<${Undo} key=${`back-${back.chat_id}`} about=${back} />`}
    ${news.map((one) => html`<${Toast} key=${one.chat_id} notice=${one} />`)}
  </div>`;
}

function Toast({ notice }) {
  const { about, to } = notice;
  const dismiss = () => act({ type: "my.dismiss", refusal: notice });
  return html`<${Passing} of=${notice} onOver=${dismiss}
    ><${Icon} name="circle-check" /><span
      >${wordsForGone(notice.code, { name: nameOf(about), company: about.company, to })}</span
    ><//
  >`;
}

// Until somebody else has it, whoever handed a chat back can take it again.
function Undo({ about }) {
  const over = () => (givenBack.value = null);
  const undo = () => {
    over();
    command("chat.pick", { chat_id: about.chat_id, about });
    open(about.chat_id);
  };
  return html`<${Passing} of=${about} onOver=${over}
    ><${Icon} name="undo-2" /><span>${say("back.done", { name: nameOf(about), company: about.company })}</span>
    <button class="btn btn--s" type="button" onClick=${undo}>${say("back.undo")}</button><//
  >`;
}

// Stands there for a while; longer under a pointer or with the focus in it.
function Passing({ of, onOver, children }) {
  const timer = useRef(0);
  const begin = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(onOver, SHOWN_MS);
  };
  const stay = () => clearTimeout(timer.current);
  useEffect(() => {
    begin();
    return stay;
  }, [of]);
  return html`<div class="toast" onPointerEnter=${stay} onPointerLeave=${begin} onFocusIn=${stay} onFocusOut=${begin}>
    ${children}
  </div>`;
}

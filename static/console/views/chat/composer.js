// Where an answer or a note is written, in the company's colours. A draft belongs to the chat it was typed in, and each
// chat has a text box of its own: it stays where it is, read-only, when the chat closes or leaves under a hand that
// types.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clean, isEmpty, lengthOf } from "../../../shared/text.js";
import { provenanceOf, replyOf } from "../../rules/provenance.js";
import { askedFor, filled, gaps, matching, repliesIn, valuesFor } from "../../rules/canned.js";
import { companyOf, draft, draftOf, isTyping, nameOf, net, newest, state, writeHere } from "../../store.js";
import { onChat, stoppedTyping, typing } from "../../sync.js";
import { say } from "../../words.js";
import { html, Icon, Mono } from "../parts.js";
import { Locked, lockOf } from "./locked.js";
import { LISTBOX, optionId, Picker } from "./picker.js";

// So many characters before the limit the count begins.
const COUNTED = 200;
const TALLEST_PX = 168;
export const WRITE = "write";

// The last wish for the focus that was granted: a box that comes later has to be asked for anew.
let granted = 0;

/** Change between answer and note in a chat. */
export function flipMode(chat) {
  draft(chat.entry.chat_id, { mode: draftOf(chat.entry.chat_id).mode === "note" ? "answer" : "note" });
  writeHere.value += 1;
}

/**
 * @param props `ending`: the wrap-up bar stands above. `left`: what happened to a chat that left. Mounted anew for each
 * chat.
 */
export function Composer({ chat, ending = false, left = null }) {
  const box = useRef(null);
  const id = chat.entry.chat_id;
  const closed = chat.entry.state !== "open";
  const held = draftOf(id);
  const { mode } = held;
  const text = held[mode];
  // After the close only notes can be written; in a chat that left nothing.
  const lock = lockOf(chat, left, mode);
  const still = Boolean(lock) || state.value.readOnly;
  const [caret, setCaret] = useState(null);
  const [at, setAt] = useState(0);
  const [asks, setAsks] = useState(false);
  const company = companyOf(chat.entry.company_id);
  const values = valuesFor({ visitor: chat.visitor_name, operator: state.value.me.name, company: company.name });
  const texts = state.value.texts[company.id];
  const replies = repliesIn(texts ?? [], chat.language);
  const asked = mode === "answer" && !lock && caret !== null ? askedFor(text, caret) : null;
  const found = asked ? matching(replies, asked.query) : [];
  const chosen = Math.min(at, Math.max(0, found.length - 1));
  const open = mode === "answer" && !lock ? gaps(text) : [];
  const length = lengthOf(clean(text));

  useLayoutEffect(() => {
    box.current.style.setProperty("height", "auto");
    box.current.style.setProperty("height", `${Math.min(TALLEST_PX, box.current.scrollHeight)}px`);
  }, [text, id, mode]);
  useEffect(() => {
    setCaret(null);
    setAsks(false);
  }, [mode, still]);
  // Before the next key can come: a letter typed after Alt I belongs to the note.
  useLayoutEffect(() => {
    if (writeHere.value === granted) return;
    granted = writeHere.value;
    box.current?.focus();
  }, [writeHere.value]);

  const write = (value, place = value.length) => {
    draft(id, mode === "answer" && isEmpty(value) ? { answer: value, reply: null } : { [mode]: value });
    if (mode === "answer") typing(id, !isEmpty(value));
    setCaret(place);
    setAt(0);
    if (!gaps(value).length) setAsks(false);
  };
  const put = (value, start, end = start) => {
    box.current.value = value;
    box.current.focus();
    box.current.setSelectionRange(start, end);
    write(value, null);
  };
  const pick = (reply) => {
    const words = filled(reply.body, values);
    const before = text.slice(0, asked.from);
    const [gap] = gaps(words);
    const from = before.length + (gap ? gap.start : words.length);
    put(before + words + text.slice(caret), from, gap ? before.length + gap.end : from);
    draft(id, { reply: replyOf(reply, words) });
  };
  const toGap = () => {
    const here = box.current.selectionEnd;
    const gap = open.find((one) => one.start >= here) ?? open[0];
    box.current.focus();
    box.current.setSelectionRange(gap.start, gap.end);
  };
  const send = ({ anyway = false } = {}) => {
    const body = clean(text);
    if (isEmpty(body) || length > state.value.limits.text || still) return;
    if (open.length && !anyway) {
      setAsks(true);
      return;
    }
    if (mode === "note") onChat("message.post", chat, { body, note: true });
    else {
      const provenance = provenanceOf({ body, reply: held.reply, texts, language: chat.language });
      onChat("message.post", chat, { body, note: false, provenance });
    }
    stoppedTyping(id);
    draft(id, mode === "note" ? { note: "" } : { answer: "", reply: null });
    setAsks(false);
    newest.value += 1;
    box.current.focus();
  };
  const pickByKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) setAt((chosen + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && found[chosen] && !event.shiftKey) pick(found[chosen]);
    else if (event.key === "Escape") setCaret(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const byKey = (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (asked && pickByKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Tab" && !event.shiftKey && open.length) {
      event.preventDefault();
      toGap();
    } else if (event.key === "Escape") {
      event.target.blur();
    }
  };
  const startReply = () => {
    const slashed = text && !/\s$/.test(text) ? `${text} /` : `${text}/`;
    put(slashed, slashed.length);
    setCaret(slashed.length);
  };

  const look = `composer ${lock ? "composer--still" : mode === "note" ? "composer--note" : ""}`;
  return html`
    ${
      asked &&
      html`<${Picker}
        company=${company}
        language=${chat.language}
        found=${found}
        all=${replies}
        at=${chosen}
        values=${values}
        onPick=${pick}
      />`
    }
    <form
      class=${look}
      aria-label=${say("composer.label")}
      hidden=${ending && !closed}
      onSubmit=${(event) => {
        event.preventDefault();
        send();
      }}
    >
      ${
        asks &&
        html`<${Fill} names=${open.map((gap) => gap.name)} onNext=${toGap} onAnyway=${() => send({ anyway: true })} />`
      }
      ${
        lock
          ? html`<${Locked.Top} lock=${lock} text=${text} />`
          : html`<div class="composer__top">
              ${
                mode === "note"
                  ? html`<${Icon} name="sticky-note" /><span
                        ><b>${say("composer.note")}</b> · ${say("composer.inside")}</span
                      >`
                  : html`<${Mono} company=${company} size="s" /><span
                        >${say("composer.as")} <b class="co-name">${company.name}</b></span
                      ><span class="chip chip--line">${company.tone}</span>`
              }
              <${Tabs} mode=${mode} chatId=${id} closed=${closed} />
            </div>`
      }
      <textarea
        key=${mode}
        class="composer__box"
        id=${WRITE}
        rows="2"
        ref=${box}
        value=${text}
        lang=${chat.language}
        aria-label=${say(mode === "note" ? "composer.note" : "composer.to", { name: nameOf(chat) })}
        placeholder=${say(lock ? "left.place" : mode === "note" ? "composer.place.note" : "composer.place")}
        readonly=${still}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls=${asked ? LISTBOX : undefined}
        aria-activedescendant=${asked && found[chosen] ? optionId(chosen) : undefined}
        onInput=${(event) => write(event.target.value, event.target.selectionStart)}
        onKeyDown=${byKey}
        onBlur=${() => setCaret(null)}
      ></textarea>
      ${
        lock
          ? html`<${Locked.Foot} lock=${lock} chat=${chat} text=${text} mode=${mode} onNote=${() => flipMode(chat)} />`
          : html`<div class="composer__foot">
              ${
                mode === "answer" &&
                html`<button
                  class="btn btn--quiet btn--s"
                  type="button"
                  onMouseDown=${(event) => event.preventDefault()}
                  onClick=${startReply}
                >
                  <b>/</b> ${say("composer.canned")}
                </button>`
              }
              <${Hint} chat=${chat} length=${length} mode=${mode} />
              <button
                class=${`btn ${mode === "note" ? "btn--note" : "btn--co"}`}
                type="submit"
                disabled=${isEmpty(text) || length > state.value.limits.text || still}
              >
                <${Icon} name=${mode === "note" ? "sticky-note" : "send-horizontal"} />
                ${say(mode === "note" ? "composer.save" : "composer.send")}${" "}
                <kbd class="kbd" aria-hidden="true">↵</kbd>
              </button>
            </div>`
      }
    </form>`;
}

function Tabs({ mode, chatId, closed }) {
  // Of a closed chat the answer is there to be copied, if there is one.
  if (closed && !draftOf(chatId).answer.trim()) return null;
  const to = (wanted) => {
    draft(chatId, { mode: wanted });
    writeHere.value += 1;
  };
  return html`<span class="composer__tabs" role="group" aria-label=${say("composer.kind")}>
    ${["answer", "note"].map(
      (one) =>
        html`<button key=${one} type="button" aria-pressed=${mode === one ? "true" : "false"} onClick=${() => to(one)}>
          ${say(`composer.${one}`)}
        </button>`,
    )}
  </span>`;
}

// One hint at a time, the one that matters most.
function Hint({ chat, length, mode }) {
  const line = (words, look = "") => html`<span class=${`composer__hint ${look}`} aria-live="polite">${words}</span>`;
  if (state.value.readOnly) return line(say("composer.readonly"));
  const room = state.value.limits.text - length;
  if (room < 0) return line(say("composer.over", { n: -room }), "is-over");
  if (room <= COUNTED) return line(say("composer.count", { n: room }));
  if (net.value.net !== "open" && length) return line(say("composer.offline"));
  if (mode === "answer" && length && isTyping(chat.entry.chat_id))
    return line(say("composer.typing", { name: nameOf(chat) }));
  return html`<span class="composer__hint"></span>`;
}

function Fill({ names, onNext, onAnyway }) {
  return html`<div class="guard guard--u50" role="alert">
    <${Icon} name="circle-alert" />
    <p>${say("fill.ask", { names: names.map((name) => `{${name}}`).join(", ") })}</p>
    <button class="btn btn--s" type="button" onClick=${onNext}>${say("fill.next")}</button>
    <button class="btn btn--s" type="button" onClick=${onAnyway}>${say("fill.anyway")}</button>
  </div>`;
}

// What was said, with who saw it. The newest stays in sight unless somebody reads back, and what they read stays in its
// place.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { whenIdle } from "../../../shared/idle.js";
import { timeOfDay } from "../../../shared/time.js";
import { firstSeq, lastSeq } from "../../state/chat.js";
import { label } from "../../rules/keys.js";
import { act, backToDraft, draft, fetching, isTyping, nameOf, net, newest, state, writeHere } from "../../store.js";
import { earlierFrom, FIRST, newestFrom, runsOf } from "../../rules/runs.js";
import { older } from "../../sync.js";
import { language, say } from "../../words.js";
import { Dots, html, Icon, Linked, sayLimits, wordsFor } from "../parts.js";

// Nearer to the end than this counts as reading along.
const NEAR_PX = 60;

export function Log({ chat }) {
  const box = useRef(null);
  // An observer and a scroll may still fire once after the chat was left: `box` is empty then.
  const stuck = useRef(true);
  const [away, setAway] = useState(false);
  const [wanted, setWanted] = useState(newestFrom(chat, FIRST));
  const [growing, setGrowing] = useState(false);
  const id = chat.entry.chat_id;
  const from = Math.max(firstSeq(chat), wanted);
  const nodes = useNodes(chat, from);
  const pending = state.value.outbox.filter((item) => item.chat_id === id && item.frame.type === "message.post");
  const typing = chat.entry.state === "open" && isTyping(id);
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  const grow = (seq) => {
    setGrowing(true);
    setWanted(seq);
  };
  // What is held is drawn first; what was said before that is asked for.
  const readBack = () => {
    if (from > firstSeq(chat)) return grow(earlierFrom(from));
    older(chat);
    setWanted(1);
  };
  const filling = useFilling(chat, wanted, grow);
  useEffect(() => {
    if (growing) setGrowing(false);
  }, [from]);
  useStaying(box, from);
  useLayoutEffect(() => {
    if (stuck.current) toEnd();
  }, [lastSeq(chat), pending.length, typing]);
  useEffect(() => {
    const watch = new ResizeObserver(() => stuck.current && toEnd());
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (newest.value) toEnd();
  }, [newest.value]);
  const scrolled = () => {
    if (!box.current) return;
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    stuck.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    setAway(!stuck.current);
    if (scrollTop < NEAR_PX && !stuck.current && from > 1) readBack();
  };
  return html`<div class="log__wrap">
    <div
      class="log"
      role="log"
      aria-label=${say("chat.log", { name: nameOf(chat) })}
      tabindex="0"
      ref=${box}
      onScroll=${scrolled}
      aria-live=${fetching.value === id || growing ? "off" : undefined}
    >
      ${filling ? html`<p class="log__top"></p>` : html`<${Top} chat=${chat} from=${from} onBack=${readBack} />`}
      ${nodes}
      ${pending.map((item) => html`<${Pending} key=${item.client_id} item=${item} />`)}
      ${typing && html`<p class="typingline"><${Dots} />${say("chat.typing", { name: nameOf(chat) })}</p>`}
    </div>
    ${
      away &&
      html`<button class="btn btn--s log__newest" type="button" aria-keyshortcuts=${label("newest")} onClick=${toEnd}>
        <${Icon} name="arrow-down" />${say("chat.newest")}
      </button>`
    }
  </div>`;
}

// Where the chat began; or, where the log begins later, the way to what was said before.
function Top({ chat, from, onBack }) {
  const { arrived_at: at, chat_id: id } = chat.entry;
  if (from === 1) {
    return html`<p class="sys log__top">
      ${timeOfDay(at, language)} · ${say("log.arrived", { page: chat.page_title || chat.site })}
    </p>`;
  }
  if (!state.value.chats[id] && from === firstSeq(chat))
    return html`<p class="sys log__top">${say("log.older.gone")}</p>`;
  return html`<p class="log__top log__older">
    <button class="btn btn--s" type="button" onClick=${onBack}>
      ${say(fetching.value === id ? "log.older.coming" : "log.older")}
    </button>
  </p>`;
}

// The end of a chat is there with the frame that opens it; what lies above it is drawn in idle time, as much at once
// each time.
function useFilling(chat, wanted, grow) {
  const [until] = useState(() => newestFrom(chat));
  useEffect(() => (wanted > until ? whenIdle(() => grow(Math.max(until, wanted - FIRST))) : undefined), [wanted]);
  return wanted > until;
}

// Messages that come in above leave in place what was in sight.
function useStaying(box, first) {
  const known = useRef(first);
  const came = box.current && first < known.current;
  const fromEnd = came ? box.current.scrollHeight - box.current.scrollTop : 0;
  const focused = came && box.current.contains(document.activeElement);
  useLayoutEffect(() => {
    known.current = first;
    if (!came) return;
    box.current.scrollTop = box.current.scrollHeight - fromEnd;
    // The button that was pressed goes with the last of them.
    if (focused && first === 1) box.current.focus({ preventScroll: true });
  }, [first]);
}

// One node for each run; a run that shows the same is the same node, and is passed over when the rest is drawn anew.
function useNodes(chat, from) {
  const runs = useRef([]);
  const drawn = useRef(new Map());
  const { me } = state.value;
  const name = nameOf(chat);
  runs.current = useMemo(() => runsOf(chat, from, runs.current), [chat.messages, chat.entry.first_human_at, from]);
  const next = new Map();
  for (const run of runs.current) {
    const read = lastOf(run).seq <= chat.entry.visitor_read;
    const known = drawn.current.get(run);
    const same = known && known.read === read && known.name === name;
    next.set(
      run,
      same
        ? known
        : {
            read,
            name,
            node: html`<${Run}
              key=${run.messages[0].seq}
              run=${run}
              read=${read}
              name=${name}
              entry=${chat.entry}
              me=${me.name}
            />`,
          },
    );
  }
  drawn.current = next;
  return [...next.values()].map(({ node }) => node);
}

/** What was said in a chat that isn't ours (yet), to be read and nothing more; its newest words in sight. */
export function Transcript({ entry, messages, name }) {
  const box = useRef(null);
  useEffect(() => {
    box.current.scrollTop = box.current.scrollHeight;
  }, [messages]);
  return html`<div
    class="log"
    role="log"
    aria-live="off"
    tabindex="0"
    aria-label=${say("chat.log", { name })}
    ref=${box}
  >
    ${runsOf({ entry, messages }, 0).map(
      (run) => html`<${Run} key=${run.messages[0].seq} run=${run} read=${false} name=${name} entry=${entry} me="" />`,
    )}
  </div>`;
}

function lastOf({ messages }) {
  return messages[messages.length - 1];
}

function Run({ run, read, name, entry, me }) {
  const [first] = run.messages;
  if (first.kind === "system") return html`<${System} message=${first} />`;
  if (first.kind === "note") return html`<${Note} message=${first} />`;
  const look = first.kind === "auto" ? "msg--auto" : first.side === "operator" ? "msg--me" : "";
  return html`<div class=${`msg ${look}`}>
    ${run.messages.map(
      (message) =>
        html`<div class="bub" key=${message.seq}>
          <p><${Linked} text=${message.body} /></p>
        </div>`,
    )}
    <p class="msg__m">
      <${Facts} message=${lastOf(run)} read=${read} name=${name} me=${me} answered=${run.answers && entry} />
    </p>
  </div>`;
}

function Facts({ message, read, name, me, answered }) {
  const at = timeOfDay(message.at, language, true);
  if (message.kind === "auto") return `${say("log.auto")} · ${say("log.auto.why")}`;
  if (message.side === "visitor") return `${name} · ${at}`;
  const by = message.name === me ? "" : `${message.name} · `;
  return html`${answered && html`<${Answered} entry=${answered} />`}<${Icon}
      name=${read ? "check-check" : "check"}
    />${by}${say(read ? "log.read" : "log.stored")} · ${at}`;
}

function Answered({ entry }) {
  const seconds = (Date.parse(entry.first_human_at) - Date.parse(entry.arrived_at)) / 1000;
  const kept = seconds <= entry.promise_seconds;
  return html`<span class=${`chip ${kept ? "chip--ok" : "chip--u100"}`}
    >${say("log.first", { n: Math.round(seconds) })}</span
  >`;
}

function System({ message }) {
  const words = systemWords(message.data);
  return words && html`<p class="sys">${timeOfDay(message.at, language)} · ${words}</p>`;
}

function systemWords(data) {
  const by = ["operator", "visitor", "idle", "left", "end_of_hours", "manager"];
  switch (data.code) {
    case "accepted":
    case "transferred":
    case "taken":
      return say(`log.${data.code}`, { name: data.name });
    case "moved":
      return say("log.moved", { name: data.name, to: data.to });
    case "requeued":
    case "reminder":
      return say(`log.${data.code}`);
    case "page":
      return say("log.page", { page: data.title || data.url });
    case "settled":
      return say("log.settled", { outcome: say(`wrap.${data.outcome || "unset"}`) });
    case "closed":
      return sayLimits(`log.closed.${by.includes(data.by) ? data.by : "operator"}`);
    default:
      // A code of a newer server: nothing to say is better than a wrong word.
      return "";
  }
}

function Note({ message }) {
  return html`<div class="msg msg--note">
    <div class="bub">
      <p class="bub__k">
        <${Icon} name="sticky-note" size="s" />${say("log.note", { name: message.name })} ·${" "}
        ${timeOfDay(message.at, language)}
      </p>
      <p><${Linked} text=${message.body} /></p>
    </div>
  </div>`;
}

function Pending({ item }) {
  const { note, body } = item.frame;
  const failed = item.status === "failed";
  const look = `msg ${note ? "msg--note" : "msg--me"} ${failed ? "is-failed" : "is-sending"}`;
  return html`<div class=${look}>
    <div class="bub">
      <p><${Linked} text=${body} /></p>
    </div>
    <p class="msg__m" role=${failed ? "alert" : undefined}>
      ${failed ? html`<${Failed} item=${item} />` : waiting(item)}
    </p>
  </div>`;
}

function waiting(item) {
  return say(item.status === "queued" && net.value.net !== "open" ? "log.waiting" : "log.sending");
}

function Failed({ item }) {
  // To a visitor only while the chat is open; a note until it is wrapped up.
  const canGo = item.frame.note || state.value.chats[item.chat_id]?.entry.state === "open";
  const again = () => act({ type: "my.retry", client_id: item.client_id });
  const edit = () => {
    backToDraft(item);
    draft(item.chat_id, { mode: item.frame.note ? "note" : "answer" });
    writeHere.value += 1;
  };
  return html`<${Icon} name="circle-alert" />${say("log.failed", { why: wordsFor(item.code) })}
    ${canGo && html`<button class="link" type="button" onClick=${again}>${say("log.retry")}</button>`}
    <button class="link" type="button" onClick=${edit}>${say("log.edit")}</button>`;
}

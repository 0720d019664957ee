// The panel, fetched when somebody reaches for the button. Joins the loader's desk, the session
// and the view.

import { isEmpty } from "../../shared/text.js";
import { pairs } from "../basics.js";
import { allowSound, currentPage, knock, makeStore, watchPages, pace } from "../device.js";
import { makeSession } from "./session.js";
import { makeSocket } from "./socket.js";
import { makePeek } from "../invite/peek.js";
import { lastUnread, unreadOf } from "./screen.js";
import { lendIcons } from "../dom.js";
import { FRAME } from "../styles/frame.js";
import { PLACES } from "../styles/places.js";
import { TALK } from "../styles/talk.js";
import { WRITING } from "../styles/writing.js";
import { chooseGreeting, visit } from "../invite/targeting.js";
import { makeView } from "./view.js";

// The visitor's language; only the one in use is fetched.
const LANGUAGES = {
  nl: () => import("../words/nl.js"),
  en: () => import("../words/en.js"),
  de: () => import("../words/de.js"),
  fr: () => import("../words/fr.js"),
};

/** @param {import("../types.js").Desk} desk */
export function makePanel(desk) {
  // A test chat leaves nothing on the device either, and meets no chat of before.
  const store = makeStore(desk.key, desk.config.test ? Object(null) : window);
  let view = null;
  let peek = null;
  let session = null;
  let open = false;
  let building = null;
  let ticking = 0;

  const act = {
    minimise: close,
    redraw: draw,
    post(body) {
      allowSound();
      session.post(body);
    },
    draft(text) {
      set({ draft: text });
      session.typing(!isEmpty(text));
    },
    retry: (id) => session.retry(id),
    older: () => session.older(),
    drop: (clientId) => session.dispatch({ type: "my.drop", clientId }),
    wait: () => set({ patient: true }),
    ask: (kind) => session.dispatch({ type: "my.ask", kind }),
    unask: () => set({ question: null }),
    // A form that stands there because nobody is there has no question yet: its words are the draft.
    formed: (body) => set(session.state.question ? { question: { ...session.state.question, body } } : { draft: body }),
    question: (values) => session.dispatch({ type: "my.question", clientId: newId(), page: currentPage(), ...values }),
    askEnd: () => dock("end"),
    askMail: () => dock("mail"),
    keepTalking: () => dock(null),
    wish: (frame) => session.wish({ ...frame, chat_id: session.state.chat.id }),
    end() {
      session.wish({ type: "chat.close" });
      dock(null);
    },
    fresh() {
      session.fresh();
      greet();
    },
  };

  function set(facts) {
    session.dispatch({ type: "my.set", ...facts });
  }

  function dock(name) {
    view.ask(name);
    draw();
  }

  function build() {
    building ||= loadWords(desk.config).then((words) => {
      desk.dress(FRAME + TALK + WRITING + PLACES);
      lendIcons(desk.icons);
      peek = makePeek(desk, words);
      view = makeView({ ...words, origin: desk.origin, config: desk.config, act, dress: desk.dress });
      session = makeSession({
        connect: (on) => makeSocket(socketUrl(desk), on),
        store,
        page: currentPage,
        pace,
        newId,
        watched: () => open && document.visibilityState === "visible",
        hidden: () => document.visibilityState === "hidden",
        changed,
        reserved: () => desk.reservation,
      });
      set({ availability: desk.config.availability });
      greet();
      listen();
    });
    building.catch(() => (building = null));
    return building;
  }

  const wake = () => session.wake();
  const elsewhere = () => session.elsewhere();
  const shown = (event) => event.persisted && wake();
  let unwatch = null;

  // Again after the page wrote its document anew, which takes all listeners away; twice is once.
  function listen() {
    if (!session) return;
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("storage", elsewhere);
    window.addEventListener("pageshow", shown);
    unwatch?.();
    unwatch = watchPages(() => {
      greet();
      session.moved();
    });
  }

  function greet() {
    // The server's own words where the company has none for this page; they invite nobody.
    const greeting = chooseGreeting(desk.config.greetings, visit()) || desk.config.default || null;
    set({ greeting });
  }

  function changed(state, before) {
    const unread = unreadOf(state);
    if (unread > unreadOf(before) && (!open || document.visibilityState === "hidden")) knock();
    const live = Boolean(state.chat) && state.chat.state !== "closed";
    desk.mark({ unread: open ? 0 : unread, live });
    peek.render(!open && lastUnread(state));
    draw();
  }

  function draw() {
    if (!open || !view || !session) return;
    view.render(session.state, pace());
  }

  async function show(focus) {
    await build();
    if (open) return;
    open = true;
    store.tab.put({ open: true });
    desk.root.append(view.frame);
    view.fit();
    view.watchBack();
    draw();
    view.toEnd();
    ticking = setInterval(draw, 1000);
    desk.mark({ open: true, unread: 0 });
    peek.render(null);
    session.start();
    session.wake();
    if (focus) {
      view.focus();
      desk.tell?.(`opened=${session.state.greeting?.id}`);
    }
    // The visitor reads what is on the screen when it opens; it isn't announced to them.
    setTimeout(view.speak, 1000);
  }

  function close() {
    if (!open) return;
    const held = view.frame.contains(desk.root.activeElement);
    open = false;
    clearInterval(ticking);
    store.tab.put({ open: false });
    view.frame.remove();
    view.unwatchBack();
    desk.mark({ open: false });
    if (held) desk.focus();
    if (session.state.question?.status === "done") set({ question: null });
    session.rest();
  }

  return {
    toggle: () => (open ? close() : show(true)),
    /** Back on a page with a chat that goes on; `wasOpen` in this tab, but never over a whole phone. */
    async resume(wasOpen) {
      await build();
      session.start();
      if (wasOpen && !view.isFull()) await show(false);
    },
    listen,
    /** The page took our elements apart: another panel takes over from what is kept. */
    end() {
      clearInterval(ticking);
      unwatch?.();
      session?.end();
    },
    configure(config) {
      if (!session) return;
      set({ availability: config.availability });
    },
  };
}

function socketUrl({ origin, key, config: { test } }) {
  return `${origin.replace(/^http/, "ws")}/ws/widget/${key}/${test ? `?test=${test}` : ""}`;
}

// crypto.randomUUID exists on secure pages only, and a shop may still be plain http.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Load a language (Dutch when it isn't one of ours); `tone` is "je" or "u", `limits` the server's. */
async function loadWords({ language, tone, limits }) {
  const known = pairs(LANGUAGES).some(([name]) => name === language) ? language : "nl";
  const catalogue = (await LANGUAGES[known]()).default;
  const say = (words) => wordsOf(words, tone, limitsIn(known, limits));
  return { language: known, say, t: say(catalogue), ...times(known) };
}

/** The server's limits as words print them, times in minutes. */
export function limitsIn(language, { text, remind, idle, again }) {
  return { max: text.toLocaleString(language), idle: idle / 60, rest: (idle - remind) / 60, again: again / 60 };
}

/** t(key, values): the text of a key with its {names} filled in, by `values` or what is `known` of all. */
export function wordsOf(catalogue, tone, known) {
  return (key, values = {}) => {
    const entry = catalogue[key];
    const text = typeof entry === "string" ? entry : entry[tone === "u" ? 1 : 0];
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? known[name]);
  };
}

// A page may have no Intl, or one of its own that throws: then plain figures, which every language reads.
function times(language) {
  const made = (how, plain) => {
    try {
      const format = new Intl.DateTimeFormat(language, how);
      format.format(0);
      return (at) => format.format(at);
    } catch {
      return (at) => plain(new Date(at));
    }
  };
  const two = (number) => `${number}`.padStart(2, "0");
  const day = (at) => `${at.getDate()}-${at.getMonth() + 1}`;
  return {
    time: made(
      { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      (at) => `${two(at.getHours())}:${two(at.getMinutes())}`,
    ),
    weekday: made({ weekday: "long" }, day),
    date: made({ weekday: "short", day: "numeric", month: "short" }, day),
  };
}

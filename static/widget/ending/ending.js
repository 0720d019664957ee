// The way out: ending the chat, was the visitor helped well, the chat by mail, where an answer will come. Fetched when
// the first of them is needed; it brings its own words and styles.

import { clean } from "../../shared/text.js";
import { button, el, icon, lendIcons, setText } from "../dom.js";
import { ENDING } from "../styles/ending.js";
import { WORDS } from "./words.js";
import { makeDone, makeEndQuestion } from "./parting.js";
import { ADDRESS, emailProblem, field, makeForm, trimAddress } from "./question.js";

const REFUSALS = { bad_address: "mail_bad", too_many: "mail_many" };
const THUMB =
  "M7 10v12 M15 5.9 14 10h5.8a2 2 0 0 1 2 2.6l-2.4 8a2 2 0 0 1-1.9 1.4H4a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h2.8" +
  "a2 2 0 0 0 1.8-1.1L12 2a3.1 3.1 0 0 1 3 3.9Z";

/** @param view the panel's ctx {t, say, language, config, dress, act} */
export function makeEnding(view) {
  view.dress(ENDING);
  lendIcons({ thumb: [THUMB] });
  const catalogue = WORDS[view.language];
  const own = view.say(catalogue);
  const t = (key, values) => (catalogue[key] ? own : view.t)(key, values);
  const ctx = { ...view, t };
  const rating = makeRating(ctx);
  const mail = makeMail(ctx, "after");
  const during = makeMail(ctx, "during");
  const node = el("div", { class: "end" }, ...rating.nodes, mail.node);
  const stay = button({ class: "btn btn--line", onclick: view.act.keepTalking }, t("back_to_chat"));
  const docks = {
    end: makeEndQuestion(ctx),
    mail: { node: el("div", { class: "ask" }, during.node, stay), focus: during.focus },
  };
  const over = el("div", { class: "over" });
  let shown = null;

  return {
    docks,
    done: (state) => makeDone(ctx, state),
    form: (kind, start) => makeForm(ctx, kind, start),
    /** Show the conversation, and under it the ending if the chat is over. */
    screen(first, { chat }) {
      over.replaceChildren(first, ...(chat?.state === "closed" ? [node] : []));
      return over;
    },
    toEnd: () => (over.scrollTop = over.scrollHeight),
    focus: rating.focus,
    render(state) {
      if (!state.chat) return;
      if (state.chat.id !== shown) [rating, mail, during].forEach((part) => part.reset(state.chat));
      shown = state.chat.id;
      [rating, mail, during].forEach((part) => part.render(state));
    },
  };
}

function wishOf(state, type) {
  return state.wishes.find((wish) => wish.type === type);
}

/**
 * What the rating shows: `good` (null before the first tap), `words` that are kept, and `said`, the key of the line
 * under it. A tap counts at once; it is called kept when the server says so. Pure.
 */
export function ratingOf(state) {
  const wish = wishOf(state, "chat.rate");
  const kept = state.chat.rating;
  const good = (wish || kept)?.good ?? null;
  const words = kept?.words || "";
  if (wish) return { good, words, said: state.net === "online" ? "busy" : "kept_later" };
  if (state.denied?.type === "chat.rate") return { good, words, said: "rate_over" };
  return { good, words, said: kept && (words ? "kept_words" : "kept") };
}

/** The line of each mail: its key, and whether it went wrong for good. Pure. */
export function mailLines({ state, transcripts }) {
  return transcripts.map(({ address, state: stands }) => {
    const key = stands === "queued" && state !== "closed" ? "mail_asked" : `mail_${stands}`;
    return { address, key, dead: stands === "dead" };
  });
}

function makeRating({ t, act, config }) {
  const title = el("h3", { id: "balie-rate", tabindex: "-1" }, t("helped"));
  const yes = choice(true, "yes");
  const no = choice(false, "no");
  const box = field(t, "verdict", "", el("textarea", { rows: "2", maxlength: config.limits.rating }));
  const label = el("span", { class: "q" });
  box.optional();
  box.nodes[0].prepend(label);
  const send = el("button", { class: "btn", type: "submit" }, t("send_verdict"));
  const said = el("p", { class: "kept", role: "status", tabindex: "-1" });
  const form = el("form", { class: "why", novalidate: true, hidden: true, onsubmit: submit }, ...box.nodes, send);
  let good = null;
  let words = "";

  function choice(value, key) {
    return button({ "aria-pressed": "false", onclick: () => rate(value, words) }, icon("thumb"), t(key));
  }

  function rate(value, text) {
    act.wish({ type: "chat.rate", good: value, words: text });
  }

  function submit(event) {
    event.preventDefault();
    const text = clean(box.input.value);
    if (text === words) return box.input.focus();
    rate(good, text);
  }

  return {
    nodes: [title, el("div", { class: "rate two", role: "group", "aria-labelledby": title.id }, yes, no), said, form],
    focus: () => title.focus(),
    reset({ rating }) {
      box.input.value = rating?.words || "";
    },
    render(state) {
      const now = ratingOf(state);
      ({ good, words } = now);
      yes.setAttribute("aria-pressed", good === true);
      no.setAttribute("aria-pressed", good === false);
      const appears = form.hidden && good !== null;
      form.hidden = good === null;
      if (good !== null) setText(label, t(good ? "what_good" : "what_better"));
      setText(said, now.said ? t(now.said) : "");
      said.classList.toggle("err", now.said === "rate_over");
      const done = words !== "" && clean(box.input.value) === words;
      // A button that goes away takes the focus along, unless it is given on.
      if (done && !send.hidden && send.getRootNode().activeElement === send) said.focus();
      send.hidden = done;
      // Else it would lie under the edge, and who tapped would not see that there is more to say.
      if (appears) form.scrollIntoView({ block: "nearest" });
    },
  };
}

function makeMail({ t, act }, place) {
  const input = el("input", { ...ADDRESS, autocomplete: "email", placeholder: t("email_hint"), maxlength: "254" });
  const box = field(t, `mail-${place}`, t("mail_chat"), input);
  const [label, control, problem] = box.nodes;
  const send = el("button", { class: "btn btn--line", type: "submit" }, t("send_mail"));
  const list = el("div", { class: "mails", role: "status" });
  const row = el("div", { class: "row" }, control, send);
  const node = el("form", { class: "mail", novalidate: true, onsubmit: submit }, label, row, problem, list);
  let waiting = false;
  // Set by the visitor's own press: what became of it is then brought into view, once.
  let pressed = false;
  let shown = "";

  function submit(event) {
    event.preventDefault();
    if (waiting) return;
    const email = trimAddress(clean(input.value));
    const wrong = email ? emailProblem(email) : "need_mail";
    box.say(wrong);
    if (wrong) return input.focus();
    waiting = pressed = true;
    act.wish({ type: "transcript.ask", email });
  }

  function answered({ denied }) {
    waiting = false;
    if (denied?.type !== "transcript.ask") return (input.value = "");
    box.say(REFUSALS[denied.code] || "mail_gone");
    input.focus();
  }

  return {
    node,
    focus: () => input.focus(),
    reset() {
      waiting = false;
      input.value = "";
      box.say(null);
    },
    render(state) {
      if (waiting && !wishOf(state, "transcript.ask")) answered(state);
      setText(send, t(waiting ? "busy" : "send_mail"));
      const lines = mailLines(state.chat);
      const wanted = lines.map(({ key, address }) => key + address).join();
      if (wanted === shown) return;
      shown = wanted;
      list.replaceChildren(...lines.map(lineOf));
      if (pressed) list.scrollIntoView({ block: "nearest" });
      pressed = false;
    },
  };

  function lineOf({ key, address, dead }) {
    return el(
      "p",
      dead ? { class: "err" } : {},
      icon(dead ? "circle-alert" : "check", true),
      el("span", {}, t(key, { address })),
    );
  }
}

// How the button looks, and what it says.

import { pairs } from "./basics.js";

/** The button's words; a pair is [je, u]. */
export const WORDS = {
  nl: {
    chat: ["Vraag het ons"],
    form: ["Stel je vraag", "Stel uw vraag"],
    close: ["Chat sluiten"],
    unread: ["Nieuw bericht"],
    oops: ["De chat kon niet laden."],
    again: ["Opnieuw proberen"],
  },
  en: {
    chat: ["Ask us"],
    form: ["Ask your question"],
    close: ["Close chat"],
    unread: ["New message"],
    oops: ["The chat couldn't load."],
    again: ["Try again"],
  },
  de: {
    chat: ["Frag uns", "Fragen Sie uns"],
    form: ["Stell deine Frage", "Stellen Sie Ihre Frage"],
    close: ["Chat schließen"],
    unread: ["Neue Nachricht"],
    oops: ["Der Chat konnte nicht geladen werden."],
    again: ["Noch einmal versuchen"],
  },
  fr: {
    chat: ["Une question ?"],
    form: ["Pose ta question", "Posez votre question"],
    close: ["Fermer la discussion"],
    unread: ["Nouveau message"],
    oops: ["La discussion n'a pas pu être chargée."],
    again: ["Réessayer"],
  },
};
/** Lucide (ISC), to a tenth of a 24 px grid. The panel uses these too: their paths are the longest. */
export const ICONS = {
  chat: ["M3 16.3a2 2 0 0 1 .1 1.2l-1.1 3.3a1 1 0 0 0 1.2 1.2l3.4-1a2 2 0 0 1 1.1.1 10 10 0 1 0-4.7-4.8"],
  mail: ["m22 7-9 5.7a2 2 0 0 1-2 0L2 7", "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z"],
  phone: [
    "M13.8 16.6a1 1 0 0 0 1.2-.3l.4-.5A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4" +
      "a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.5.4a1 1 0 0 0-.3 1.2 14 14 0 0 0 6.4 6.4",
  ],
  down: ["m6 9 6 6 6-6"],
};

/** An element with these properties of its own, such as `className` and `textContent`. */
export function make(tag, facts) {
  const node = document.createElement(tag);
  for (const [name, value] of pairs(facts)) node[name] = value;
  return node;
}

/** Words over the button, and what can be done about it. */
export function makeNotice(words, action, press, language) {
  const notice = make("div", { className: "note oops", lang: language });
  notice.setAttribute("role", "alert");
  notice.append(
    make("p", { textContent: words }),
    make("button", { type: "button", textContent: action, onclick: press }),
  );
  return notice;
}

/** An icon of these paths; decorative. */
export function icon(paths) {
  const svg = drawn("svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = drawn("path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

const drawn = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);

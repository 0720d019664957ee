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
    "M13.8 16.6a1 1 0 0 0 1.2-.3l.4-.5A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.5.4a1 1 0 0 0-.3 1.2 14 14 0 0 0 6.4 6.4",
  ],
  down: ["m6 9 6 6 6-6"],
};

export const CSS = `
.launch, .w, .note { --paper: #fff; --ink: #191d1b; --ink2: #454c48; --focus: #0b5659; --line: #191d1b14; font: 420 15px/1.42 system-ui, Arial, sans-serif; color: var(--ink); color-scheme: light; -webkit-text-size-adjust: 100%; }
:host([data-dark]) :is(.launch, .w, .note) { --paper: #191d1b; --ink: #eaeeeb; --ink2: #bcc4bf; --focus: #7fc8cb; --line: #fff3; color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.launch, .note { --low: 24px; --side: 24px; --up: 0px; position: fixed; inset-block-end: calc(var(--low) + var(--lift) + var(--up) + env(safe-area-inset-bottom)); inset-inline-end: calc(var(--side) + var(--aside)); }
.launch { display: inline-flex; align-items: center; justify-content: center; gap: 9px; min-width: 52px; height: 52px; margin: 0; padding-inline: 17px 20px; border: 0; border-radius: 26px; background: var(--co-solid); color: var(--co-on); font-weight: 620; text-decoration: none; white-space: nowrap; cursor: pointer; box-shadow: 0 8px 22px -6px #191d1b66; }
.launch:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 2px var(--paper); }
.launch.is-open { padding: 0; }
.is-open .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.launch svg { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.count { min-width: 22px; height: 22px; margin-inline-end: -6px; padding: 0 6px; border-radius: 11px; background: var(--paper); color: var(--ink); font-size: 13px; font-weight: 700; line-height: 22px; text-align: center; }
.note { --low: 88px; width: 264px; max-width: calc(100vw - 32px); max-height: calc(100dvh - 104px - var(--lift)); overflow-y: auto; padding: 14px 16px 10px; border-radius: 16px; border-end-end-radius: 4px; background: var(--paper); box-shadow: 0 12px 32px -10px #191d1b66, 0 0 0 1px var(--line); text-align: start; }
.note p { margin: 0; }
.note button { font: inherit; color: inherit; cursor: pointer; }
.oops button { min-height: 44px; padding: 0; border: 0; background: none; font-weight: 650; text-decoration: underline; }
@keyframes in { from { opacity: 0; transform: translateY(8px); } }
@media (max-width: 830px) { .launch, .note { --up: inherit; --aside: 0px; } }
@media (max-width: 480px), (max-height: 500px) { .launch, .note { --low: 16px; --side: 16px; --up: inherit; --aside: 0px; } .note { --low: 80px; } .launch.is-open { display: none; } }
@media (prefers-reduced-motion: no-preference) { .launch, .note { animation: in 220ms cubic-bezier(.2,.7,.2,1); } }
@media (forced-colors: active) { .launch { border: 2px solid ButtonText; } .note { border: 1px solid CanvasText; } }
@media print { .launch, .note, .frame { display: none; } }`;

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

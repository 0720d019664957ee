// How the button looks, and what it says.

/** The button's words; a pair is [je, u]. */
export const WORDS = {
  nl: { chat: ["Vraag het ons"], form: ["Stel je vraag", "Stel uw vraag"], close: ["Chat sluiten"], unread: ["Nieuw bericht"], oops: ["De chat kon niet laden."], again: ["Opnieuw proberen"] },
  en: { chat: ["Ask us"], form: ["Ask your question"], close: ["Close chat"], unread: ["New message"], oops: ["The chat couldn't load."], again: ["Try again"] },
  de: { chat: ["Frag uns", "Fragen Sie uns"], form: ["Stell deine Frage", "Stellen Sie Ihre Frage"], close: ["Chat schließen"], unread: ["Neue Nachricht"], oops: ["Der Chat konnte nicht geladen werden."], again: ["Noch einmal versuchen"] },
  fr: { chat: ["Une question ?"], form: ["Pose ta question", "Posez votre question"], close: ["Fermer la discussion"], unread: ["Nouveau message"], oops: ["La discussion n'a pas pu être chargée."], again: ["Réessayer"] },
};
/** Lucide (ISC). The panel uses these too: their paths are the longest. */
export const ICONS = {
  chat: ["M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719"],
  mail: ["m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7", "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z"],
  phone: ["M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384"],
  down: ["m6 9 6 6 6-6"],
};

export const CSS = `
.launch, .w, .note { --paper: #fff; --ink: #191d1b; --ink2: #454c48; --focus: #0b5659; font: 420 15px/1.42 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); color-scheme: light; -webkit-text-size-adjust: 100%; }
:host([data-dark]) :is(.launch, .w, .note) { --paper: #191d1b; --ink: #eaeeeb; --ink2: #bcc4bf; --focus: #7fc8cb; color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.launch { position: fixed; inset-block-end: calc(24px + var(--lift, 0px) + env(safe-area-inset-bottom)); inset-inline-end: calc(24px + var(--aside, 0px)); display: inline-flex; align-items: center; justify-content: center; gap: 9px; min-width: 52px; height: 52px; margin: 0; padding-inline: 17px 20px; border: 0; border-radius: 26px; background: var(--co-solid); color: var(--co-on); font-weight: 620; text-decoration: none; white-space: nowrap; cursor: pointer; box-shadow: 0 8px 22px -6px rgb(25 29 27 / 0.4); animation: in 220ms cubic-bezier(.2,.7,.2,1); }
.launch:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 2px var(--paper); }
.launch.is-open { padding: 0; }
.launch.is-open .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.launch svg { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.count { min-width: 22px; height: 22px; margin-inline-end: -6px; padding: 0 6px; border-radius: 11px; background: var(--paper); color: var(--ink); font-size: 13px; font-weight: 700; line-height: 22px; text-align: center; }
.note { position: fixed; inset-block-end: calc(88px + var(--lift, 0px) + env(safe-area-inset-bottom)); inset-inline-end: calc(24px + var(--aside, 0px)); width: 264px; max-width: calc(100vw - 32px); max-height: calc(100dvh - 104px - var(--lift, 0px)); overflow-y: auto; padding: 14px 16px 10px; border-radius: 16px; border-end-end-radius: 4px; background: var(--paper); box-shadow: 0 12px 32px -10px rgb(25 29 27 / 0.3), 0 0 0 1px rgb(25 29 27 / 0.08); color: var(--ink); text-align: start; animation: in 220ms cubic-bezier(.2,.7,.2,1); }
.note p { margin: 0; }
.note button { font: inherit; color: inherit; cursor: pointer; }
.oops button { min-height: 44px; padding: 0; border: 0; background: none; font-weight: 650; text-decoration: underline; }
@keyframes in { from { opacity: 0; transform: translateY(8px); } }
@media (max-width: 830px) { .launch, .note { inset-inline-end: 24px; } .launch { inset-block-end: calc(24px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } .note { inset-block-end: calc(88px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } }
@media (max-width: 480px), (max-height: 500px) { .launch, .note { inset-inline-end: 16px; } .launch { inset-block-end: calc(16px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } .note { inset-block-end: calc(80px + var(--lift, 0px) + var(--up, 0px) + env(safe-area-inset-bottom)); } .launch.is-open { display: none; } }
@media (prefers-reduced-motion: reduce) { .launch, .note { animation: none; } }
@media (forced-colors: active) { .launch { border: 2px solid ButtonText; } .note { border: 1px solid CanvasText; } }
@media print { .launch, .note, .frame { display: none; } }`;

/** Words over the button, and what can be done about it. */
export function makeNotice(words, action, press) {
  const text = document.createElement("p");
  text.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = action;
  button.addEventListener("click", press);
  const notice = document.createElement("div");
  notice.className = "note oops";
  notice.setAttribute("role", "alert");
  notice.append(text, button);
  return notice;
}

/** An icon of these paths; decorative. */
export function icon(paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

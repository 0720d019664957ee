// A menu that folds out under its button. Arrows go along it, Esc and a click elsewhere fold it in.

import { useEffect, useRef } from "preact/hooks";
import { html } from "../parts.js";

/** Fold the menu with this id out, with the hand on its first line; or in. */
export function toggleMenu(id) {
  const menu = /** @type {HTMLDetailsElement | null} */ (document.getElementById(id));
  if (!menu) return;
  menu.open = !menu.open;
  (menu.open ? lines(menu)[0] : menu.querySelector("summary"))?.focus();
}

/** @param props `head` is the button's own content; `children` are links and buttons. A choice folds it in. */
export function Menu({ id, look, head, title, keys, children }) {
  const menu = useRef(null);
  useEffect(() => {
    const away = (event) => {
      if (!menu.current?.contains(event.target)) menu.current?.removeAttribute("open");
    };
    document.addEventListener("click", away);
    return () => document.removeEventListener("click", away);
  }, []);
  const close = () => {
    menu.current.removeAttribute("open");
    menu.current.querySelector("summary").focus();
  };
  const byKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.altKey || !menu.current.open) return;
    if (step) along(menu.current, step);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<details class="menu" id=${id} ref=${menu} onKeyDown=${byKey}>
    <summary class=${look} title=${title} aria-keyshortcuts=${keys}>${head}</summary>
    <div
      class="menu__list"
      onClick=${(event) => event.target.closest("button") && menu.current.removeAttribute("open")}
    >
      ${children}
    </div>
  </details>`;
}

/** @returns {HTMLElement[]} */
function lines(menu) {
  return [...menu.querySelectorAll(".menu__list :is(a, button)")];
}

function along(menu, step) {
  const all = lines(menu);
  const at = all.findIndex((line) => line === document.activeElement);
  all[at < 0 ? 0 : (at + step + all.length) % all.length]?.focus();
}

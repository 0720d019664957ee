// The break: why, and since when; and "no more new chats for me" beside it.

import { label } from "../../rules/keys.js";
import { BREAKS, breakOf } from "../../rules/shift.js";
import { state } from "../../store.js";
import { command } from "../../sync.js";
import { say } from "../../words.js";
import { Menu, toggleMenu } from "./menu.js";
import { html, Icon } from "../parts.js";

const MENU = "break";
const ICONS = { pause: "coffee", lunch: "utensils", training: "graduation-cap", other: "circle-pause" };

/** The icon of a break's reason. */
export function breakIcon(reason) {
  return ICONS[breakOf(reason)];
}

/** Begin a break for this reason. */
export function beginBreak(reason) {
  command("seat.pause", { on: true, reason });
}

/** End the break. */
export function endBreak() {
  command("seat.pause", { on: false, reason: "" });
}

/** Ask for no more new chats, or for new ones again. */
export function drain(on) {
  command("seat.drain", { on });
}

/** The key's way: ends the break, or folds the reasons out. */
export function toggleBreak() {
  if (state.value.readOnly) return;
  if (state.value.seat?.paused) endBreak();
  else toggleMenu(MENU);
}

export function Break({ seat }) {
  const { readOnly } = state.value;
  const words = say(seat.paused ? "pause.end" : "pause.begin");
  if (seat.paused || readOnly) {
    return html`<button
      class=${`btn btn--s ${seat.paused ? "btn--primary" : ""}`}
      type="button"
      title=${words}
      aria-label=${words}
      disabled=${readOnly}
      aria-keyshortcuts=${label("break")}
      onClick=${endBreak}
    >
      <${Icon} name=${seat.paused ? "play" : "coffee"} /><span class="bar__words">${words}</span>
    </button>`;
  }
  const head = html`<span class="vh">${words}</span><${Icon} name="coffee" /><span class="bar__words" aria-hidden="true"
      >${words}</span
    ><${Icon} name="chevron-down" size="s" />`;
  return html`<${Menu}
    id=${MENU}
    look="btn btn--s"
    title=${`${words} (${label("break")})`}
    keys=${label("break")}
    head=${head}
  >
    ${BREAKS.map(
      (reason) =>
        html`<button key=${reason} type="button" onClick=${() => beginBreak(reason)}>
          <${Icon} name=${ICONS[reason]} />${say(`pause.${reason}`)}
        </button>`,
    )}
    <${Drain} seat=${seat} />
  <//>`;
}

// A drain of the shift's end or of a manager isn't the operator's to end.
function Drain({ seat }) {
  if (seat.draining && seat.drain_reason !== "own") return null;
  return html`<button class="menu__other" type="button" onClick=${() => drain(!seat.draining)}>
    <${Icon} name=${seat.draining ? "bell-ring" : "bell-off"} />${say(seat.draining ? "drain.end" : "drain.begin")}
  </button>`;
}

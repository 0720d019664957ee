// The map of all keys, and the switch for those with Alt.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { readFlag, writeFlag } from "../../flag.js";
import { KEYS, label, PLACE_KEYS } from "../../rules/keys.js";
import { say } from "../../words.js";
import { html } from "../parts.js";

const OFF = "balie.keys.off";
const asked = signal(0);

/** Whether keys with Alt do something; some people's machines need them for something else. */
export const keysOn = signal(!readFlag(() => localStorage, OFF));

/** Open the map. */
export function showKeys() {
  asked.value += 1;
}

function flip() {
  keysOn.value = !keysOn.value;
  writeFlag(() => localStorage, OFF, !keysOn.value);
}

export function Help() {
  const dialog = useRef(null);
  const times = asked.value;
  useEffect(() => {
    if (times && !dialog.current.open) dialog.current.showModal();
  }, [times]);
  return html`<dialog class="keys" ref=${dialog} aria-labelledby="keys-title">
    <form method="dialog">
      <h2 id="keys-title">${say("keys.title")}</h2>
      <dl>
        ${[...KEYS, ...PLACE_KEYS].map(
          ({ id }) =>
            html`<div key=${id}>
              <dt><kbd class="kbd">${label(id)}</kbd></dt>
              <dd>${say(`keys.${id}`)}</dd>
            </div>`,
        )}
      </dl>
      <label class="keys__switch"
        ><input type="checkbox" checked=${keysOn.value} onChange=${flip} /> ${say("keys.on")}</label
      >
      ${!keysOn.value && html`<p class="muted">${say("keys.off")}</p>`}
      <button class="btn btn--primary" autofocus>${say("keys.close")}</button>
    </form>
  </dialog>`;
}

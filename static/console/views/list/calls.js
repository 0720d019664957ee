// A chat that was let pass twice calls the lead operators: one band over everything, ringing until somebody has it.

import { label } from "../../rules/keys.js";
import { minutes } from "../../../shared/time.js";
import { byPromise, waitOf } from "../../rules/floor.js";
import { listCalls } from "../../state/handover.js";
import { isPending } from "../../state/outbox.js";
import { companyOf, open, second, state } from "../../store.js";
import { command } from "../../sync.js";
import { say } from "../../words.js";
import { html, Icon, Key, Mono, Named } from "../parts.js";

// More than this says the same thing again: the floor shows them all.
const SHOWN = 2;

/** The calls that stand, the one whose promise ends first on top. */
export function standingCalls() {
  return byPromise(listCalls(state.value));
}

/** Takes a waiting chat out of turn, and goes there. */
export function pick(chat) {
  const { outbox, readOnly } = state.value;
  if (readOnly || isPending(outbox, chat.chat_id, "chat.pick")) return;
  command("chat.pick", { chat_id: chat.chat_id });
  open(chat.chat_id);
}

export function Calls() {
  const calls = standingCalls();
  return html`${calls.slice(0, SHOWN).map(
    (call, at) =>
      html`<${Call}
          key=${call.chat_id}
          call=${call}
          first=${at === 0}
          more=${at === SHOWN - 1 ? calls.length - SHOWN : 0}
        />`,
  )}`;
}

function Call({ call, first, more }) {
  const company = companyOf(call.company_id);
  const { outbox, readOnly } = state.value;
  const busy = isPending(outbox, call.chat_id, "chat.pick");
  const { waited } = waitOf(call, second.value);
  return html`<section class="call" data-co=${call.company_id} aria-label=${`${say("call.label")}: ${company.name}`}>
    <${Icon} name="life-buoy" /><${Mono} company=${company} />
    <p>
      <b>${company.name}</b> ${say("call.why", { n: call.bounces })}${" "}
      <span class="call__wait">${say("call.wait", { time: minutes(waited) })}</span>
      ${more > 0 && html` <span class="soft">${say("call.more", { n: more })}</span>`}
    </p>
    ${call.state === "offered" && html`<span class="soft">${say("floor.why.offered", { name: call.operator })}</span>`}
    <button
      class="btn btn--s btn--co"
      type="button"
      disabled=${busy || readOnly}
      aria-keyshortcuts=${first ? label("call") : undefined}
      onClick=${() => pick(call)}
    >
      <${Named}
        words=${say(busy ? "offer.busy" : "call.take")}
        more=${say("call.take.of", { company: company.name })}
      />${first && html` <${Key} id="call" />`}
    </button>
  </section>`;
}

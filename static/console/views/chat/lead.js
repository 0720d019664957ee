// The lead form of the wrap-up: who wants to hear from the company, how, when, and about what. It stands under the
// outcome "lead", and what was typed belongs to its chat.

import { signal } from "@preact/signals";
import { isPending } from "../../state/outbox.js";
import { companyOf, state } from "../../store.js";
import { onChat } from "../../sync.js";
import { say } from "../../words.js";
import { html, Icon } from "../parts.js";

/**
 * The typed facts of each chat's lead.
 * @type {import("@preact/signals").Signal<Record<string, object>>}
 */
const leads = signal({});
const CHANNELS = ["phone", "mail"];

/** What was typed of this chat's lead, and otherwise the visitor's name. */
export function leadOf(chat) {
  const blank = { channel: "phone", phone: "", email: "", name: chat.visitor_name, body: "", day: "", at: "" };
  return { ...blank, agreed: false, ...leads.value[chat.entry.chat_id] };
}

/** The frame's facts of a lead as typed. Pure. */
export function factsOf({ channel, phone, email, name, body, day, at, agreed }, consent) {
  const best = channel === "phone" && day ? { day, part: "", at } : null;
  return { channel, phone, email, name, body, best, consent: agreed ? consent : "" };
}

export function LeadForm({ chat }) {
  const id = chat.entry.chat_id;
  const { outbox, readOnly } = state.value;
  const company = companyOf(chat.entry.company_id).name;
  if (chat.lead) {
    return html`<p class="lead__done" role="status"><${Icon} name="check" />${say("lead.done", { company })}</p>`;
  }
  const lead = leadOf(chat);
  const set = (facts) => (leads.value = { ...leads.value, [id]: { ...leads.value[id], ...facts } });
  const typed = (name) => (event) => set({ [name]: event.target.value });
  const busy = isPending(outbox, id, "lead.post");
  const address = lead.channel === "phone" ? "phone" : "email";
  const isWhole = Boolean(lead[address].trim() && lead.body.trim());
  const consent = say("lead.consent", { company });
  const field = (name, facts) =>
    html`<label class="lead__f"
      ><span>${say(`lead.${name}`)}</span
      ><input class="input" value=${lead[name]} onInput=${typed(name)} disabled=${readOnly} ...${facts}
    /></label>`;
  const send = (event) => {
    event.preventDefault();
    if (isWhole && !busy && !readOnly) onChat("lead.post", chat, factsOf(lead, consent));
  };
  return html`<form class="lead" aria-label=${say("lead.title")} onSubmit=${send}>
    <div class="lead__how" role="radiogroup" aria-label=${say("lead.channel")}>
      ${CHANNELS.map(
        (channel) =>
          html`<label key=${channel}
            ><input
              type="radio"
              name="lead-channel"
              checked=${lead.channel === channel}
              disabled=${readOnly}
              onChange=${() => set({ channel })}
            />
            ${say(`lead.by_${channel}`)}</label
          >`,
      )}
    </div>
    <div class="lead__row">
      ${field("name", { maxlength: 100, autocomplete: "off" })}
      ${field(address, { maxlength: address === "phone" ? 40 : 254, inputmode: address === "phone" ? "tel" : "email" })}
      ${lead.channel === "phone" && field("day", { type: "date" })}
      ${lead.channel === "phone" && lead.day && field("at", { type: "time" })}
    </div>
    <label class="lead__f"
      ><span>${say("lead.body")}</span
      ><textarea class="input" rows="2" value=${lead.body} onInput=${typed("body")} disabled=${readOnly}></textarea>
    </label>
    <label class="lead__ok"
      ><input
        type="checkbox"
        checked=${lead.agreed}
        disabled=${readOnly}
        onChange=${(event) => set({ agreed: event.target.checked })}
      />
      ${consent}</label
    >
    <button class="btn btn--co btn--s" type="submit" disabled=${!isWhole || busy || readOnly}>
      ${say("lead.send", { company })}
    </button>
  </form>`;
}

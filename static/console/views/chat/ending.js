// What the visitor made of it: their rating, and the transcripts they asked for.

import { timeOfDay } from "../../../shared/time.js";
import { language, say } from "../../words.js";
import { html, Icon } from "../parts.js";

// What went wrong with a mail, as the operator can tell the visitor; the rest is ours to solve.
const WHY = {
  refused: "address",
  unsendable: "address",
  rejected: "mail",
  later: "server",
  unreachable: "server",
  connection_lost: "server",
};

/** Whether there is anything to say. */
export function hasEnding({ rating, transcripts }) {
  return Boolean(rating) || transcripts.length > 0;
}

/** One line each; `addresses` says also where a transcript goes. */
export function Ending({ chat, addresses = false }) {
  const { rating, transcripts } = chat;
  return html`<ul class="ended">
    ${
      rating &&
      html`<li class=${rating.good ? "is-good" : "is-bad"}>
        <${Icon} name=${rating.good ? "thumbs-up" : "thumbs-down"} /><span
          >${say(rating.good ? "end.good" : "end.bad")}
          ${rating.words && html`<q class="ended__words">${rating.words}</q>`}</span
        >
      </li>`
    }
    ${transcripts.map(
      (mail) =>
        html`<li key=${mail.address} class=${mail.state === "dead" ? "is-bad" : ""}>
          <${Icon} name=${mail.state === "dead" ? "circle-alert" : "mail"} />
          <span>${stateOf(mail, chat)}${addresses && html`<small>${mail.address}</small>`}</span>
        </li>`,
    )}
  </ul>`;
}

function stateOf({ state, at, reason }, { entry }) {
  if (state === "sent") return say("end.sent", { time: timeOfDay(at, language) });
  if (state === "unconfirmed") return say("end.unconfirmed", { time: timeOfDay(at, language) });
  if (state === "queued") return say(entry.state === "open" ? "end.asked" : "end.queued");
  const why = say(`end.why.${WHY[reason] ?? "ours"}`);
  return say(state === "dead" ? "end.dead" : "end.failed", { why });
}

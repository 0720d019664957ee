// What stands where no chat is open: one's own figures of today, and when one works next.

import { timeOfDay } from "../../../shared/time.js";
import { answerTime, shiftWords } from "../../state/own_day.js";
import { second, state } from "../../store.js";
import { language, say } from "../../words.js";
import { html } from "../parts.js";

export function OwnDay() {
  const { ownDay, seat } = state.value;
  return html`<section class="day" aria-labelledby="day-title" aria-busy=${ownDay ? undefined : "true"}>
    <h2 id="day-title">${say("day.title")}</h2>
    <dl class="day__n">
      <${Figure} name="offered" value=${ownDay && ownDay.offered} />
      <${Figure} name="within" value=${ownDay && ownDay.base && say("day.within.of", ownDay)} />
      <${Figure}
        name="answer"
        value=${ownDay && ownDay.response_p50 !== null && answerTime(ownDay.response_p50, language)}
      />
    </dl>
    <p class="day__shift">${ownDay && html`<${Planned} ends=${seat.shift_ends_at} next=${ownDay.next_shift} />`}</p>
    <p class="muted">${say("day.counts")}</p>
  </section>`;
}

// No figure is a zero: of nothing there is nothing to say. Until it is known its place stands empty.
function Figure({ name, value }) {
  return html`<div class="kpi">
    <dt class="kpi__label">${say(`day.${name}`)}</dt>
    <dd class=${value ? "kpi__n" : "kpi__n kpi__n--none"}>${value || (value === null ? "\u00a0" : say("day.none"))}</dd>
    <dd class="kpi__sub">${value !== false && value !== 0 && say(`day.${name}.sub`)}</dd>
  </div>`;
}

function Planned({ ends, next }) {
  const runs = ends && Date.parse(ends) > second.value;
  return html`${runs && html`<span>${say("day.shift.now", { time: timeOfDay(ends, language) })}</span> `}
    <span>${next ? say("day.shift.next", shiftWords(next, language)) : say("day.shift.none")}</span>`;
}

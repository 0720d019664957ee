// The session ended, or the rights behind it changed: nothing of it is on the screen any more, and there is one thing
// to do.

import { useEffect, useState } from "preact/hooks";
import { hasKeptWords } from "../store.js";
import { say } from "../words.js";
import { html, Icon } from "./parts.js";

/** @param login The address of the sign-in page, which comes back here. */
export function Over({ login }) {
  const isIn = useSession();
  if (isIn === null) return html`<main class="over" aria-busy="true"></main>`;
  return html`<main class="over" aria-labelledby="over-title">
    <p class="logo logo--l">
      <svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-balie" /></svg>Balie
    </p>
    <section class="card over__card" role="alert">
      <h1 id="over-title">${say(isIn ? "over.changed.title" : "over.title")}</h1>
      <p>${say(isIn ? "over.changed.why" : "over.why")}</p>
      ${
        hasKeptWords() &&
        html`<p class="over__kept">
          <${Icon} name="pencil-line" /><span>${say(isIn ? "over.changed.kept" : "over.kept")}</span>
        </p>`
      }
      ${
        isIn
          ? html`<button class="btn btn--primary btn--l" type="button" onClick=${() => location.reload()}>
              ${say("over.reload")}
            </button>`
          : html`<a class="btn btn--primary btn--l" href=${login}>${say("over.in")}</a>`
      }
    </section>
  </main>`;
}

// Whether this browser is still signed in, or null until that is known: a certification that was taken back, or a
// manager who freed the seat, ends the line and not the session.
function useSession() {
  const [isIn, setIn] = useState(null);
  useEffect(() => {
    fetch(location.href, { redirect: "manual", cache: "no-store" }).then(
      (answer) => setIn(answer.ok),
      () => setIn(false),
    );
  }, []);
  return isIn;
}

// The session ended: nothing of it is on the screen any more, and the one thing to do is to sign in.

import { hasKeptWords } from "../store.js";
import { say } from "../words.js";
import { html, Icon } from "./parts.js";

/** @param login The address of the sign-in page, which comes back here. */
export function Over({ login }) {
  return html`<main class="over" aria-labelledby="over-title">
    <p class="logo logo--l"><svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-balie" /></svg>Balie</p>
    <section class="card over__card" role="alert">
      <h1 id="over-title">${say("over.title")}</h1>
      <p>${say("over.why")}</p>
      ${hasKeptWords() && html`<p class="over__kept"><${Icon} name="pencil-line" /><span>${say("over.kept")}</span></p>`}
      <a class="btn btn--primary btn--l" href=${login}>${say("over.in")}</a>
    </section>
  </main>`;
}

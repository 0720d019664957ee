// A new company while it is typed: address and letters for its name, how readable its colour is, texts in its voice.
// Without it everything is decided when the form is sent.

/** @typedef {HTMLInputElement & HTMLTextAreaElement} Field */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-proposal]"));
/** @returns {NodeListOf<Field>} */
const fields = (selector) => document.querySelectorAll(selector);
const field = (name) => /** @type {Field | null} */ (form.elements.namedItem(name));
let asked = 0;

/** Ask the server, and forget an answer that a newer question has overtaken. */
async function ask(facts) {
  const mine = ++asked;
  const answer = await fetch(`${form.dataset.proposal}?${new URLSearchParams(facts)}`);
  return answer.ok && mine === asked ? answer.json() : {};
}

function showLook(look) {
  const readable = /** @type {HTMLElement | null} */ (form.querySelector("[data-look]"));
  if (!look || !readable) return;
  readable.hidden = false;
  readable.querySelector("[data-sentence]").textContent = look.sentence;
  const sample = /** @type {HTMLElement} */ (readable.querySelector("[data-try]"));
  sample.style.setProperty("--try-solid", look.solid);
  sample.style.setProperty("--try-on", look.on);
}

/** A field that nobody has typed in follows the proposal. */
function propose(name, value) {
  const input = field(name);
  if (!input || !value || input.dataset.typed) return;
  input.value = value;
}

async function refresh() {
  /** @type {Record<string, string>} */
  const facts = { brand: field("brand").value };
  if (field("slug")) facts.name = field("name").value;
  const { slug, monogram, look } = await ask(facts);
  propose("slug", slug);
  if (field("slug")) propose("monogram", monogram);
  showLook(look);
}

/** The standard text of the chosen language and tone, as long as it is still a standard text. */
function revoice() {
  /** @type {NodeListOf<HTMLTemplateElement>} */
  const all = document.querySelectorAll("template[data-voice]");
  const voices = [...all];
  const chosen = voices.find((one) => one.dataset.voice === `${field("language").value}.${field("tone").value}`);
  if (!chosen) return;
  for (const area of fields("[data-proposal] [data-template]")) {
    const text = (voice) => voice.content.querySelector(`[data-is="${area.dataset.template}"]`).textContent.trim();
    const now = area.value.replaceAll("\r\n", "\n").trim();
    if (voices.some((voice) => text(voice) === now)) area.value = text(chosen);
  }
}

if (form) {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  };
  const pick = /** @type {HTMLInputElement} */ (form.querySelector("[data-pick]"));
  for (const name of ["slug", "monogram"]) {
    const input = field(name);
    if (input?.value) input.dataset.typed = "1";
    input?.addEventListener("input", () => (input.value ? (input.dataset.typed = "1") : delete input.dataset.typed));
  }
  field("name").addEventListener("input", soon);
  field("brand").addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(field("brand").value)) pick.value = field("brand").value;
    soon();
  });
  pick.hidden = false;
  if (/^#[0-9a-f]{6}$/i.test(field("brand").value)) pick.value = field("brand").value;
  pick.addEventListener("input", () => {
    field("brand").value = pick.value;
    soon();
  });
  for (const input of form.querySelectorAll("[name='language'], [name='tone']"))
    input.addEventListener("change", revoice);
  refresh();
}

const same = /** @type {HTMLElement | null} */ (document.querySelector("[data-same]"));
if (same) {
  same.hidden = false;
  same.addEventListener("click", () => {
    const [first, ...rest] = fields(".week .input");
    for (const input of rest) input.value = first.value;
  });
}

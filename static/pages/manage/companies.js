// A company while it is typed: for a new one's name a portal address, and how readable its colour is.
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
  const facts = {};
  if (field("brand")) facts.brand = field("brand").value;
  if (field("slug")) facts.name = field("name").value;
  const { slug, look } = await ask(facts);
  propose("slug", slug);
  showLook(look);
}

/** The colour by its code or by the browser's own chooser, each of which follows the other. */
function watchColour(soon) {
  const code = field("brand");
  const pick = /** @type {HTMLInputElement} */ (form.querySelector("[data-pick]"));
  const show = () => {
    if (/^#[0-9a-f]{6}$/i.test(code.value)) pick.value = code.value;
  };
  pick.hidden = false;
  show();
  code.addEventListener("input", () => {
    show();
    soon();
  });
  pick.addEventListener("input", () => {
    code.value = pick.value;
    soon();
  });
}

if (form) {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  };
  const slug = field("slug");
  if (slug?.value) slug.dataset.typed = "1";
  slug?.addEventListener("input", () => (slug.value ? (slug.dataset.typed = "1") : delete slug.dataset.typed));
  field("name").addEventListener("input", soon);
  if (field("brand")) watchColour(soon);
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

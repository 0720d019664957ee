// How a company's chat looks, while it is typed: the real widget beside the form, what the server says of colour and
// logo, and the colours that it found in the logo. Without it everything is decided when the form is sent.

const fields = /** @type {HTMLElement | null} */ (document.querySelector("[data-look-fields]"));
const form = fields?.closest("form");
const trial = /** @type {HTMLElement | null} */ (document.querySelector("[data-trial]"));
const AFTER_MS = 300;
// A frame is shown once its widget stands, and then the one before it goes.
const LOOK_MS = 50;
const LONGEST_MS = 3000;

// Narrower than this a page is a phone's, to the widget too.
const COMPUTER_PX = 680;

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
const part = (name) => /** @type {HTMLElement} */ (form.querySelector(`[${name}]`));
const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);

let asked = 0;
let view = "computer";
/** What the form says, over what the company has: parts of a widget's config. @type {Record<string, any>} */
let over = {};
/** The file that was judged, and what was said of it. @type {{file: File | null, said: any}} */
let judged = { file: null, said: {} };

/** Ask the server; null where a newer question has overtaken this one, or nobody answers. */
async function ask() {
  const mine = ++asked;
  const facts = new FormData();
  for (const name of ["csrfmiddlewaretoken", "brand"]) facts.set(name, field(name).value);
  facts.set("tone", String(new FormData(form).get("tone") || ""));
  const file = field("logo")?.files[0] || null;
  if (file && file !== judged.file) facts.set("logo", file);
  try {
    const answer = await fetch(fields.dataset.try, { method: "POST", body: facts });
    if (!answer.ok || mine !== asked) return null;
    const said = await answer.json();
    if (file !== judged.file) judged = { file, said: file ? said : {} };
    return said;
  } catch {
    return null;
  }
}

async function refresh() {
  const said = await ask();
  if (!said) return;
  const facts = new FormData(form);
  over = { ...said.over, name: String(facts.get("name") || "") };
  const side = [...facts].find(([name]) => name.startsWith("side_"));
  if (side) over.side = side[1];
  if (judged.said.logo) over.logo = judged.said.logo;
  else if (facts.get("drop_logo")) over.logo = null;
  showReadable(said.readable);
  showLogo();
  showFrame();
}

function showReadable(readable) {
  const line = part("data-look");
  line.hidden = !readable;
  if (!readable) return;
  line.querySelector("[data-sentence]").textContent = readable.sentence;
  const sample = /** @type {HTMLElement} */ (line.querySelector("[data-try]"));
  sample.style.setProperty("--try-solid", readable.solid);
  sample.style.setProperty("--try-on", readable.on);
}

function showLogo() {
  const { logo, problem, colours } = judged.said;
  const line = part("data-logo-problem");
  line.hidden = !problem;
  line.querySelector("span").textContent = problem || "";
  if (colours) showColours(colours);
  const place = part("data-logo");
  if (over.logo === null) place.replaceChildren(place.dataset.letters);
  if (!logo) return;
  const picture = document.createElement("img");
  picture.src = logo.src;
  picture.alt = "";
  place.replaceChildren(picture);
  place.classList.toggle("is-dark", logo.is_light);
}

/** @param {string[]} colours */
function showColours(colours) {
  const list = part("data-colours");
  part("data-swatches").hidden = !colours.length;
  list.replaceChildren(
    ...colours.map((colour) => {
      const swatch = document.createElement("button");
      swatch.type = "button";
      swatch.className = "swatch";
      swatch.title = colour;
      swatch.setAttribute("aria-label", `${list.dataset.words}: ${colour}`);
      swatch.setAttribute("aria-pressed", String(field("brand").value.toLowerCase() === colour));
      swatch.style.setProperty("--swatch", colour);
      swatch.addEventListener("click", () => {
        field("brand").value = colour;
        field("brand").dispatchEvent(new Event("input", { bubbles: true }));
      });
      return swatch;
    }),
  );
}

/** Put the widget on the stage as the form says it, behind the one that stands there until it is drawn. */
function showFrame() {
  if (!trial) return;
  const frames = trial.querySelector("[data-frames]");
  const frame = document.createElement("iframe");
  frame.title = trial.dataset.title;
  frame.className = "is-coming";
  frame.dataset.over = JSON.stringify(over);
  frame.src = trial.dataset.frame + (view === "nobody" ? "?when=nobody" : "");
  for (const old of frames.querySelectorAll(".is-coming")) old.remove();
  frames.append(frame);
  const since = performance.now();
  const waiting = setInterval(() => {
    const root = frame.contentDocument?.querySelector("balie-chat")?.shadowRoot;
    if (!root?.querySelector(".frame") && performance.now() - since < LONGEST_MS) return;
    clearInterval(waiting);
    if (!frame.isConnected) return;
    frame.className = "";
    for (const old of frames.querySelectorAll("iframe")) if (old !== frame) old.remove();
  }, LOOK_MS);
}

function fit() {
  const frames = /** @type {HTMLElement} */ (trial.querySelector("[data-frames]"));
  const scale = view === "phone" || isNarrow() ? 1 : Math.min(1, frames.clientWidth / COMPUTER_PX);
  frames.style.setProperty("--scale", String(scale || 1));
}

const isNarrow = () => matchMedia("(max-width: 720px)").matches;

function choose(name) {
  view = name;
  for (const tab of trial.querySelectorAll("[data-view]"))
    tab.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (tab).dataset.view === name));
  trial.querySelector("[data-stage]").classList.toggle("is-phone", name === "phone");
  /** @type {HTMLElement} */ (trial.querySelector('[data-cap="nobody"]')).hidden = name !== "nobody";
  /** @type {HTMLElement} */ (trial.querySelector('[data-cap="usual"]')).hidden = name === "nobody";
  trial.querySelector("[data-frames]").replaceChildren();
  fit();
  showFrame();
}

function begin() {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, AFTER_MS);
  };
  const pick = /** @type {HTMLInputElement} */ (part("data-pick"));
  const brand = field("brand");
  const follow = () => {
    if (isColour(brand.value)) pick.value = brand.value;
    for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".swatch")))
      swatch.setAttribute("aria-pressed", String(swatch.title === brand.value.toLowerCase()));
  };
  pick.hidden = brand.disabled;
  follow();
  pick.addEventListener("input", () => {
    brand.value = pick.value;
    follow();
  });
  brand.addEventListener("input", follow);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  showColours(brand.disabled ? [] : part("data-colours").dataset.colours.split(" ").filter(Boolean));
  if (trial) {
    trial.hidden = false;
    for (const tab of /** @type {NodeListOf<HTMLElement>} */ (trial.querySelectorAll("[data-view]")))
      tab.addEventListener("click", () => choose(tab.dataset.view));
    choose(isNarrow() ? "phone" : "computer");
    new ResizeObserver(fit).observe(trial.querySelector("[data-stage]"));
  }
  if (!brand.disabled) refresh();
}

if (form) begin();

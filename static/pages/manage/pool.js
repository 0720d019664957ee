// The pool's page follows the pool: each 2 s it asks for the parts that are new, and lays them over what stands there.
// Whatever has an id stays the same element, so focus, open details and scroll are kept. Clocks go here and aren't
// fetched. Without this script the page is refreshed by hand.

const EVERY_MS = 2000;
const OLD_AFTER_MS = 5000;
// Nothing moves under a pointer that is on its way to a button.
const STILL_MS = 400;
// Shares of a promise from which its clock looks pressing; as agency/domain/promise/sla.py has them.
const ATTENTION = 0.5;
const NOW = 0.8;

const pool = document.getElementById("pool");
const at = document.getElementById("pool-at");
const form = /** @type {HTMLFormElement} */ (document.getElementById("pool-filters"));
const stale = document.getElementById("pool-stale");
const refresh = /** @type {HTMLElement} */ (document.querySelector("[data-refresh]"));
const LIVE_TITLE = document.title;
const words = pool.dataset;
let heardAt = performance.now();
let heardTime = timeIn(at.textContent);
let ahead = Number(words.now) * 1000 - performance.now();
let movedAt = -Infinity;
let pressed = false;
let running = null;

function timeIn(text) {
  return text.match(/\d\d:\d\d:\d\d/)[0];
}

/** Make `from` what `to` is, keeping the elements that are the same: by id, else by place and name. */
function lay(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  if (from.isEqualNode(to)) return;
  for (const { name } of [...from.attributes]) {
    // Details that somebody opened stay open.
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  // A clock keeps its face: it is set by the moment.
  if (from.dataset?.due || from.dataset?.since) return;
  const named = new Map([...from.children].filter((one) => one.id).map((one) => [one.id, one]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const same = wanted.id ? named.get(wanted.id) : alike(at, wanted) ? at : null;
    if (!same) {
      from.insertBefore(wanted, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else from.insertBefore(same, at);
    lay(same, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(one, other) {
  return one && !one.id && one.nodeType === other.nodeType && one.nodeName === other.nodeName;
}

/** @returns {HTMLElement[]} */
function within(element, selector) {
  return [...element.querySelectorAll(selector)];
}

/** Lay the parts that came over those that stand here. */
function show(text) {
  const came = document.createElement("div");
  came.innerHTML = text;
  const root = /** @type {HTMLElement} */ (came.firstElementChild);
  const focused = document.activeElement;
  const kept = pool.contains(focused) && focused.id ? focused.id : "";
  for (const part of [...root.children]) lay(document.getElementById(part.id), part);
  words.is = root.dataset.is;
  ahead = Number(root.dataset.now) * 1000 - performance.now();
  tick();
  // A row that moved was taken out for a moment, and with it the focus.
  if (kept && document.activeElement?.id !== kept) document.getElementById(kept)?.focus({ preventScroll: true });
}

/** Name the parts that stand here, as `name=mark`; the server sends those that differ. */
function seen() {
  const parts = within(pool, ":scope > [data-is]").filter((one) => one.dataset.is);
  const marks = parts.map((one) => `${one.id.replace("pool-", "")}=${one.dataset.is}`);
  return [`pool=${words.is}`, ...marks].join(",");
}

function partUrl() {
  const url = new URL(location.href);
  url.searchParams.set("part", "live");
  url.searchParams.set("seen", seen());
  url.hash = "";
  return url;
}

/** Fetch and show what is new. */
async function follow() {
  running?.abort();
  const mine = (running = new AbortController());
  const limit = setTimeout(() => mine.abort(), OLD_AFTER_MS);
  try {
    const answer = await fetch(partUrl(), { signal: mine.signal, redirect: "manual", cache: "no-store" });
    // Signed out meanwhile: the page itself leads to the door.
    if (answer.type === "opaqueredirect" || answer.status === 404) return location.reload();
    if (!answer.ok) return;
    const text = await answer.text();
    if (answer.status !== 204) {
      await quiet();
      // Somebody asked for something else meanwhile.
      if (mine.signal.aborted) return;
      show(text);
    }
    heardAt = performance.now();
    heardTime = answer.headers.get("Pool-At");
    at.textContent = at.textContent.replace(timeIn(at.textContent), heardTime);
  } catch {
    // The line is away; what is old says so, and the next round tries again.
  } finally {
    clearTimeout(limit);
    judge();
  }
}

async function quiet() {
  const since = performance.now();
  // At most a second: an idle hand on a mouse must not stop the clock.
  while ((pressed || performance.now() - movedAt < STILL_MS) && performance.now() - since < 1000) {
    await new Promise((done) => setTimeout(done, 50));
  }
}

function judge() {
  const old = performance.now() - heardAt > OLD_AFTER_MS;
  pool.classList.toggle("is-old", old);
  refresh.hidden = !old;
  if (stale.hidden === !old) return;
  const [said] = within(stale, "[data-words]");
  said.textContent = old ? said.dataset.words.replace("{at}", heardTime) : "";
  stale.hidden = !old;
  document.title = old ? `(!) ${LIVE_TITLE}` : LIVE_TITLE;
}

/** Every clock shows this moment. */
function tick() {
  const now = (performance.now() + ahead) / 1000;
  for (const clock of within(pool, "[data-since]")) {
    write(clock, lasted(Math.max(0, Math.floor(now - Number(clock.dataset.since)))));
  }
  for (const clock of within(pool, "[data-due]")) {
    const left = Number(clock.dataset.due) - now;
    if (left < 0) late(clock, Math.floor(-left));
    else counting(clock, left, 1 - left / Number(clock.dataset.of));
  }
}

function late(clock, n) {
  const face = faceOf(clock, "chip chip--late", "span");
  write(face, `+${Math.floor(n / 60)}:${String(n % 60).padStart(2, "0")}`);
  face.setAttribute("aria-label", count(n, words.pastOne, words.past));
}

function counting(clock, left, passed) {
  const look = passed >= NOW ? "u80" : passed >= ATTENTION ? "u50" : "u0";
  const n = Math.ceil(left);
  const face = faceOf(clock, `arc arc--${look}`, "template");
  write(face.querySelector(".arc__n"), String(n));
  const share = Math.round(Math.min(1, Math.max(0, passed)) * 100);
  face.querySelector(".arc__fill").setAttribute("stroke-dasharray", `${share} 200`);
  face.setAttribute("aria-label", count(n, words.leftOne, words.left));
}

/** The one element in a clock, made anew where it was of another kind. */
function faceOf(clock, name, kind) {
  let face = clock.firstElementChild;
  if (!face || face.classList[0] !== name.split(" ")[0]) {
    face = kind === "span" ? document.createElement("span") : arc.content.firstElementChild.cloneNode(true);
    face.setAttribute("role", "img");
    clock.replaceChildren(face);
  }
  if (face.className !== name) face.className = name;
  return face;
}

const arc = document.createElement("template");
arc.innerHTML =
  '<span><svg class="arc__svg" viewBox="0 0 36 21" aria-hidden="true">' +
  '<path class="arc__track" d="M4 18a14 14 0 0 1 28 0" pathLength="100"/>' +
  '<path class="arc__fill" d="M4 18a14 14 0 0 1 28 0" pathLength="100"/>' +
  '</svg><span class="arc__n" aria-hidden="true"></span></span>';

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function count(n, one, many) {
  return (n === 1 ? one : many).replace("{n}", n);
}

function lasted(n) {
  const [unit, figures] =
    n < 60 ? ["s", { n }] : n < 3600 ? ["min", { m: Math.floor(n / 60), s: n % 60 }] : ["h", hours(n)];
  return Object.entries(figures)
    .reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), words[unit])
    .replaceAll(" ", "\u00a0");
}

function hours(n) {
  const minutes = Math.ceil(n / 60);
  return { h: Math.floor(minutes / 60), m: minutes % 60 };
}

async function run() {
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (!document.hidden) await follow();
  }
}

/** Another look at the same page, without leaving it. */
function go(address) {
  history.pushState(null, "", address);
  movedAt = -Infinity;
  const { hash } = new URL(address, location.href);
  follow().then(() => hash && document.getElementById(hash.slice(1))?.scrollIntoView({ block: "nearest" }));
}

/** The form says what the address asks for. */
function fillIn() {
  const asked = new URL(location.href).searchParams;
  /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */
  const fields = form.querySelectorAll("[name]");
  for (const field of fields) field.value = asked.get(field.name) ?? "";
}

pool.addEventListener("pointermove", () => (movedAt = performance.now()));
pool.addEventListener("pointerdown", () => (pressed = true));
for (const over of ["pointerup", "pointercancel"]) addEventListener(over, () => (pressed = false));
document.addEventListener("visibilitychange", () => !document.hidden && follow());
addEventListener("popstate", () => {
  fillIn();
  follow();
});
// Links to this page with another query open in place.
pool.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest('a[href^="?"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(link.getAttribute("href"));
  fillIn();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) asked.append(name, String(value));
  go(`?${asked}#desks`);
});
refresh.addEventListener("click", (event) => {
  event.preventDefault();
  follow();
});
refresh.hidden = true;
setInterval(tick, 1000);
setInterval(judge, 1000);
tick();
run();

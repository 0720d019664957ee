// The pool's page follows the pool: its own changing part, fetched each 2 s and laid over what stands there. Whatever has
// an id stays the same element, so focus, open details and scroll are kept. Without this script the page is refreshed by hand.

const EVERY_MS = 2000;
const OLD_AFTER_MS = 5000;
// Nothing moves under a pointer that is on its way to a button.
const STILL_MS = 400;

const pool = document.getElementById("pool");
const stale = document.getElementById("pool-stale");
const refresh = document.querySelector("[data-refresh]");
const LIVE_TITLE = document.title;
let heardAt = performance.now();
let heardTime = timeOf(pool);
let movedAt = -Infinity;
let pressed = false;
let running = null;

function timeOf(root) {
  return root.querySelector("[data-at]").dataset.at;
}

/** Make `from` what `to` is, keeping the elements that are the same: by id, else by place and name. */
function lay(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  if (from.isEqualNode(to)) return;
  for (const { name } of [...from.attributes]) {
    // What somebody opened stays open.
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
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

function show(text) {
  const part = document.createElement("div");
  part.innerHTML = text;
  const focused = document.activeElement;
  const kept = pool.contains(focused) && focused.id ? focused.id : "";
  part.id = pool.id;
  part.className = pool.className;
  lay(pool, part);
  // A row that moved was taken out for a moment, and with it the focus.
  if (kept && document.activeElement?.id !== kept) document.getElementById(kept)?.focus({ preventScroll: true });
}

function partUrl() {
  const url = new URL(location.href);
  url.searchParams.set("part", "live");
  url.hash = "";
  return url;
}

/** Fetch and show what is now; false if that failed. */
async function follow() {
  running?.abort();
  running = new AbortController();
  const limit = setTimeout(() => running.abort(), OLD_AFTER_MS);
  try {
    const answer = await fetch(partUrl(), { signal: running.signal, redirect: "manual", cache: "no-store" });
    // Signed out meanwhile: the page itself leads to the door.
    if (answer.type === "opaqueredirect" || answer.status === 404) return location.reload();
    if (!answer.ok) return;
    const text = await answer.text();
    await quiet();
    show(text);
    heardAt = performance.now();
    heardTime = timeOf(pool);
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
  const words = stale.querySelector("[data-words]");
  words.textContent = old ? words.dataset.words.replace("{at}", heardTime) : "";
  stale.hidden = !old;
  document.title = old ? `(!) ${LIVE_TITLE}` : LIVE_TITLE;
}

async function run() {
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (!document.hidden) await follow();
  }
}

pool.addEventListener("pointermove", () => (movedAt = performance.now()));
pool.addEventListener("pointerdown", () => (pressed = true));
for (const over of ["pointerup", "pointercancel"]) addEventListener(over, () => (pressed = false));
document.addEventListener("visibilitychange", () => !document.hidden && follow());
addEventListener("popstate", follow);
// Links that open something on this page do so in place.
pool.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  movedAt = -Infinity;
  follow();
});
refresh.addEventListener("click", (event) => {
  event.preventDefault();
  follow();
});
refresh.hidden = true;
setInterval(judge, 1000);
run();

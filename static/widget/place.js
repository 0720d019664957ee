// Where the widget stands in a page that isn't ours: an element of its own beside the body, that comes back when it is
// removed.

// The page's own shortcuts, focus traps and locks of scrolling must not hear what is done in here.
const OURS = [
  "keydown",
  "keyup",
  "keypress",
  "beforeinput",
  "input",
  "paste",
  "copy",
  "cut",
  "focusin",
  "focusout",
  "wheel",
  "touchmove",
];
const STYLE =
  "all: initial; display: block; position: fixed; inset-block-end: 0; inset-inline-end: 0; z-index: 2147483000;";
// A panel and the room beside it, a button and the room over it: so far is the next site on the same page.
const ASIDE_PX = 400;
const UP_PX = 64;
// A page that takes us out again and again is not fought more often than this.
const BACK_MS = 200;
const IDLE_MS = 2000;

/**
 * @param nth how many other sites' widgets came before, on this page
 * @param attached called each time the element is put into the page
 * @param erased called when it can't be: the document was written anew, which takes every listener off every element in
 *   it
 * @returns {{host: HTMLElement, root: ShadowRoot}}
 */
export function makePlace(key, nth, attached, erased) {
  const host = document.createElement("balie-chat");
  host.dataset.site = key;
  host.style.cssText = `${STYLE.replace(/;/g, " !important;")} --aside: ${nth * ASIDE_PX}px; --up: ${nth * UP_PX}px`;
  const root = host.attachShadow({ mode: "open" });
  for (const type of OURS) host.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
  const watch = new MutationObserver(() => host.isConnected || wait());
  let waiting = 0;
  let alive = false;
  host.addEventListener("balie-alive", () => (alive = true));

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(attach, BACK_MS);
  }

  // Beside the body, out of reach of its rules and of frameworks that replace its content; in the top layer, which no
  // transform of the page moves.
  function attach() {
    if (document.readyState === "loading" || !document.documentElement) return wait();
    watch.disconnect();
    alive = false;
    host.dispatchEvent(new Event("balie-alive"));
    if (!alive) return erased();
    document.documentElement.append(host);
    watch.observe(document, { childList: true });
    watch.observe(document.documentElement, { childList: true });
    try {
      host.popover = "manual";
      host.showPopover();
    } catch {
      // Browsers before 2024: fixed, as far as the page leaves that alone.
    }
    zoom();
    attached();
  }

  function zoom() {
    const page = Number(getComputedStyle(document.documentElement).zoom);
    host.style.setProperty("zoom", `${1 / (page || 1)}`, "important");
  }

  // A page that takes over its whole document (hydration) finds it as the server wrote it.
  function settle() {
    if (document.readyState === "loading") setTimeout(settle, BACK_MS);
    else if (window.requestIdleCallback) requestIdleCallback(attach, { timeout: IDLE_MS });
    else setTimeout(attach, BACK_MS);
  }

  settle();
  window.addEventListener("resize", zoom);
  return { host, root };
}

/** Dark where the device asks for it and the page says that it can be: a dark panel on a light page is a hole in it. */
export function wantsDark() {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=color-scheme]"));
  const page = `${getComputedStyle(document.documentElement).colorScheme} ${meta?.content}`;
  return page.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches;
}

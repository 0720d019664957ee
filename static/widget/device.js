// What the browser lends us: the page's address, storage, and a little sound.

import { toJson } from "./basics.js";
import { localFacts, pageFacts, tabFacts } from "./kept.js";

/** Return the facts of this page that we tell the server. */
export function currentPage() {
  const { title, referrer } = document;
  return pageFacts({ url: location.href, title, referrer });
}

/** Call back when the address changed without a page load. Returns a function that ends it. */
export function watchPages(changed) {
  let last = location.href;
  const look = () => {
    if (location.href === last) return;
    last = location.href;
    // Frameworks set the title right after the address.
    setTimeout(changed, 50);
  };
  window.addEventListener("popstate", look);
  window.addEventListener("hashchange", look);
  const history = window.navigation;
  history?.addEventListener?.("currententrychange", look);
  // Browsers without the Navigation API say nothing of pushState, so look once a second there.
  const timer = history ? 0 : setInterval(look, 1000);
  return () => {
    window.removeEventListener("popstate", look);
    window.removeEventListener("hashchange", look);
    history?.removeEventListener?.("currententrychange", look);
    clearInterval(timer);
  };
}

// What stays on the visitor's device, and only after they opened the panel. `local` is shared by
// tabs and visits (token, chat), `tab` belongs to this tab (open panel, draft, unsent texts). Where
// storage is denied everything lives in memory, and the chat works for as long as the page.

/**
 * @param open () => Storage; may throw, as browsers do where storage is denied.
 * @param checked what of the kept value is of our own shape
 */
export function makeShelf(key, open, checked) {
  let memory = read(key, open, checked);
  // Another tab may have written since.
  const fresh = () => (memory = { ...memory, ...read(key, open, checked) });
  return {
    get: () => memory,
    put(change) {
      memory = { ...fresh(), ...change };
      write(key, open, memory);
      return memory;
    },
    fresh,
  };
}

/** The two shelves of one site; `lends` has the browser's storage. */
export function makeStore(siteKey, lends = window) {
  const key = `balie.${siteKey}`;
  return {
    local: makeShelf(key, () => lends.localStorage, localFacts),
    tab: makeShelf(key, () => lends.sessionStorage, tabFacts),
  };
}

function read(key, open, checked) {
  try {
    return checked(JSON.parse(open().getItem(key)));
  } catch {
    return {};
  }
}

function write(key, open, value) {
  try {
    open().setItem(key, toJson(value));
  } catch {
    // Denied or full: memory has it.
  }
}

// A knock on the counter, made on the spot: no file to fetch, so no policy to ask.
let audio = null;

/** Browsers let sound begin only from something the visitor did, such as sending a text. */
export function allowSound() {
  try {
    audio ||= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
  } catch {
    audio = null;
  }
}

/** 440 Hz for 60 ms, like knuckles on wood; silent until `allowSound`. */
export function knock() {
  if (audio?.state !== "running") return;
  const now = audio.currentTime;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.setValueAtTime(440, now);
  tone.frequency.exponentialRampToValueAtTime(180, now + 0.06);
  volume.gain.setValueAtTime(0.25, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + 0.06);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + 0.07);
}

/** Milliseconds like a date's that keep their pace, whatever the device's clock is set to. */
export const pace = () => performance.timeOrigin + performance.now();

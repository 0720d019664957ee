// Which greeting a page gets: the same rules as chat/domain/targeting.py, under the same names. A test asks both sides
// the same questions, so they can't drift apart.

import { pairs } from "../basics.js";

const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/;

// Each says how much a greeting's value under its name says about the visit, or -Infinity where it doesn't fit.
export const RULES = {
  __proto__: null,
  patterns(patterns, { url }) {
    const path = pathOf(url);
    const fits = patterns.filter((pattern) => matches(pattern, path));
    return Math.max(...fits.map((pattern) => [...pattern.replace(/[*?]/g, "")].length));
  },
};

/** What rules may know of this page. */
export function visit() {
  return { url: location.href };
}

/** The greeting whose rules say most about the visit, or null. */
export function chooseGreeting(greetings, visit) {
  let best = null;
  let most = -1;
  for (const greeting of greetings) {
    let weight = 0;
    for (const [name, wanted] of pairs(greeting)) weight += RULES[name]?.(wanted, visit) ?? 0;
    if (weight > most) {
      best = greeting;
      most = weight;
    }
  }
  return best;
}

/** The decoded path of an address, "/" when it has none. */
export function pathOf(url) {
  const path = /^[^?#]*/.exec(url.replace(ORIGIN, ""))[0] || "/";
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Whether a shell-style pattern matches the whole path. Only the last star is ever gone back to:
 * a regular expression made from many stars could hang on a hostile address.
 */
export function matches(pattern, path) {
  const want = [...pattern];
  const have = [...path];
  let at = 0;
  let here = 0;
  let star = -1;
  let resume = 0;
  while (here < have.length) {
    if (want[at] === "*") {
      star = at;
      resume = here;
      at += 1;
    } else if (at < want.length && (want[at] === "?" || want[at] === have[here])) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      resume += 1;
      at = star + 1;
      here = resume;
    } else {
      return false;
    }
  }
  return want.slice(at).every((c) => c === "*");
}

// Which greeting a page gets: the same rule as chat/domain/targeting.py. Both read
// tests/parity/greetings.json, so they can't drift apart.

const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/;

/** The greeting whose matching pattern says most about the page, or null. */
export function chooseGreeting(greetings, url) {
  const path = pathOf(url);
  let best = null;
  let bestLength = -1;
  for (const greeting of greetings) {
    for (const pattern of greeting.patterns) {
      const length = [...pattern].filter((c) => c !== "*" && c !== "?").length;
      if (length > bestLength && matches(pattern, path)) {
        best = greeting;
        bestLength = length;
      }
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

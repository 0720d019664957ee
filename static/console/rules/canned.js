// Canned replies, pure: which one is being looked for, and what its variables become.

const VARIABLE = /\{(\w+)\}/g;
// At the start of a word, so that 1/2 and web addresses stay what they are.
const ASKED = /(^|\s)\/([\p{L}\p{N}_-]*)$/u;

/** Find the `/word` before the caret, or null. @returns {{query: string, from: number} | null} */
export function askedFor(text, caret) {
  const found = ASKED.exec(text.slice(0, caret));
  return found ? { query: found[2], from: caret - found[2].length - 1 } : null;
}

/** The company's canned replies in the chat's language; without any, all of them. */
export function repliesIn(texts, language) {
  const canned = texts.filter((text) => text.kind === "canned");
  const own = canned.filter((text) => text.language === language);
  return own.length ? own : canned;
}

/** Those that fit a query: shortcut first, then title. */
export function matching(replies, query) {
  const wanted = query.toLowerCase();
  const byKey = replies.filter((reply) => reply.key.toLowerCase().startsWith(wanted));
  const byTitle = replies.filter((reply) => !byKey.includes(reply) && reply.title.toLowerCase().includes(wanted));
  return [...byKey, ...byTitle];
}

/** A text in pieces: `{text}` for its words, `{text, filled}` for a variable and whether we know its value. */
export function pieces(body, values) {
  const found = [];
  let from = 0;
  for (const match of body.matchAll(VARIABLE)) {
    if (match.index > from) found.push({ text: body.slice(from, match.index) });
    const value = values[match[1]];
    found.push({ text: value || match[0], filled: Boolean(value) });
    from = match.index + match[0].length;
  }
  if (from < body.length) found.push({ text: body.slice(from) });
  return found;
}

/** A text with its variables filled as far as we know them. */
export function filled(body, values) {
  return pieces(body, values)
    .map((piece) => piece.text)
    .join("");
}

/** The variables still open in a text: `{start, end, name}` each. */
export function gaps(text) {
  return [...text.matchAll(VARIABLE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    name: match[1],
  }));
}

/** Return the values of the variables, under their Dutch and English names. */
export function valuesFor({ visitor, operator, company }) {
  return { naam: visitor, name: visitor, operator, medewerker: operator, bedrijf: company, company };
}

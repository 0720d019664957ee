// How a text came about, pure: the canned reply that it was made from, and the company's texts that lay beside it.

// Edits are counted as far as this: a text that lies further off has little left of its reply.
export const MOST_EDITS = 200;

/** The text of a kind that an operator sees beside a chat: in its language, else another; null if there is none. */
export function textIn(texts, kind, language) {
  const own = texts.filter((text) => text.kind === kind);
  return own.find((text) => text.language === language) ?? own[0] ?? null;
}

/** A canned reply as it was put into the box. `edits`: those made before, where a refused text came back. */
export function replyOf({ id, version }, words, edits = 0) {
  return { text: id, version, words, edits };
}

/** The canned reply of a text that was refused and comes back to be written on, or null: it was typed. */
export function replyIn({ body, provenance }) {
  if (!provenance?.text) return null;
  return replyOf({ id: provenance.text, version: provenance.version }, body, provenance.distance);
}

/**
 * What goes with a text that is sent.
 * @param {import("../types.js").Facts} sent `body`, the `reply` in the box, the chat's `language`, and the company's
 * `texts`: undefined before they are here.
 */
export function provenanceOf({ body, reply, texts, language }) {
  const found = reply
    ? { source: "canned", text: reply.text, version: reply.version, distance: editsOf(reply, body) }
    : { source: "typed" };
  for (const kind of ["script", "instruction"]) {
    const beside = textIn(texts ?? [], kind, language);
    if (beside) found[kind] = beside.id;
  }
  return found;
}

function editsOf({ words, edits }, body) {
  return Math.min(MOST_EDITS, edits + distance(words, body, MOST_EDITS));
}

/** Characters to put in, take out or change to make one text of the other (Levenshtein), or `most` if it is more. */
export function distance(one, other, most) {
  let [a, b] = [[...one], [...other]];
  if (a.length > b.length) [a, b] = [b, a];
  let from = 0;
  while (from < a.length && a[from] === b[from]) from += 1;
  let same = 0;
  while (same < a.length - from && a[a.length - 1 - same] === b[b.length - 1 - same]) same += 1;
  a = a.slice(from, a.length - same);
  b = b.slice(from, b.length - same);
  if (b.length - a.length >= most) return most;
  return inBand(a, b, most);
}

// Whoever is further than `most` beside the diagonal is further than `most` away: only that band is worked out, with
// `most` at both its edges. Two texts of 4,000 characters are 1.6 million steps instead of 16.
function inBand(a, b, most) {
  let row = Int32Array.from({ length: b.length + 2 }, (_, at) => at);
  let next = new Int32Array(b.length + 2);
  for (let i = 1; i <= a.length; i += 1) {
    const first = Math.max(1, i - most);
    const last = Math.min(b.length, i + most);
    next[first - 1] = first === 1 ? i : most;
    for (let j = first; j <= last; j += 1) {
      const kept = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(kept, row[j] + 1, next[j - 1] + 1);
    }
    next[last + 1] = most;
    [row, next] = [next, row];
  }
  return Math.min(most, row[b.length]);
}

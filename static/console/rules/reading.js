// What changed in an instruction, made fit to read, pure: the changes whole, what stayed the same folded away.

// Unchanged lines kept in sight on either side of a change; fewer than that between two aren't worth a fold.
const NEAR = 2;

/**
 * The parts in order, with long unchanged stretches folded.
 * @param parts {{kind: string, text: string}[]} As the server sends them: same, added, removed.
 * @returns {{kind: string, text: string, lines?: number}[]} kind `fold` has the number of its lines.
 */
export function fold(parts) {
  return parts.flatMap((part, at) =>
    part.kind === "same" ? folded(part.text, at > 0, at < parts.length - 1) : [part],
  );
}

/** Whether anything changed against a version that was read: else the whole text is new to the reader. */
export function isChange({ from_major, parts }) {
  return from_major > 0 && parts.some((part) => part.kind !== "same");
}

/** @returns {{kind: string, text: string, lines?: number}[]} */
function folded(text, after, before) {
  const lines = text.split("\n");
  // A text that ends a line has an empty piece behind it, which is no line to read.
  const head = after ? NEAR : 0;
  const tail = before ? NEAR + 1 : 0;
  const inner = lines.slice(head, lines.length - tail);
  const count = inner.filter((line) => line.trim()).length;
  if (count <= NEAR) return [{ kind: "same", text }];
  /** @type {{kind: string, text: string, lines?: number}[]} */
  const found = [{ kind: "fold", text: inner.join("\n"), lines: count }];
  if (head) found.unshift({ kind: "same", text: `${lines.slice(0, head).join("\n")}\n` });
  if (tail) found.push({ kind: "same", text: lines.slice(lines.length - tail).join("\n") });
  return found;
}

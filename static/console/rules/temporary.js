// Words that hold for a while, pure: a company's notices beside its chats, each gone at its end without any news.

/**
 * The notices of a company that haven't ended, those that end first on top.
 * @param {import("../types.js").WireText[]} texts
 * @param {number} now Milliseconds.
 */
export function temporary(texts, now) {
  return texts
    .filter((text) => text.kind === "notice" && Date.parse(text.data.until) > now)
    .sort((one, other) => Date.parse(one.data.until) - Date.parse(other.data.until));
}

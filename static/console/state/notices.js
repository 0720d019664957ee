// What is told on top of the chat, pure: one notice for what happened at once, however many chats and texts it touched.

/**
 * Notices out of what was refused or left (`refusals`), and texts that were not sent (`unsent`).
 * @returns {{refusals: object[], texts: object[]}[]} `refusals` of one kind and one person, oldest first; with the
 *   texts of their chats. Texts of chats of which nothing else is to be told come last, one notice for each chat.
 */
export function noticesOf(refusals, unsent) {
  const notices = [];
  for (const refusal of refusals) {
    const known =
      refusal.code.startsWith("gone.") &&
      notices.find(({ refusals: [one] }) => one.code === refusal.code && one.to === refusal.to);
    if (known) known.refusals.push(refusal);
    else notices.push({ refusals: [refusal], texts: [] });
  }
  for (const item of unsent) {
    const of = (one) => one.about?.chat_id && one.about.chat_id === item.about.chat_id;
    const known = notices.find((notice) => [...notice.refusals, ...notice.texts].some(of));
    if (known) known.texts.push(item);
    else notices.push({ refusals: [], texts: [item] });
  }
  return notices;
}

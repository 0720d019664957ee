// In what order chats stand, pure: by seconds left on each promise, and never changed under somebody's hand.

// What we aim for between a visitor's text and ours once the first answer is given. Not a promise to anybody.
export const FOLLOW_UP_SECONDS = 60;
// The server closes a silent visitor's chat; the card says so in its last minute.
export const IDLE_SHOWN = 60;

/** Seconds since an ISO time. */
export function since(iso, now) {
  return (now - Date.parse(iso)) / 1000;
}

/**
 * How a chat stands against its clock.
 * @returns {{first: boolean, left: number, share: number, urgency: string}} `urgency`: calm, attention, now, late.
 */
export function pressure(entry, now) {
  const first = !entry.first_human_at;
  const allowed = first ? entry.promise_seconds : FOLLOW_UP_SECONDS;
  const passed = since(first ? entry.arrived_at : entry.turn_at, now);
  const share = passed / allowed;
  return { first, left: allowed - passed, share, urgency: urgencyOf(share) };
}

/** calm under 50 % of the time, attention under 80 %, now under 100 %, late from then on. */
export function urgencyOf(share) {
  if (share >= 1) return "late";
  if (share >= 0.8) return "now";
  return share >= 0.5 ? "attention" : "calm";
}

/** Which part of the list a chat belongs to. */
export function sectionOf(entry) {
  if (entry.state === "wrap_up") return "wrap_up";
  return entry.turn === "operator" ? "mine" : "theirs";
}

/**
 * The three parts of the list, each with chat ids in order.
 * @returns {import("../types.js").Parts}
 */
export function arrange(chats, now) {
  const parts = { mine: [], theirs: [], wrap_up: [] };
  for (const chat of chats) parts[sectionOf(chat.entry)].push(chat.entry);
  const left = (entry) => pressure(entry, now).left;
  return {
    mine: inOrder(parts.mine, left),
    theirs: inOrder(parts.theirs, (entry) => Date.parse(entry.turn_at)),
    wrap_up: inOrder(parts.wrap_up, (entry) => Date.parse(entry.wrap_up_at)),
  };
}

/**
 * The arrangement to show while somebody's hand is on the list: as it stood, without what left, with what came at the
 * end.
 * @param {import("../types.js").Parts} shown
 * @param {import("../types.js").Parts} wanted
 */
export function hold(shown, wanted) {
  const alive = new Set(Object.values(wanted).flat());
  const standing = new Set(Object.values(shown).flat());
  const held = (part) => [
    ...shown[part].filter((id) => alive.has(id)),
    ...wanted[part].filter((id) => !standing.has(id)),
  ];
  return { mine: held("mine"), theirs: held("theirs"), wrap_up: held("wrap_up") };
}

/**
 * What a heading says of the chats under it: of each section how many, the part's own first. A part that stands still
 * may hold others.
 */
export function counted(part, entries) {
  const counts = new Map([[part, 0]]);
  for (const section of entries.map(sectionOf)) counts.set(section, (counts.get(section) ?? 0) + 1);
  return [...counts].filter(([, n]) => n > 0);
}

/** Every chat in the order of the list. */
export function flat(parts) {
  return [...parts.mine, ...parts.theirs, ...parts.wrap_up];
}

/** The chat beside `id` in the list, `step` being 1 or -1; round the ends. */
export function neighbour(parts, id, step) {
  const ids = flat(parts);
  if (!ids.length) return null;
  const at = ids.indexOf(id);
  if (at < 0) return ids[0];
  return ids[(at + step + ids.length) % ids.length];
}

/** The chat that needs somebody most, or null. */
export function mostUrgent(chats, now) {
  return flat(arrange(chats, now))[0] ?? null;
}

function inOrder(entries, key) {
  return entries
    .map((entry) => ({ id: entry.chat_id, key: key(entry) }))
    .sort((one, other) => one.key - other.key || (one.id < other.id ? -1 : 1))
    .map(({ id }) => id);
}

// The console's keys, pure. By physical key with Alt, never with Ctrl, Cmd or AltGraph, so @ and the euro keep working.

export const KEYS = [
  { id: "accept", code: "KeyA", shown: "A" },
  { id: "decline", code: "KeyA", shift: true, shown: "A" },
  { id: "urgent", code: "KeyN", shown: "N" },
  { id: "previous", code: "ArrowUp", shown: "↑" },
  { id: "next", code: "ArrowDown", shown: "↓" },
  { id: "nth", code: "Digit", shown: "1..9" },
  { id: "wrap_up", code: "KeyW", shown: "W" },
  { id: "note", code: "KeyI", shown: "I" },
  { id: "newest", code: "KeyJ", shown: "J" },
  { id: "transfer", code: "KeyO", shown: "O" },
  { id: "requeue", code: "KeyO", shift: true, shown: "O" },
  { id: "script", code: "KeyC", shown: "C" },
  { id: "knowledge", code: "KeyK", shown: "K" },
  { id: "reading", code: "KeyR", shown: "R" },
  { id: "floor", code: "KeyG", shown: "G" },
  { id: "call", code: "KeyU", shown: "U" },
  { id: "break", code: "KeyQ", shown: "Q" },
];

// Keys of the places themselves: told on the map, handled where they work.
export const PLACE_KEYS = [
  { id: "send", shown: "↵" },
  { id: "line", shown: "Shift ↵" },
  { id: "canned", shown: "/" },
  { id: "fill", shown: "Tab" },
  { id: "leave", shown: "Esc" },
  { id: "map", shown: "?" },
];

/** The digit that stands for each outcome in the wrap-up bar. */
export const OUTCOMES = [
  { digit: 1, outcome: "resolved" },
  { digit: 2, outcome: "lead" },
  { digit: 3, outcome: "follow_up" },
  { digit: 4, outcome: "no_answer_needed" },
  { digit: 5, outcome: "wrong_site" },
  { digit: 6, outcome: "test" },
  { digit: 9, outcome: "spam" },
];

/**
 * Find what a key press asks for.
 * @returns {{id: string, n?: number} | null} `n` (1 to 9) with nth.
 */
export function actionFor(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.getModifierState?.("AltGraph")) return null;
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (digit) return event.shiftKey ? null : { id: "nth", n: Number(digit[1]) };
  const key = KEYS.find((one) => one.code === event.code && Boolean(one.shift) === event.shiftKey);
  return key ? { id: key.id } : null;
}

/** The outcome of a digit pressed without modifiers, or null. */
export function outcomeFor(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  return OUTCOMES.find((one) => one.digit === Number(digit?.[1]))?.outcome ?? null;
}

/** How a key is written: "Alt A", on a Mac "⌥ A". */
export function label(id, mac = isMac()) {
  const key = KEYS.find((one) => one.id === id);
  if (!key) return PLACE_KEYS.find((one) => one.id === id).shown;
  const shift = key.shift ? (mac ? "⇧ " : "Shift ") : "";
  return `${mac ? "⌥" : "Alt"} ${shift}${key.shown}`;
}

function isMac() {
  return typeof navigator !== "undefined" && /^Mac/.test(navigator.platform ?? "");
}

// What stays on the visitor's device, and only after they opened the panel. `local` is shared by
// tabs and visits (token, chat), `tab` belongs to this tab (open panel, draft, unsent texts).
// Where storage is denied everything lives in memory and the chat works for as long as the page.

/** @param open () => Storage; may throw, as browsers do where storage is denied. */
export function makeShelf(key, open) {
  let memory = read(key, open);
  return {
    get: () => memory,
    put(change) {
      memory = { ...memory, ...change };
      write(key, open, memory);
      return memory;
    },
    // Another tab may have written since.
    fresh: () => (memory = { ...memory, ...read(key, open) }),
  };
}

/** The two shelves of one site. */
export function makeStore(siteKey) {
  const key = `balie.${siteKey}`;
  return {
    local: makeShelf(key, () => window.localStorage),
    tab: makeShelf(key, () => window.sessionStorage),
  };
}

function read(key, open) {
  try {
    const value = JSON.parse(open().getItem(key));
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

function write(key, open, value) {
  try {
    open().setItem(key, JSON.stringify(value));
  } catch {
    // Denied or full: memory has it.
  }
}

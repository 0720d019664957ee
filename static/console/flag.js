// A yes or no that the browser keeps for us. Where it keeps nothing, the answer lives as long as the page.

/** Whether it was said to be so; `storage` is () => Storage, which may throw. */
export function readFlag(storage, key) {
  try {
    return storage().getItem(key) === "1";
  } catch {
    return false;
  }
}

/** Keep the answer. */
export function writeFlag(storage, key, on) {
  try {
    storage().setItem(key, on ? "1" : "0");
  } catch {
    // Denied or full.
  }
}

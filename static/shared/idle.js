// Work that can wait until the browser has nothing better to do.

// Safari has no idle time to ask for: after the frame that is due.
const SOON_MS = 30;

/** Call `work` in idle time, at the latest after `ms`. Returns a function that takes it back. */
export function whenIdle(work, ms = 500) {
  if (typeof requestIdleCallback === "function") {
    const asked = requestIdleCallback(work, { timeout: ms });
    return () => cancelIdleCallback(asked);
  }
  const timer = setTimeout(work, SOON_MS);
  return () => clearTimeout(timer);
}

// Time as the server tells it. A device's own clock may be minutes off, or be set meanwhile; only its steady pace is
// trusted.

/**
 * Milliseconds that only ever grow at their own pace; they look like those of a date, and are one where the clock is
 * right.
 */
export function steady() {
  return performance.timeOrigin + performance.now();
}

/** A clock that runs at this device's pace and shows the server's time. */
export function makeClock(read = steady) {
  let offset = 0;
  return {
    /** @param {string} serverTime ISO 8601, as the server stamped a frame that has just come in. */
    set(serverTime) {
      offset = Date.parse(serverTime) - read();
    },
    now: () => read() + offset,
  };
}

/** Whole seconds as m:ss, as in 1:12. Below zero counts as zero. */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The later of two ISO times, either of which may be null. */
export function later(one, other) {
  if (!one) return other;
  if (!other) return one;
  return Date.parse(other) > Date.parse(one) ? other : one;
}

// Making one takes longer than drawing a message: each is made once.
const formats = new Map();

/** Time of day in the reader's own zone: 14:03, or 14:03:41 with seconds. */
export function timeOfDay(iso, language, withSeconds = false) {
  if (!iso) return "";
  const key = `${language} ${withSeconds}`;
  if (!formats.has(key))
    formats.set(
      key,
      new Intl.DateTimeFormat(language, {
        hour: "2-digit",
        minute: "2-digit",
        second: withSeconds ? "2-digit" : undefined,
        hour12: false,
      }),
    );
  return formats.get(key).format(new Date(iso));
}

/** Day and time in the reader's own zone: ma 30 nov, 14:03. */
export function dayAndTime(iso, language) {
  const key = `${language} day`;
  if (!formats.has(key))
    formats.set(
      key,
      new Intl.DateTimeFormat(language, {
        weekday: "short",
        day: "numeric",
        month: "short",
        hour: "2-digit",
        minute: "2-digit",
        hour12: false,
      }),
    );
  return formats.get(key).format(new Date(iso));
}

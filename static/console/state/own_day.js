// An operator's own day in words, pure: the figures are the report's, and so is how they are rounded.

const MINUTE = 60;
// A day before its month in both, and the comma is a browser's own.
const DAYS = { nl: "nl", en: "en-GB" };

/** Seconds as a report prints them: up to the tenth, so that 20.04 s never reads as an answer within 20 s. */
export function answerTime(seconds, language) {
  // What is a whole number of tenths in decimals may lie a hair above it in binary.
  const tenths = Math.ceil(Number((seconds * 10).toFixed(4))) / 10;
  if (tenths < MINUTE) return `${tenths.toLocaleString(language, { maximumFractionDigits: 1 })}\u00a0s`;
  const whole = Math.ceil(Number(seconds.toFixed(5)));
  return `${Math.floor(whole / MINUTE)}\u00a0min ${whole % MINUTE}\u00a0s`;
}

/** A planned time in the reader's own zone: "ma 30 nov", "09:00", "17:00". */
export function shiftWords({ starts_at, ends_at }, language) {
  const day = new Intl.DateTimeFormat(DAYS[language], { weekday: "short", day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
  const [starts, ends] = [new Date(starts_at), new Date(ends_at)];
  return { day: day.format(starts).replace(",", ""), from: time.format(starts), to: time.format(ends) };
}

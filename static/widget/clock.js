// The promise as the visitor sees it, on the server's clock. Pure.

import { hasHumanAnswer } from "./transcript.js";

/**
 * Where a chat stands on its promise: null when it no longer counts, else
 * `{left, passed, share, late}` in whole seconds; `share` is 0 to 1.
 */
export function promiseOf(chat, now) {
  if (!chat || chat.state === "closed" || hasHumanAnswer(chat)) return null;
  const passed = Math.max(0, now - Date.parse(chat.arrivedAt)) / 1000;
  const left = Math.ceil(chat.promise - passed);
  const share = chat.promise > 0 ? Math.min(1, passed / chat.promise) : 1;
  return { left: Math.max(0, left), passed: Math.floor(passed), share, late: left <= 0 };
}

/** Seconds until the next try, at least 0. */
export function secondsUntil(at, now) {
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** "tomorrow at 07:00" and the like, for a moment within reach. */
export function whenWords({ t, time, weekday, date }, at, now) {
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0) return t("at_time", { time: time(at) });
  if (days === 1) return t("tomorrow_at", { time: time(at) });
  return t("day_at", { day: days < 7 ? weekday(at) : date(at), time: time(at) });
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

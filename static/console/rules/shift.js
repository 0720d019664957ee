// What the seat says of somebody's shift and break, pure.

/** The reasons of a break, as the server and the report know them. */
export const BREAKS = ["pause", "lunch", "training", "other"];

/** The reason as one of ours; whatever else it says is a break. */
export function breakOf(reason) {
  return BREAKS.includes(reason) ? reason : "pause";
}

/**
 * Tell why a seat gets no new chats.
 * @returns {{kind: string, minutes: number} | null} `kind`: shift, ended, manager, own. `minutes` left of the shift,
 *   whole, rounded up.
 */
export function drainOf(seat, now) {
  if (!seat?.draining) return null;
  const left = seat.shift_ends_at ? (Date.parse(seat.shift_ends_at) - now) / 60_000 : null;
  if (left !== null && left <= 0) return { kind: "ended", minutes: 0 };
  if (left !== null && seat.drain_reason === "shift") return { kind: "shift", minutes: Math.ceil(left) };
  return { kind: seat.drain_reason === "own" ? "own" : "manager", minutes: 0 };
}

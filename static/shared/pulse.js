// Timers that keep their pace in a hidden tab. A seat's lease lasts 15 s; a page in the background would be called once
// a minute.

import { steady } from "./time.js";

const TICK_MS = 250;
const jobs = [];
let started = false;

/** Call `job` each `ms` (a multiple of 250), hidden or not. */
export function every(ms, job) {
  jobs.push({ ms, job, due: steady() + ms });
  if (!started) start();
}

function start() {
  started = true;
  try {
    const worker = new Worker(new URL("pulse-worker.js", import.meta.url));
    worker.onmessage = tick;
    worker.onerror = () => setInterval(tick, TICK_MS);
  } catch {
    setInterval(tick, TICK_MS);
  }
}

function tick() {
  const now = steady();
  for (const one of jobs) {
    if (now < one.due) continue;
    // After a sleep of the machine once is enough.
    one.due = Math.max(one.due + one.ms, now);
    one.job();
  }
}

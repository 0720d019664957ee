// The console's sounds, made on the spot: no files. Nothing here knows when to make one.

let context = null;
const LOUDEST = 0.9;

/** Make the audio ready without opening it: that takes a browser up to 200 ms, which no click should wait for. */
export function prepare() {
  context ??= new AudioContext();
}

/** Open the audio, if the browser lets us: it does after a click or a key on this page. */
export async function wake() {
  prepare();
  if (context.state === "suspended") await context.resume();
  return context.state === "running";
}

/** Whether a sound made now would be heard. */
export function isAwake() {
  return context?.state === "running";
}

/** Desk bell. `louder`: how many times it rang before; each time 3 dB more, to a cap. */
export function bell(louder = 0) {
  const gain = Math.min(LOUDEST, 0.22 * 10 ** ((3 * louder) / 20));
  // A struck bell: a strong fundamental and inharmonic partials that die sooner.
  for (const [ratio, share, length] of [
    [1, 1, 0.7],
    [2.4, 0.45, 0.4],
    [3.9, 0.25, 0.22],
    [5.4, 0.12, 0.12],
  ]) {
    tone({ hertz: 1320 * ratio, gain: gain * share, length });
  }
}

/** The lead is called: two rising pairs, apart from the bell. `louder` as for the bell. */
export function call(louder = 0) {
  const gain = Math.min(LOUDEST, 0.2 * 10 ** ((3 * louder) / 20));
  for (const [hertz, at] of [
    [740, 0],
    [988, 0.16],
    [740, 0.5],
    [988, 0.66],
  ]) {
    tone({ hertz, gain, length: 0.24, type: "triangle", at });
  }
}

/** Wooden knock: a message in a chat that nobody is looking at. */
export function knock() {
  tone({ hertz: 440, gain: 0.5, length: 0.06, type: "triangle" });
  tone({ hertz: 220, gain: 0.3, length: 0.05, type: "triangle" });
}

/** Two ticks: 80 % of the promise has passed. */
export function ticks() {
  tone({ hertz: 1800, gain: 0.25, length: 0.03, type: "square" });
  tone({ hertz: 1800, gain: 0.25, length: 0.03, type: "square", at: 0.14 });
}

/** Low tone: the promise is broken and still nobody has answered. */
export function low() {
  tone({ hertz: 330, gain: 0.35, length: 0.4 });
}

/** Two notes down: the connection is lost. */
export function down() {
  tone({ hertz: 660, gain: 0.3, length: 0.16 });
  tone({ hertz: 440, gain: 0.3, length: 0.22, at: 0.18 });
}

/** Two notes up: the connection is back. */
export function up() {
  tone({ hertz: 440, gain: 0.3, length: 0.16 });
  tone({ hertz: 660, gain: 0.3, length: 0.22, at: 0.18 });
}

function tone({ hertz, gain, length, type = "sine", at = 0 }) {
  if (!isAwake()) return;
  const begins = context.currentTime + at;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.type = type;
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0, begins);
  volume.gain.linearRampToValueAtTime(gain, begins + 0.004);
  volume.gain.exponentialRampToValueAtTime(0.0001, begins + length);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begins);
  oscillator.stop(begins + length + 0.02);
}

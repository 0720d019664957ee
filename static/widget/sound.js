// A knock on the counter, made on the spot: no file to fetch, so no policy to ask.

let audio = null;

/** Browsers let sound begin only from something the visitor did, such as sending a text. */
export function allowSound() {
  try {
    audio ||= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
  } catch {
    audio = null;
  }
}

/** 440 Hz for 60 ms, like knuckles on wood; silent until `allowSound`. */
export function knock() {
  if (audio?.state !== "running") return;
  const now = audio.currentTime;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.setValueAtTime(440, now);
  tone.frequency.exponentialRampToValueAtTime(180, now + 0.06);
  volume.gain.setValueAtTime(0.25, now);
  volume.gain.exponentialRampToValueAtTime(0.001, now + 0.06);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + 0.07);
}

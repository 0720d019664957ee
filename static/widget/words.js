// The visitor's language: words by key, in the company's tone, and times as that language writes
// them. Only the language in use is fetched.

const LANGUAGES = {
  nl: () => import("./words/nl.js"),
  en: () => import("./words/en.js"),
  de: () => import("./words/de.js"),
  fr: () => import("./words/fr.js"),
};

/** Loads a language (Dutch when it isn't one of ours); `tone` is "je" or "u". */
export async function loadWords(language, tone) {
  const known = Object.keys(LANGUAGES).includes(language) ? language : "nl";
  const catalogue = (await LANGUAGES[known]()).default;
  return { language: known, t: wordsOf(catalogue, tone), ...times(known) };
}

/** t(key, values): the text of a key with its {names} filled in. */
export function wordsOf(catalogue, tone) {
  return (key, values = {}) => {
    const entry = catalogue[key];
    const text = typeof entry === "string" ? entry : entry[tone === "u" ? 1 : 0];
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}

function times(language) {
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
  const date = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });
  return {
    time: (at) => clock.format(at),
    weekday: (at) => weekday.format(at),
    date: (at) => date.format(at),
  };
}

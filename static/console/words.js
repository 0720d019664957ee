// The console's words in the operator's language: <html lang>, which the server writes from the person's setting.

import en from "./words/en.js";
import nl from "./words/nl.js";

export const CATALOGUES = { nl, en };

/** The language of the page; what we don't speak is Dutch. */
export function languageOf(tag) {
  const short = String(tag ?? "")
    .slice(0, 2)
    .toLowerCase();
  return CATALOGUES[short] ? short : "nl";
}

/** A function that words a key: `say("list.empty", {n: 3})`. An unknown key is a mistake of ours and throws. */
export function wordsIn(language) {
  const catalogue = CATALOGUES[language];
  return (key, values = {}) => {
    const text = catalogue[key];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}

/** The server's limits as words print them: characters as the language writes figures, `idle` in minutes. */
export function limitsIn(language, { text, idle, offer }) {
  return { text: text?.toLocaleString(language), idle: Math.round(idle / 60), offer };
}

/** Whether there are words for this key. */
export function hasWords(key) {
  return Object.hasOwn(nl, key);
}

const page = typeof document === "undefined" ? "nl" : document.documentElement.lang;
export const language = languageOf(page);
export const say = wordsIn(language);

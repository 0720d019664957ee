// Whom a chat can go to, pure: what the picker lists for the letters typed, and what a choice asks of the server.

import { clean, isEmpty } from "../../shared/text.js";

// Why somebody can't be asked now, in the order in which they may become free.
const REASONS = ["full", "draining", "paused", "away", "language"];

/**
 * The picker's lines: anybody, people, languages; who can't be asked last, with why.
 * @param options The server's answer, or undefined while it is under way.
 * @param query The letters typed; matched at the start of a word, whatever the accents.
 * @param anyone Words for "somebody else who knows this company"; `anyoneToo` are other words that find it.
 * @param languageOf Words for a language's code.
 * @returns {{id: string, to: string, label: string, refused: string}[]} People also have used, capacity and
 *   operator_id.
 */
export function choices(options, query, { anyone, anyoneToo = "", languageOf }) {
  if (!options) return [];
  const people = options.people.map((one) => ({
    id: one.id,
    to: "person",
    operator_id: one.id,
    label: one.name,
    refused: one.refused,
    used: one.used,
    capacity: one.capacity,
  }));
  const free = people.filter((one) => !one.refused).sort(byRoom);
  const not = people.filter((one) => one.refused).sort((one, other) => rank(one) - rank(other) || byName(one, other));
  const any = free.length ? [{ id: "any", to: "any", label: anyone, also: anyoneToo, refused: "" }] : [];
  const languages = options.languages.map((code) => ({
    id: `in-${code}`,
    to: "language",
    language: code,
    label: languageOf(code),
    refused: "",
  }));
  return [...any, ...free, ...languages, ...not].filter((one) => fits(`${one.label} ${one.also ?? ""}`, query));
}

/** Where the choice stands to begin with: the first line that can be asked, else the first. */
export function firstOpen(lines) {
  return Math.max(
    0,
    lines.findIndex((one) => !one.refused),
  );
}

/** The choice of a line, as the wire has it. */
export function frameOf(line, note) {
  const facts = { to: line.to };
  if (line.operator_id) facts.operator_id = line.operator_id;
  if (line.language) facts.language = line.language;
  const body = clean(note);
  return isEmpty(body) ? facts : { ...facts, note: body };
}

/** The key of the words for a reason why somebody can't be asked. */
export function reasonKey(refused) {
  return REASONS.includes(refused) ? `transfer.not.${refused}` : "transfer.not.away";
}

function fits(label, query) {
  const wanted = plain(query.trim());
  return !wanted || ` ${plain(label)}`.includes(` ${wanted}`);
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function rank({ refused }) {
  const at = REASONS.indexOf(refused);
  return at < 0 ? REASONS.length : at;
}

function byName(one, other) {
  return one.label.localeCompare(other.label);
}

// The most room first: a beginner with 1 of 3 stands behind a trained one with 1 of 6.
function byRoom(one, other) {
  return one.used / one.capacity - other.used / other.capacity || byName(one, other);
}

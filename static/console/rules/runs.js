// What a log draws of its messages, pure: runs that share one line of facts, and only the newest of a long chat.

import { firstSeq, lastSeq } from "../state/chat.js";

// As many as a screen holds: these are drawn before the frame that shows the chat.
export const FIRST = 20;
// With what lies above them, more than a tall screen holds; the rest is drawn when somebody reads back.
export const DRAWN = 60;

/** The seq from which `count` messages are drawn, of a log that is opened. */
export function newestFrom(chat, count = DRAWN) {
  return Math.max(firstSeq(chat), lastSeq(chat) - count + 1);
}

/** The seq to draw from when somebody reads back from `from`. */
export function earlierFrom(from) {
  return Math.max(1, from - DRAWN);
}

/**
 * The messages from `from` on in runs of one kind and person, each to be drawn under one line of facts.
 * @param known The runs as they were drawn before: one that shows the same is the same object.
 * @returns {{messages: import("../types.js").WireMessage[], answers: boolean}[]} `answers`: its last message is the
 *   first answer.
 */
export function runsOf(chat, from, known = []) {
  const answer = firstAnswer(chat);
  const page = chat.messages.findLast(isPage);
  const found = [];
  for (let at = Math.max(0, from - firstSeq(chat)); at < chat.messages.length; at += 1) {
    const message = chat.messages[at];
    if (message.kind === "hidden" || (isPage(message) && message !== page)) continue;
    const run = found[found.length - 1];
    if (run && joins(run, message)) run.messages.push(message);
    else found.push({ messages: [message], answers: false });
    if (message === answer) found[found.length - 1].answers = true;
  }
  const drawn = new Map(known.map((run) => [run.messages[0].seq, run]));
  return found.map((run) => (isSame(run, drawn.get(run.messages[0].seq)) ? drawn.get(run.messages[0].seq) : run));
}

// The first answer ends a run: what came of the promise stands under it.
function joins({ messages, answers }, message) {
  const last = messages[messages.length - 1];
  return (
    !answers &&
    message.kind === "text" &&
    last.kind === "text" &&
    last.side === message.side &&
    last.name === message.name
  );
}

function firstAnswer(chat) {
  const first = chat.messages.find((one) => one.kind === "text" && one.side === "operator");
  return first && (firstSeq(chat) === 1 || first.at === chat.entry.first_human_at) ? first : null;
}

function isPage(message) {
  return message.data.code === "page";
}

function isSame(run, other) {
  if (!other || other.answers !== run.answers || other.messages.length !== run.messages.length) return false;
  return run.messages.every((message, at) => message === other.messages[at]);
}

// Between the state and what is kept on the device.

import { moment, pairs } from "../basics.js";
import { newQuestion, START } from "./state.js";

/** A chat that ended, or a form that was left open, is shown again for this long. */
export const DAY_MS = 86_400_000;

/** When the chat was closed; NaN for the line of a close that was ours, which came without a time. */
export function endOf(chat) {
  return moment(chat.messages.find(({ data }) => data?.code === "closed")?.at);
}

/** What every tab knows of an open form; what became of a sent one is this tab's. */
export function formOf(question, at) {
  return question && question.status !== "done" ? { kind: question.kind, body: question.body, at } : null;
}

/** The question after another tab told of its form. */
export function questionOf(question, form) {
  if (question ? question.status !== "editing" || form : !form) return question;
  return form ? newQuestion(form.kind, form.body) : null;
}

/** The state that a page begins with, from what earlier ones kept. */
export function restore(store, now) {
  const { outbox } = store.tab.get();
  const { token, draft, form } = store.local.get();
  const again = pairs(outbox).map(([, i]) => (i.status === "failed" ? i : { ...i, status: "queued", slow: false }));
  const question = now - form?.at < DAY_MS ? questionOf(null, form) : null;
  return { ...START, token: token || null, draft: draft || "", outbox: again, question };
}

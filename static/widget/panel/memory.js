// Between the state and what is kept on the device.

import { moment, pairs } from "../basics.js";
import { newQuestion, START } from "./state.js";

/** A chat that ended, or a form that was left open, is shown again for this long. */
export const DAY_MS = 86_400_000;

// When the chat was closed; NaN for the line of a close that was ours, which came without a time.
function endOf(chat) {
  return moment(chat.messages.find(({ data }) => data?.code === "closed")?.at);
}

// Every tab knows of an open form; the fate of a sent one is this tab's alone.
function formOf(question, at) {
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

/** Keep what this change of the state brought, for other tabs and the next page. */
export function keep(store, state, before, now) {
  if (state.token !== before.token && state.token) store.local.put({ token: state.token });
  const chat = state.chat;
  const live = Boolean(chat && chat.state !== "closed");
  const { chat: known, seen } = store.local.get();
  if (chat && (chat.id !== known || chat.seen > (seen || 0))) store.local.put({ seen: chat.seen });
  if (chat?.id !== before.chat?.id || chat?.state !== before.chat?.state || chat?.rating !== before.chat?.rating) {
    store.local.put({
      chat: chat ? chat.id : null,
      live,
      ended: chat && !live && !chat.rating ? endOf(chat) || now : 0,
    });
  }
  if (state.outbox !== before.outbox) store.tab.put({ outbox: state.outbox });
  // Texts read, words typed and a form left open follow the visitor into every tab.
  if (state.draft !== before.draft) store.local.put({ draft: state.draft });
  if (state.question !== before.question) store.local.put({ form: formOf(state.question, now) });
}

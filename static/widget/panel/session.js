// Joins state and socket: every change of the state is looked at once, and what it asks for is
// sent. All rules about what is true are in state.js; this file only acts.

import { DAY_MS, keep, questionOf, restore } from "./memory.js";
import { reduce } from "./state.js";
import { hasHumanAnswer, isStale, lastToRead } from "../talk/transcript.js";

const BEAT_MS = 10_000;
// A beat or an unacknowledged text without any answer for this long: the line is dead.
const ANSWER_LIMIT = 8_000;
// After this the visitor is told that a text isn't sent yet.
const SLOW_MS = 4_000;
const AGAIN_MS = 1_000;
// Events of one commit arrive together; a gap that closes by itself needs no question.
const SYNC_AFTER = 150;
const SYNC_AGAIN = 3_000;
const TYPING_EVERY = 3_000;
const BAD_TOKEN = ["bad_token", "expired_token", "wrong_site"];

/**
 * @param {object} options
 * @param {(on: import("../types.js").LineEvents) => ReturnType<typeof import("./socket.js").makeSocket>}
 *   options.connect
 * @param {ReturnType<typeof import("../device.js").makeStore>} options.store
 * @param {() => object} options.page
 * @param {() => number} options.pace Milliseconds of a clock that nobody sets.
 * @param {() => string} options.newId
 * @param {() => boolean} options.watched Whether the visitor can see the log.
 * @param {() => boolean} options.hidden
 * @param {(state: import("../types.js").State, before: import("../types.js").State) => void} options.changed
 * @param {() => string | null} [options.reserved] The id of the invitation.
 */
export function makeSession({ connect, store, page, pace, newId, watched, hidden, changed, reserved = () => null }) {
  let state = restore(store, pace());
  // Read before this page opens its panel, which is kept at once.
  const wasOpen = store.tab.get().open;
  let unanswered = 0;
  let syncTimer = 0;
  let syncedAt = 0;
  let slowTimer = 0;
  let typedAt = 0;
  let olderAsked = false;
  let sent = new Set();
  // Whether the server has not answered our hello, and whether that one was as plain as can be.
  let greeting = false;
  let plain = false;

  const socket = connect({ open: hello, frame: take, net: turn });
  const beating = setInterval(beat, BEAT_MS);

  function dispatch(action) {
    const before = state;
    state = reduce(state, action);
    if (state === before) return;
    keep(store, state, before, pace());
    act(before);
    changed(state, before);
  }

  function turn(net) {
    unanswered = 0;
    olderAsked = false;
    dispatch({ type: "my.net", now: pace(), ...net });
  }

  function change(clientId, facts) {
    dispatch({ type: "my.item", clientId, change: facts });
  }

  function again(clientId) {
    change(clientId, { status: "queued", slow: false, reason: null });
  }

  function hello() {
    sent = new Set();
    greeting = true;
    if (plain) return void (socket.send({ type: "hello" }) && expectAnswer());
    const token = store.local.fresh().token || state.token;
    const frame = { type: "hello", page: page() };
    if (token) frame.token = token;
    const chatId = shownChat();
    if (token && chatId) frame.chat_id = chatId;
    if (token && state.chat) frame.after = state.chat.have;
    socket.send(frame);
    expectAnswer();
  }

  // A chat that ended on an earlier visit is shown for a day, until it was rated or put away; one that ended in a panel
  // that stays open from page to page stays.
  function shownChat() {
    if (state.chat) return state.chat.id;
    const { chat, live, ended } = store.local.get();
    return live || wasOpen || pace() - ended < DAY_MS ? chat : null;
  }

  function take(frame) {
    unanswered = 0;
    if (frame.type === "error" && BAD_TOKEN.includes(frame.code)) return forget();
    if (frame.type === "error" && greeting) return unheard(frame.code);
    if (frame.type === "welcome") {
      greeting = plain = false;
      socket.settled();
    }
    const had = state.chat?.have;
    if (frame.type === "chat.synced") olderAsked = false;
    dispatch({ ...frame, now: pace() });
    if (frame.type === "chat.synced" && state.chat?.have > had) syncOn();
    if (frame.type === "error" && (frame.code === "busy" || frame.code === "retry")) later(frame);
  }

  // The hello was not taken. What the page or the storage put into it is left out once; then the visitor is told.
  function unheard(code) {
    if (code === "busy" || code === "retry") return void setTimeout(() => greeting && hello(), AGAIN_MS);
    // The close that follows has its own words and time to come back.
    if (code === "too_fast" || code === "too_many") return;
    if (plain) {
      socket.stop();
      return turn({ net: "refused", refusal: "broken" });
    }
    plain = true;
    forget();
    hello();
  }

  function forget() {
    store.local.put({ token: null, chat: null, live: false });
    dispatch({ type: "my.set", token: null });
  }

  function later({ client_id: id }) {
    setTimeout(() => {
      sent.delete(id);
      again(id);
      act(state);
    }, AGAIN_MS);
  }

  function act(before) {
    if (state.net !== "online") return;
    flush();
    sync();
    sendQuestion();
    state.wishes.forEach(sendOnce);
    leaveAfterQuestion(before);
    markRead();
  }

  // One text in flight at a time: order on the server is then the order of typing.
  function flush() {
    if (state.outbox.some((i) => i.status === "flying" || i.status === "held")) return;
    const item = state.outbox.find((i) => i.status === "queued");
    if (!item) return;
    const frame = { type: "message.post", client_id: item.clientId, body: item.body };
    if (!state.chat) {
      frame.page = item.page;
      if (item.greeting) frame.greeting_id = item.greeting.id;
      if (reserved()) frame.reservation = reserved();
    }
    if (!socket.send(frame)) return;
    clearTimeout(slowTimer);
    slowTimer = setTimeout(() => change(item.clientId, { slow: true }), SLOW_MS);
    expectAnswer();
    change(item.clientId, { status: "flying", slow: false });
  }

  function sync() {
    if (!state.chat || !isStale(state.chat) || syncTimer) return;
    const wait = Math.max(SYNC_AFTER, syncedAt + SYNC_AGAIN - pace());
    syncTimer = setTimeout(() => {
      syncTimer = 0;
      if (state.net !== "online" || !state.chat || !isStale(state.chat)) return;
      syncedAt = pace();
      socket.send({ type: "chat.sync", after: state.chat.have });
      sync();
    }, wait);
  }

  // A page came, and there may be more of them: no reason to wait.
  function syncOn() {
    clearTimeout(syncTimer);
    syncTimer = syncedAt = 0;
    sync();
  }

  function sendQuestion() {
    const question = state.question;
    if (question?.status !== "sending") return;
    const { clientId, body, email, phone, name, page, consent, callBack } = question;
    const contact = { email, phone, name, consent, call_back: callBack };
    sendOnce({ type: "question.post", client_id: clientId, body, page, ...contact });
  }

  // Once per line; a new line sends what has no answer yet again, with the same id.
  function sendOnce(frame) {
    if (!sent.has(frame.client_id) && socket.send(frame)) sent.add(frame.client_id);
  }

  function wish(frame) {
    dispatch({ type: "my.wish", wish: { ...frame, client_id: newId() } });
  }

  // A visitor who leaves a question has stopped waiting: a free slot belongs to somebody else.
  function leaveAfterQuestion(before) {
    if (state.question?.status !== "done" || before.question?.status === "done") return;
    const chat = state.chat;
    if (chat && chat.state === "waiting" && !hasHumanAnswer(chat)) {
      wish({ type: "chat.close" });
    }
  }

  function markRead() {
    if (!state.chat || !watched()) return;
    const seq = lastToRead(state.chat);
    if (seq <= state.chat.seen || !socket.send({ type: "read", seq })) return;
    dispatch({ type: "my.read", seq });
  }

  function beat() {
    dispatch({ type: "my.tick", now: pace() });
    if (state.net === "online" && socket.send({ type: "beat", hidden: hidden() })) expectAnswer();
  }

  function expectAnswer() {
    if (unanswered) return;
    const mine = (unanswered = setTimeout(() => {
      if (mine === unanswered) socket.drop();
    }, ANSWER_LIMIT));
  }

  return {
    dispatch,
    get state() {
      return state;
    },
    start: () => socket.start(),
    end() {
      clearInterval(beating);
      socket.stop();
    },
    /** The visitor looks again, or the network is back: don't wait for the next timer. */
    wake() {
      socket.now();
      beat();
      this.elsewhere();
      if (state.net === "online") markRead();
    },
    typing(on) {
      const now = pace();
      if (on ? now - typedAt < TYPING_EVERY : !typedAt) return;
      typedAt = on ? now : 0;
      if (state.chat && state.chat.state !== "closed") socket.send({ type: "typing", on });
    },
    /** Ask for what was said before the messages that are shown. */
    older() {
      if (state.net !== "online" || !state.chat?.base || olderAsked) return;
      olderAsked = socket.send({ type: "chat.sync", before: state.chat.base + 1 });
    },
    /** Ask something of the server, as a frame without its id: kept until it is answered. */
    wish,
    post(body) {
      typedAt = 0;
      dispatch({ type: "my.text", clientId: newId(), body, page: page() });
    },
    retry(clientId) {
      if (state.net === "online") again(clientId);
      else socket.now();
    },
    moved() {
      if (state.net === "online") socket.send({ type: "page.view", page: page() });
    },
    /** Another tab wrote: if it began a chat, this one joins it. */
    elsewhere() {
      const { live, chat, seen, draft, form } = store.local.fresh();
      if (chat === state.chat?.id) dispatch({ type: "my.read", seq: seen });
      if (!watched())
        dispatch({ type: "my.set", draft: draft || "", question: questionOf(state.question, form || null) });
      const ours = state.chat && state.chat.state !== "closed";
      if (state.net === "online" && live && !ours && chat !== state.chat?.id) hello();
    },
    /** A new chat begins on a new line, so nothing of the old one can reach it. */
    fresh() {
      dispatch({ type: "my.fresh" });
      socket.drop();
      // Not `now`: the line of a test chat that is over was closed for good.
      socket.start();
    },
    /** The panel was put away: without a chat or unsent words there is no reason for a line. */
    rest() {
      const chat = state.chat;
      if ((chat && chat.state !== "closed") || state.outbox.length || state.wishes.length || state.question) return;
      // At once, and without its id: the page may be left in the same moment, and nothing of the next one may find it.
      store.local.put({ chat: null, live: false, ended: 0 });
      socket.stop();
      dispatch({ type: "my.net", net: "idle" });
    },
  };
}

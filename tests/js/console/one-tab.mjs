// A page of the console in one tab, loaded as often as a test likes.

export const ACME = "00000000-0000-4000-8000-0000000000aa";
export const ZEN = "00000000-0000-4000-8000-0000000000bb";
export const CHAT = "00000000-0000-4000-8000-00000000c001";
export const OTHER = "00000000-0000-4000-8000-00000000c002";
export const ALICE = "00000000-0000-4000-8000-00000000d001";
export const BOB = "00000000-0000-4000-8000-00000000d002";
export const TEXT = "00000000-0000-4000-8000-00000000e001";
export const AT = "2026-11-21T13:03:41Z";

// One tab: its storage outlives the pages that are loaded in it.
export const tab = new Map();
export const page = { lang: "nl", dataset: {} };
Object.assign(globalThis, {
  window: { matchMedia: () => ({ matches: false, addEventListener() {} }) },
  document: { documentElement: page },
  sessionStorage: {
    getItem: (key) => tab.get(key) ?? null,
    setItem: (key, value) => tab.set(key, value),
    removeItem: (key) => tab.delete(key),
  },
});

export const seat = {
  epoch: 12,
  capacity: 6,
  used: 1,
  paused: false,
  pause_reason: "",
  draining: false,
  lease_until: AT,
};
export const chat = (id, company_id, facts = {}) => ({
  entry: {
    chat_id: id,
    company_id,
    state: "open",
    fence: 2,
    last_seq: 1,
    turn: "operator",
    turn_at: AT,
    arrived_at: AT,
    promise_seconds: 20,
    first_human_at: null,
    visitor_seen_at: AT,
    visitor_read: 0,
    operator_read: 0,
    wrap_up_at: null,
    transfer: null,
    ...facts,
  },
  site: "s",
  number: 7,
  visitor_name: "Marieke",
  visitor_id: BOB,
  language: "nl",
  page_url: "",
  page_title: "",
  referrer: "",
  earlier: 0,
  messages: [{ seq: 1, kind: "text", side: "visitor", name: "", body: "Hoi", at: AT, client_id: null, data: {} }],
  rating: null,
  transcripts: [],
});
const company = (id, name) => ({ id, name, monogram: "", tone: "je", language: "nl", unread: false });
export const both = () => [chat(CHAT, ACME), chat(OTHER, ZEN)];
export const snapshot = (chats = both(), who = ALICE) => ({
  type: "snapshot",
  server_time: AT,
  me: { id: who, name: "Alice", language: "nl", is_lead: false },
  seat,
  chats,
  companies: [company(ACME, "Acme"), company(ZEN, "Zen")],
  offers: [],
  calls: [],
});
export const entry = (facts) => chat(CHAT, ACME, facts).entry;
export const refused = (code) => ({ type: "error", code, client_id: TEXT, chat_id: CHAT });
export const post = (body = "Een halve maat", facts = {}) => ({
  type: "message.post",
  chat_id: CHAT,
  fence: 2,
  client_id: TEXT,
  body,
  note: false,
  ...facts,
});

let pages = 0;
/** A page of the console as this operator loads it in the tab. */
export async function load(operator, chats) {
  page.dataset.operator = operator;
  pages += 1;
  const store = await import(`../../../static/console/store.js?page=${pages}`);
  if (chats) store.happen(snapshot(chats, operator));
  return store;
}
export const told = (store) =>
  store.state.value.refusals.map(({ code, about }) => [code, about.company, about.visitor_name]);
export const aside = (store) =>
  store.state.value.unsent.map(({ body, note, about }) => [body, note, about.company, about.visitor_name]);

/** A desk with both chats; Acme's is open, and half a sentence stands in it. */
export async function typing() {
  const store = await load(ALICE, both());
  store.open(CHAT);
  store.draft(CHAT, { answer: "Uw pincode is" });
  return store;
}

export const question = (facts = {}) => ({
  type: "chat.transfer",
  chat_id: CHAT,
  fence: 2,
  client_id: TEXT,
  to: "any",
  note: "kent de maat",
  ...facts,
});
export const delivered = {
  type: "message.posted",
  chat_id: CHAT,
  message: {
    seq: 2,
    kind: "note",
    side: "operator",
    name: "Alice",
    body: "kent de maat",
    at: AT,
    client_id: TEXT,
    data: {},
  },
};

// The conversation. Rows are kept by key and changed in place, so a screen reader hears each text
// once and nothing jumps.

import { button, el, icon, setText, withLinks } from "../dom.js";
import { hasHumanAnswer } from "./transcript.js";
import { makeWait } from "./wait.js";

// Within this many pixels of the end the log follows new texts.
const NEAR_END = 80;
const NEAR_TOP = 40;
// A screen reader reads what is added within this; what was said long ago is no news.
const QUIET_MS = 1000;

export function makeLog(ctx) {
  const { t, time, act, config } = ctx;
  const node = el("div", {
    class: "log",
    role: "log",
    "aria-label": t("log"),
    "aria-live": "off",
    "aria-relevant": "additions",
    tabindex: "0",
  });
  const jump = button({ class: "jump", hidden: true, onclick: () => toEnd() }, t("new_message"));
  const day = el("p", { class: "day" });
  const name = el("span");
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  const typing = el("p", { class: "typing" }, dots, name);
  const starts = el("div", { class: "starts" });
  const wait = makeWait(ctx);
  const groups = new Map();
  const older = el("p", { class: "day" }, button({ onclick: act.older }, t("older")));
  let startsOf = null;
  let lastKey = null;
  let missed = 0;
  let base = 0;
  let spoken = false;

  node.addEventListener("scroll", scrolled, { passive: true });

  function scrolled() {
    if (nearEnd()) seeAll();
    else if (base && node.scrollTop < NEAR_TOP) act.older();
  }

  function seeAll() {
    jump.hidden = true;
    missed = 0;
  }

  function nearEnd() {
    return node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END;
  }

  function toEnd() {
    node.scrollTop = node.scrollHeight;
    seeAll();
  }

  function render(state, now) {
    const follow = nearEnd();
    const lines = linesOf(state, ctx);
    const from = state.chat?.base || 0;
    const staying = from < base && !follow && node.scrollHeight - node.scrollTop;
    if (from < base) hush();
    base = from;
    const rows = [base ? older : null, dayRow(state, lines, now), ...groupLines(lines).map((g) => groupRow(g))];
    if (!state.chat && !state.outbox.length) rows.push(startsRow(state.greeting));
    rows.push(...wait.update(state, now));
    if (state.typing) {
      setText(name, t("typing", { name: state.typing.name || state.chat?.operator || "" }));
      rows.push(typing);
    }
    place(rows.filter(Boolean));
    settleScroll(lines, follow);
    if (staying) node.scrollTop = node.scrollHeight - staying;
  }

  function hush() {
    node.setAttribute("aria-live", "off");
    setTimeout(() => spoken && speak(), QUIET_MS);
  }

  function speak() {
    spoken = true;
    node.setAttribute("aria-live", "polite");
  }

  function place(rows) {
    for (const child of [...node.children]) if (!rows.includes(child)) child.remove();
    rows.forEach((row, index) => {
      if (node.children[index] !== row) node.insertBefore(row, node.children[index] || null);
    });
    for (const [key, group] of groups) if (!group.node.isConnected) groups.delete(key);
  }

  function settleScroll(lines, follow) {
    const last = lines[lines.length - 1];
    const fresh = last && last.key !== lastKey;
    const news = lines.slice(lines.findIndex((line) => line.key === lastKey) + 1).filter((line) => !line.sys).length;
    lastKey = last ? last.key : null;
    if (follow || (fresh && last.mine)) return toEnd();
    if (!fresh) return;
    missed += news;
    setText(jump, missed > 1 ? t("new_messages", { n: missed }) : t("new_message"));
    jump.hidden = false;
  }

  function dayRow(state, lines, now) {
    if (!lines.length) return null;
    const at = state.chat?.messages[0]?.at || now;
    const today = new Date(at).toDateString() === new Date().toDateString();
    setText(day, today ? t("today", { time: time(new Date(at)) }) : `${ctx.date(new Date(at))}, ${time(new Date(at))}`);
    return day;
  }

  function startsRow(greeting) {
    if (!greeting?.starts?.length) return null;
    if (startsOf !== greeting.id) {
      startsOf = greeting.id;
      starts.replaceChildren(...greeting.starts.map((s) => button({ onclick: () => act.post(s) }, s)));
    }
    return starts;
  }

  function groupRow(lines) {
    const first = lines[0];
    if (first.sys) return sysRow(first);
    let group = groups.get(first.key);
    if (!group) {
      const meta = el("div", { class: "meta" });
      group = { node: el("div", { class: first.mine ? "m m--me" : "m" }, meta), meta, bubbles: new Map() };
      groups.set(first.key, group);
    }
    lines.forEach((line, index) => fillBubble(group, line, index));
    for (const [key, bubble] of group.bubbles) {
      if (lines.some((l) => l.key === key)) continue;
      bubble.remove();
      group.bubbles.delete(key);
    }
    fillMeta(group, lines[lines.length - 1]);
    return group.node;
  }

  function fillBubble(group, line, index) {
    let bubble = group.bubbles.get(line.key);
    if (!bubble) {
      bubble = el("div", { class: "b" }, ...withLinks(line.body));
      group.bubbles.set(line.key, bubble);
    }
    // A text that was missed and fetched later belongs between the ones that came before it.
    if (group.node.children[index] !== bubble) group.node.insertBefore(bubble, group.node.children[index]);
    bubble.classList.toggle("b--sending", line.status === "sending");
    bubble.classList.toggle("b--fail", line.status === "unsent" || line.status === "failed");
  }

  function fillMeta({ meta }, line) {
    const wanted = `${line.status}|${line.reason}|${line.name}|${line.at}`;
    if (meta.dataset.of === wanted) return;
    meta.dataset.of = wanted;
    meta.className = line.status === "unsent" || line.status === "failed" ? "meta meta--fail" : "meta";
    meta.replaceChildren(...metaOf(line));
  }

  function metaOf(line) {
    if (!line.mine) return [line.auto ? config.name : `${line.name} · ${time(new Date(line.at))}`];
    if (line.status === "sending") return ["\u00a0", el("span", { class: "vh" }, t("busy"))];
    if (line.status === "read") return [icon("check-check", true), t("read")];
    if (line.status === "received") return [icon("check", true), t("received")];
    return [icon("circle-alert", true), ...troubleOf(line)];
  }

  function troubleOf(line) {
    if (line.reason === "chat_closed") return [t("refused_over")];
    const again = button({ onclick: () => act.retry(line.key) }, t("try_now"));
    const change = () => button({ onclick: () => act.drop(line.key) }, t("change"));
    const why = { too_long: "refused_long", too_many: "refused_often", too_fast: "refused_often" }[line.reason];
    if (line.status === "failed") return [t(why || "refused_text"), why === "refused_often" ? again : change()];
    return [t("not_sent"), again];
  }

  function sysRow(line) {
    let group = groups.get(line.key);
    if (!group) {
      group = { node: el("p", { class: "sys" }), bubbles: new Map() };
      groups.set(line.key, group);
    }
    setText(group.node, line.sys);
    return group.node;
  }

  return { node, jump, render, toEnd, speak };
}

/** List the lines of the log in order: the greeting, the chat's messages, and texts on their way. */
export function linesOf(state, ctx) {
  const lines = [];
  const greeting = state.chat ? null : state.outbox[0]?.greeting || state.greeting;
  if (greeting) lines.push({ key: "s1", body: greeting.body, auto: true, name: "", status: "" });
  for (const message of state.chat?.messages || []) {
    const line = lineOf(message, state.chat, ctx);
    if (line) lines.push(line);
  }
  return [...lines, ...state.outbox.map((item) => pendingLine(item, state))];
}

function lineOf(message, chat, ctx) {
  const { kind, body, name, at, seq } = message;
  const key = message.client_id || `s${seq}`;
  if (kind === "system") {
    const sys = sysWords(message, chat, ctx);
    return sys && { key, sys };
  }
  if (kind !== "text" && kind !== "auto") return null;
  const mine = message.side === "visitor";
  const status = mine ? (seq <= chat.operatorRead ? "read" : "received") : "";
  return { key, body, name, at, auto: kind === "auto", mine, status };
}

function sysWords({ data }, chat, { t, config: { name: company } }) {
  if (data.code === "accepted") return `${data.name} ${t("helps", { company })}`;
  if (data.code === "transferred" || data.code === "taken") return t("takes_over", data);
  if (data.code === "requeued") return hasHumanAnswer(chat) ? t("colleague") : null;
  if (data.code === "reminder") return t("sys_reminder");
  if (data.code !== "closed") return null;
  if (data.by === "operator" && chat.operator) return `${chat.operator} ${t("finished")}`;
  return t({ visitor: "closed_visitor", idle: "closed_idle", left: "closed_left" }[data.by] || "over");
}

function pendingLine(item, state) {
  const line = { key: item.clientId, body: item.body, mine: true, reason: item.reason };
  if (item.status === "failed") return { ...line, status: "failed" };
  const away = state.net !== "online" && state.attempts > 0;
  return { ...line, status: item.slow || away || state.net === "refused" ? "unsent" : "sending" };
}

/** Consecutive lines of one side stand together; a text in trouble stands alone, with its reason. */
export function groupLines(lines) {
  const groups = [];
  for (const line of lines) {
    const last = groups[groups.length - 1]?.[0];
    const tail = groups[groups.length - 1]?.slice(-1)[0];
    const joins =
      last &&
      !last.sys &&
      !line.sys &&
      last.mine === line.mine &&
      last.name === line.name &&
      last.auto === line.auto &&
      !inTrouble(line) &&
      !inTrouble(tail);
    if (joins) groups[groups.length - 1].push(line);
    else groups.push([line]);
  }
  return groups;
}

function inTrouble(line) {
  return line.status === "failed" || line.status === "unsent";
}

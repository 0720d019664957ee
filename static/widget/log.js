// The conversation. Rows are kept by key and changed in place, so a screen reader hears each text
// once and nothing jumps.

import { button, el, icon, setText, svgEl, withLinks } from "./dom.js";
import { hasHumanAnswer } from "./transcript.js";

// Within this many pixels of the end the log follows new texts.
const NEAR_END = 80;
const HALF_CIRCLE = "M4 18a14 14 0 0 1 28 0";

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
  let startsOf = null;
  let lastKey = null;

  node.addEventListener("scroll", () => nearEnd() && (jump.hidden = true), { passive: true });

  function nearEnd() {
    return node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END;
  }

  function toEnd() {
    node.scrollTop = node.scrollHeight;
    jump.hidden = true;
  }

  function render(state, now) {
    const follow = nearEnd();
    const lines = linesOf(state, ctx);
    const rows = [dayRow(state, lines), ...groupLines(lines).map((g) => groupRow(g, state))];
    if (!state.chat && !state.outbox.length) rows.push(startsRow(state.greeting));
    rows.push(...wait.update(state, now));
    if (state.typing) {
      setText(name, t("typing", { name: state.typing.name || state.chat?.operator || "" }));
      rows.push(typing);
    }
    place(rows.filter(Boolean));
    settleScroll(lines[lines.length - 1], follow);
  }

  function place(rows) {
    for (const child of [...node.children]) if (!rows.includes(child)) child.remove();
    rows.forEach((row, index) => {
      if (node.children[index] !== row) node.insertBefore(row, node.children[index] || null);
    });
    for (const [key, group] of groups) if (!group.node.isConnected) groups.delete(key);
  }

  function settleScroll(last, follow) {
    const fresh = last && last.key !== lastKey;
    lastKey = last ? last.key : null;
    if (follow || (fresh && last.mine)) toEnd();
    else if (fresh) jump.hidden = false;
  }

  function dayRow(state, lines) {
    if (!lines.length) return null;
    const at = state.chat?.messages[0]?.at || Date.now() + state.offset;
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

  function groupRow(lines, state) {
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
    fillMeta(group, lines[lines.length - 1], state);
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
    if (line.status === "failed") {
      const words = t(line.reason === "too_long" ? "refused_long" : "refused_text");
      return [words, button({ onclick: () => act.drop(line.key) }, t("change"))];
    }
    return [t("not_sent"), button({ onclick: () => act.retry(line.key) }, t("try_now"))];
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

  return { node, jump, render, toEnd, speak: () => node.setAttribute("aria-live", "polite") };
}

/** What the log shows, in order: the greeting, the chat's messages, and texts on their way. */
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
      last && !last.sys && !line.sys && last.mine === line.mine && last.name === line.name &&
      last.auto === line.auto && !inTrouble(line) && !inTrouble(tail);
    if (joins) groups[groups.length - 1].push(line);
    else groups.push([line]);
  }
  return groups;
}

function inTrouble(line) {
  return line.status === "failed" || line.status === "unsent";
}

// Waiting for the first answer: the arc counts the promise down; past it, honest words and a way out.
function makeWait({ t, act, config }) {
  const fill = svgEl("path", { class: "fill", d: HALF_CIRCLE, pathLength: "100" });
  const arc = svgEl("svg", { viewBox: "0 0 36 21" });
  arc.append(svgEl("path", { d: HALF_CIRCLE, pathLength: "100" }), fill);
  const number = el("span");
  const line = el("b", { "aria-hidden": "true" });
  const sub = el("p");
  // The number changes each second; a screen reader hears this line, which changes twice.
  const spoken = el("span", { class: "vh" });
  const card = el(
    "div",
    { class: "wait", role: "status" },
    el("span", { class: "arc", "aria-hidden": "true" }, arc, number),
    el("div", {}, line, spoken, sub),
  );
  const options = el(
    "div",
    { class: "opts" },
    button({ onclick: act.wait }, icon("clock"), t("opt_wait")),
    button({ onclick: () => act.ask("call") }, icon("phone"), t("opt_call")),
    button({ onclick: () => act.ask("mail") }, icon("mail"), t("opt_leave")),
  );

  function update(state, now) {
    const promise = promiseOf(state.chat, now);
    if (!promise) return !state.patient && isLeft(state.chat, now) ? [options] : [];
    const { late, left, passed, share } = promise;
    card.classList.toggle("wait--late", late);
    fill.setAttribute("stroke-dasharray", `${Math.round(share * 100)} 200`);
    setText(number, `${late ? passed : left}`);
    setText(line, late ? t("late") : left === 1 ? t("at_most_one") : t("at_most", { n: left }));
    setText(spoken, late ? t("late") : t("answer_within", { n: state.chat.promise }));
    setText(sub, subLine(state, promise));
    return late && !state.patient && !state.chat.operator ? [card, options] : [card];
  }

  function subLine(state, { late }) {
    const { chat: { operator: name }, wait } = state;
    if (name) return t("reads", { name });
    // wait_free, wait_busy or wait_called; the last is the best there is to say when it is late.
    if (!late || wait === "called") return wait && t(`wait_${wait}`, { company: config.name });
    return t(state.patient ? "late_wait" : "late_ask");
  }

  return { update };
}

/**
 * Where a chat stands on its promise: null when it no longer counts, else
 * `{left, passed, share, late}` in whole seconds; `share` is 0 to 1.
 */
export function promiseOf(chat, now) {
  if (!chat || chat.state === "closed" || hasHumanAnswer(chat)) return null;
  const passed = Math.max(0, now - Date.parse(chat.arrivedAt)) / 1000;
  const left = Math.ceil(chat.promise - passed);
  const share = chat.promise > 0 ? Math.min(1, passed / chat.promise) : 1;
  return { left: Math.max(0, left), passed: Math.floor(passed), share, late: left <= 0 };
}

/** Whether a chat lost its operator and no colleague came within the time of the promise. */
export function isLeft(chat, now) {
  return chat?.state === "waiting" && now - chat.lostAt > chat.promise * 1000;
}

/** Seconds until the next try, at least 0. */
export function secondsUntil(at, now) {
  return Math.max(0, Math.ceil((at - now) / 1000));
}

/** "tomorrow at 07:00" and the like, for a moment within reach. */
export function whenWords({ t, time, weekday, date }, at, now) {
  const days = Math.round((midnight(at) - midnight(now)) / 86_400_000);
  if (days === 0) return t("at_time", { time: time(at) });
  if (days === 1) return t("tomorrow_at", { time: time(at) });
  return t("day_at", { day: days < 7 ? weekday(at) : date(at), time: time(at) });
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

// The question form, for when nobody can answer or the visitor would rather be mailed or called. Fetched when it is
// needed.

import { clean, isEmpty, lengthOf } from "../../shared/text.js";
import { el, icon, setText } from "../dom.js";

const REFUSALS = {
  bad_address: "bad_address",
  bad_time: "when_bad",
  empty: "need_question",
  too_long: "refused_long",
  too_many: "refused_often",
};

/**
 * Say what is wrong with the form: `[field, word key]` pairs in the order of the fields; a question has at most `limit`
 * characters. Pure.
 */
export function problemsOf(kind, { body, email, phone }, limit) {
  const found = [];
  if (!body && kind !== "call") found.push(["body", "need_question"]);
  if (lengthOf(body) > limit) found.push(["body", "refused_long"]);
  if (email && emailProblem(email)) found.push(["email", emailProblem(email)]);
  if (phone && phoneProblem(phone)) found.push(["phone", phoneProblem(phone)]);
  if (kind === "call" && !phone) found.push(["phone", "need_phone"]);
  if (kind !== "call" && !email && !phone) found.push(["email", "need_address"]);
  return found;
}

/** The question form of one kind: "mail", "call" or "nobody". */
export function makeForm({ t, act, config, weekday }, kind, start) {
  const body = field(t, "body", t("question"), el("textarea", { rows: "3" }));
  const email = field(t, "email", t("email"), input("email", "email", t("email_hint"), 254));
  const phone = field(t, "phone", t("phone"), input("tel", "tel", t("phone_hint"), 40));
  const name = field(t, "name", t("name"), input("text", "name", "", 100));
  const call = kind === "call";
  const day = field(t, "day", t("when"), el("select", {}, ...dayOptions({ t, weekday }, Date.now())));
  const part = field(t, "part", t("part"), el("select", {}, ...PARTS.map(([value, key]) => option(value, t(key)))));
  const fields = call ? [phone, day, part, name, body] : [body, email, phone];
  for (const extra of call ? [name, body] : [phone]) extra.optional();
  body.input.value = start.body;

  const lead = el(
    "p",
    { class: "lead" },
    t({ call: "form_call", mail: "form_mail" }[kind] || "nobody", { company: config.name }),
  );
  const consent = t("consent", { company: config.name });
  const problem = el("p", { class: "err", role: "alert", hidden: true });
  const send = el("button", { class: "btn", type: "submit" });
  const node = el(
    "form",
    {
      class: "log log--form",
      novalidate: true,
      onsubmit: submit,
      oninput: () => {
        act.formed(body.input.value);
        showParts();
      },
      "aria-label": t("leave_question"),
    },
    lead,
    ...fields.flatMap((f) => f.nodes),
    el("p", { class: "fine" }, consent),
    problem,
    send,
  );

  // Somebody who wants to be called as soon as possible has no part of a day in mind.
  function showParts() {
    for (const node of part.nodes.slice(0, 2)) node.hidden = !day.input.value;
  }
  showParts();

  function callBack() {
    const on = day.input.value;
    return call ? { day: on || null, part: on ? part.input.value : "", at: "" } : null;
  }

  function values() {
    const read = (f) => (isEmpty(f.input.value) ? "" : clean(f.input.value));
    return { body: read(body), email: trimAddress(read(email)), phone: plainPhone(read(phone)), name: read(name) };
  }

  function submit(event) {
    event.preventDefault();
    if (send.getAttribute("aria-disabled") === "true") return;
    const given = values();
    const problems = problemsOf(kind, given, config.limits.text);
    for (const f of fields) f.say(problems.find(([at]) => at === f.name)?.[1]);
    const first = fields.find((f) => problems.some(([at]) => at === f.name));
    if (first) return first.input.focus();
    act.question({ ...given, consent, callBack: callBack() });
  }

  return {
    node,
    kind,
    focus: () => fields[0].input.focus(),
    render({ question }) {
      const busy = question?.status === "sending";
      send.setAttribute("aria-disabled", busy);
      setText(send, busy ? t("busy") : t(call ? "opt_call" : "send_question"));
      problem.hidden = !question?.problem;
      if (question?.problem) setText(problem, t(REFUSALS[question.problem] || "refused_text"));
    },
  };

  function input(type, autocomplete, placeholder, maxlength) {
    return el("input", { ...(type === "email" ? ADDRESS : { type }), autocomplete, placeholder, maxlength });
  }
}

const PARTS = [
  ["", "part_any"],
  ["morning", "part_morning"],
  ["afternoon", "part_afternoon"],
  ["evening", "part_evening"],
];
const DAYS_AHEAD = 6;

const option = (value, words) => el("option", { value }, words);

/** As soon as possible, today, tomorrow, and the rest of a week, by the device's own calendar. */
function dayOptions({ t, weekday }, now) {
  const found = [option("", t("asap"))];
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const at = new Date(now);
    at.setDate(at.getDate() + ahead);
    found.push(option(isoDay(at), ahead > 1 ? weekday(+at) : t(ahead ? "next_day" : "this_day")));
  }
  return found;
}

/** The date of a moment on the device's calendar: `2026-11-23`. Pure. */
export function isoDay(at) {
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** A labelled control, `say`ing what is wrong with it by a key of `t`. */
export function field(t, name, label, control) {
  const id = `balie-${name}`;
  const title = el("label", { class: "lab", for: id }, label);
  const error = el("p", { class: "err", id: `${id}-err`, hidden: true });
  control.id = id;
  control.className = "fi";
  return {
    name,
    input: control,
    nodes: [title, control, error],
    optional: () => title.append(" ", el("span", {}, t("optional"))),
    say(key) {
      error.hidden = !key;
      error.replaceChildren(...(key ? [icon("circle-alert", true), t(key)] : []));
      if (key) {
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", error.id);
      } else {
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-describedby");
      }
    },
  };
}

// Spaces of all kinds and what can't be seen: they come along when an address is copied.
const EDGES = /^[\s\p{C}\p{DI}]+|[\s\p{C}\p{DI}]+$/gu;

// Not of type `email`: browsers turn `fußball.example` into ASCII by rules of their own.
export const ADDRESS = { type: "text", inputmode: "email", autocapitalize: "none", spellcheck: "false" };

/** An address without what stands around it. */
export const trimAddress = (typed) => typed.replace(EDGES, "");

/**
 * What is wrong with an e-mail address: null, "email_at", "email_end" or "bad_address". agency/domain/addresses.py
 * decides.
 */
export function emailProblem(email) {
  const [local, domain, more] = email.split("@");
  if (!local || !domain || more !== undefined) return "email_at";
  const labels = domain.split(/[.\u3002\uff0e\uff61]/);
  if (labels.length < 2 || !/\p{L}/u.test(labels.at(-1))) return "email_end";
  const odd = labels.some((label) => !label || /^-|-$|[^\p{L}\p{M}\p{N}-]/u.test(label));
  return odd || local.length > 64 || /^\.|\.\.|\.$|[^\w!#$%&\x27*+/=?^\x60{|}~.-]/.test(local) ? "bad_address" : null;
}

/** A telephone number with plain spaces and hyphens, without the marks that address books put around it. */
export const plainPhone = (typed) =>
  typed
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Zs}/gu, " ")
    .replace(/\p{Pd}/gu, "-")
    .trim();

/** What is wrong with a telephone number: null or "phone_short". The rule of agency/domain/phones.py. */
export function phoneProblem(phone) {
  const digits = phone.replace(/\D/g, "").length;
  return digits >= 8 && digits <= 15 && /^\+?[\d(][\d ().\/-]*$/.test(phone) ? null : "phone_short";
}

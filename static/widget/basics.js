// What a page may have replaced before we came: prototype.js puts its own Object.values, Array.prototype.toJSON and
// reduce in place, Datejs its own Date.parse, others walk prototypes full of names. What syntax can do is done by
// syntax; what needs a built-in is tried first, and a spoilt one isn't used.

/** The own `[name, value]` pairs of a value, whatever its prototypes hold. */
export function pairs(value) {
  const own = { __proto__: null, ...value };
  const found = [];
  for (const name in own) found[found.length] = [name, own[name]];
  return found;
}

/** A value as JSON. Only single words and numbers go through JSON.stringify: for them no `toJSON` is asked. */
export function toJson(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (isList(value)) return `[${join(value, toJson)}]`;
  const known = pairs(value).filter(([, one]) => one !== undefined);
  return `{${join(known, ([name, one]) => `${JSON.stringify(name)}:${toJson(one)}`)}}`;
}

function join(list, words) {
  let text = "";
  for (const one of list) text += (text && ",") + words(one);
  return text;
}

const isList = (value) => Object.prototype.toString.call(value) === "[object Array]";

/** Milliseconds of a moment as the server writes it; NaN for none. */
export const moment = (iso) => +new Date(iso || NaN);

function isNative(built) {
  return typeof built === "function" && /\[native code\]\s*\}$/.test(Function.prototype.toString.call(built));
}

/**
 * Ask our server, without the page's cookies: answers `{status, body}`, the body as text. A page's own `fetch` may add
 * cookies to everything, which the server doesn't allow to other origins.
 */
export async function request(method, url, body) {
  if (isNative(globalThis.fetch)) {
    const answer = await fetch(url, {
      method,
      body,
      credentials: "omit",
      cache: "no-cache",
      headers: body && { "Content-Type": "text/plain" },
    });
    return { status: answer.status, body: await answer.text() };
  }
  return new Promise((done, failed) => {
    const asked = new XMLHttpRequest();
    asked.open(method, url);
    asked.withCredentials = false;
    asked.onload = () => done({ status: asked.status, body: asked.responseText });
    asked.onerror = () => failed(new Error("network"));
    asked.send(body);
  });
}

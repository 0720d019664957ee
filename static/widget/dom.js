// Elements without markup, so that whatever comes from outside can only ever become text.

import { linkParts } from "../shared/text.js";
import { pairs } from "./basics.js";

const SVG = "http://www.w3.org/2000/svg";

// Lucide (ISC), 24 px grid, to a tenth: nobody sees more, and each byte counts. The loader lends `phone`, `mail` and
// `down`.
const PATHS = {
  check: ["M20 6 9 17l-5-5"],
  "check-check": ["M18 6 7 17l-5-5", "m22 10-7.5 7.5L13 16"],
  "circle-alert": ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z", "M12 8v4", "M12 16h.01"],
  clock: ["M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z", "M12 6v6l4 2"],
  ellipsis: [
    "M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z",
    "M19 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z",
    "M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z",
  ],
  minus: ["M5 12h14"],
  send: ["M3.7 3a.5.5 0 0 0-.7.7l2.9 7.6a2 2 0 0 1 0 1.4L3 20.3a.5.5 0 0 0 .7.7l18-8.5a.5.5 0 0 0 0-.9z", "M6 12h16"],
  "wifi-off": [
    "M12 20h.01",
    "M8.5 16.4a5 5 0 0 1 7 0",
    "M5 12.9a10 10 0 0 1 5.2-2.7",
    "M19 12.9a10 10 0 0 0-2-1.5",
    "M2 8.8a15 15 0 0 1 4.2-2.6",
    "M22 8.8a15 15 0 0 0-11.3-3.8",
    "m2 2 20 20",
  ],
  x: ["M18 6 6 18", "m6 6 12 12"],
};

/** Add the loader's icons to the panel's own. */
export function lendIcons(paths) {
  for (const [name, lines] of pairs(paths)) PATHS[name] = lines;
}

/**
 * An element. Props: `on<event>` functions, else attributes (true for an empty one). Children:
 * nodes, strings, or null for nothing.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of pairs(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A button of ours never submits a form by accident. */
export function button(props, ...children) {
  return el("button", { type: "button", ...props }, ...children);
}

/** One of the panel's icons; decorative, so always beside words or an aria-label. */
export function icon(name, small = false) {
  const svg = svgEl("svg", { class: small ? "i s" : "i", viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(...PATHS[name].map((d) => svgEl("path", { d })));
  return svg;
}

export function svgEl(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of pairs(attributes)) node.setAttribute(name, value);
  return node;
}

/** Set a text only when it differs, so that nothing is announced or repainted twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A text with its links, as nodes. `dir` sets a link apart: what stands around it can't turn it round. */
export function withLinks(text) {
  return linkParts(text).map((part) =>
    part.href
      ? el("a", { href: part.href, dir: "ltr", target: "_blank", rel: "noopener noreferrer nofollow" }, part.text)
      : document.createTextNode(part.text),
  );
}

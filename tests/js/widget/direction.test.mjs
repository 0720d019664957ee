// A link keeps its direction, whatever a visitor put before it or into it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { withLinks } from "../../../static/widget/dom.js";

globalThis.document = {
  createTextNode: (text) => ({ text }),
  createElement: (tag) => ({
    tag,
    text: "",
    setAttribute(name, value) {
      this[name] = value;
    },
    append(...parts) {
      this.text += parts.join("");
    },
  }),
};

test("a change of direction reaches no link", () => {
  const nodes = withLinks("kijk \u202ehttps://a.example/\u202egpj.exe \u2066x");
  const [link] = nodes.filter(({ tag }) => tag === "a");
  assert.equal(link.dir, "ltr");
  assert.doesNotMatch(link.text, /[\u202a-\u202e\u2066-\u2069]/);
});

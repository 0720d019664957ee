// A page whose address ends in the sign of a test chat: what its loader asks.

import assert from "node:assert/strict";
import { test } from "node:test";

const KEY = "ac3e0000000000000000000000000001";

test("a sign is asked with as it stands, a spoilt one too, and a page without one asks as a visitor's", async () => {
  const asked = [];
  globalThis.fetch = null;
  globalThis.XMLHttpRequest = class {
    open(method, url) {
      asked.push(url.split("config")[1]);
    }
    send() {}
  };
  globalThis.window = { addEventListener() {} };
  globalThis.document = {
    currentScript: { src: `https://balie.example/widget/${KEY}.js` },
    addEventListener() {},
    readyState: "complete",
  };
  const hashes = ["#balie-test=Abc:1:x-_", "#balie-test=Abc%3A1%20", "#balie-test=", "#maat", ""];
  for (const [nth, hash] of hashes.entries()) {
    delete window[Symbol.for("balie")];
    globalThis.location = { hash };
    await import(`../../../static/widget/loader.js?${nth}`);
  }
  assert.deepEqual(asked, ["?test=Abc:1:x-_", "?test=Abc%3A1%20", "?test=", "?new", "?new"]);
});

// What old frameworks do to a page before we come: after prototype.js 1.6 and 1.7, MooTools 1.4, Datejs, and pages of their own.
(() => {
  const names = (object) => { const found = []; for (const name in object) found[found.length] = name; return found; };
  Object.prototype.inject = function () {};
  Array.prototype.each = function (call) { for (let at = 0; at < this.length; at += 1) call(this[at], at); };
  Array.prototype.first = function () { return this[0]; };
  Object.keys = names;
  Object.values = (object) => names(object).map((name) => object[name]);
  Object.entries = (object) => names(object).map((name) => [name, object[name]]);
  Object.assign = (object) => object;
  Array.from = null;
  Array.prototype.toJSON = function () { return `[${this.join(", ")}]`; };
  Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };
  Array.prototype.entries = function () { return this; };
  Date.prototype.toJSON = function () { return "odd"; };
  Date.parse = (text) => new Date(text);
  globalThis.Intl = undefined;
  const own = globalThis.fetch;
  globalThis.fetch = (url, how) => own(url, { ...how, credentials: "include" });
})();

// As much of a document as preact and the widget's own elements draw on. It counts what is made and changed, so a test
// can say what a change costs.

export const counts = { made: 0, changed: 0 };

/** Counts from nothing again. */
export function countAnew() {
  Object.assign(counts, { made: 0, changed: 0 });
}

class FakeNode {
  constructor(name) {
    Object.assign(this, {
      nodeName: name,
      localName: name,
      childNodes: [],
      parentNode: null,
      attributes: {},
      listeners: {},
    });
    counts.made += 1;
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get nextSibling() {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }

  /** All the text in it. */
  get textContent() {
    return this.childNodes.map((node) => node.textContent).join("");
  }

  insertBefore(node, before) {
    node.remove();
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    counts.changed += 1;
    return node;
  }

  appendChild(node) {
    return this.insertBefore(node, null);
  }

  removeChild(node) {
    node.remove();
    return node;
  }

  remove() {
    if (!this.parentNode) return;
    this.parentNode.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
    this.parentNode = null;
    counts.changed += 1;
  }

  get isConnected() {
    let node = this;
    while (node.parentNode) node = node.parentNode;
    return node === document.body;
  }

  contains(node) {
    return node === this || this.childNodes.some((child) => child.contains?.(node));
  }
}

class FakeElement extends FakeNode {
  nodeType = 1;
  namespaceURI = "http://www.w3.org/1999/xhtml";
  scrollTop = 0;
  scrollHeight = 0;
  clientHeight = 0;
  // Where an element knows an event, preact listens for it in small letters.
  onclick = null;
  onscroll = null;
  onpointerenter = null;
  onpointerleave = null;
  style = { setProperty() {}, removeProperty() {} };
  dataset = {};

  get children() {
    return this.childNodes.filter((node) => node.nodeType === 1);
  }

  append(...nodes) {
    for (const node of nodes) this.appendChild(typeof node === "string" ? new FakeText(node) : node);
  }

  prepend(node) {
    this.insertBefore(node, this.firstChild);
  }

  replaceChildren(...nodes) {
    for (const node of [...this.childNodes]) node.remove();
    this.append(...nodes);
  }

  get textContent() {
    return super.textContent;
  }

  set textContent(text) {
    this.replaceChildren(...(text ? [text] : []));
  }

  get className() {
    return this.attributes.class ?? "";
  }

  set className(names) {
    this.setAttribute("class", names);
  }

  get classList() {
    const names = new Set(this.className.split(" ").filter(Boolean));
    const toggle = (name, on) => {
      if (names.has(name) === on) return;
      if (on) names.add(name);
      else names.delete(name);
      this.className = [...names].join(" ");
    };
    return { toggle, contains: (name) => names.has(name) };
  }

  get hidden() {
    return "hidden" in this.attributes;
  }

  set hidden(on) {
    if (on === this.hidden) return;
    if (on) this.setAttribute("hidden", "");
    else this.removeAttribute("hidden");
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
    counts.changed += 1;
  }

  removeAttribute(name) {
    delete this.attributes[name];
    counts.changed += 1;
  }

  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }

  removeEventListener(type) {
    delete this.listeners[type];
  }

  // A listener of preact's is called with its element as `this`, and asks when the event was sent.
  send(type, facts = {}) {
    this.listeners[type]?.call(this, { type, target: this, currentTarget: this, preventDefault() {}, ...facts });
  }

  closest(selector) {
    for (let node = this; node; node = node.parentNode) if (node.matches?.(selector)) return node;
    return null;
  }

  matches(selector) {
    const name = selector.replace(/^\./, "");
    if (name === selector) return this.localName === selector;
    return (this.attributes.class ?? "").split(" ").includes(name);
  }

  querySelectorAll(selector) {
    const below = this.childNodes.flatMap((node) => node.querySelectorAll?.(selector) ?? []);
    return this.matches(selector) ? [this, ...below] : below;
  }

  focus() {}

  scrollIntoView() {}
}

class FakeText extends FakeNode {
  nodeType = 3;
  #data;

  constructor(data) {
    super("#text");
    this.#data = data;
  }

  get data() {
    return this.#data;
  }

  set data(value) {
    this.#data = value;
    counts.changed += 1;
  }

  get textContent() {
    return String(this.#data);
  }
}

/** Makes the globals of a page with this language and operator; its body. Import what reads them afterwards. */
export function makePage({ lang = "nl", operator = "" } = {}) {
  const body = new FakeElement("body");
  const storage = { getItem: () => null, setItem() {}, removeItem() {} };
  Object.assign(globalThis, {
    document: {
      body,
      documentElement: { lang, dataset: { operator } },
      activeElement: null,
      hidden: false,
      hasFocus: () => false,
      addEventListener() {},
      createElement: (name) => new FakeElement(name),
      createElementNS: (_space, name) => new FakeElement(name),
      createTextNode: (data) => new FakeText(data),
    },
    window: { matchMedia: () => ({ matches: false, addEventListener() {} }), addEventListener() {} },
    ResizeObserver: class {
      observe() {}
      disconnect() {}
    },
    sessionStorage: storage,
    localStorage: storage,
    requestAnimationFrame: (work) => setTimeout(work, 0),
    cancelAnimationFrame: clearTimeout,
  });
  return body;
}

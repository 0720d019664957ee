// Stands in for the server behind the widget on the page that previews a text: the widget's own code asks, this page
// answers, and nothing leaves it. Runs before the widget's script.

(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  // In a frame beside a form, the form says what is typed in it at this moment.
  const beside = window.frameElement;
  const config = { ...read("preview-config"), ...JSON.parse(beside?.getAttribute("data-over") || "{}") };
  // Whoever types in that form goes on typing there.
  if (beside) HTMLElement.prototype.focus = () => {};
  const shelf = `balie.${config.site}`;
  try {
    // Each look is a visitor's first. A greeting is seen in the open panel, an invitation beside the button.
    localStorage.removeItem(shelf);
    sessionStorage.setItem(shelf, JSON.stringify({ open: !config.invite_after }));
  } catch {
    // Without storage the panel is opened by hand.
  }

  const welcome = { type: "welcome", token: "", availability: config.availability, chat: null, wait: "" };
  const own = fetch;
  const answer = (body) => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });

  async function ask(url, ...rest) {
    const { pathname } = new URL(url, location.href);
    if (pathname === `/widget/${config.site}/config`) return answer(config);
    if (pathname === `/widget/${config.site}/invite`)
      return answer({ granted: true, id: "00000000-0000-4000-8000-000000000000", seconds: 600 });
    return own(url, ...rest);
  }

  // A panel that fills a phone's whole screen doesn't open by itself.
  if (beside && matchMedia("(max-width: 480px), (max-height: 500px)").matches) {
    const waiting = setInterval(() => {
      const launcher = document.querySelector("balie-chat")?.shadowRoot.querySelector("button.launch");
      if (!launcher) return;
      clearInterval(waiting);
      /** @type {HTMLElement} */ (launcher).click();
    }, 50);
  }

  // The widget uses no `fetch` that a page replaced, except one that looks as the browser's own: a bound function does.
  window.fetch = ask.bind(window);

  window.WebSocket = /** @type {any} */ (
    class {
      static OPEN = 1;

      readyState = 0;
      /** @type {(() => void) | null} */
      onopen = null;
      /** @type {((event: { data: string }) => void) | null} */
      onmessage = null;

      constructor() {
        setTimeout(() => {
          this.readyState = 1;
          this.onopen?.();
        });
      }

      send(text) {
        const frame = JSON.parse(text);
        const server_time = new Date().toISOString();
        if (frame.type === "hello") this.say({ ...welcome, server_time });
        else if (frame.client_id) this.say({ type: "error", code: "preview", client_id: frame.client_id });
        else this.say({ type: "beat", server_time, wait: "" });
      }

      say(frame) {
        setTimeout(() => this.onmessage?.({ data: JSON.stringify(frame) }));
      }

      close() {
        this.readyState = 3;
      }
    }
  );
})();

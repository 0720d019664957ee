// The panel's place on the screen: beside the button, or the whole screen on a phone, where it
// stays above the keyboard and keeps the focus inside.

const SMALL = "(max-width: 480px), (max-height: 500px)";
const FOCUSABLE = "a[href], button, textarea, input, [tabindex='0']";

/** @param on {full(boolean), escape()} */
export function makeFrame(frame, panel, on) {
  const small = matchMedia(SMALL);
  const view = window.visualViewport;

  function fit() {
    const full = small.matches;
    frame.classList.toggle("is-full", full);
    panel.setAttribute("role", full ? "dialog" : "region");
    if (full) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
    // The keyboard of a phone covers the page instead of shrinking it: follow what is visible.
    if (full && view) {
      frame.style.setProperty("height", `${view.height}px`);
      frame.style.setProperty("top", `${view.offsetTop}px`);
    } else {
      frame.style.removeProperty("height");
      frame.style.removeProperty("top");
    }
    on.full(full);
  }

  function keys(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      on.escape();
    } else if (event.key === "Tab" && small.matches) {
      keepInside(event);
    }
  }

  function keepInside(event) {
    const stops = [...panel.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length);
    const now = panel.getRootNode().activeElement;
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const wrap = event.shiftKey ? (now === first || now === panel) && last : now === last && first;
    if (!wrap) return;
    event.preventDefault();
    wrap.focus();
  }

  small.addEventListener("change", fit);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
  frame.addEventListener("keydown", keys);
  return { fit, isFull: () => small.matches };
}

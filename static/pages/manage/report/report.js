// The heat map is one stop for the keyboard: arrows move between its cells, Enter opens the chats of one. Without this
// script each cell is a stop of its own.

const rows = [...document.querySelectorAll(".heat tbody tr")].map((row) => [...row.querySelectorAll("td")]);
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const links = rows
  .flat()
  .map((cell) => cell.querySelector("a"))
  .filter(Boolean);
for (const [place, link] of links.entries()) link.tabIndex = place ? -1 : 0;

/** The next cell that opens, going on over those that don't. */
function beyond(cell, [down, right]) {
  let row = rows.findIndex((cells) => cells.includes(cell));
  let column = rows[row].indexOf(cell);
  for (;;) {
    row += down;
    column += right;
    const next = rows[row]?.[column];
    if (!next) return null;
    if (next.querySelector("a")) return next.querySelector("a");
  }
}

const heat = /** @type {HTMLElement | null} */ (document.querySelector(".heat"));
heat?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const here = /** @type {Element} */ (event.target).closest("td");
  if (!step || !here) return;
  event.preventDefault();
  const next = beyond(here, step);
  if (!next) return;
  for (const link of links) link.tabIndex = link === next ? 0 : -1;
  next.focus();
});

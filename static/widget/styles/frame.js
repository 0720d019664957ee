// The panel's frame: its colours beside those of the company's look and launcher.js, its head and menu.
// Logical properties throughout, so that it mirrors itself on right-to-left pages.

import { css } from "./css.js";

export const FRAME = css`
  .w {
    --ink3: #626a65;
    --sunk: #f0f0eb;
    --rule: #e2e3dc;
    --edge: #848c86;
    --bad: #ab1228;
    --bad-line: #c2162e;
    --warn: #fdf1d3;
    --warn-ink: #6b4600;
    --late: #fde7da;
    --late-ink: #8f3704;
    --track: #d3d6d0;
  }
  :host([data-dark]) .w {
    --ink3: #939c96;
    --sunk: #262c29;
    --rule: #333a36;
    --edge: #737d77;
    --bad: #ff8e98;
    --warn: #3a2f12;
    --late: #43240f;
    --bad-line: #f2707c;
    --warn-ink: #f5d283;
    --late-ink: #ffb58a;
    --track: #3d4541;
  }
  p,
  h2,
  h3 {
    margin: 0;
  }
  button,
  textarea,
  select,
  input {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .vh {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .i {
    width: 20px;
    height: 20px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.9;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .i.s {
    width: 14px;
    height: 14px;
  }

  .frame {
    position: fixed;
    inset-inline-end: calc(24px + var(--aside));
    inset-block-end: calc(88px + var(--lift) + env(safe-area-inset-bottom));
    width: 380px;
    height: min(640px, 100dvh - 120px - var(--lift));
    animation: rise 220ms cubic-bezier(0.2, 0.7, 0.2, 1);
  }
  :host([data-left]) .frame:not(.is-full) {
    inset-inline: calc(24px + var(--aside)) auto;
  }
  :host([data-left]) .note {
    border-end-end-radius: 16px;
    border-end-start-radius: 4px;
  }
  @media (max-width: 830px) {
    .frame {
      inset-inline-end: 24px;
    }
    :host([data-left]) .frame:not(.is-full) {
      inset-inline-start: 24px;
    }
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(12px);
    }
  }
  .w {
    display: flex;
    flex-direction: column;
    position: relative;
    height: 100%;
    background: var(--paper);
    border-radius: 16px;
    overflow: hidden;
    box-shadow:
      0 18px 50px -14px rgb(25 29 27 / 0.35),
      0 0 0 1px var(--line);
    text-align: start;
  }
  .w:focus {
    outline: none;
  }

  .head {
    display: flex;
    align-items: center;
    flex: none;
    gap: 12px;
    min-height: 64px;
    padding-inline: 18px 10px;
    background: var(--co-solid);
    color: var(--co-on);
  }
  .head > div {
    flex: 1;
    min-width: 0;
    padding-block: 8px;
  }
  .head h2 {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 16px;
    font-weight: 650;
    line-height: 1.25;
  }
  .head p {
    display: -webkit-box;
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
    overflow: hidden;
    overflow-wrap: anywhere;
    font-size: 13px;
    line-height: 1.25;
  }
  .who {
    display: grid;
    overflow: hidden;
    place-items: center;
    align-self: flex-end;
    flex: none;
    width: 56px;
    height: 40px;
    padding-block-start: 6px;
    border-radius: 28px 28px 0 0;
    background: var(--paper);
    color: var(--co-text);
    font-size: 15px;
    font-weight: 700;
  }
  .who img {
    display: block;
    width: 34px;
    height: 30px;
    object-fit: contain;
  }
  .who.is-white {
    background: #fff;
  }
  .who.is-black {
    background: #191d1b;
  }
  .x {
    display: grid;
    place-items: center;
    flex: none;
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 10px;
    background: none;
  }
  .x:hover {
    background: rgb(127 127 127 / 0.25);
  }
  .x:focus-visible {
    outline-color: currentColor;
    outline-offset: -4px;
  }
  .x + .x {
    margin-inline-start: -12px;
  }
  .menu {
    position: absolute;
    z-index: 1;
    inset-block-start: 56px;
    inset-inline-end: 12px;
    display: grid;
    min-width: 200px;
    padding: 6px;
    border-radius: 11px;
    background: var(--paper);
    box-shadow:
      0 12px 32px -10px rgb(25 29 27 / 0.35),
      0 0 0 1px var(--line);
  }
  .menu button,
  .menu a {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 44px;
    padding: 0 12px;
    border: 0;
    border-radius: 7px;
    background: none;
    color: var(--ink);
    text-align: start;
    text-decoration: none;
  }
  .menu button:hover,
  .menu a:hover,
  .opts button:hover {
    background: var(--sunk);
  }
  .menu .i,
  .opts .i {
    color: var(--co-text);
  }
  .menu a {
    padding-inline-start: 42px;
  }
`;

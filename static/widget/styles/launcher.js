// The button, the words over it, and what every part of the widget stands on.

import { css } from "./css.js";

export const LAUNCHER = css`
  .launch,
  .w,
  .note {
    --paper: #fff;
    --ink: #191d1b;
    --ink2: #454c48;
    --focus: #0b5659;
    --line: #191d1b14;
    font:
      420 15px/1.42 system-ui,
      Arial,
      sans-serif;
    color: var(--ink);
    color-scheme: light;
    -webkit-text-size-adjust: 100%;
  }
  :host([data-dark]) :is(.launch, .w, .note) {
    --paper: #191d1b;
    --ink: #eaeeeb;
    --ink2: #bcc4bf;
    --focus: #7fc8cb;
    --line: #fff3;
    color-scheme: dark;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  .launch,
  .note {
    --low: 24px;
    --side: 24px;
    --up: 0px;
    position: fixed;
    inset-block-end: calc(var(--low) + var(--lift) + var(--up) + env(safe-area-inset-bottom));
    inset-inline-end: calc(var(--side) + var(--aside));
  }
  :host([data-left]) :is(.launch, .note) {
    inset-inline: calc(var(--side) + var(--aside)) auto;
  }
  .launch {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 9px;
    min-width: 52px;
    height: 52px;
    margin: 0;
    padding-inline: 17px 20px;
    border: 0;
    border-radius: 26px;
    background: var(--co-solid);
    color: var(--co-on);
    font-weight: 620;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    box-shadow: 0 8px 22px -6px #191d1b66;
  }
  .launch:focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
    box-shadow: 0 0 0 2px var(--paper);
  }
  .launch.is-open {
    padding: 0;
  }
  .is-open .word {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .launch svg {
    width: 20px;
    height: 20px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.9;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .count {
    min-width: 22px;
    height: 22px;
    margin-inline-end: -6px;
    padding: 0 6px;
    border-radius: 11px;
    background: var(--paper);
    color: var(--ink);
    font-size: 13px;
    font-weight: 700;
    line-height: 22px;
    text-align: center;
  }
  .note {
    --low: 88px;
    width: 264px;
    max-width: calc(100vw - 32px);
    max-height: calc(100dvh - 104px - var(--lift));
    overflow-y: auto;
    padding: 14px 16px 10px;
    border-radius: 16px;
    border-end-end-radius: 4px;
    background: var(--paper);
    box-shadow:
      0 12px 32px -10px #191d1b66,
      0 0 0 1px var(--line);
    text-align: start;
  }
  .note p {
    margin: 0;
  }
  .note button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  .oops button {
    min-height: 44px;
    padding: 0;
    border: 0;
    background: none;
    font-weight: 650;
    text-decoration: underline;
  }
  @keyframes in {
    from {
      opacity: 0;
      transform: translateY(8px);
    }
  }
  @media (max-width: 830px) {
    .launch,
    .note {
      --up: inherit;
      --aside: 0px;
    }
  }
  @media (max-width: 480px), (max-height: 500px) {
    .launch,
    .note {
      --low: 16px;
      --side: 16px;
      --up: inherit;
      --aside: 0px;
    }
    .note {
      --low: 80px;
    }
    .launch.is-open {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .launch,
    .note {
      animation: in 220ms cubic-bezier(0.2, 0.7, 0.2, 1);
    }
  }
  @media (forced-colors: active) {
    .launch {
      border: 2px solid ButtonText;
    }
    .note {
      border: 1px solid CanvasText;
    }
  }
  @media print {
    .launch,
    .note,
    .frame {
      display: none;
    }
  }
`;

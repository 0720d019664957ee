// An invitation.

import { css } from "./css.js";

export const INVITE = css`
  .invite p {
    margin: 0;
    padding-inline-end: 26px;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .invite button {
    min-height: 40px;
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    color: var(--co-text);
    font: inherit;
    font-weight: 650;
    cursor: pointer;
  }
  .invite button:hover {
    text-decoration: underline;
  }
  .invite button:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .invite .no {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0;
    display: grid;
    place-items: center;
    width: 44px;
    height: 44px;
    color: var(--ink2);
  }
  .invite .no:focus-visible {
    outline-offset: -4px;
  }
  .invite svg {
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }
`;

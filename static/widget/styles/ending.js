// The looks of the ending and of the question form.

import { css } from "./css.js";

export const ENDING = css`
  .over {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    display: flex;
    flex-direction: column;
  }
  .over .log {
    flex: 1 0 auto;
    overflow: visible;
  }
  .end h3,
  .ask h3,
  .done h3 {
    font-size: 17px;
    font-weight: 650;
  }
  .ask {
    flex: none;
    display: grid;
    gap: 12px;
    margin: 0 12px;
    padding: 14px;
    border-radius: 14px;
    background: var(--sunk);
  }
  .two {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 10px;
  }
  .done {
    display: grid;
    gap: 10px;
    justify-items: start;
  }
  .done .i {
    width: 28px;
    height: 28px;
    color: var(--co-text);
  }
  .done p {
    overflow-wrap: anywhere;
  }
  .end {
    display: grid;
    flex: none;
    gap: 10px;
    margin: 0 16px;
    padding: 16px 0 12px;
    border-block-start: 1px solid var(--rule);
  }
  .end h3:focus,
  .kept:focus {
    outline: none;
  }
  .rate button {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 12px;
    border: 1px solid var(--edge);
    border-radius: 12px;
    background: var(--paper);
    font-weight: 600;
  }
  .rate button:hover {
    background: var(--sunk);
  }
  .rate [aria-pressed="true"],
  .rate [aria-pressed="true"]:hover {
    border-color: var(--co-line);
    background: var(--co-tint);
    color: var(--co-text);
    box-shadow: inset 0 0 0 1px var(--co-line);
  }
  .rate button + button .i {
    transform: scale(-1);
  }
  .fine {
    color: var(--ink2);
    font-size: 13px;
  }
  .kept {
    color: var(--ink2);
    font-size: 13px;
  }
  .kept:empty {
    position: absolute;
  }
  .kept.err {
    color: var(--bad);
  }
  .why,
  .mail {
    display: grid;
    gap: 7px;
  }
  .end .mail {
    margin-block-start: 6px;
    padding-block-start: 14px;
    border-block-start: 1px solid var(--rule);
  }
  .lab .q {
    color: inherit;
    font-weight: 600;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .row .fi {
    flex: 1 1 160px;
    width: auto;
    min-width: 0;
  }
  .mails {
    display: grid;
    gap: 4px;
    font-size: 13px;
  }
  .mails p {
    display: flex;
    gap: 6px;
    align-items: baseline;
  }
  .mails .i {
    align-self: center;
    color: var(--co-text);
  }
  .mails .err .i {
    color: inherit;
  }
  .mails span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (forced-colors: active) {
    .ask {
      border: 1px solid CanvasText;
    }
    .rate button {
      border: 1px solid ButtonText;
    }
    .rate [aria-pressed="true"] {
      border: 3px solid Highlight;
    }
  }
`;

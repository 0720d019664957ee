// The line that is written, buttons, and the form of a question.

import { css } from "./css.js";

export const WRITING = css`
  .form {
    display: flex;
    align-items: flex-end;
    flex: none;
    gap: 8px;
    margin: 0 12px;
    padding: 5px 5px 5px 6px;
    border: 1px solid var(--edge);
    border-radius: 24px;
  }
  .form:focus-within {
    outline: 2px solid var(--co-line);
    outline-offset: -1px;
  }
  .in {
    flex: 1;
    min-width: 0;
    resize: none;
    border: 0;
    border-radius: 0;
    background: none;
    padding: 8px;
    font-size: 16px;
    line-height: 1.3;
    outline: none;
    max-height: 120px;
    height: 38px;
  }
  .in:focus-visible {
    outline: none;
  }
  .in::placeholder,
  .fi::placeholder {
    color: var(--ink3);
    opacity: 1;
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    width: 38px;
    height: 38px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: var(--co-solid);
    color: var(--co-on);
  }
  .left {
    flex: none;
    padding: 4px 22px 0;
    color: var(--ink3);
    font-size: 13px;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .left--over {
    color: var(--bad);
    font-weight: 600;
  }
  .foot {
    display: flex;
    flex: none;
    justify-content: space-between;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    padding: 4px 18px 8px;
    font-size: 13px;
  }
  .foot a,
  .foot button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--ink2);
    text-decoration: none;
  }
  .foot .btn {
    min-height: 40px;
    padding: 0 16px;
    background: var(--co-solid);
    color: var(--co-on);
    font-size: 15px;
  }
  .foot .btn:hover {
    text-decoration: none;
  }
  .foot a {
    margin-inline-start: auto;
  }
  .foot a:hover,
  .foot button:hover {
    text-decoration: underline;
  }

  .btn {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 18px;
    border: 0;
    border-radius: 12px;
    background: var(--co-solid);
    color: var(--co-on);
    font-weight: 600;
    text-decoration: none;
  }
  .btn--line {
    background: var(--paper);
    color: var(--co-text);
    border: 1px solid var(--co-line);
  }
  .btn[aria-disabled="true"] {
    opacity: 0.72;
    cursor: default;
  }

  .log--form {
    gap: 7px;
  }
  .log--form .btn {
    margin-block-start: 6px;
    flex: none;
  }
  .lead {
    margin-block-end: 4px;
    color: var(--ink2);
  }
  .lab {
    font-weight: 600;
    font-size: 14px;
  }
  .lab span {
    color: var(--ink3);
    font-weight: 400;
  }
  .fi {
    width: 100%;
    flex: none;
    min-height: 44px;
    padding: 9px 12px;
    border: 1px solid var(--edge);
    border-radius: 10px;
    background: var(--paper);
    font-size: 16px;
    line-height: 1.3;
    resize: none;
  }
  .fi:focus-visible {
    outline: 2px solid var(--co-line);
    outline-offset: -1px;
  }
  .fi[aria-invalid="true"] {
    border: 2px solid var(--bad-line);
  }
  .err {
    display: flex;
    align-items: center;
    gap: 5px;
    color: var(--bad);
    font-size: 13px;
  }
  .here {
    display: flex;
    align-items: center;
    gap: 10px;
    flex: none;
    padding: 10px 16px;
    background: var(--co-tint);
    font-size: 14px;
  }
  .here span:not(:empty) {
    flex: 1;
  }
  .here button {
    min-height: 32px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--co-text);
    font-weight: 600;
    text-decoration: underline;
  }
`;

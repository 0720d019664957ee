// The looks of the conversation and of the wait for an answer.

import { css } from "./css.js";

export const TALK = css`
  .net {
    display: flex;
    align-items: center;
    flex: none;
    gap: 7px;
    padding: 7px 16px;
    background: var(--warn);
    color: var(--warn-ink);
    font-size: 13px;
    font-variant-numeric: tabular-nums;
  }
  .log {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .log:not(.log--form) > :first-child {
    margin-block-start: auto;
  }
  .day {
    text-align: center;
    color: var(--ink3);
    font-size: 12px;
  }
  .m {
    display: grid;
    justify-items: start;
    gap: 4px;
    max-width: 84%;
  }
  .m--me {
    align-self: flex-end;
    justify-items: end;
  }
  .b {
    padding: 9px 13px;
    border-radius: 16px;
    border-start-start-radius: 5px;
    background: var(--sunk);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
    unicode-bidi: plaintext;
    max-width: 100%;
  }
  .b + .b {
    border-start-start-radius: 16px;
  }
  .b a {
    color: var(--focus);
  }
  .m--me .b {
    background: var(--co-solid);
    color: var(--co-on);
    border-start-start-radius: 16px;
    border-start-end-radius: 5px;
  }
  .m--me .b + .b {
    border-start-end-radius: 16px;
  }
  .m--me .b a {
    color: inherit;
  }
  .m--me .b--sending {
    opacity: 0.72;
  }
  .m--me .b--fail {
    background: var(--paper);
    color: var(--ink);
    outline: 1.5px solid var(--bad-line);
    outline-offset: -1.5px;
  }
  .meta {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 4px;
    color: var(--ink3);
    font-size: 12px;
  }
  .m--me .meta {
    justify-content: flex-end;
  }
  .meta--fail {
    color: var(--bad);
    font-size: 13px;
  }
  .meta button {
    min-height: 28px;
    padding: 4px 2px;
    border: 0;
    background: none;
    color: inherit;
    font-weight: 600;
    text-decoration: underline;
  }
  .sys {
    align-self: center;
    max-width: 90%;
    padding: 3px 12px;
    color: var(--ink3);
    font-size: 13px;
    text-align: center;
  }
  .typing {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--ink3);
    font-size: 13px;
  }
  .dots {
    display: inline-flex;
    gap: 4px;
    padding: 9px 11px;
    border-radius: 14px;
    border-start-start-radius: 5px;
    background: var(--sunk);
  }
  .dots i {
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: var(--ink3);
    animation: blink 1.2s infinite;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.3s;
  }
  @keyframes blink {
    0%,
    60%,
    100% {
      opacity: 0.35;
    }
    30% {
      opacity: 1;
    }
  }
  .starts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .starts button {
    min-height: 38px;
    padding: 6px 14px;
    border: 1px solid var(--co-line);
    border-radius: 18px;
    background: var(--paper);
    color: var(--co-text);
    font-weight: 600;
    font-size: 14px;
    text-align: start;
  }
  .starts button:hover {
    background: var(--co-tint);
  }
  .jump {
    position: absolute;
    inset-inline-end: 16px;
    inset-block-end: 108px;
    min-height: 36px;
    padding: 0 14px;
    border: 0;
    border-radius: 18px;
    background: var(--ink);
    color: var(--paper);
    font-size: 14px;
    font-weight: 600;
    box-shadow: 0 6px 18px -6px rgb(25 29 27 / 0.5);
  }

  .wait {
    display: flex;
    align-items: center;
    gap: 14px;
    padding: 13px 15px;
    border-radius: 14px;
    background: var(--co-tint);
    font-size: 14px;
  }
  .wait p {
    color: var(--ink2);
  }
  .wait b {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .arc {
    position: relative;
    flex: none;
    width: 54px;
    height: 33px;
    color: var(--co-text);
  }
  .arc svg {
    display: block;
    width: 100%;
    height: auto;
  }
  .arc path {
    fill: none;
    stroke-width: 4;
    stroke-linecap: round;
    stroke: var(--track);
  }
  .arc .fill {
    stroke: var(--co-line);
    transition: stroke-dasharray 1s linear;
  }
  .arc span {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 0;
    text-align: center;
    font-size: 16px;
    font-weight: 700;
    line-height: 1;
    font-variant-numeric: tabular-nums;
  }
  .wait--late {
    background: var(--late);
  }
  .wait--late .arc {
    color: var(--late-ink);
  }
  .wait--late .fill {
    stroke: #e0601a;
  }
  .opts {
    display: grid;
    gap: 8px;
  }
  .opts button {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 44px;
    padding: 0 14px;
    border: 1px solid var(--edge);
    border-radius: 12px;
    background: var(--paper);
    font-weight: 600;
    text-align: start;
  }
`;

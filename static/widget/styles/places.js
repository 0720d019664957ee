// Where the panel stands otherwise: a peek over the button, a whole phone, less motion, forced colours.

import { css } from "./css.js";

export const PLACES = css`
  .peek {
    padding: 0;
  }
  .peek button {
    display: block;
    width: 100%;
    padding: 12px 16px;
    border: 0;
    background: none;
    text-align: start;
  }
  .peek__words {
    display: -webkit-box;
    -webkit-line-clamp: 3;
    -webkit-box-orient: vertical;
    overflow: hidden;
    overflow-wrap: anywhere;
  }

  .frame.is-full {
    inset: 0;
    inset-block-end: auto;
    width: 100%;
    height: 100dvh;
    animation: none;
  }
  .is-full .w {
    border-radius: 0;
    box-shadow: none;
    padding-block-end: max(10px, env(safe-area-inset-bottom));
  }
  .is-full .head {
    padding-inline: 4px;
    padding-block-start: env(safe-area-inset-top);
    gap: 8px;
  }
  .is-full .foot {
    padding-block-end: 0;
  }
  .is-full .send {
    width: 42px;
    height: 42px;
  }

  @media (prefers-reduced-motion: reduce) {
    .frame,
    .dots i {
      animation: none;
    }
    .arc .fill {
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .w,
    .b,
    .wait,
    .menu {
      border: 1px solid CanvasText;
    }
    .who {
      forced-color-adjust: none;
    }
    .head {
      border-block-end: 2px solid CanvasText;
    }
    .form:focus-within {
      outline-color: Highlight;
    }
    .arc path {
      stroke: GrayText;
    }
    .arc .fill {
      stroke: CanvasText;
    }
    .net,
    .here {
      border-block-end: 1px solid CanvasText;
    }
    .send,
    .jump,
    .btn,
    .foot .btn {
      border: 1px solid ButtonText;
    }
  }
`;

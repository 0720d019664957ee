// The panel's one constructed stylesheet. Logical properties throughout, so that it mirrors itself
// on right-to-left pages; six colours come from the company's look, the others from launcher.js.

export const STYLES = `
.w { --ink3: #626a65; --sunk: #f0f0eb; --rule: #e2e3dc; --edge: #848c86; --bad: #ab1228; --bad-line: #c2162e; --warn: #fdf1d3; --warn-ink: #6b4600; --late: #fde7da; --late-ink: #8f3704; --track: #d3d6d0; }
:host([data-dark]) .w { --ink3: #939c96; --sunk: #262c29; --rule: #333a36; --edge: #737d77; --bad: #ff8e98; --warn: #3a2f12; --late: #43240f; --bad-line: #f2707c; --warn-ink: #f5d283; --late-ink: #ffb58a; --track: #3d4541; }
p, h2, h3 { margin: 0; }
button, textarea, input { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.i { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.i.s { width: 14px; height: 14px; }

.frame { position: fixed; inset-inline-end: calc(24px + var(--aside)); inset-block-end: calc(88px + var(--lift) + env(safe-area-inset-bottom)); width: 380px; height: min(640px, 100dvh - 120px - var(--lift)); animation: rise 220ms cubic-bezier(.2,.7,.2,1); }
@media (max-width: 830px) { .frame { inset-inline-end: 24px; } }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
.w { display: flex; flex-direction: column; position: relative; height: 100%; background: var(--paper); border-radius: 16px; overflow: hidden; box-shadow: 0 18px 50px -14px rgb(25 29 27 / 0.35), 0 0 0 1px var(--line); text-align: start; }
.w:focus { outline: none; }

.head { display: flex; align-items: center; flex: none; gap: 12px; min-height: 64px; padding-inline: 18px 10px; background: var(--co-solid); color: var(--co-on); }
.head > div { flex: 1; min-width: 0; padding-block: 8px; }
.head h2 { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 16px; font-weight: 650; line-height: 1.25; }
.head p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; font-size: 13px; line-height: 1.25; }
.who { display: grid; overflow: hidden; place-items: center; align-self: flex-end; flex: none; width: 56px; height: 40px; padding-block-start: 6px; border-radius: 28px 28px 0 0; background: var(--paper); color: var(--co-text); font-size: 15px; font-weight: 700; }
.x { display: grid; place-items: center; flex: none; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 10px; background: none; }
.x:hover { background: rgb(127 127 127 / 0.25); }
.x:focus-visible { outline-color: currentColor; outline-offset: -4px; }
.x + .x { margin-inline-start: -12px; }
.menu { position: absolute; z-index: 1; inset-block-start: 56px; inset-inline-end: 12px; display: grid; min-width: 200px; padding: 6px; border-radius: 11px; background: var(--paper); box-shadow: 0 12px 32px -10px rgb(25 29 27 / 0.35), 0 0 0 1px var(--line); }
.menu button, .menu a { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 0 12px; border: 0; border-radius: 7px; background: none; color: var(--ink); text-align: start; text-decoration: none; }
.menu button:hover, .menu a:hover, .opts button:hover { background: var(--sunk); }
.menu .i, .opts .i { color: var(--co-text); }
.menu a { padding-inline-start: 42px; }

.net { display: flex; align-items: center; flex: none; gap: 7px; padding: 7px 16px; background: var(--warn); color: var(--warn-ink); font-size: 13px; font-variant-numeric: tabular-nums; }
.log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; display: flex; flex-direction: column; gap: 12px; padding: 16px; }
.log:focus-visible { outline-offset: -2px; }
.log:not(.log--form) > :first-child { margin-block-start: auto; }
.day { text-align: center; color: var(--ink3); font-size: 12px; }
.m { display: grid; justify-items: start; gap: 4px; max-width: 84%; }
.m--me { align-self: flex-end; justify-items: end; }
.b { padding: 9px 13px; border-radius: 16px; border-start-start-radius: 5px; background: var(--sunk); overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: plaintext; max-width: 100%; }
.b + .b { border-start-start-radius: 16px; }
.b a { color: var(--focus); }
.m--me .b { background: var(--co-solid); color: var(--co-on); border-start-start-radius: 16px; border-start-end-radius: 5px; }
.m--me .b + .b { border-start-end-radius: 16px; }
.m--me .b a { color: inherit; }
.m--me .b--sending { opacity: 0.72; }
.m--me .b--fail { background: var(--paper); color: var(--ink); outline: 1.5px solid var(--bad-line); outline-offset: -1.5px; }
.meta { display: flex; align-items: center; flex-wrap: wrap; gap: 4px; color: var(--ink3); font-size: 12px; }
.m--me .meta { justify-content: flex-end; }
.meta--fail { color: var(--bad); font-size: 13px; }
.meta button { min-height: 28px; padding: 4px 2px; border: 0; background: none; color: inherit; font-weight: 600; text-decoration: underline; }
.sys { align-self: center; max-width: 90%; padding: 3px 12px; color: var(--ink3); font-size: 13px; text-align: center; }
.typing { display: flex; align-items: center; gap: 8px; color: var(--ink3); font-size: 13px; }
.dots { display: inline-flex; gap: 4px; padding: 9px 11px; border-radius: 14px; border-start-start-radius: 5px; background: var(--sunk); }
.dots i { width: 6px; height: 6px; border-radius: 50%; background: var(--ink3); animation: blink 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: 0.15s; }
.dots i:nth-child(3) { animation-delay: 0.3s; }
@keyframes blink { 0%, 60%, 100% { opacity: 0.35; } 30% { opacity: 1; } }
.starts { display: flex; flex-wrap: wrap; gap: 8px; }
.starts button { min-height: 38px; padding: 6px 14px; border: 1px solid var(--co-line); border-radius: 18px; background: var(--paper); color: var(--co-text); font-weight: 600; font-size: 14px; text-align: start; }
.starts button:hover { background: var(--co-tint); }
.jump { position: absolute; inset-inline-end: 16px; inset-block-end: 108px; min-height: 36px; padding: 0 14px; border: 0; border-radius: 18px; background: var(--ink); color: var(--paper); font-size: 14px; font-weight: 600; box-shadow: 0 6px 18px -6px rgb(25 29 27 / 0.5); }

.wait { display: flex; align-items: center; gap: 14px; padding: 13px 15px; border-radius: 14px; background: var(--co-tint); font-size: 14px; }
.wait p { color: var(--ink2); }
.wait b { font-weight: 650; font-variant-numeric: tabular-nums; }
.arc { position: relative; flex: none; width: 54px; height: 33px; color: var(--co-text); }
.arc svg { display: block; width: 100%; height: auto; }
.arc path { fill: none; stroke-width: 4; stroke-linecap: round; stroke: var(--track); }
.arc .fill { stroke: var(--co-line); transition: stroke-dasharray 1s linear; }
.arc span { position: absolute; inset-inline: 0; inset-block-end: 0; text-align: center; font-size: 16px; font-weight: 700; line-height: 1; font-variant-numeric: tabular-nums; }
.wait--late { background: var(--late); }
.wait--late .arc { color: var(--late-ink); }
.wait--late .fill { stroke: #e0601a; }
.opts { display: grid; gap: 8px; }
.opts button { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 0 14px; border: 1px solid var(--edge); border-radius: 12px; background: var(--paper); font-weight: 600; text-align: start; }

.form { display: flex; align-items: flex-end; flex: none; gap: 8px; margin: 0 12px; padding: 5px 5px 5px 6px; border: 1px solid var(--edge); border-radius: 24px; }
.form:focus-within { outline: 2px solid var(--co-line); outline-offset: -1px; }
.in { flex: 1; min-width: 0; resize: none; border: 0; border-radius: 0; background: none; padding: 8px; font-size: 16px; line-height: 1.3; outline: none; max-height: 120px; height: 38px; }
.in:focus-visible { outline: none; }
.in::placeholder, .fi::placeholder { color: var(--ink3); opacity: 1; }
.send { display: grid; place-items: center; flex: none; width: 38px; height: 38px; padding: 0; border: 0; border-radius: 50%; background: var(--co-solid); color: var(--co-on); }
.left { flex: none; padding: 4px 22px 0; color: var(--ink3); font-size: 13px; text-align: end; font-variant-numeric: tabular-nums; }
.left--over { color: var(--bad); font-weight: 600; }
.foot { display: flex; flex: none; justify-content: space-between; align-items: center; gap: 12px; min-height: 44px; padding: 4px 18px 8px; font-size: 13px; }
.foot a, .foot button { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; padding: 0; border: 0; background: none; color: var(--ink2); text-decoration: none; }
.foot .btn { min-height: 40px; padding: 0 16px; background: var(--co-solid); color: var(--co-on); font-size: 15px; }
.foot .btn:hover { text-decoration: none; }
.foot a { margin-inline-start: auto; }
.foot a:hover, .foot button:hover { text-decoration: underline; }

.btn { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px; padding: 0 18px; border: 0; border-radius: 12px; background: var(--co-solid); color: var(--co-on); font-weight: 600; text-decoration: none; }
.btn--line { background: var(--paper); color: var(--co-text); border: 1px solid var(--co-line); }
.btn[aria-disabled="true"] { opacity: 0.72; cursor: default; }

.log--form { gap: 7px; }
.log--form .btn { margin-block-start: 6px; flex: none; }
.lead { margin-block-end: 4px; color: var(--ink2); }
.lab { font-weight: 600; font-size: 14px; }
.lab span { color: var(--ink3); font-weight: 400; }
.fi { width: 100%; flex: none; min-height: 44px; padding: 9px 12px; border: 1px solid var(--edge); border-radius: 10px; background: var(--paper); font-size: 16px; line-height: 1.3; resize: none; }
.fi:focus-visible { outline: 2px solid var(--co-line); outline-offset: -1px; }
.fi[aria-invalid="true"] { border: 2px solid var(--bad-line); }
.err { display: flex; align-items: center; gap: 5px; color: var(--bad); font-size: 13px; }
.here { display: flex; align-items: center; gap: 10px; flex: none; padding: 10px 16px; background: var(--co-tint); font-size: 14px; }
.here span:not(:empty) { flex: 1; }
.here button { min-height: 32px; padding: 0; border: 0; background: none; color: var(--co-text); font-weight: 600; text-decoration: underline; }

.peek { padding: 0; }
.peek button { display: block; width: 100%; padding: 12px 16px; border: 0; background: none; text-align: start; }
.peek__words { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }

.frame.is-full { inset: 0; inset-block-end: auto; width: 100%; height: 100dvh; animation: none; }
.is-full .w { border-radius: 0; box-shadow: none; padding-block-end: max(10px, env(safe-area-inset-bottom)); }
.is-full .head { padding-inline: 4px; padding-block-start: env(safe-area-inset-top); gap: 8px; }
.is-full .foot { padding-block-end: 0; }
.is-full .send { width: 42px; height: 42px; }

@media (prefers-reduced-motion: reduce) { .frame, .dots i { animation: none; } .arc .fill { transition: none; } }
@media (forced-colors: active) {
  .w, .b, .wait, .menu { border: 1px solid CanvasText; }
  .who { forced-color-adjust: none; }
  .head { border-block-end: 2px solid CanvasText; }
  .form:focus-within { outline-color: Highlight; }
  .arc path { stroke: GrayText; }
  .arc .fill { stroke: CanvasText; }
  .net, .here { border-block-end: 1px solid CanvasText; }
  .send, .jump, .btn, .foot .btn { border: 1px solid ButtonText; }
}
`;

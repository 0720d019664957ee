// The line where WebSocket is blocked: long poll with the same frames, behind the few members of a WebSocket that
// socket.js uses. Loaded only when it is needed.

import { request, toJson } from "../basics.js";

/** `ws(s)://host/ws/widget/KEY/` as the address of its long poll. */
export function pollUrl(url) {
  return url.replace(/^ws/, "http").replace("/ws/widget/", "/wire/widget/");
}

export class PollSocket {
  constructor(url) {
    /** @type {(() => void) | null} */
    this.onopen = null;
    /** @type {((event: {data: string}) => void) | null} */
    this.onmessage = null;
    /** @type {((event: {code: number}) => void) | null} */
    this.onclose = null;
    this.url = pollUrl(url);
    this.readyState = 0;
    this.session = null;
    this.out = [];
    this.asked = 0;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text) {
    this.out.push(text);
    // What is said in one go travels together; the first request brings the session the others need.
    if (this.out.length === 1 && (this.session || this.asked === 0)) queueMicrotask(() => this.ask());
  }

  close() {
    this.over(1000);
  }

  // A newer request takes over the waiting: the server ends the older one empty.
  async ask() {
    if (this.readyState > 1) return;
    const mine = (this.asked += 1);
    let answer;
    try {
      const { status, body } = await request(
        "POST",
        this.url,
        toJson({ session: this.session, frames: this.out.splice(0) }),
      );
      if (status !== 200) throw new Error(String(status));
      answer = JSON.parse(body);
      // A proxy may answer in our place.
      if (typeof answer.frames?.length !== "number") throw new Error("shape");
    } catch {
      this.over(1006);
      return;
    }
    this.session = answer.session;
    for (const data of answer.frames) if (this.readyState === 1) this.onmessage?.({ data });
    if (answer.closed != null) this.over(answer.closed);
    else if (mine === this.asked) this.ask();
  }

  over(code) {
    if (this.readyState > 1) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

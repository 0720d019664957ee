// A WebSocket that goes nowhere: the test says what the server says, and reads what was sent.

// Every line that was opened, the newest last.
export const lines = [];

/** Stands in for the browser's WebSocket. */
export class FakeSocket {
  static OPEN = 1;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol, readyState: 0, sent: [] });
    lines.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  accept() {
    this.readyState = 1;
    this.onopen();
  }

  lose(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }

  say(event) {
    this.onmessage({ data: JSON.stringify(event) });
  }

  of(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

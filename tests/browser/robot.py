"""An operator who needs no console: a script for any page of the desk."""

# An operator in one expression: takes the seat, accepts every offer, says what it is told to. Playwright waits for a
# promise as long as it takes: these give up, and tell what came instead.
ROBOT = """async () => {
  const PATIENCE = 20000;
  const ws = new WebSocket(`ws://${location.host}/ws/console/`, "balie.v1");
  const send = (frame) => ws.send(JSON.stringify(frame));
  window.desk = { chat: null };
  const command = (type, entry, more = {}) =>
    send({ type, chat_id: entry.chat_id, fence: entry.fence, client_id: crypto.randomUUID(), ...more });
  const came = [], waiting = new Set();
  let over = "", seated = false;
  const look = () => waiting.forEach((one) => one());
  const wait = (wanted, isSo) => new Promise((done, fail) => {
    const give_up = (why) => fail(new Error(`no ${wanted}, ${why}; came: ${came.slice(-20).join(", ")}`));
    const timer = setTimeout(() => (waiting.delete(one), give_up(`${PATIENCE} ms`)), PATIENCE);
    function one() {
      if (!isSo() && !over) return;
      waiting.delete(one);
      clearTimeout(timer);
      isSo() ? done() : give_up(over);
    }
    waiting.add(one);
    one();
  });
  window.until = (state) => wait(`chat that is ${state}`, () => desk.chat?.state === state);
  window.act = (type, more) => command(type, desk.chat, more);
  ws.onopen = () => send({ type: "hello", take_seat: true });
  ws.onclose = ({ code }) => ((over = `the socket is closed (${code})`), look());
  ws.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    came.push(event.type === "error" ? `error ${event.code}` : event.type);
    if (event.type === "snapshot") {
      setInterval(() => send({ type: "seat.renew", epoch: event.seat.epoch }), 5000);
      seated = true;
    }
    if (event.type === "offer.made") command("offer.accept", event.offer);
    if (event.type === "chat.added") desk.chat = event.chat.entry;
    if (event.type === "chat.changed") desk.chat = event.entry;
    look();
  };
  await wait("snapshot", () => seated);
}"""

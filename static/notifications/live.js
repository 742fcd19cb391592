// The page's one socket. `live` fires an Event of each frame's own "type" with the frame as `detail`, and "open" and
// "shut", and "back" when somebody looks at the page again. Whoever shows data asks the server for what was missed at
// "open" and "back", and at "sync" (after `someTime()`). A socket that was doubted turns out "sure" or "dead";
// "unheard" is for what a page did while it had none.
// <… data-front-room="uuid">: this page shows a chat room, told to the server while it is in front.
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 5 * 60 * 1000;
const SPREAD_MS = 5000; // many pages come back at once after a restart
const LOGIN_NEEDED = 4401;
const TOO_MUCH = 4429;
const PING_MS = 25000;
const PATIENCE_MS = 3000; // without an answer the connection is dead, though open

export const live = new EventTarget();
export const someTime = () => new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
export const isOpen = () => socket?.readyState === WebSocket.OPEN;
/** Whether it is open and owes no answer. */
export const isSure = () => isOpen() && !doubt;

let socket = null;
let failures = 0;
let timer = null;
let openedAt = 0;
let doubt = null;
let backAt = 0;

function fire(type, detail) {
  live.dispatchEvent(new CustomEvent(type, { detail }));
}

function tellFront() {
  const room = document.visibilityState === "visible" && document.querySelector("[data-front-room]")?.dataset.frontRoom;
  if (isOpen() && socket.front !== (room || null)) {
    socket.front = room || null;
    socket.send(JSON.stringify({ front: socket.front }));
  }
}

function waitAfter(code) {
  const wasUsed = Date.now() - openedAt > FIRST_WAIT_MS;
  if (code === LOGIN_NEEDED && !wasUsed) return null; // logged out: coming back is of no use
  if (code === TOO_MUCH) return LONGEST_WAIT_MS * (0.5 + Math.random());
  if (wasUsed) failures = 0;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  failures += 1;
  return failures === 1 ? Math.random() * SPREAD_MS : wait * (0.5 + Math.random());
}

function connect() {
  clearTimeout(timer);
  if (socket) return;
  try {
    socket = new WebSocket(new URL("/ws/notices/", location.href.replace(/^http/, "ws")));
  } catch {
    return; // forbidden here: the pages work without
  }
  openedAt = Infinity;
  socket.front = null;
  heard();
  socket.addEventListener("open", () => {
    openedAt = Date.now();
    heard();
    tellFront();
    fire("open");
  });
  socket.addEventListener("message", ({ data }) => {
    const wasInDoubt = doubt;
    heard();
    if (wasInDoubt) fire("sure");
    for (const event of [JSON.parse(data)].flat()) fire(event.type, event); // several at once come as an array
  });
  socket.addEventListener("close", ({ code, target }) => {
    if (target !== socket) return;
    socket = null;
    fire("shut", { code });
    const wait = waitAfter(code);
    if (wait !== null) timer = setTimeout(connect, wait);
  });
}

function heard() {
  clearTimeout(doubt);
  doubt = null;
}

/** Ask the server for a sign of life; where none comes, connect anew. */
function ping() {
  if (!socket) return connect();
  if (doubt) return;
  if (isOpen()) socket.send('{"ping":1}');
  doubt = setTimeout(() => {
    const dead = socket;
    heard();
    socket = null;
    dead?.close();
    fire("shut", {});
    fire("dead");
    connect();
  }, PATIENCE_MS);
}

setInterval(() => document.visibilityState === "visible" && socket && ping(), PING_MS);

/** Somebody looks at the page again: what it missed is asked for at once, whatever the socket believes. */
function back() {
  if (document.visibilityState !== "visible" || Date.now() - backAt < 1000) return;
  backAt = Date.now();
  ping();
  fire("back");
}

let settling = null;
document.addEventListener("visibilitychange", () => {
  clearTimeout(settling);
  settling = setTimeout(tellFront, 500); // the server takes five frames a second at most
});
document.addEventListener("visibilitychange", back);
for (const name of ["focus", "online"]) window.addEventListener(name, back);
window.addEventListener("pagehide", () => {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close(); // an open socket keeps the page out of the back/forward cache
});
window.addEventListener("pageshow", ({ persisted }) => (persisted ? back() : connect()));

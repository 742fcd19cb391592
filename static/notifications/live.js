// The page's one socket. `live` fires an Event of each frame's own "type" with the frame as `detail`, and "open" and
// "shut". Whoever shows data asks the server for what was missed at "open" and at "sync" (after `someTime()`).
// <… data-front-room="uuid">: this page shows a chat room, told to the server while it is in front.
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 5 * 60 * 1000;
const SPREAD_MS = 5000; // many pages come back at once after a restart
const LOGIN_NEEDED = 4401;
const TOO_MUCH = 4429;

export const live = new EventTarget();
export const someTime = () => new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
export const isOpen = () => socket?.readyState === WebSocket.OPEN;

let socket = null;
let failures = 0;
let timer = null;
let openedAt = 0;

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
  socket.addEventListener("open", () => {
    openedAt = Date.now();
    tellFront();
    fire("open");
  });
  socket.addEventListener("message", ({ data }) => {
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

let settling = null;
document.addEventListener("visibilitychange", () => {
  clearTimeout(settling);
  settling = setTimeout(tellFront, 500); // the server takes five frames a second at most
});
window.addEventListener("online", connect);
window.addEventListener("pagehide", () => {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close(); // an open socket keeps the page out of the back/forward cache
});
window.addEventListener("pageshow", connect);

// Tells of new messages while a page is open: a popup, the unread badges, the number in the title. <div data-notices>
// Event: {"type": "notice", "title", "body", "url" or "id", "unread"}. Other modules hear it as "notice" on document.
const KEEP_MS = 12000;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 5 * 60 * 1000;
const FINAL_CODES = new Set([4401, 4403]); // logged out, not allowed: coming back is of no use

const region = document.querySelector("[data-notices]");
const title = document.title;
let socket = null;
let failures = 0;
let timer = null;

function addressOf({ url, id }) {
  const uuid = /^(\w{8})-?(\w{4})-?(\w{4})-?(\w{4})-?(\w{12})$/.exec(id ?? "")?.slice(1).join("-");
  const { inbox, open } = region.dataset;
  const address = new URL(url || (uuid ? open.replace(/[0-]{36}/, uuid) : inbox), location.href);
  return address.origin === location.origin ? address.href : inbox;
}

function popUp(notice) {
  const toast = Object.assign(document.createElement("div"), { className: "toast" });
  const link = Object.assign(document.createElement("a"), { href: addressOf(notice), textContent: notice.title });
  const text = Object.assign(document.createElement("p"), { className: "muted small", textContent: notice.body ?? "" });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  close.setAttribute("aria-label", "关闭提示");
  close.addEventListener("click", () => toast.remove());
  toast.append(link, ...(notice.body ? [text] : []), close);
  region.append(toast);
  while (region.children.length > 3) region.firstElementChild.remove();
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, KEEP_MS) : toast.remove());
  setTimeout(leave, KEEP_MS);
}

function count(unread) {
  const numbers = [...document.querySelectorAll("[data-unread-number]")];
  const next = unread ?? Number(numbers[0]?.dataset.unreadNumber ?? 0) + 1;
  for (const number of numbers) {
    number.dataset.unreadNumber = next;
    number.textContent = next > 99 ? "99+" : next;
    number.closest("[data-unread]").hidden = !next;
  }
  document.title = next ? `(${next}) ${title}` : title;
}

function connect() {
  clearTimeout(timer);
  if (socket) return;
  try {
    socket = new WebSocket(new URL("/ws/notices/", location.href.replace(/^http/, "ws")));
  } catch {
    return; // forbidden here: the pages work without
  }
  socket.addEventListener("open", () => (failures = 0));
  socket.addEventListener("message", ({ data }) => {
    const notice = JSON.parse(data);
    if (notice.type !== "notice") return;
    count(notice.unread);
    if (notice.title) popUp(notice);
    document.dispatchEvent(new CustomEvent("notice", { detail: notice }));
  });
  socket.addEventListener("close", ({ code, target }) => {
    if (target !== socket) return;
    socket = null;
    if (FINAL_CODES.has(code)) return;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.5 + Math.random());
    failures += 1;
    timer = setTimeout(connect, wait);
  });
}

window.addEventListener("online", connect);
window.addEventListener("pagehide", () => {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close(); // an open socket keeps the page out of the back/forward cache
});
window.addEventListener("pageshow", connect);

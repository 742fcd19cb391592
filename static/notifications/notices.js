// Tells of new messages while a page is open: a popup, the unread badges, the number in the title. <div data-notices>
// Frames: {"type": "notice", "id", "kind", "title", "again"}, where "again" renews one that is unread already, and
// {"type": "unread", "unread": number}.
import { live, someTime } from "./live.js";

const KEEP_MS = 12000;
const region = document.querySelector("[data-notices]");
const title = document.title;

function addressOf(id) {
  const uuid = /^(\w{8})-?(\w{4})-?(\w{4})-?(\w{4})-?(\w{12})$/.exec(id ?? "")?.slice(1).join("-");
  const { inbox, open } = region.dataset;
  return uuid ? open.replace(/[0-]{36}/, uuid) : inbox;
}

function popUp(notice) {
  const toast = Object.assign(document.createElement("div"), { className: "toast" });
  const link = Object.assign(document.createElement("a"), { href: addressOf(notice.id), textContent: notice.title });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  close.setAttribute("aria-label", "关闭提示");
  close.addEventListener("click", () => toast.remove());
  toast.append(link, close);
  region.append(toast);
  while (region.children.length > 3) region.firstElementChild.remove();
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, KEEP_MS) : toast.remove());
  setTimeout(leave, KEEP_MS);
}

// While the page is behind others, by the system, where the reader allows it; one notice however many pages there are.
async function popUpOutside(notice) {
  if (!document.hidden || globalThis.Notification?.permission !== "granted") return;
  const worker = await navigator.serviceWorker.register("/sw.js");
  await worker.showNotification(notice.title, { tag: notice.id, data: { url: addressOf(notice.id) }, lang: "zh-Hans" });
}

const numbers = () => [...document.querySelectorAll("[data-unread-number]")];
const unread = () => Number(numbers()[0]?.dataset.unreadNumber ?? 0);

function show(count) {
  for (const number of numbers()) {
    number.dataset.unreadNumber = count;
    number.textContent = count > 99 ? "99+" : count;
    number.closest("[data-unread]").hidden = !count;
  }
  document.title = count ? `(${count}) ${title}` : title;
  navigator.setAppBadge?.(count).catch(() => {}); // only where the site is installed as an app
}

// After a gap: what came meanwhile is shown, the newest of it pops up. Once one is known, a later one is told by its time,
// for as many may have been read as came.
const seen = new Set();
let newestAt = "";
async function catchUp() {
  const answer = await fetch(region.dataset.unreadUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return;
  const { unread: count, newest } = await answer.json();
  const isNew = newest && (newestAt ? newest.at > newestAt : count > unread());
  if (isNew && !seen.has(newest.id)) popUp(newest);
  if (newest?.at > newestAt) newestAt = newest.at;
  show(count);
}

let wasOpen = false;
live.addEventListener("open", () => {
  if (wasOpen) catchUp().catch(() => {});
  wasOpen = true;
});
for (const type of ["back", "dead", "unheard"]) live.addEventListener(type, () => catchUp().catch(() => {}));
live.addEventListener("sync", () => someTime().then(catchUp).catch(() => {}));
live.addEventListener("notice", ({ detail: notice }) => {
  show(unread() + (notice.again ? 0 : 1));
  seen.add(notice.id);
  popUp(notice);
  popUpOutside(notice).catch(() => {});
});
live.addEventListener("unread", ({ detail }) => show(detail.unread));
show(unread());

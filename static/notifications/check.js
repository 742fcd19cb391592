// The self-check: what only the browser knows, and whether a test message pops up.
import { isOpen, live } from "../notifications/live.js";
import { post, show } from "./states.js";

const WAIT_MS = 10000;
const boxOf = (name) => document.querySelector(`[data-check="${name}"]`);

function lookAtConnection() {
  show(boxOf("connection"), isOpen() ? "open" : navigator.onLine ? "shut" : "offline");
}

function lookAtPermission() {
  show(boxOf("permission"), "Notification" in window ? Notification.permission : "unsupported");
}

for (const type of ["open", "shut"]) live.addEventListener(type, lookAtConnection);
for (const type of ["online", "offline"]) window.addEventListener(type, lookAtConnection);
document.addEventListener("push-state", lookAtPermission);
setTimeout(lookAtConnection, 1500); // the socket opens after the page
lookAtPermission();

const box = document.querySelector("[data-test-message]");
const arrived = new Set();
let wanted = null;
let patience = null;

live.addEventListener("notice", ({ detail }) => {
  arrived.add(detail.id);
  if (detail.id === wanted) settle("arrived");
});

function settle(state) {
  clearTimeout(patience);
  wanted = null;
  show(box, state);
}

box.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  settle("waiting");
  try {
    const answer = await post(box, event.target.action, {});
    const { id, error } = await answer.json();
    if (error) box.querySelector("[data-test-error]").textContent = error;
    if (!answer.ok) return settle("refused");
    if (arrived.has(id)) return settle("arrived");
    wanted = id;
    patience = setTimeout(() => settle("missing"), WAIT_MS);
  } catch {
    settle("refused");
  }
});

// The list of rooms is made anew when something was said or read while it is looked at, and when its reader comes back.
import { live, someTime } from "../notifications/live.js";

let waiting = null;

async function renew() {
  waiting = null;
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [ours, theirs] = [document, page].map((each) => each.querySelector("[data-rooms]"));
  if (ours && theirs) ours.replaceWith(theirs);
  else if (theirs) location.reload(); // the first room
}

const soon = () => (waiting ??= setTimeout(renew, 1500));

for (const type of ["chat", "chat.removed"]) live.addEventListener(type, soon);
for (const type of ["back", "dead"]) live.addEventListener(type, renew);
live.addEventListener("sync", () => someTime().then(soon));

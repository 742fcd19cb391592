// The list of rooms is made anew when something was said or read while it is looked at.
import { live, someTime } from "../notifications/live.js";

let waiting = null;

function renew() {
  waiting ??= setTimeout(() => location.reload(), 1500);
}

for (const type of ["chat", "chat.removed"]) live.addEventListener(type, renew);
live.addEventListener("sync", () => someTime().then(renew));

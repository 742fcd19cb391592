// Warns two minutes before the login ends, and keeps it alive while somebody works at a form. After a login in another
// tab the forms of this page get its token, so that nothing typed here is lost.
import { show } from "../notifications/states.js";
import { takeToken, token } from "./token.js";

const WARN_MS = 2 * 60 * 1000;
const WORK_MS = 60 * 1000; // typing is told so often
const AGAIN_MS = 5000; // after the end, while the server does not answer
const LONGEST_WAIT_MS = 10 * 60 * 1000; // timers of a sleeping device are late; the clock is not

const box = document.querySelector("[data-session]");
const lefts = box.querySelectorAll("[data-session-left]");
let endsAt = Date.now() + Number(box.dataset.seconds) * 1000;
let toldAt = Date.now();
let timer = null;
let isSeen = false; // the warning was put away

function open(state) {
  show(box, state);
  if (!box.open) box.showModal();
}

/** Ask the server how long is left; a POST is work. No answer: what is known stays. */
async function ask(isWork, isFirst = true) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  const headers = { Accept: "application/json" };
  const request = isWork ? { method: "POST", body, headers } : { headers };
  const answer = await fetch(box.dataset.session, request).catch(() => null);
  const state = await answer?.json().catch(() => null);
  if (!state || state.user === undefined) return null;
  const isFresh = takeToken(state);
  if (answer.status === 403 && isFresh && isFirst) return ask(isWork, false); // the token that counts came with it
  endsAt = Date.now() + state.seconds * 1000;
  isSeen = isSeen && state.seconds * 1000 <= WARN_MS;
  if (state.user && state.user !== box.dataset.user) open("other");
  else if (!state.user) open("over");
  else if (state.seconds * 1000 > WARN_MS) box.close();
  else if (isWork) open("last"); // nothing makes a login longer than its longest time
  plan();
  return state;
}

function count() {
  const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
  for (const left of lefts) left.textContent = seconds > 60 ? `${Math.ceil(seconds / 60)} 分钟` : `${seconds} 秒`;
}

async function look() {
  const remaining = endsAt - Date.now();
  if (remaining > WARN_MS) return plan();
  if (remaining <= 0 || !(box.open || isSeen)) {
    const state = await ask(false); // another tab may have worked meanwhile
    if (state && (!state.user || state.seconds * 1000 > WARN_MS)) return;
    if (endsAt > Date.now()) open("soon");
    else if (state === null) open("silent");
  }
  count();
  plan();
}

function plan() {
  clearTimeout(timer);
  const remaining = endsAt - Date.now();
  if (remaining > 0) timer = setTimeout(look, remaining > WARN_MS ? Math.min(remaining - WARN_MS, LONGEST_WAIT_MS) : 1000);
  else if (!box.open || box.querySelector("[data-when=over]").hidden) timer = setTimeout(look, AGAIN_MS);
}

/** Send a form that was stopped, where the login turns out to be alive: the clock here may be wrong. */
async function sendAfterAll(form, button) {
  const state = await ask(false);
  if (!state?.user || state.user !== box.dataset.user) return;
  if (form.requestSubmit) form.requestSubmit(button);
  else form.submit();
}

document.addEventListener("input", () => {
  if (Date.now() - toldAt < WORK_MS) return;
  toldAt = Date.now();
  ask(true);
});
// A form that cannot be taken is not sent: files and marks would not come back.
document.addEventListener(
  "submit",
  (event) => {
    if (endsAt > Date.now() || event.target.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sendAfterAll(event.target, event.submitter);
  },
  true,
);
for (const name of ["cancel", "submit"]) box.addEventListener(name, () => (isSeen = true));
box.querySelector("[data-session-stay]").addEventListener("click", () => ask(true));
for (const button of box.querySelectorAll("[data-session-look]")) button.addEventListener("click", () => ask(false));
for (const name of ["focus", "online", "pageshow"]) window.addEventListener(name, () => Date.now() > endsAt - WARN_MS && look());
document.addEventListener("visibilitychange", () => !document.hidden && Date.now() > endsAt - WARN_MS && look());
plan();

// What is half-written in a form stays in this tab while its writer looks at another page, and stands there again on the
// way back: browsers keep no page that says no-store. It goes when a page of ours has answered the form, with the
// logout (logout.js) and with the tab. Forms that save themselves do without, and so do secrets.
const PREFIX = "half:";
const me = document.querySelector("[data-session]")?.dataset.user ?? "";
const own = `${PREFIX}${me}:${location.pathname}`;
const SENT = `${PREFIX}${me}:sent`;
const SECRET = /password|code|otp|id_number|^q$/;
const TEXTS = "textarea, input:not([type]), input[type=text], input[type=tel], input[type=email], input[type=number]";

const touched = new WeakSet();
let isSent = false;

function boxes() {
  const all = [...document.querySelectorAll("form[method=post]")];
  const forms = all.filter((form) => !form.matches("[data-autosave]") && !form.closest("[data-composer]"));
  return forms.flatMap((form, number) =>
    [...form.elements]
      .filter((box) => box.matches(TEXTS) && box.name && !SECRET.test(box.name))
      .map((box) => [`${number}:${box.name}`, box]),
  );
}

function write() {
  const texts = boxes().filter(([, box]) => box.value !== box.defaultValue);
  if (texts.length) sessionStorage.setItem(own, JSON.stringify(texts.map(([key, box]) => [key, box.value])));
  else sessionStorage.removeItem(own);
  if (isSent) sessionStorage.setItem(SENT, own);
}

function putBack() {
  const kept = new Map(JSON.parse(sessionStorage.getItem(own) ?? "[]"));
  for (const [key, box] of boxes().filter(([, each]) => !touched.has(each))) {
    if (kept.has(key)) {
      box.value = kept.get(key);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    } else box.value = box.defaultValue; // over http some browsers put back what was answered
  }
}

function begin() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${me}:`)) sessionStorage.removeItem(key);
  }
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const answered = sessionStorage.getItem(SENT);
  // Back from a page of failure, which has no scripts: the form was not taken.
  if (isBack) {
    putBack();
    window.addEventListener("pageshow", putBack); // browsers put back what they know at the very end
  } else if (answered) sessionStorage.removeItem(answered);
  sessionStorage.removeItem(SENT);
}

document.addEventListener("input", ({ isTrusted, target }) => isTrusted && touched.add(target));
document.addEventListener("submit", (event) => {
  isSent = !event.defaultPrevented && event.target.method === "post";
});
window.addEventListener("pageshow", () => (isSent = false));
try {
  begin();
  window.addEventListener("pagehide", write);
} catch {
  // no storage here: the text lives as long as the page
}

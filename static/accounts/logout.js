// Before somebody leaves: asks about lines that were not sent, ends this browser's push messages for them alone, and
// takes away what pages kept on the device. What others kept here half-written goes at once, or when it is old.
const KEPT_MS = 12 * 60 * 60 * 1000;
const me = document.querySelector("[data-session]")?.dataset.user ?? "";

const keysOf = (storage) => {
  try {
    return Object.keys(storage());
  } catch {
    return []; // no storage here
  }
};
const local = () => keysOf(() => localStorage).filter((key) => /^chat-(outbox|draft):/.test(key));
const isMine = (key) => key.split(":")[1].replace(/-/g, "") === me;

function unsent() {
  const boxes = local().filter((key) => key.startsWith("chat-outbox:") && isMine(key));
  return boxes.reduce((sum, key) => sum + (JSON.parse(localStorage.getItem(key) || "[]").length || 0), 0);
}

function isOld(key) {
  try {
    return Date.now() - JSON.parse(localStorage.getItem(key)).at > KEPT_MS;
  } catch {
    return true;
  }
}

function forget() {
  for (const key of local().filter(isMine)) localStorage.removeItem(key);
  if (keysOf(() => sessionStorage).length) sessionStorage.clear();
}

for (const key of local()) if (key.startsWith("chat-draft:") && (!isMine(key) || isOld(key))) localStorage.removeItem(key);

async function nameBrowser(form) {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  const subscription = await worker?.pushManager?.getSubscription();
  if (!subscription) return;
  const input = Object.assign(document.createElement("input"), { type: "hidden", name: "endpoint" });
  input.value = subscription.endpoint;
  form.append(input);
}

for (const form of document.querySelectorAll("form[action$='/logout/']")) {
  nameBrowser(form).catch(() => {});
  form.addEventListener("submit", (event) => {
    const count = unsent();
    const question = `还有 ${count} 条群聊消息没有发出，退出后就不再发送。确定退出吗？`;
    if (count && !confirm(question)) event.preventDefault();
    else forget();
  });
}

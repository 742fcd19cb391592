// Turns push messages on and off for this browser. <div data-push data-key data-subscribe data-unsubscribe>, its parts
// shown by state: unsupported, denied, off, on, failed.
import { post, show } from "./states.js";

const box = document.querySelector("[data-push]");
const isSupported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const registration = () => navigator.serviceWorker.register("/sw.js");

function tell(state) {
  show(box, state);
  document.dispatchEvent(new CustomEvent("push-state", { detail: state }));
}

async function look() {
  if (!isSupported) return tell("unsupported");
  if (Notification.permission === "denied") return tell("denied");
  const worker = await navigator.serviceWorker.getRegistration("/");
  const subscription = await worker?.pushManager.getSubscription();
  return subscription ? register(subscription) : tell("off");
}

// Again at each visit: the server may have dropped it meanwhile.
async function register(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post(box, box.dataset.subscribe, { endpoint, ...keys });
  if (answer.ok) return tell("on");
  await subscription.unsubscribe();
  const { error } = await answer.json().catch(() => ({}));
  if (error) box.querySelector("[data-push-error]").textContent = error;
  return tell("failed");
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  const worker = await registration();
  await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(box.dataset.key) };
  return register(await worker.pushManager.subscribe(options));
}

async function turnOff() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  const subscription = await worker?.pushManager.getSubscription();
  if (subscription) {
    await post(box, box.dataset.unsubscribe, { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  return look();
}

const trying = (job) => () => job().catch(() => tell("failed"));
box.querySelector("[data-push-on]").addEventListener("click", trying(turnOn));
box.querySelector("[data-push-off]").addEventListener("click", trying(turnOff));
trying(look)();

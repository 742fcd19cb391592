// Saves a form while it is filled in: <form data-autosave="url">, told in [data-autosave-status]. Answer: JSON with
// "saved_at" and "version", which goes back in the hidden input of that name; 409 when the draft was changed elsewhere.
import { takeToken } from "../accounts/token.js";

const DELAY_MS = 1500;
const RETRY_MS = 15000;
const WORDS = {
  0: "网络不通，还没有保存，恢复后会自动保存",
  401: "登录已过期，还没有保存；这里的内容还在，登录后会自动保存",
  403: "页面已过期，还没有保存；请重新登录原来的账号",
};

function setUp(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = null;
  let saving = false;
  let stopped = false;
  let dirty = false;
  let later = null;

  function say(text, wrong = false) {
    status.textContent = text;
    status.dataset.state = wrong ? "error" : "";
  }

  function body() {
    const data = new FormData(form);
    for (const { type, name } of form.elements) if (type === "file") data.delete(name);
    return data;
  }

  async function save() {
    clearTimeout(timer);
    if (!dirty || stopped) return;
    if (saving) {
      timer = setTimeout(save, DELAY_MS);
      return;
    }
    dirty = false;
    saving = true;
    const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
    // keepalive outlives the page, but browsers cap its size.
    const request = { method: "POST", body: body(), headers, keepalive: document.hidden, redirect: "error" };
    const answer = await fetch(form.dataset.autosave, request).catch(() => null);
    saving = false;
    if (stopped) return;
    if (answer?.ok) {
      const { version, saved_at: time } = await answer.json().catch(() => ({}));
      if (version !== undefined && form.elements.version) form.elements.version.value = version;
      say(`已保存 ${time ?? ""}`); // by the server's clock
    } else if (answer?.status === 409) {
      stopped = true;
      say("在别处改过，这里的内容没有保存。点下面的按钮，可以对照两份内容。", true);
    } else {
      dirty = true;
      // A page whose token is stale has got another with the answer: the next try is taken.
      const isFresh = answer?.status === 403 && takeToken(await answer.json().catch(() => null));
      say(isFresh ? "正在保存…" : (WORDS[answer?.status ?? 0] ?? "还没有保存，稍后会自动重试"), !isFresh);
      timer = setTimeout(save, isFresh ? 0 : RETRY_MS);
    }
    later?.();
    later = null;
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY_MS);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("online", save);
  // What is just being saved comes back with a new version, which has to go along.
  const first = (event) => {
    if (event.target !== form || !saving || !form.requestSubmit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    later = () => form.requestSubmit(event.submitter);
  };
  document.addEventListener("submit", first, true);
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    stopped = true; // what is submitted needs no draft, and a late one must not overtake it
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) stopped = false;
  });
}

document.querySelectorAll("form[data-autosave]").forEach(setUp);
